-- Whom the error of one that failed is about, and what was ordered in its place.
-- needs: none
ALTER TABLE restructuring ADD COLUMN error_name TEXT;
ALTER TABLE restructuring ADD COLUMN replaced_by BIGINT;
