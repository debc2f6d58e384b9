#include "modules/rollout/store_days.hpp"

#include "modules/rollout/store.hpp"
#include "sql/rows.hpp"

namespace educard::rollout::store {

namespace {

DayRow day_at(const sql::Row& row) {
    return {.organisation = row.get<OrganisationId>(0),
            .day = row.get<Date>(1),
            .parent = row.get<std::optional<OrganisationId>>(2),
            .counts = counts_at(row, 3),
            .deadline = row.get<std::optional<Date>>(15)};
}

}  // namespace

bool insert_run(sql::Tx& tx, const Run& run, bool month_end) {
    return tx.execute(
               R"(INSERT INTO progress_day_run (day, state, month_end, at) VALUES ($1, $2, $3, $4)
                  ON CONFLICT (day) DO NOTHING)",
               run.day,
               run.state,
               month_end,
               run.at) == 1;
}

std::optional<Run> find_run(sql::Tx& tx, Date day) {
    return tx.find<Run>("SELECT day, state, at FROM progress_day_run WHERE day = $1", day);
}

std::optional<Date> last_run(sql::Tx& tx) {
    return tx.find<Date>("SELECT day FROM progress_day_run ORDER BY day DESC LIMIT 1");
}

std::vector<Run> runs_between(sql::Tx& tx, Date from, Date until) {
    return tx.list<Run>(
        "SELECT day, state, at FROM progress_day_run WHERE day >= $1 AND day <= $2 ORDER BY day",
        from,
        until);
}

std::optional<Date> day_to_thin(sql::Tx& tx, Date before) {
    return tx.find<Date>(
        "SELECT day FROM progress_day_run WHERE day < $1 AND month_end = 0 ORDER BY day LIMIT 1", before);
}

void remove_day(sql::Tx& tx, Date day) {
    tx.execute("DELETE FROM progress_day WHERE day = $1", day);
    tx.execute("DELETE FROM progress_day_run WHERE day = $1", day);
}

void insert_days(sql::Tx& tx, const std::vector<DayRow>& rows) {
    sql::Rows table("progress_day",
                    {"organisation_id",
                     "day",
                     "parent_id",
                     "student_not_begun",
                     "student_in_review",
                     "student_returned",
                     "student_certified",
                     "teacher_not_begun",
                     "teacher_in_review",
                     "teacher_returned",
                     "teacher_certified",
                     "staff_not_begun",
                     "staff_in_review",
                     "staff_returned",
                     "staff_certified",
                     "deadline"});
    for (const auto& row : rows) {
        const auto& [student, teacher, staff] = row.counts;
        table.add_values(row.organisation,
                         row.day,
                         row.parent,
                         student.not_begun,
                         student.in_review,
                         student.returned,
                         student.certified,
                         teacher.not_begun,
                         teacher.in_review,
                         teacher.returned,
                         teacher.certified,
                         staff.not_begun,
                         staff.in_review,
                         staff.returned,
                         staff.certified,
                         row.deadline);
    }
    if (!table.empty()) {
        tx.insert(table);
    }
}

std::optional<DayRow> find_day(sql::Tx& tx, OrganisationId organisation, Date day) {
    std::optional<DayRow> found;
    tx.each(
        R"(SELECT organisation_id, day, parent_id, student_not_begun, student_in_review, student_returned,
                  student_certified, teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified,
                  staff_not_begun, staff_in_review, staff_returned, staff_certified, deadline
           FROM progress_day WHERE organisation_id = $1 AND day = $2)",
        [&](const sql::Row& row) { found = day_at(row); },
        organisation,
        day);
    return found;
}

std::vector<DayRow> children_on(sql::Tx& tx, OrganisationId parent, Date day) {
    std::vector<DayRow> found;
    tx.each(
        R"(SELECT organisation_id, day, parent_id, student_not_begun, student_in_review, student_returned,
                  student_certified, teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified,
                  staff_not_begun, staff_in_review, staff_returned, staff_certified, deadline
           FROM progress_day WHERE day = $1 AND parent_id = $2 ORDER BY organisation_id)",
        [&](const sql::Row& row) { found.push_back(day_at(row)); },
        day,
        parent);
    return found;
}

std::vector<DayRow> days_of(sql::Tx& tx, OrganisationId organisation, Date from, Date until) {
    std::vector<DayRow> found;
    tx.each(
        R"(SELECT organisation_id, day, parent_id, student_not_begun, student_in_review, student_returned,
                  student_certified, teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified,
                  staff_not_begun, staff_in_review, staff_returned, staff_certified, deadline
           FROM progress_day WHERE organisation_id = $1 AND day >= $2 AND day <= $3 ORDER BY day)",
        [&](const sql::Row& row) { found.push_back(day_at(row)); },
        organisation,
        from,
        until);
    return found;
}

std::vector<organisations::Organisation> open_places(sql::Tx& tx, Date today) {
    return tx.list<organisations::Organisation>(
        R"(SELECT id, parent_id, kind, path, depth, name, division_code, direct, school_code, school_kind, stage,
                  entry_year, class_number, valid_from, valid_to, version FROM organisation
           WHERE kind IN ('province', 'city', 'county', 'unit', 'school') AND (valid_to IS NULL OR valid_to > $1))",
        today);
}

std::vector<PathCounts> counts_of_schools(sql::Tx& tx) {
    std::vector<PathCounts> found;
    tx.each(
        R"(SELECT organisation_id, path, student_not_begun, student_in_review, student_returned, student_certified,
                  teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified,
                  staff_not_begun, staff_in_review, staff_returned, staff_certified
           FROM progress WHERE path <> '')",
        [&](const sql::Row& row) {
            found.push_back({row.get<OrganisationId>(0), row.get<std::string>(1), counts_at(row, 2)});
        });
    return found;
}

}  // namespace educard::rollout::store
