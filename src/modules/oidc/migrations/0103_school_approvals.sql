-- needs: none
-- Apps of others for which a school (or a county, for all of its schools) answers: what they cannot do without, its people need not agree to.
CREATE TABLE app_school_approval (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    app_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,                  -- of the school: shown to its people and their guardians
    claims TEXT NOT NULL,                   -- JSON: what the app could not do without when it was approved
    approved_by BIGINT NOT NULL,
    approved_at BIGINT NOT NULL,
    withdrawn_by BIGINT,
    withdrawn_at BIGINT,
    settled_at BIGINT                       -- withdrawn, and nobody is in the app because of it any more
);
CREATE UNIQUE INDEX app_school_approval_once ON app_school_approval (organisation_id, app_id) WHERE withdrawn_at IS NULL;
CREATE INDEX app_school_approval_withdrawn ON app_school_approval (withdrawn_at) WHERE withdrawn_at IS NOT NULL AND settled_at IS NULL;

-- Who entered an app because their school answers for it, and not because they or a guardian agreed.
CREATE TABLE app_school_entry (
    approval_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (approval_id, account_id)
);
