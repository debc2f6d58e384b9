-- needs: none
-- When the owner showed that the telephone is theirs; NULL: somebody typed that number.
ALTER TABLE account ADD COLUMN phone_verified_at BIGINT;

-- What was sent to a telephone and is to be typed in.
CREATE TABLE phone_code (
    account_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    digest BYTEA NOT NULL,                  -- keyed, of the code and the telephone's number
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (account_id, purpose)
);

-- A password that was reset by SMS, until it is good: the owner may hear of it and stop it.
CREATE TABLE pending_recovery (
    account_id BIGINT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    ready_at BIGINT NOT NULL
);
