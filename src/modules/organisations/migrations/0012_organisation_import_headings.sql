-- Headings of a list that mean nothing here, as a JSON list of texts: who imports is told of them.
ALTER TABLE organisation_import ADD COLUMN unknown_headings TEXT NOT NULL DEFAULT '[]';
