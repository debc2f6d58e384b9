#include "modules/rollout/store.hpp"

#include "runtime/audit.hpp"

namespace educard::rollout::store {

namespace {

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

CountsByKind counts_at(const sql::Row& row, int column) {
    const auto four = [&](int first) {
        return Counts{
            row.integer(first), row.integer(first + 1), row.integer(first + 2), row.integer(first + 3)};
    };
    return {four(column), four(column + 4), four(column + 8)};
}

void add(sql::Tx& tx, OrganisationId organisation, std::string_view path, const CountsByKind& change) {
    const auto& [student, teacher, staff] = change;
    tx.post(
        R"(INSERT INTO progress (organisation_id, student_not_begun, student_in_review, student_returned,
                  student_certified, teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified,
                  staff_not_begun, staff_in_review, staff_returned, staff_certified, path)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
           ON CONFLICT (organisation_id) DO UPDATE SET
                  path = excluded.path,
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
        staff.certified,
        path);
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

CountsByKind sum_below(sql::Tx& tx, std::string_view path) {
    CountsByKind sum;
    // PostgreSQL adds INTEGER faster than BIGINT, into a BIGINT. "<> ''" is what the index that leaves
    // classes out is found by.
    tx.each(
        R"(SELECT SUM(CAST(student_not_begun AS INTEGER)), SUM(CAST(student_in_review AS INTEGER)),
                  SUM(CAST(student_returned AS INTEGER)), SUM(CAST(student_certified AS INTEGER)),
                  SUM(CAST(teacher_not_begun AS INTEGER)), SUM(CAST(teacher_in_review AS INTEGER)),
                  SUM(CAST(teacher_returned AS INTEGER)), SUM(CAST(teacher_certified AS INTEGER)),
                  SUM(CAST(staff_not_begun AS INTEGER)), SUM(CAST(staff_in_review AS INTEGER)),
                  SUM(CAST(staff_returned AS INTEGER)), SUM(CAST(staff_certified AS INTEGER))
           FROM progress WHERE path >= $1 AND path < $2 AND path <> '')",
        [&](const sql::Row& row) { sum = row.is_null(0) ? sum : counts_at(row, 0); },
        path,
        end_of_subtree(path));
    return sum;
}

CountsByKind sum_below(sql::Tx& tx, std::string_view path, std::string_view kinds) {
    CountsByKind sum;
    tx.each(
        R"(SELECT SUM(CAST(p.student_not_begun AS INTEGER)), SUM(CAST(p.student_in_review AS INTEGER)),
                  SUM(CAST(p.student_returned AS INTEGER)), SUM(CAST(p.student_certified AS INTEGER)),
                  SUM(CAST(p.teacher_not_begun AS INTEGER)), SUM(CAST(p.teacher_in_review AS INTEGER)),
                  SUM(CAST(p.teacher_returned AS INTEGER)), SUM(CAST(p.teacher_certified AS INTEGER)),
                  SUM(CAST(p.staff_not_begun AS INTEGER)), SUM(CAST(p.staff_in_review AS INTEGER)),
                  SUM(CAST(p.staff_returned AS INTEGER)), SUM(CAST(p.staff_certified AS INTEGER))
           FROM progress p JOIN organisation o ON o.id = p.organisation_id
           WHERE p.path >= $1 AND p.path < $2 AND p.path <> '' AND $3 LIKE '%,' || o.school_kind || ',%')",
        [&](const sql::Row& row) { sum = row.is_null(0) ? sum : counts_at(row, 0); },
        path,
        end_of_subtree(path),
        kinds);
    return sum;
}

namespace {

std::map<OrganisationId, CountsByKind> own_counts_of_children(sql::Tx& tx, OrganisationId parent) {
    std::map<OrganisationId, CountsByKind> found;
    tx.each(
        R"(SELECT p.organisation_id, p.student_not_begun, p.student_in_review, p.student_returned, p.student_certified,
                  p.teacher_not_begun, p.teacher_in_review, p.teacher_returned, p.teacher_certified,
                  p.staff_not_begun, p.staff_in_review, p.staff_returned, p.staff_certified
           FROM organisation o JOIN progress p ON p.organisation_id = o.id WHERE o.parent_id = $1)",
        [&](const sql::Row& row) { found.emplace(OrganisationId{row.integer(0)}, counts_at(row, 1)); },
        parent);
    return found;
}

}  // namespace

