-- needs: none
-- What the directory says of an app, and how far its review is. Apps without a row were registered by whoever runs the installation.
CREATE TABLE app_listing (
    app_id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,                    -- draft, submitted, returned, approved: of `proposal` when there is one
    shown TEXT NOT NULL,                    -- JSON: what the directory says
    proposal TEXT,                          -- JSON: what an approved app is to become
    everywhere BIGINT NOT NULL,             -- 1: offered in the whole province, not only to those whom the owner answers for
    version BIGINT NOT NULL,
    made_by BIGINT,
    submitted_by BIGINT,
    submitted_at BIGINT,
    reason TEXT NOT NULL                    -- why it was returned
);

-- Found by the SHA-256 of the picture.
CREATE TABLE app_logo (
    digest BYTEA PRIMARY KEY,
    app_id BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    picture BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX app_logo_app ON app_logo (app_id);
CREATE INDEX app_logo_created ON app_logo (created_at, digest, app_id);

-- Who helps: developers change the app, testers enter it while it is in test.
CREATE TABLE app_member (
    app_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    role TEXT NOT NULL,                     -- developer, tester
    since BIGINT NOT NULL,
    PRIMARY KEY (app_id, account_id)
);
CREATE INDEX app_member_account ON app_member (account_id);

-- Found by what somebody who is invited shows: the SHA-256 of 256 random bits.
CREATE TABLE app_invitation (
    digest BYTEA PRIMARY KEY,
    id BIGINT NOT NULL UNIQUE,
    app_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    uses_left BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX app_invitation_app ON app_invitation (app_id);

CREATE TABLE app_review (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    act TEXT NOT NULL,                      -- submitted, recalled, approved, returned, discarded, to_test
    account_id BIGINT,                      -- NULL: whoever runs the installation
    reason TEXT NOT NULL
);
CREATE INDEX app_review_app ON app_review (app_id, id);

-- Sign-ins by day of China, counted every hour from app_grant, which is forgotten after some weeks.
CREATE TABLE app_usage (
    app_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    sign_ins BIGINT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (app_id, day)
);
CREATE TABLE app_usage_day (
    day TEXT PRIMARY KEY,
    counted_at BIGINT NOT NULL
);
