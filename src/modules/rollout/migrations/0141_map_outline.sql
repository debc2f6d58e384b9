-- needs: none
-- Outlines of places that somebody put in the place of the program's own.
CREATE TABLE map_outline (
    name TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    places BIGINT NOT NULL,
    credit TEXT NOT NULL,
    approval_number TEXT,
    replaced_at BIGINT NOT NULL
);
