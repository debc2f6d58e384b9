-- needs: none
-- What happened to an account, for its owner to see.
CREATE TABLE account_event (
    account_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    session_id BIGINT,                      -- in which it happened; NULL when the owner was not signed in
    network TEXT NOT NULL,
    device_name TEXT NOT NULL,
    by_name TEXT NOT NULL,                  -- of whoever did it, when it was somebody else
    seen BIGINT NOT NULL,                   -- 0: the owner is still to be told
    PRIMARY KEY (account_id, id)
);
CREATE INDEX account_event_unseen ON account_event (account_id, id) WHERE seen = 0;
CREATE INDEX account_event_at ON account_event (at);
