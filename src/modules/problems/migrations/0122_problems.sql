-- needs: none
-- Problems that people report, the desk at which each of them is, and all that was said and done about it.
CREATE TABLE problem (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,             -- who reported it
    home_id BIGINT NOT NULL,                -- for which school (or office) they reported it
    home_path TEXT NOT NULL,
    kind TEXT NOT NULL,                     -- registration, sign_in, review, roster_data, e_card, app, client, other
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    page TEXT NOT NULL,                     -- these three: as the client filled them in and the reporter saw them
    client_version TEXT NOT NULL,
    browser TEXT NOT NULL,
    state TEXT NOT NULL,                    -- open, asked, solved, withdrawn, merged
    desk_id BIGINT NOT NULL,                -- the organisation whose turn it is
    desk_path TEXT NOT NULL,
    desk_level TEXT NOT NULL,
    desk_since BIGINT NOT NULL,
    due_on TEXT,                            -- last day of this desk's turn; NULL: it has no end, or does not run
    days_left BIGINT,                       -- of a turn that rests while the reporter is asked
    main_id BIGINT,                         -- the problem that it is the same as
    version BIGINT NOT NULL,
    unseen BIGINT NOT NULL,                 -- steps that the reporter has not looked at
    reported_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    answered_at BIGINT,                     -- first
    solved_at BIGINT                        -- or withdrawn
);
CREATE INDEX problem_account ON problem (account_id, id);
CREATE INDEX problem_desk ON problem (desk_id, state, id);
CREATE INDEX problem_desk_path ON problem (desk_path, id) WHERE state IN ('open', 'asked');
CREATE INDEX problem_desk_moved ON problem (desk_path);  -- of whatever state, when organisations move
CREATE INDEX problem_home_path ON problem (home_path, id);
CREATE INDEX problem_due ON problem (due_on) WHERE state = 'open' AND due_on IS NOT NULL;
CREATE INDEX problem_main ON problem (main_id) WHERE main_id IS NOT NULL;
CREATE INDEX problem_unseen ON problem (account_id) WHERE unseen > 0;

CREATE TABLE problem_event (
    problem_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    account_id BIGINT,                      -- NULL: the system itself
    from_id BIGINT,                         -- the organisation for which it was done; NULL: by the reporter
    to_id BIGINT,                           -- the desk it went to
    internal BIGINT NOT NULL,               -- 1: between the levels, not for the reporter
    text TEXT NOT NULL,
    PRIMARY KEY (problem_id, id)
);

CREATE TABLE problem_picture (
    problem_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    octets BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (problem_id, id)
);

CREATE INDEX problem_picture_age ON problem_picture (at);

-- What each desk had and has, so that statistics cost as much as there are desks.
CREATE TABLE problem_count (
    organisation_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    waiting BIGINT NOT NULL,                -- there now, open or asked
    arrived BIGINT NOT NULL,
    answered BIGINT NOT NULL,               -- first answers
    answer_seconds BIGINT NOT NULL,         -- from the report to them, added up
    solved BIGINT NOT NULL,
    escalated BIGINT NOT NULL,              -- handed up by hand
    overdue BIGINT NOT NULL,                -- taken away because the turn was over
    PRIMARY KEY (organisation_id, kind)
);
CREATE INDEX problem_count_waiting ON problem_count (organisation_id) WHERE waiting > 0;

-- Known problems, while they last, and who has them too.
CREATE TABLE problem_notice (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,        -- seen by everybody below
    path TEXT NOT NULL,
    problem_id BIGINT,                      -- the report that it is about
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    me_too BIGINT NOT NULL,
    version BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    since BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX problem_notice_now ON problem_notice (organisation_id, id) WHERE ended_at IS NULL;
CREATE INDEX problem_notice_path ON problem_notice (path, id);

CREATE TABLE problem_me_too (
    notice_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (notice_id, account_id)
);
