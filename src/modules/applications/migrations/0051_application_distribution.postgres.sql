-- The key contains what spreads the table over servers (deploy/distribution.toml); ids alone are still what rows are found by.
ALTER TABLE application DROP CONSTRAINT application_pkey, ADD PRIMARY KEY (id, account_id);
ALTER TABLE application_event DROP CONSTRAINT application_event_pkey, ADD PRIMARY KEY (id, application_id);
ALTER TABLE affiliation DROP CONSTRAINT affiliation_pkey, ADD PRIMARY KEY (id, person_id);
