-- needs: none
-- With the counts in the index the province is summed from some hundred pages one behind the other; the rows of its schools lie on as
-- many pages as there are schools, between those of their classes.
DROP INDEX progress_path;
CREATE INDEX progress_path ON progress (path, student_not_begun, student_in_review, student_returned, student_certified,
    teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified, staff_not_begun, staff_in_review, staff_returned,
    staff_certified) WHERE path <> '';
