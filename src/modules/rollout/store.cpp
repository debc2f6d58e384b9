#include "modules/rollout/store.hpp"

#include "runtime/audit.hpp"

namespace educard::rollout::store {

namespace {

/// Reads the twelve counts that begin at `column`.
CountsByKind counts_at(const sql::Row& row, int column) {
    const auto four = [&](int first) {
        return Counts{
            row.integer(first), row.integer(first + 1), row.integer(first + 2), row.integer(first + 3)};
    };
    return {four(column), four(column + 4), four(column + 8)};
}

void add_entries(CountsByKind& counts,
                 std::string_view kind,
                 std::string_view certification,
                 std::int64_t number) {
    auto& of_kind = kind == "student" ? counts.student : kind == "teacher" ? counts.teacher : counts.staff;
    auto& count = certification == "certified"   ? of_kind.certified
                  : certification == "in_review" ? of_kind.in_review
                  : certification == "returned"  ? of_kind.returned
                                                 : of_kind.not_begun;
    count += number;
}

}  // namespace

void add(sql::Tx& tx, OrganisationId organisation, const CountsByKind& change) {
    const auto& [student, teacher, staff] = change;
    tx.execute(
        R"(INSERT INTO progress (organisation_id, student_not_begun, student_in_review, student_returned,
                  student_certified, teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified,
                  staff_not_begun, staff_in_review, staff_returned, staff_certified)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
           ON CONFLICT (organisation_id) DO UPDATE SET
                  student_not_begun = progress.student_not_begun + excluded.student_not_begun,
                  student_in_review = progress.student_in_review + excluded.student_in_review,
                  student_returned = progress.student_returned + excluded.student_returned,
                  student_certified = progress.student_certified + excluded.student_certified,
                  teacher_not_begun = progress.teacher_not_begun + excluded.teacher_not_begun,
                  teacher_in_review = progress.teacher_in_review + excluded.teacher_in_review,
                  teacher_returned = progress.teacher_returned + excluded.teacher_returned,
                  teacher_certified = progress.teacher_certified + excluded.teacher_certified,
                  staff_not_begun = progress.staff_not_begun + excluded.staff_not_begun,
                  staff_in_review = progress.staff_in_review + excluded.staff_in_review,
                  staff_returned = progress.staff_returned + excluded.staff_returned,
                  staff_certified = progress.staff_certified + excluded.staff_certified)",
        organisation,
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
        staff.certified);
}

CountsByKind find(sql::Tx& tx, OrganisationId organisation) {
    CountsByKind counts;
    tx.each(
        R"(SELECT student_not_begun, student_in_review, student_returned, student_certified,
                  teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified,
                  staff_not_begun, staff_in_review, staff_returned, staff_certified
           FROM progress WHERE organisation_id = $1)",
        [&](const sql::Row& row) { counts = counts_at(row, 0); },
        organisation);
    return counts;
}

void each_school_below(sql::Tx& tx,
                       std::string_view path,
                       const std::function<void(std::string_view path, const CountsByKind&)>& use) {
    // "<> 'class'" is what the index that leaves classes out is found by.
    tx.each(
        R"(SELECT o.path, p.student_not_begun, p.student_in_review, p.student_returned, p.student_certified,
                  p.teacher_not_begun, p.teacher_in_review, p.teacher_returned, p.teacher_certified,
                  p.staff_not_begun, p.staff_in_review, p.staff_returned, p.staff_certified
           FROM organisation o JOIN progress p ON p.organisation_id = o.id
           WHERE o.path >= $1 AND o.path < $2 AND o.kind <> 'class')",
        [&](const sql::Row& row) { use(row.text(0), counts_at(row, 1)); },
        path,
        end_of_subtree(path));
}

std::map<OrganisationId, CountsByKind> classes_of(sql::Tx& tx, OrganisationId school) {
    std::map<OrganisationId, CountsByKind> found;
    tx.each(
        R"(SELECT p.organisation_id, p.student_not_begun, p.student_in_review, p.student_returned, p.student_certified,
                  p.teacher_not_begun, p.teacher_in_review, p.teacher_returned, p.teacher_certified,
                  p.staff_not_begun, p.staff_in_review, p.staff_returned, p.staff_certified
           FROM organisation o JOIN progress p ON p.organisation_id = o.id WHERE o.parent_id = $1)",
        [&](const sql::Row& row) { found.emplace(OrganisationId{row.integer(0)}, counts_at(row, 1)); },
        school);
    return found;
}

std::map<OrganisationId, CountsByKind> all(sql::Tx& tx) {
    std::map<OrganisationId, CountsByKind> found;
    tx.each(
        R"(SELECT organisation_id, student_not_begun, student_in_review, student_returned, student_certified,
                  teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified,
                  staff_not_begun, staff_in_review, staff_returned, staff_certified FROM progress)",
        [&](const sql::Row& row) { found.emplace(OrganisationId{row.integer(0)}, counts_at(row, 1)); });
    return found;
}

std::map<OrganisationId, CountsByKind> counted_from_rosters(sql::Tx& tx) {
    std::map<OrganisationId, CountsByKind> counted;
    tx.each(
        R"(SELECT school_id, class_id, kind, certification, COUNT(*) FROM roster_entry WHERE state = 'active'
           GROUP BY school_id, class_id, kind, certification)",
        [&](const sql::Row& row) {
            const auto number = row.integer(4);
            add_entries(counted[OrganisationId{row.integer(0)}], row.text(2), row.text(3), number);
            if (!row.is_null(1)) {
                add_entries(counted[OrganisationId{row.integer(1)}], row.text(2), row.text(3), number);
            }
        });
    return counted;
}

void clear(sql::Tx& tx) {
    tx.execute("DELETE FROM progress");
}

}  // namespace educard::rollout::store
