-- needs: none
-- What the program has to tell somebody, until they have put it away or it is of no use any more.
CREATE TABLE notice (
    account_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    notice_key TEXT NOT NULL,               -- what is told once: "campaigns.digest:2026-11-27"
    kind TEXT NOT NULL,                     -- which words the client has for it: "campaigns.digest"
    details TEXT NOT NULL,                  -- JSON; holds no ID number
    link TEXT NOT NULL,                     -- where in the client one does something about it
    at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    dismissed BIGINT NOT NULL,
    PRIMARY KEY (account_id, notice_key)
);
CREATE INDEX notice_open ON notice (account_id, id) WHERE dismissed = 0;
CREATE INDEX notice_expiry ON notice (expires_at);
