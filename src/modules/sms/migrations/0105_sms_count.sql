-- needs: none
-- How many short messages the installation had sent, and refused because of its cap, by hour and by day. Forgotten after a week.
CREATE TABLE sms_count (
    period TEXT PRIMARY KEY,                -- "hour 497113", "day 20713": counted from 1970
    sent BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    begun_at BIGINT NOT NULL                -- when the first was counted
);
CREATE INDEX sms_count_begun ON sms_count (begun_at);
