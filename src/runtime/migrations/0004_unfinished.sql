-- What fills the installation in many transactions and has not come to its end: until then, and when it was killed,
-- nothing else may use the database.
CREATE TABLE unfinished (
    what TEXT PRIMARY KEY,
    begun_at BIGINT NOT NULL
);
