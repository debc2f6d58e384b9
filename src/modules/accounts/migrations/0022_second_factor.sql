-- needs: none
-- What an account asks for beside the password, once its owner has set it up.
CREATE TABLE authenticator (
    account_id BIGINT PRIMARY KEY,
    secret BYTEA NOT NULL,                  -- sealed
    used_step BIGINT NOT NULL,              -- of the newest code that was accepted; none is good twice
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT                     -- NULL until the first code was entered: asked of nobody
);

-- For when the device with the authenticator is lost. Each is good once.
CREATE TABLE recovery_code (
    account_id BIGINT NOT NULL,
    digest BYTEA NOT NULL,                  -- keyed
    used_at BIGINT,
    PRIMARY KEY (account_id, digest)
);
