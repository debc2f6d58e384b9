-- needs: none
-- Passkeys (Web Authentication): found by the credential that an authenticator shows, before it is known whose it is.
CREATE TABLE passkey (
    credential_id BYTEA PRIMARY KEY,        -- as the authenticator chose it
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    user_handle BYTEA NOT NULL,             -- the same for all of one account, and says nothing of it
    name TEXT NOT NULL,
    public_key BYTEA NOT NULL,              -- COSE_Key
    sign_count BIGINT NOT NULL,             -- grows with each use, or stays 0
    synced BIGINT NOT NULL,                 -- 1: may be on other devices of its owner too
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkey_account ON passkey (account_id, id);

-- Challenges that were answered: each is good once. Kept until they would have run out.
CREATE TABLE answered_challenge (
    digest BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX answered_challenge_expiry ON answered_challenge (expires_at);

-- When whoever holds the session last showed that it is them, and how they signed in (RFC 8176, separated by blanks).
ALTER TABLE session ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN methods TEXT NOT NULL DEFAULT 'pwd';
