-- When a row was changed after it was made, for those who ask what is new. NULL: never since, its id says when it was made.
-- needs: none
ALTER TABLE organisation ADD COLUMN changed_at BIGINT;
ALTER TABLE person ADD COLUMN changed_at BIGINT;
ALTER TABLE affiliation ADD COLUMN changed_at BIGINT;
