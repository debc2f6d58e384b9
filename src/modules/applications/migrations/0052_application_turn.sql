-- needs: none
-- What waits for those above the schools: by how deep the turn began and since when, so that what is due is a range.
CREATE INDEX application_turn ON application (base_depth, submitted_at, id, path) WHERE state = 'submitted';
