-- What the schools already know of their people (名册). ID numbers, student numbers and guardians lie sealed; a number
-- is found by its digest. A person may stand in the rosters of two schools while a transfer is under way.
CREATE TABLE roster_entry (
    id BIGINT PRIMARY KEY,
    school_id BIGINT NOT NULL,
    class_id BIGINT,
    kind TEXT NOT NULL,              -- student, teacher, staff
    name TEXT NOT NULL,
    document_kind TEXT NOT NULL,
    digest BYTEA NOT NULL,
    number_mask TEXT NOT NULL,
    sealed BYTEA NOT NULL,           -- JSON: number, student number, guardians
    gender TEXT NOT NULL,
    birth_date TEXT,
    entry_year BIGINT,
    subjects TEXT NOT NULL,          -- JSON array
    appointed_on TEXT,
    fingerprint TEXT NOT NULL,       -- keyed digest of all that the school says, to see changes without opening
    state TEXT NOT NULL,             -- active, left
    certification TEXT NOT NULL,     -- not_begun, in_review, returned, certified
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX roster_entry_document ON roster_entry (digest, kind, school_id);
CREATE INDEX roster_entry_class ON roster_entry (school_id, class_id, name);

CREATE TABLE roster_import (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file TEXT NOT NULL,              -- the sealed copy, in the data folder; empty once it is gone
    state TEXT NOT NULL,             -- checking, ready, applying, done, failed, cancelled
    error TEXT,                      -- a message key, when it failed
    error_parameters TEXT NOT NULL,  -- JSON object
    account_id BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    columns TEXT NOT NULL,           -- JSON: what the headings were taken for
    counts TEXT NOT NULL,            -- JSON, complete when the check is over
    missing_classes TEXT NOT NULL,   -- JSON
    applied BIGINT NOT NULL,
    options TEXT NOT NULL,           -- JSON: what was confirmed
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX roster_import_organisation ON roster_import (organisation_id, id);

-- One row of a list as the dry run judged it. What will be written is ready in it, already sealed for its place.
CREATE TABLE roster_import_row (
    import_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,         -- in the order of reading, from 1; missing people follow
    sheet BIGINT NOT NULL,
    line BIGINT NOT NULL,
    outcome TEXT NOT NULL,           -- new, changed, unchanged, rejected, missing
    faults TEXT NOT NULL,            -- JSON, for rejected
    changes TEXT NOT NULL,           -- JSON array of fields, for changed
    entry_id BIGINT,                 -- of the entry that is there or will be
    old_fingerprint TEXT,
    school_id BIGINT,
    class_id BIGINT,
    class_key TEXT,                  -- of a class that the tree does not have: "primary/2024/3"
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    document_kind TEXT NOT NULL,
    digest BYTEA,
    number_mask TEXT NOT NULL,
    sealed BYTEA,                    -- as in roster_entry; for rejected rows the cells as they were read
    gender TEXT NOT NULL,
    birth_date TEXT,
    entry_year BIGINT,
    subjects TEXT NOT NULL,
    appointed_on TEXT,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (import_id, ordinal)
);

-- What somebody said a heading means, remembered for the organisation.
CREATE TABLE roster_mapping (
    organisation_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    heading TEXT NOT NULL,
    field TEXT NOT NULL,             -- empty: the column is not used
    PRIMARY KEY (organisation_id, kind, heading)
);
