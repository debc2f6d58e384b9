-- needs: none
-- Whether somebody whom a list brings in stands in another school's roster, too (docs/decisions/0043-one-person-in-two-rosters.md).
ALTER TABLE roster_import_row ADD COLUMN elsewhere BOOLEAN NOT NULL DEFAULT FALSE;
