-- The reporting tree. A row is what the organisation is now; organisation_history keeps every state with its days.
CREATE TABLE organisation (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,              -- "/32/3203/320302/", ends with the own id
    depth BIGINT NOT NULL,
    sort_key TEXT NOT NULL,          -- order among siblings
    name TEXT NOT NULL,              -- of a class: empty, its name is computed from the day
    name_key TEXT NOT NULL,          -- folded for search
    pinyin TEXT NOT NULL,
    initials TEXT NOT NULL,
    division_code TEXT,
    direct BIGINT NOT NULL,          -- 1: a county that reports to the province
    school_code TEXT,
    school_kind TEXT,
    stage TEXT,
    entry_year BIGINT,
    class_number BIGINT,
    valid_from TEXT NOT NULL,
    valid_to TEXT,                   -- first day on which it no longer exists
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX organisation_path ON organisation (path);
CREATE INDEX organisation_children ON organisation (parent_id, sort_key, id);
CREATE INDEX organisation_search ON organisation (path) WHERE kind <> 'class';
CREATE UNIQUE INDEX organisation_class ON organisation (parent_id, stage, entry_year, class_number)
    WHERE kind = 'class' AND valid_to IS NULL;

-- A school code belongs to one school for ever; neither closure nor a change of category frees it.
CREATE TABLE school_code (
    code TEXT PRIMARY KEY,
    organisation_id BIGINT NOT NULL
);

CREATE TABLE organisation_history (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    parent_id BIGINT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    division_code TEXT,
    school_code TEXT,
    school_kind TEXT,
    stage TEXT,
    entry_year BIGINT,
    class_number BIGINT,
    change TEXT NOT NULL,            -- what began this state
    successor_id BIGINT,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT
);
CREATE INDEX organisation_history_of ON organisation_history (organisation_id, valid_from, id);
CREATE INDEX organisation_history_children ON organisation_history (parent_id, valid_from);

CREATE TABLE organisation_import (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL, -- rows may only touch what lies below it
    kind TEXT NOT NULL,              -- schools, classes
    state TEXT NOT NULL,             -- ready, confirmed
    file_name TEXT NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT
);
CREATE TABLE organisation_import_row (
    import_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    line BIGINT NOT NULL,
    outcome TEXT NOT NULL,           -- fresh, changed, unchanged, rejected
    organisation_id BIGINT,
    version BIGINT,
    parent_id BIGINT,
    name TEXT NOT NULL,
    school_code TEXT,
    school_kind TEXT,
    stage TEXT,
    entry_year BIGINT,
    class_number BIGINT,
    field TEXT,
    reason TEXT,
    PRIMARY KEY (import_id, ordinal)
);
