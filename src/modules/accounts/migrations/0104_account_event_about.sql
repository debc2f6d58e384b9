-- needs: none
-- Whom a notice is about (a child, for its guardians), and the page where something can be done about it.
ALTER TABLE account_event ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE account_event ADD COLUMN page TEXT NOT NULL DEFAULT '';
