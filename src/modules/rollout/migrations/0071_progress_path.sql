-- needs: none
-- Where each school lies, so that what is above schools is summed from this table alone. Empty for classes, which their
-- school's row holds already, and for what an older program adds beside this one: the next change of that school or
-- `educard doctor --recount` fills it in.
ALTER TABLE progress ADD COLUMN path TEXT NOT NULL DEFAULT '';
UPDATE progress SET path = (SELECT path FROM organisation WHERE organisation.id = progress.organisation_id)
    WHERE EXISTS (SELECT 1 FROM organisation WHERE organisation.id = progress.organisation_id AND kind <> 'class');
CREATE INDEX progress_path ON progress (path) WHERE path <> '';
