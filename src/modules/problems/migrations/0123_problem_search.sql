-- needs: none
-- The words of every problem (base/search_words.hpp); triggers keep the index of FTS5, which holds no text of its own.
CREATE TABLE problem_text (
    problem_id BIGINT PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE VIRTUAL TABLE problem_fts USING fts5(title, body, content='problem_text', content_rowid='problem_id', tokenize='ascii');
CREATE TRIGGER problem_text_insert AFTER INSERT ON problem_text BEGIN
    INSERT INTO problem_fts (rowid, title, body) VALUES (new.problem_id, new.title, new.body);
END;
CREATE TRIGGER problem_text_delete AFTER DELETE ON problem_text BEGIN
    INSERT INTO problem_fts (problem_fts, rowid, title, body) VALUES ('delete', old.problem_id, old.title, old.body);
END;
CREATE TRIGGER problem_text_update AFTER UPDATE ON problem_text BEGIN
    INSERT INTO problem_fts (problem_fts, rowid, title, body) VALUES ('delete', old.problem_id, old.title, old.body);
    INSERT INTO problem_fts (rowid, title, body) VALUES (new.problem_id, new.title, new.body);
END;
