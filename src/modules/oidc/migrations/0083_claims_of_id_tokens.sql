-- Claims that an app asked to have in the ID token itself.
-- needs: none
ALTER TABLE app_grant ADD COLUMN id_token_claims TEXT NOT NULL DEFAULT '[]';  -- JSON
