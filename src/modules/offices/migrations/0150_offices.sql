-- needs: none
-- Who is the named contact of an organisation: with the telephone and mail of the office, not private ones.
CREATE TABLE contact_person (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    duty TEXT NOT NULL,
    phone TEXT NOT NULL,
    mail TEXT NOT NULL,
    account_id BIGINT,                       -- when it is somebody with an account
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX contact_person_of ON contact_person (organisation_id, id);
CREATE INDEX contact_person_account ON contact_person (account_id) WHERE account_id IS NOT NULL;

-- Somebody is asked to take offices on: by a code that is shown once.
CREATE TABLE office_invitation (
    digest BYTEA PRIMARY KEY,
    id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,         -- of the first office
    offices TEXT NOT NULL,                   -- JSON: which, and whose they are until then
    name TEXT NOT NULL,                      -- of who is asked
    begins_on TEXT,
    ends_on TEXT,
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL,                     -- waiting, accepted, declined, revoked
    answered_by BIGINT,
    answered_at BIGINT
);
CREATE INDEX office_invitation_of ON office_invitation (organisation_id, id);
CREATE INDEX office_invitation_expires ON office_invitation (expires_at);

-- A list of contact persons, judged and waiting to be confirmed.
CREATE TABLE contact_import (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    rows TEXT NOT NULL,                      -- JSON
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT
);
CREATE INDEX contact_import_created ON contact_import (created_at);
