-- How far the certification of each school and class has come: counts of active roster entries, moved in the transaction
-- that changes an entry. Sums for what lies above are made when they are read: they cost O(schools).
CREATE TABLE progress (
    organisation_id BIGINT PRIMARY KEY,
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
    staff_certified BIGINT NOT NULL
);
