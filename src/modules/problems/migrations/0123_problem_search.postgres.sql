-- needs: none
-- The words of every problem (base/search_words.hpp), and what finds them.
CREATE TABLE problem_text (
    problem_id BIGINT PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    words TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || body)) STORED
);
CREATE INDEX problem_text_words ON problem_text USING GIN (words);
