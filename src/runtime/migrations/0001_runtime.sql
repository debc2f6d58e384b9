-- What the program needs for itself: node numbers, limits, background jobs, things to deliver.

CREATE TABLE node (
    number BIGINT PRIMARY KEY,
    holder TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE TABLE rate_limit (
    bucket TEXT PRIMARY KEY,
    full_at BIGINT NOT NULL
);

CREATE TABLE job (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    position TEXT NOT NULL,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    cancel_requested BOOLEAN NOT NULL,
    lease TEXT,
    due_at BIGINT NOT NULL,
    owner BIGINT,
    error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
-- due_at is when a queued job may start, and when a running one's lease ends.
CREATE INDEX job_due ON job (state, due_at);
CREATE INDEX job_owner ON job (owner, id);

CREATE TABLE outbox (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    lease TEXT,
    due_at BIGINT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, due_at);
