-- needs: none
-- Mergers, splits, moves and closings of organisations: those that were done, and those planned for a day.
CREATE TABLE restructuring (
    id BIGINT PRIMARY KEY,
    act TEXT NOT NULL,                       -- merge, split, move, close, move_classes
    organisation_id BIGINT NOT NULL,         -- the first that is concerned
    orders TEXT NOT NULL,                    -- JSON: what is to be done
    effective_on TEXT NOT NULL,
    state TEXT NOT NULL,                     -- planned, running, done, failed, called_off
    error TEXT,                              -- a message key, when it failed
    into_id BIGINT,                          -- who received, once it is done
    moved BIGINT NOT NULL,                   -- units that went elsewhere so far
    job_id BIGINT,
    ordered_by BIGINT NOT NULL,
    ordered_at BIGINT NOT NULL,
    office_id BIGINT NOT NULL,               -- the organisation in whose name it was ordered, and what as
    office_role TEXT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX restructuring_due ON restructuring (effective_on, id) WHERE state = 'planned';
CREATE INDEX restructuring_running ON restructuring (id) WHERE state = 'running';
CREATE INDEX restructuring_of ON restructuring (organisation_id, id);
