-- The key contains what spreads the table over servers (deploy/distribution.toml); ids alone are still what rows are found by.
ALTER TABLE roster_entry DROP CONSTRAINT roster_entry_pkey, ADD PRIMARY KEY (id, school_id);
