-- needs: none
-- Who is guardian of which certified child, by whose word, and what became of it.
CREATE TABLE family_link (
    person_id BIGINT NOT NULL,              -- the child
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,             -- the guardian's
    guardian_name BYTEA NOT NULL,           -- sealed
    relation TEXT NOT NULL,                 -- father, mother, grandparent, other
    rights TEXT NOT NULL,                   -- full, informed_only
    state TEXT NOT NULL,                    -- waiting, active, disputed, ended
    origin TEXT NOT NULL,                   -- invitation, record
    school_id BIGINT NOT NULL,              -- the child's when the state changed: whose administrators look for it
    made_by BIGINT,                         -- who invited; NULL: the school's record
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    of_age_on TEXT,                         -- the day on which the child turns eighteen and the link ends; NULL: not known
    PRIMARY KEY (person_id, id)
);
CREATE UNIQUE INDEX family_link_once ON family_link (person_id, account_id) WHERE state <> 'ended';
CREATE INDEX family_link_account ON family_link (account_id);
CREATE INDEX family_link_id ON family_link (id);
CREATE INDEX family_link_of_age ON family_link (of_age_on) WHERE state <> 'ended';
CREATE INDEX family_link_open ON family_link (school_id, id) WHERE state IN ('waiting', 'disputed');

CREATE TABLE family_event (
    person_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    link_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    account_id BIGINT,                      -- who did it; NULL: the system itself
    reason BYTEA,                           -- sealed
    PRIMARY KEY (person_id, id)
);

-- Found by what the guardian types.
CREATE TABLE family_invitation (
    digest BYTEA PRIMARY KEY,               -- keyed, of the code
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    guardian_name BYTEA NOT NULL,           -- sealed
    relation TEXT NOT NULL,
    rights TEXT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_by BIGINT,                         -- the account
    link_id BIGINT
);
CREATE INDEX family_invitation_person ON family_invitation (person_id);
CREATE INDEX family_invitation_id ON family_invitation (id);
CREATE INDEX family_invitation_expiry ON family_invitation (expires_at);
