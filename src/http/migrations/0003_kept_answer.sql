-- Answers to requests with an Idempotency-Key, so that asking again does not do it again. `answer` is sealed; NULL while the
-- request is worked on.
CREATE TABLE kept_answer (
    key BYTEA PRIMARY KEY,
    fingerprint BYTEA NOT NULL,
    answer BYTEA,
    claimed_at BIGINT NOT NULL
);
CREATE INDEX kept_answer_age ON kept_answer (claimed_at);
