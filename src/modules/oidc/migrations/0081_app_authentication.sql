-- Apps that sign to show who they are, act in their own name, push their requests, or bind tokens to a key.
-- needs: none
ALTER TABLE app ADD COLUMN keys TEXT NOT NULL DEFAULT '';      -- of private_key_jwt: its public keys, a JWK Set
ALTER TABLE app ADD COLUMN service BIGINT NOT NULL DEFAULT 0;  -- 1: may ask for tokens in its own name
ALTER TABLE app ADD COLUMN pushed BIGINT NOT NULL DEFAULT 0;   -- 1: has to push its requests
ALTER TABLE app ADD COLUMN bound BIGINT NOT NULL DEFAULT 0;    -- 1: has to bind its tokens to a key
ALTER TABLE app_token ADD COLUMN key_thumbprint TEXT;          -- of the key without which it is no good (RFC 9449)

-- Assertions and proofs that were shown; each is good once. Found by the SHA-256 of whose it is and its jti.
CREATE TABLE used_proof (
    digest BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX used_proof_expiry ON used_proof (expires_at);
