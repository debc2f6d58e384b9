-- People are found by the beginning of their name or by the first letters of its pinyin, in any part of the tree: each school's
-- entries stand together in both orders, and a search walks the schools below its organisation.
ALTER TABLE roster_entry ADD COLUMN initials TEXT NOT NULL DEFAULT '';
ALTER TABLE roster_import_row ADD COLUMN initials TEXT NOT NULL DEFAULT '';
CREATE INDEX roster_entry_name ON roster_entry (school_id, name, id);
CREATE INDEX roster_entry_initials ON roster_entry (school_id, initials, id);
DROP INDEX roster_entry_class;

-- Fills in the initials of the entries that are there.
INSERT INTO job (id, kind, payload, position, state, done, total, attempts, cancel_requested, due_at, created_at)
SELECT 43, 'roster.initials', '{}', '', 'queued', 0, 0, 0, FALSE, 0, 0 WHERE EXISTS (SELECT 1 FROM roster_entry);
