-- The uploaded list, sealed and in pieces, until its import is forgotten: in the database, as any node may be the one that reads it.
-- Takes the place of roster_import.file, which stays empty.
CREATE TABLE roster_import_file (
    import_id BIGINT NOT NULL,
    piece BIGINT NOT NULL,
    octets BYTEA NOT NULL,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (import_id, piece)
);
