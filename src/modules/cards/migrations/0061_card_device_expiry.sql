-- Devices are forgotten some time after their latest credential expired.
CREATE INDEX card_device_expiry ON card_device (expires_at);
