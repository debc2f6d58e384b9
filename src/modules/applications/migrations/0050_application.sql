-- What somebody filled in to be certified, and what became of it.
CREATE TABLE application (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- student, teacher, staff
    state TEXT NOT NULL,             -- draft, submitted, returned, withdrawn, approved, rejected
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,          -- folded, for search
    school_id BIGINT,
    class_id BIGINT,
    entry_year BIGINT,
    profile TEXT NOT NULL,           -- what is not sensitive, JSON
    guardians BYTEA,                 -- sealed
    -- Written at hand-in:
    digest BYTEA,                    -- blind index of the claimed document
    document_kind TEXT,
    document_mask TEXT,
    birth_date TEXT,
    gender TEXT,
    path TEXT,                       -- of the class, or of the school
    base_depth BIGINT,               -- depth of the organisation that reviews first
    roster_entry_id BIGINT,
    roster_match TEXT,               -- exact, differs, none
    submitted_at BIGINT,
    -- The last decision:
    decided_by BIGINT,
    decided_at BIGINT,
    reason TEXT,
    person_id BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
-- One application at a time, and each account's own.
CREATE UNIQUE INDEX application_open ON application (account_id) WHERE state NOT IN ('approved', 'rejected');
CREATE INDEX application_account ON application (account_id, id);
CREATE INDEX application_school ON application (school_id, state, submitted_at, id);
CREATE INDEX application_class ON application (class_id, state, submitted_at, id);
CREATE INDEX application_queue ON application (state, submitted_at, id);
CREATE INDEX application_path ON application (path) WHERE path IS NOT NULL;
CREATE INDEX application_roster ON application (roster_entry_id) WHERE roster_entry_id IS NOT NULL;
CREATE INDEX application_digest ON application (digest) WHERE digest IS NOT NULL;

-- Blind indexes of the guardians' documents and phones: nobody decides on their own child.
CREATE TABLE application_guardian (
    application_id BIGINT NOT NULL,
    mark BYTEA NOT NULL,
    PRIMARY KEY (application_id, mark)
);

CREATE TABLE application_event (
    id BIGINT PRIMARY KEY,
    application_id BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- created, submitted, withdrawn, returned, approved, rejected
    account_id BIGINT NOT NULL,
    role TEXT,                       -- of the reviewer
    on_behalf_of BIGINT,             -- who delegated
    reason TEXT,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX application_event_of ON application_event (application_id, id);

CREATE TABLE delegation (
    id BIGINT PRIMARY KEY,
    from_account BIGINT NOT NULL,
    to_account BIGINT NOT NULL,
    role TEXT NOT NULL,
    organisation_id BIGINT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,           -- last day
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX delegation_to ON delegation (to_account, ends_on);
CREATE INDEX delegation_from ON delegation (from_account, id);

-- What a certified person is, where and since when. A person may be several things, also at once.
CREATE TABLE affiliation (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    school_id BIGINT NOT NULL,
    class_id BIGINT,
    entry_year BIGINT,
    details TEXT NOT NULL,           -- subjects, post, day of appointment, JSON
    application_id BIGINT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT
);
CREATE INDEX affiliation_person ON affiliation (person_id, id);
CREATE INDEX affiliation_school ON affiliation (school_id, kind, id);

-- Bulk approval: what was previewed, and what became of each.
CREATE TABLE bulk_review (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    token BYTEA NOT NULL,
    state TEXT NOT NULL,             -- previewed, running, done
    total BIGINT NOT NULL,
    approved BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    job_id BIGINT,
    created_at BIGINT NOT NULL
);
CREATE TABLE bulk_review_item (
    bulk_id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,       -- of the roster entry
    outcome TEXT NOT NULL,           -- waiting, approved, skipped
    reason TEXT,
    PRIMARY KEY (bulk_id, application_id)
);
