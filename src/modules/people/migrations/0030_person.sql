-- One human being, one record for life. Made at certification.
CREATE TABLE person (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    gender TEXT NOT NULL,
    birth_date TEXT,
    certified_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- Who owns a document: the one place that is unique over the whole province, keyed by nothing but the blind index.
CREATE TABLE document_registry (
    digest BYTEA PRIMARY KEY,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sealed BYTEA,                    -- the number; NULL when it is kept with the account
    registered_at BIGINT NOT NULL
);
CREATE INDEX document_registry_person ON document_registry (person_id);
