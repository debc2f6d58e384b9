-- needs: none
-- Disputes of a whole area: few at a time, so they are read in the order of their ids and held against the tree.
CREATE INDEX family_link_disputed ON family_link (id) WHERE state = 'disputed';
