-- All of one kind below a place, in the order of the tree: the cities, the schools of a county.
CREATE INDEX organisation_kind ON organisation (kind, path);
