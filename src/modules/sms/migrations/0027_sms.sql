-- needs: none
-- Short messages to telephones. Number and text are sealed, and forgotten a week after the message was made.
CREATE TABLE sms_message (
    id BIGINT PRIMARY KEY,
    phone BYTEA NOT NULL,
    text BYTEA NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,             -- not sent any more after that
    changed_at BIGINT NOT NULL
);
CREATE INDEX sms_message_created ON sms_message (created_at);
