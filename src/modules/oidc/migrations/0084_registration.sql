-- Apps that register themselves (RFC 7591, 7592).
-- needs: none
ALTER TABLE app ADD COLUMN posts_secret BIGINT NOT NULL DEFAULT 0;  -- 1: it said that its secret comes in the form
ALTER TABLE app ADD COLUMN registration BYTEA;                      -- the SHA-256 of its registration access token
ALTER TABLE app ADD COLUMN deleted_at BIGINT;                       -- disabled for good

-- With one of these an app may be registered for an organisation.
CREATE TABLE app_initial_token (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,        -- answers for what is registered with it
    digest BYTEA NOT NULL UNIQUE,           -- the SHA-256 of 256 random bits
    uses_left BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
