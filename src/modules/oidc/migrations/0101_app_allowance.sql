-- needs: none
-- What a guardian lets an app hear of a child below fourteen. Not in app_consent: from that age on the owner is asked anew.
CREATE TABLE app_allowance (
    account_id BIGINT NOT NULL,             -- the child's
    app_id BIGINT NOT NULL,
    claims TEXT NOT NULL,                   -- JSON
    allowed_by BIGINT NOT NULL,             -- the guardian's account
    allowed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, app_id)
);

-- What a child asks its guardians for.
CREATE TABLE app_request (
    account_id BIGINT NOT NULL,
    app_id BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, app_id)
);
