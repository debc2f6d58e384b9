-- needs: none
-- The words of every question (base/search_words.hpp); triggers keep the index of FTS5, which holds no text of its own.
CREATE TABLE question_text (
    question_id BIGINT PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE VIRTUAL TABLE question_fts USING fts5(title, body, content='question_text', content_rowid='question_id', tokenize='ascii');
CREATE TRIGGER question_text_insert AFTER INSERT ON question_text BEGIN
    INSERT INTO question_fts (rowid, title, body) VALUES (new.question_id, new.title, new.body);
END;
CREATE TRIGGER question_text_delete AFTER DELETE ON question_text BEGIN
    INSERT INTO question_fts (question_fts, rowid, title, body) VALUES ('delete', old.question_id, old.title, old.body);
END;
CREATE TRIGGER question_text_update AFTER UPDATE ON question_text BEGIN
    INSERT INTO question_fts (question_fts, rowid, title, body) VALUES ('delete', old.question_id, old.title, old.body);
    INSERT INTO question_fts (rowid, title, body) VALUES (new.question_id, new.title, new.body);
END;
