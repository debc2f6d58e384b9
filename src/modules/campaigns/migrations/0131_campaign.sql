-- needs: none
-- What a province (or any organisation for what is below it) wants done by when.
CREATE TABLE campaign (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,        -- whose it is: it concerns all below
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,                  -- no deadline lies after it
    concerns TEXT NOT NULL,                 -- student,teacher,staff
    school_kinds TEXT NOT NULL,             -- primary,junior; empty: all
    reminder_days TEXT NOT NULL,            -- 14,7,3,1: before the deadline
    state TEXT NOT NULL,                    -- draft, published, finished, withdrawn
    reason TEXT,                            -- why it was withdrawn
    version BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    published_at BIGINT
);
CREATE INDEX campaign_of ON campaign (organisation_id, id);

CREATE TABLE campaign_phase (
    campaign_id BIGINT NOT NULL,
    phase TEXT NOT NULL,                    -- training, roster, certification, checking
    begins_on TEXT NOT NULL,
    PRIMARY KEY (campaign_id, phase)
);

-- Deadlines and targets, at the campaign's own organisation and wherever one below has its own. What holds for an organisation is the
-- value of the nearest one above it, found by its path: nothing is copied, so whoever moves inherits from the new place.
CREATE TABLE campaign_deadline (
    campaign_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    phase TEXT NOT NULL,
    deadline TEXT NOT NULL,
    later TEXT NOT NULL,                    -- locked, until, open: whether what is below may take longer
    latest TEXT,                            -- for until
    version BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, organisation_id, phase)
);
CREATE INDEX campaign_deadline_at ON campaign_deadline (organisation_id);

CREATE TABLE campaign_target (
    campaign_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    percent BIGINT,                         -- of the roster; NULL: what is above
    people BIGINT,                          -- entered for this organisation alone
    version BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, organisation_id)
);

-- What was changed after publishing, for those below.
CREATE TABLE campaign_change (
    campaign_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    field TEXT NOT NULL,                    -- "name", "deadline.certification", "target"
    before_value TEXT NOT NULL,
    after_value TEXT NOT NULL,
    PRIMARY KEY (campaign_id, id)
);

-- A day's reminders are begun once, whichever node is first.
CREATE TABLE campaign_round (
    day TEXT PRIMARY KEY,
    begun_at BIGINT NOT NULL
);
-- Whom something was said to. The key is the thing itself, so that it is said once.
CREATE TABLE campaign_reminder (
    account_id BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    deadline TEXT NOT NULL,
    days_left BIGINT NOT NULL,              -- before the deadline; -1: the day after
    day TEXT NOT NULL,
    missing BIGINT NOT NULL,
    PRIMARY KEY (account_id, campaign_id, organisation_id, deadline, days_left)
);
CREATE INDEX campaign_reminder_day ON campaign_reminder (day, account_id);
-- A reminder by hand: once a day for an area.
CREATE TABLE campaign_call (
    campaign_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, organisation_id, day)
);
