-- needs: none
-- Applications that are re-opened or closed many at once: what was asked for, what the dry run found, and what became of each.
CREATE TABLE bulk_work (
    id BIGINT PRIMARY KEY,
    action TEXT NOT NULL,            -- reopen, close, undo
    of_id BIGINT,                    -- the work that is undone
    organisation_id BIGINT NOT NULL,
    from_state TEXT NOT NULL,        -- of the applications
    to_state TEXT NOT NULL,
    kind TEXT NOT NULL,              -- empty: any
    from_day TEXT,                   -- handed in, or decided, on that day or later
    before_day TEXT,                 -- and before that one
    state TEXT NOT NULL,             -- counting, ready, running, done
    total BIGINT NOT NULL,           -- to be done
    left_out BIGINT NOT NULL,
    done BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    is_full BIGINT NOT NULL,         -- 1: there were more than one work holds
    reason TEXT,
    job_id BIGINT,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX bulk_work_at ON bulk_work (organisation_id, id);
CREATE INDEX bulk_work_of ON bulk_work (of_id) WHERE of_id IS NOT NULL;

CREATE TABLE bulk_work_item (
    work_id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    school_id BIGINT NOT NULL,
    version BIGINT NOT NULL,         -- of the application, as the dry run saw it
    decided_by BIGINT,               -- the decision that stood before the work; an undoing puts it back
    decided_at BIGINT,
    decided_reason TEXT,
    outcome TEXT NOT NULL,           -- planned, left_out, done, skipped
    reason TEXT,                     -- a message key: why it was left out or skipped
    PRIMARY KEY (work_id, application_id)
);
CREATE INDEX bulk_work_item_by_school ON bulk_work_item (work_id, outcome, school_id, application_id);
