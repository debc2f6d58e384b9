-- needs: none
-- Whom something was said to, of every phase of a campaign. The key is the thing itself, so that it is said once.
CREATE TABLE campaign_phase_reminder (
    account_id BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    phase TEXT NOT NULL,                    -- training, roster, certification, checking
    organisation_id BIGINT NOT NULL,
    deadline TEXT NOT NULL,
    days_left BIGINT NOT NULL,              -- before the deadline; -1: the day after
    day TEXT NOT NULL,
    missing BIGINT NOT NULL,
    PRIMARY KEY (account_id, campaign_id, phase, organisation_id, deadline, days_left)
);
CREATE INDEX campaign_phase_reminder_day ON campaign_phase_reminder (day, account_id);

-- campaign_reminder knows certifications only. Programs of the release before write to it while one is replaced by the other; of this
-- release nothing reads it any more, and a later one drops it.
INSERT INTO campaign_phase_reminder (account_id, campaign_id, phase, organisation_id, deadline, days_left, day, missing)
SELECT account_id, campaign_id, 'certification', organisation_id, deadline, days_left, day, missing FROM campaign_reminder;
