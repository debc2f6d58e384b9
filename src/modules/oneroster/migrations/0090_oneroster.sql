-- Rosters for apps (OneRoster 1.2): which part of the tree an app was approved for, and by which names it knows people.
-- needs: none
CREATE TABLE app_roster (
    app_id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,        -- the app sees this one and all below it
    approved_at BIGINT NOT NULL
);
CREATE TABLE roster_subject (
    person_id BIGINT NOT NULL,
    app_id BIGINT NOT NULL,
    subject TEXT NOT NULL,                  -- the sub of the person's sign-in there
    PRIMARY KEY (person_id, app_id)
);
CREATE INDEX roster_subject_subject ON roster_subject (subject);
