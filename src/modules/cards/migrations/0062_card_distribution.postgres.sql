-- The key contains what spreads the table over servers (deploy/distribution.toml); ids alone are still what rows are found by.
ALTER TABLE card_device DROP CONSTRAINT card_device_pkey, ADD PRIMARY KEY (id, person_id);
