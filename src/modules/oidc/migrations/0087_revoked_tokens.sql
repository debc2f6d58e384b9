-- Access tokens that an app gave back. They are sealed and stand nowhere else; one that expired needs no row any more.
-- needs: none
CREATE TABLE app_revoked_token (
    account_id BIGINT NOT NULL,             -- 0: a service in its own name
    digest BYTEA NOT NULL,                  -- the SHA-256 of what is sealed
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, digest)
);
CREATE INDEX app_revoked_token_expiry ON app_revoked_token (expires_at);
