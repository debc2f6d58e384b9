-- needs: none
-- What progress was as each day ended, for every organisation above classes: one row for each and day.
CREATE TABLE progress_day (
    organisation_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    parent_id BIGINT,                -- as it was then
    student_not_begun BIGINT NOT NULL,
    student_in_review BIGINT NOT NULL,
    student_returned BIGINT NOT NULL,
    student_certified BIGINT NOT NULL,
    teacher_not_begun BIGINT NOT NULL,
    teacher_in_review BIGINT NOT NULL,
    teacher_returned BIGINT NOT NULL,
    teacher_certified BIGINT NOT NULL,
    staff_not_begun BIGINT NOT NULL,
    staff_in_review BIGINT NOT NULL,
    staff_returned BIGINT NOT NULL,
    staff_certified BIGINT NOT NULL,
    deadline TEXT,                   -- as it was then
    PRIMARY KEY (organisation_id, day)
);
CREATE INDEX progress_day_children ON progress_day (day, parent_id);

-- Which days were kept, and which nobody could keep.
CREATE TABLE progress_day_run (
    day TEXT PRIMARY KEY,
    state TEXT NOT NULL,             -- kept, missing
    month_end BIGINT NOT NULL,       -- 1: stays when older days go
    at BIGINT NOT NULL
);
