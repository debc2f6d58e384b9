CREATE TABLE audit_event (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    account BIGINT,
    person BIGINT,
    action TEXT NOT NULL,
    organisation_path TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    network TEXT NOT NULL,
    block BIGINT
);
-- Also finds what is not sealed yet.
CREATE INDEX audit_event_block ON audit_event (block, id);
CREATE INDEX audit_event_path ON audit_event (organisation_path, id);

CREATE TABLE audit_block (
    number BIGINT PRIMARY KEY,
    sealed_at BIGINT NOT NULL,
    events BIGINT NOT NULL,
    root BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    key_id TEXT NOT NULL,
    signature BYTEA NOT NULL
);