std::map<OrganisationId, CountsByKind> counts_of_children(sql::Tx& tx, OrganisationId parent) {
    auto found = own_counts_of_children(tx, parent);
    struct Child {
        OrganisationId id;
        std::string path;
    };
    std::vector<Child> above_schools;
    tx.each(
        "SELECT id, path FROM organisation WHERE parent_id = $1 AND kind NOT IN ('school', 'class')",
        [&](const sql::Row& row) {
            above_schools.push_back({row.get<OrganisationId>(0), row.get<std::string>(1)});
        },
        parent);
    // A range for each child: in one statement SQLite would sort the schools by it.
    for (const auto& [id, path] : above_schools) {
        found[id] = sum_below(tx, path);
    }
    return found;
}

std::map<OrganisationId, CountsByKind> counts_of_children(sql::Tx& tx,
                                                          OrganisationId parent,
                                                          std::string_view kinds) {
    std::map<OrganisationId, CountsByKind> found;
    tx.each(
        R"(SELECT p.organisation_id, p.student_not_begun, p.student_in_review, p.student_returned, p.student_certified,
                  p.teacher_not_begun, p.teacher_in_review, p.teacher_returned, p.teacher_certified,
                  p.staff_not_begun, p.staff_in_review, p.staff_returned, p.staff_certified
           FROM organisation o JOIN progress p ON p.organisation_id = o.id
           WHERE o.parent_id = $1 AND o.kind = 'school' AND $2 LIKE '%,' || o.school_kind || ',%')",
        [&](const sql::Row& row) { found.emplace(OrganisationId{row.integer(0)}, counts_at(row, 1)); },
        parent,
        kinds);
    std::vector<std::pair<OrganisationId, std::string>> above_schools;
    tx.each(
        "SELECT id, path FROM organisation WHERE parent_id = $1 AND kind NOT IN ('school', 'class')",
        [&](const sql::Row& row) {
            above_schools.emplace_back(row.get<OrganisationId>(0), row.get<std::string>(1));
        },
        parent);
    for (const auto& [id, path] : above_schools) {
        found[id] = sum_below(tx, path, kinds);
    }
    return found;
}

std::map<OrganisationId, CountsByKind> counts_of_schools(sql::Tx& tx, std::string_view path) {
    std::map<OrganisationId, CountsByKind> found;
    tx.each(
        R"(SELECT organisation_id, student_not_begun, student_in_review, student_returned, student_certified,
                  teacher_not_begun, teacher_in_review, teacher_returned, teacher_certified,
                  staff_not_begun, staff_in_review, staff_returned, staff_certified
           FROM progress WHERE path >= $1 AND path < $2 AND path <> '')",
        [&](const sql::Row& row) { found.emplace(OrganisationId{row.integer(0)}, counts_at(row, 1)); },
        path,
        end_of_subtree(path));
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

std::map<OrganisationId, CountsByKind> counted_from_roster_of(sql::Tx& tx, OrganisationId school) {
    std::map<OrganisationId, CountsByKind> counted;
    tx.each(
        R"(SELECT class_id, kind, certification, COUNT(*) FROM roster_entry
           WHERE school_id = $1 AND state = 'active' GROUP BY class_id, kind, certification)",
        [&](const sql::Row& row) {
            const auto number = row.integer(3);
            add_entries(counted[school], row.text(1), row.text(2), number);
            if (!row.is_null(0)) {
                add_entries(counted[OrganisationId{row.integer(0)}], row.text(1), row.text(2), number);
            }
        },
        school);
    return counted;
}

void hold(sql::Tx& tx, OrganisationId organisation) {
    tx.execute("UPDATE progress SET path = path WHERE organisation_id = $1", organisation);
}

void replace(sql::Tx& tx, OrganisationId organisation, std::string_view path, const CountsByKind& counts) {
    tx.execute("DELETE FROM progress WHERE organisation_id = $1", organisation);
    if (counts != CountsByKind()) {
        add(tx, organisation, path, counts);
    }
}

std::vector<OrganisationId> misplaced(sql::Tx& tx) {
    std::vector<OrganisationId> found;
    tx.each(
        R"(SELECT p.organisation_id FROM progress p JOIN organisation o ON o.id = p.organisation_id
           WHERE p.path <> CASE WHEN o.kind = 'class' THEN '' ELSE o.path END)",
        [&](const sql::Row& row) { found.push_back(OrganisationId{row.integer(0)}); });
    return found;
}

void move_paths(sql::Tx& tx, std::string_view from, std::string_view to) {
    tx.execute(
        R"(UPDATE progress SET path = $1 || SUBSTR(path, $2) WHERE path >= $3 AND path < $4 AND path <> '')",
        to,
        static_cast<std::int64_t>(from.size() + 1),
        from,
        end_of_subtree(from));
}

void clear(sql::Tx& tx) {
    tx.execute("DELETE FROM progress");
}

}  // namespace educard::rollout::store
