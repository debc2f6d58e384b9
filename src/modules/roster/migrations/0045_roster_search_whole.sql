-- needs: none
-- In the whole tree, where a search would ask every school, people are found by one range of names or initials.
CREATE INDEX roster_entry_every_name ON roster_entry (name, id) WHERE state = 'active';
CREATE INDEX roster_entry_every_initials ON roster_entry (initials, id) WHERE state = 'active';
