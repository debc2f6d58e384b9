-- Classes that were made for an import when it was confirmed: its rows name them by key.
CREATE TABLE roster_import_class (
    import_id BIGINT NOT NULL,
    school_id BIGINT NOT NULL,
    class_key TEXT NOT NULL,         -- as in roster_import_row
    class_id BIGINT NOT NULL,
    PRIMARY KEY (import_id, school_id, class_key)
);
