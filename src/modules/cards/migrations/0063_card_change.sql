-- What became of a card and who did it; that it was issued stands in card itself. Ids grow with time.
CREATE TABLE card_change (
    person_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    state TEXT NOT NULL,             -- from then on: active, suspended, left, revoked
    reason TEXT,                     -- lost, found, misuse, mistake, left, other
    note TEXT,
    at BIGINT NOT NULL,
    account_id BIGINT,               -- none: the system itself
    PRIMARY KEY (person_id, id)
);
-- Of changes before this table the last is known.
INSERT INTO card_change (person_id, id, state, reason, at, account_id)
SELECT person_id, 0, state, reason, changed_at, changed_by FROM card WHERE changed_at > issued_at;
