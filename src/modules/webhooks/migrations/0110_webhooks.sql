-- needs: none
-- Where apps want to hear of events, and what was sent there.
CREATE TABLE webhook_endpoint (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL,
    slot BIGINT NOT NULL,                   -- from 1: an app has a bounded number of them
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    events TEXT NOT NULL,                   -- JSON: the types it hears
    state TEXT NOT NULL,                    -- enabled, disabled
    disabled_because TEXT,                  -- by_hand, gone, failing
    disabled_at BIGINT,
    failing_since BIGINT,                   -- the first failure since anything arrived there
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, slot)
);

CREATE TABLE webhook_secret (
    id BIGINT PRIMARY KEY,
    endpoint_id BIGINT NOT NULL,
    secret BYTEA NOT NULL,                  -- sealed
    created_at BIGINT NOT NULL,
    ends_at BIGINT                          -- of one that was replaced: both sign until then
);
CREATE INDEX webhook_secret_endpoint ON webhook_secret (endpoint_id);

-- What happened, until it is known which apps hear of it.
CREATE TABLE webhook_event (
    id BIGINT PRIMARY KEY,
    type TEXT NOT NULL,
    person_id BIGINT,                       -- this or the account
    account_id BIGINT,
    app_id BIGINT,                          -- of an event that concerns one app
    details TEXT NOT NULL,                  -- JSON
    happened_at BIGINT NOT NULL
);

CREATE TABLE webhook_delivery (
    id BIGINT PRIMARY KEY,
    event_id BIGINT NOT NULL,
    endpoint_id BIGINT NOT NULL,
    account_id BIGINT,                      -- whom it is about; NULL: a test
    message_id TEXT NOT NULL,               -- webhook-id, the same at each attempt
    type TEXT NOT NULL,
    details TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    state TEXT NOT NULL,                    -- pending, delivered, failed, withdrawn
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,                 -- of the next attempt; while one is under way, when it is given up as lost
    lease TEXT,                             -- of the attempt that is under way
    body TEXT,                              -- as it was sent last
    tried_at BIGINT,
    status BIGINT,
    error TEXT,                             -- why there was no answer
    answer TEXT,                            -- how it began
    took_ms BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (event_id, endpoint_id)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, due_at) WHERE state = 'pending';
CREATE INDEX webhook_delivery_log ON webhook_delivery (endpoint_id, id);
CREATE INDEX webhook_delivery_open ON webhook_delivery (endpoint_id, id) WHERE state <> 'delivered';
CREATE INDEX webhook_delivery_created ON webhook_delivery (created_at);
