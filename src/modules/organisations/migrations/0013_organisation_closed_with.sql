-- needs: none
-- The school whose closing ended a class: what opens again with it.
ALTER TABLE organisation ADD COLUMN closed_with BIGINT;
UPDATE organisation SET closed_with = parent_id
WHERE kind = 'class' AND valid_to IS NOT NULL
  AND EXISTS (SELECT 1 FROM organisation school WHERE school.id = organisation.parent_id AND school.valid_to = organisation.valid_to);
