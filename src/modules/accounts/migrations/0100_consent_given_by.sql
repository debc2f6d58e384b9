-- needs: none
-- In whose account a guardian gave or withdrew a consent; NULL: on a guardian's word, in the child's own.
ALTER TABLE consent ADD COLUMN given_by BIGINT;
ALTER TABLE consent ADD COLUMN withdrawn_by BIGINT;
