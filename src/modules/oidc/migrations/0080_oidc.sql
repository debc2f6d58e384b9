-- Apps that people enter with their card (OpenID Connect), and what was given to them.
-- needs: none
CREATE TABLE app (
    id BIGINT PRIMARY KEY,                  -- also its client_id
    organisation_id BIGINT NOT NULL,        -- who answers for it
    name TEXT NOT NULL,
    purpose TEXT NOT NULL,                  -- shown to whoever is asked for consent
    authentication TEXT NOT NULL,           -- of the app at the token endpoint: none, client_secret
    redirect_uris TEXT NOT NULL,            -- JSON
    essential TEXT NOT NULL,                -- JSON: claims without which the app does not work
    voluntary TEXT NOT NULL,                -- JSON: claims that people may leave out
    id_token_algorithm TEXT NOT NULL,
    state TEXT NOT NULL,                    -- active, disabled
    created_at BIGINT NOT NULL
);
CREATE TABLE app_secret (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT                       -- of one that was replaced: some days of overlap
);
CREATE INDEX app_secret_app ON app_secret (app_id);

-- What signs tokens, the same on every node. Published some time before it signs and after.
CREATE TABLE token_key (
    algorithm TEXT NOT NULL,
    number BIGINT NOT NULL,                 -- 1, 2, …: two nodes that make the next one make one
    material BYTEA NOT NULL,                -- sealed
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    PRIMARY KEY (algorithm, number)
);

CREATE TABLE app_consent (
    account_id BIGINT NOT NULL,
    app_id BIGINT NOT NULL,
    claims TEXT NOT NULL,                   -- JSON
    given_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, app_id)
);

-- One sign-in to an app: everything that was made from one code.
CREATE TABLE app_grant (
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    app_id BIGINT NOT NULL,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,                   -- JSON
    signed_in_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX app_grant_created ON app_grant (created_at);

-- Found by what the app shows: the SHA-256 of 256 random bits.
CREATE TABLE app_token (
    digest BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,                     -- code, access, refresh
    app_id BIGINT NOT NULL,
    account_id BIGINT,                      -- NULL: a service in its own name
    grant_id BIGINT,
    scope TEXT NOT NULL,
    details TEXT NOT NULL,                  -- JSON: of a code, what must be shown again with it
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    answer BYTEA                            -- of a used refresh token: what came of it, sealed, for a lost answer
);
CREATE INDEX app_token_expiry ON app_token (expires_at);
