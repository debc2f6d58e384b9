-- The key contains what spreads the table over servers (deploy/distribution.toml); ids alone are still what rows are found by.
ALTER TABLE consent DROP CONSTRAINT consent_pkey, ADD PRIMARY KEY (id, account_id);
ALTER TABLE sign_in_event DROP CONSTRAINT sign_in_event_pkey, ADD PRIMARY KEY (id, account_id);
