-- needs: none
-- Policy questions and their answers: what is read now, every version there was, and who found it helpful.
CREATE TABLE question (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,        -- whose it is: seen by everybody below
    path TEXT NOT NULL,                     -- of that organisation
    depth BIGINT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,                    -- draft, published, withdrawn
    title TEXT NOT NULL,                    -- these six: of the published version; of the newest one before the first publication
    answer TEXT NOT NULL,
    audience BIGINT NOT NULL,               -- 1 student, 2 guardian, 4 teacher, 8 staff, 16 administrator; added up
    open_to_all BIGINT NOT NULL,            -- 1: also for who is not signed in
    valid_from TEXT,
    valid_to TEXT,                          -- first day on which it no longer holds
    version BIGINT NOT NULL,                -- of this row, for two who change it at once
    number BIGINT NOT NULL,                 -- of the newest version
    published_number BIGINT,                -- of the version that is read
    helpful BIGINT NOT NULL,
    unhelpful BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    published_at BIGINT,
    problem_id BIGINT                       -- the report whose answer it was made from
);
CREATE INDEX question_owner ON question (organisation_id, state, helpful, id);
CREATE INDEX question_path ON question (path, id);
CREATE INDEX question_open ON question (depth, helpful, id) WHERE state = 'published' AND open_to_all = 1;

CREATE TABLE question_version (
    question_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    answer TEXT NOT NULL,
    audience BIGINT NOT NULL,
    open_to_all BIGINT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    note TEXT NOT NULL,                     -- what was changed and why
    account_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (question_id, number)
);

CREATE TABLE question_feedback (
    question_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    helpful BIGINT NOT NULL,
    reason TEXT,                            -- of who found it not helpful
    comment TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (question_id, account_id)
);
CREATE INDEX question_feedback_unhelpful ON question_feedback (question_id, at) WHERE helpful = 0;
