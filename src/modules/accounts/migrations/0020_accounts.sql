-- Logins, what their owners claimed, who consented, who is signed in, who holds which office.
CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    person_id BIGINT,                       -- once certified; account_person decides
    name TEXT NOT NULL,                     -- as claimed at registration
    birth_date TEXT,
    user_name TEXT NOT NULL,                -- as typed; account_name holds the folded key
    password_hash TEXT NOT NULL,
    must_change_password BIGINT NOT NULL,   -- 1: a one-time password, good until password_expires_at
    password_expires_at BIGINT,
    phone BYTEA,                            -- sealed
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT                       -- the administrator who made it; NULL: registered by its owner
);

-- Registries: unique over the whole province, keyed by just that value.
CREATE TABLE account_name (
    name_key TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL
);
CREATE TABLE account_person (
    person_id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL
);

-- A claim is not proof: several accounts may claim one document, until one of them is certified.
CREATE TABLE claim (
    account_id BIGINT PRIMARY KEY,
    document_kind TEXT NOT NULL,
    digest BYTEA NOT NULL,                  -- blind index
    number BYTEA NOT NULL,                  -- sealed
    claimed_at BIGINT NOT NULL
);
CREATE INDEX claim_digest ON claim (digest);

CREATE TABLE consent (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,             -- the child's
    purpose TEXT NOT NULL,
    policy_version TEXT NOT NULL,
    guardian_name BYTEA NOT NULL,           -- sealed
    relation TEXT NOT NULL,
    guardian_phone BYTEA NOT NULL,          -- sealed
    method TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX consent_account ON consent (account_id);

CREATE TABLE captcha (
    id BIGINT PRIMARY KEY,
    answer BYTEA NOT NULL,                  -- keyed digest
    strength BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX captcha_expiry ON captcha (expires_at);

CREATE TABLE session (
    token_hash BYTEA PRIMARY KEY,
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    transport TEXT NOT NULL,
    device_name TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    network TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,           -- kept to within minutes
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id, id);
CREATE INDEX session_expiry ON session (expires_at);

-- A browser or program that its account has signed in from before: strangers' guesses do not slow it.
CREATE TABLE known_device (
    token_hash BYTEA PRIMARY KEY,
    account_id BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
);
CREATE INDEX known_device_account ON known_device (account_id);

CREATE TABLE sign_in_event (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    network TEXT NOT NULL,
    device_name TEXT NOT NULL
);
CREATE INDEX sign_in_event_account ON sign_in_event (account_id, id);

CREATE TABLE appointment (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    organisation_id BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    appointed_by BIGINT,                    -- NULL: from the command line
    ended_by BIGINT                         -- NULL: not ended before its time
);
CREATE INDEX appointment_account ON appointment (account_id);
CREATE UNIQUE INDEX appointment_once ON appointment (organisation_id, role, account_id) WHERE ended_by IS NULL;
CREATE UNIQUE INDEX appointment_class_teacher ON appointment (organisation_id)
    WHERE role = 'class_teacher' AND ended_by IS NULL;
