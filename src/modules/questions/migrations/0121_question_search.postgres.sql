-- needs: none
-- The words of every question (base/search_words.hpp), and what finds them.
CREATE TABLE question_text (
    question_id BIGINT PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    words TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || body)) STORED
);
CREATE INDEX question_text_words ON question_text USING GIN (words);
