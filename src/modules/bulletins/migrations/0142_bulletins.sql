-- needs: none
-- Bulletins: progress of the organisations below one, frozen, numbered and published.
CREATE TABLE bulletin (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    level TEXT NOT NULL,
    people TEXT NOT NULL,
    state TEXT NOT NULL,             -- draft, published, withdrawn
    day TEXT NOT NULL,               -- of the figures, in the present version
    version BIGINT NOT NULL,         -- the present one; more than 1 after a correction
    revision BIGINT NOT NULL,        -- counts every change
    year BIGINT,                     -- this and the next two from when it is published
    number BIGINT,
    number_text TEXT,
    title_zh_cn TEXT NOT NULL,       -- of the present version, filled in
    title_en TEXT NOT NULL,
    schedule_id BIGINT,              -- that made it
    made_at BIGINT NOT NULL,
    made_by BIGINT,
    published_at BIGINT,
    published_by BIGINT,
    withdrawn_at BIGINT,
    withdrawn_reason TEXT
);
CREATE INDEX bulletin_of ON bulletin (organisation_id, id);
CREATE UNIQUE INDEX bulletin_number ON bulletin (organisation_id, year, number);

-- What was published stays as it was: a correction is another version.
CREATE TABLE bulletin_version (
    bulletin_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    wording TEXT NOT NULL,           -- JSON, with placeholders
    figures TEXT NOT NULL,           -- JSON, with what the words in it mean
    order_by_rate BIGINT NOT NULL,
    reason TEXT,                     -- of a correction
    made_at BIGINT NOT NULL,
    made_by BIGINT,
    PRIMARY KEY (bulletin_id, version)
);

-- The last number that an organisation gave in a year.
CREATE TABLE bulletin_counter (
    organisation_id BIGINT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, year)
);

CREATE TABLE bulletin_setting (
    organisation_id BIGINT PRIMARY KEY,
    number_pattern TEXT NOT NULL,
    wording TEXT NOT NULL            -- JSON, the template
);

CREATE TABLE bulletin_schedule (
    id BIGINT PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    every TEXT NOT NULL,             -- week, month, deadline
    at BIGINT NOT NULL,              -- day of the week, day of the month, days before the deadline
    level TEXT NOT NULL,
    people TEXT NOT NULL,
    order_by_rate BIGINT NOT NULL,
    publish BIGINT NOT NULL,
    next_on TEXT NOT NULL,           -- the day on which to look again
    done_for TEXT,                   -- the deadline that one was made for
    made_at BIGINT NOT NULL,
    made_by BIGINT,
    ended_at BIGINT
);
CREATE INDEX bulletin_schedule_of ON bulletin_schedule (organisation_id, id);
CREATE INDEX bulletin_schedule_due ON bulletin_schedule (next_on) WHERE ended_at IS NULL;

-- Who has read which version.
CREATE TABLE bulletin_read (
    account_id BIGINT NOT NULL,
    bulletin_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL, -- where they hold the office by which they read it
    read_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, bulletin_id)
);
CREATE INDEX bulletin_read_of ON bulletin_read (bulletin_id, organisation_id);
