#include "modules/oneroster/records.hpp"

#include "modules/oneroster/names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace educard::oneroster {

namespace {

using boost::json::array;
using boost::json::object;
using organisations::Kind;
using organisations::Stage;

constexpr int kFirstSession = 1990;
constexpr int kLastSession = 2100;
constexpr int kYearsAround = 9;  // as long as the longest stage
constexpr std::chrono::hours kChina{8};

Time midnight_in_china(Date day) {
    return Time(std::chrono::sys_days(day)) - kChina;
}

Date first_day(int school_year) {
    return Date(std::chrono::year(school_year), std::chrono::September, std::chrono::day(1));
}

/// When names and grades last moved on by themselves.
Time school_year_began(const Access& access) {
    return midnight_in_china(first_day(organisations::school_year_of(access.today())));
}

object reference(const Access& access,
                 std::string_view collection,
                 const std::string& id,
                 std::string_view type) {
    return {{"href", access.url(fmt::format("/{}/{}", collection, id))}, {"sourcedId", id}, {"type", type}};
}

object org_reference(const Access& access, OrganisationId id) {
    return reference(access, "orgs", std::to_string(id.value), "org");
}

object base(const std::string& id, bool active, Time changed_at) {
    return {{"sourcedId", id},
            {"status", active ? "active" : "tobedeleted"},
            {"dateLastModified", to_text(changed_at)}};
}

/// An end that came by itself counts as a change.
Time changed(const Access& access,
             std::int64_t id,
             const std::optional<Time>& at,
             const std::optional<Date>& end) {
    auto time = at.value_or(made_at(id));
    if (end && !access.is_open(end)) {
        time = std::max(time, midnight_in_china(*end));
    }
    return time;
}

std::string_view org_type(Kind kind) {
    switch (kind) {
        case Kind::province:
            return "state";
        case Kind::city:
            return "local";
        case Kind::county:
        case Kind::unit:
            return "district";
        case Kind::school:
        case Kind::class_:
            break;
    }
    return "school";
}

/// Grades as CEDS counts them, 01 to 12; empty outside the years of the stage.
std::string grade_of(Stage stage, int entry_year, Date day) {
    const int grade = organisations::grade_of(entry_year, day);
    if (grade < 1 || grade > organisations::years_of(stage)) {
        return {};
    }
    const int before = stage == Stage::junior                                 ? 6
                       : stage == Stage::senior || stage == Stage::vocational ? 9
                                                                              : 0;
    return fmt::format("{:02}", before + grade);
}

std::string_view stage_title(Stage stage) {
    switch (stage) {
        case Stage::primary:
            return "小学";
        case Stage::junior:
            return "初中";
        case Stage::senior:
            return "普通高中";
        case Stage::vocational:
            return "中等职业教育";
        case Stage::special:
            return "特殊教育";
    }
    return {};
}

std::string course_id(Stage stage) {
    return std::string("stage-") + boost::describe::enum_to_string(stage, "");
}

std::string_view role_of(std::string_view kind) {
    return kind == "staff" ? std::string_view("ext:staff") : kind;
}

/// No two apps can tell by it that they know the same person.
std::string enrollment_id(const Member& member, OrganisationId school_class, Date begin) {
    return fmt::format("{}.{}.{:04}{:02}{:02}",
                       member.subject,
                       school_class.value,
                       static_cast<int>(begin.year()),
                       static_cast<unsigned>(begin.month()),
                       static_cast<unsigned>(begin.day()));
}

struct Seat {
    OrganisationId school_class;
    std::string_view role;
    bool primary = false;
    Date begin{};
    std::optional<Date> end;
    Time changed_at;
};

object enrollment(const Access& access,
                  const Member& member,
                  const store::MemberRow& place,
                  const Seat& seat) {
    auto record =
        base(enrollment_id(member, seat.school_class, seat.begin), access.is_open(seat.end), seat.changed_at);
    record["user"] = reference(access, "users", member.subject, "user");
    record["class"] = reference(access, "classes", std::to_string(seat.school_class.value), "class");
    record["school"] = org_reference(access, place.school_id);
    record["role"] = seat.role;
    record["primary"] = seat.primary ? "true" : "false";
    record["beginDate"] = to_text(seat.begin);
    if (seat.end) {
        record["endDate"] = to_text(*seat.end);
    }
    return record;
}

/// The newest open one of each school is the primary role there (OneRoster 1.2, Role).
array roles_of(const Access& access, const Member& member) {
    array roles;
    std::vector<OrganisationId> seen;
    for (auto place = member.places.rbegin(); place != member.places.rend(); ++place) {
        const bool open = access.is_open(place->ends_on);
        const bool primary = open && std::ranges::find(seen, place->school_id) == seen.end();
        if (primary) {
            seen.push_back(place->school_id);
        }
        object role{{"roleType", primary ? "primary" : "secondary"},
                    {"role", role_of(place->other_kind)},
                    {"org", org_reference(access, place->school_id)},
                    {"beginDate", to_text(place->starts_on)}};
        if (place->ends_on) {
            role["endDate"] = to_text(*place->ends_on);
        }
        roles.push_back(std::move(role));
    }
    return roles;
}

}  // namespace

object org_record(const Access& access, const store::Node& node) {
    auto record = base(std::to_string(node.id.value),
                       access.is_open(node.valid_to),
                       changed(access, node.id.value, node.changed_at, node.valid_to));
    record["name"] = node.name;
    record["type"] = org_type(node.kind);
    if (const auto& code = node.kind == Kind::school ? node.school_code : node.division_code) {
        record["identifier"] = *code;
    }
    if (node.parent_id && node.id != access.root.id) {
        record["parent"] = org_reference(access, *node.parent_id);
    }
    return record;
}

object class_record(const Access& access, const store::Node& node) {
    const auto stage = node.stage.value_or(Stage::primary);
    const int entry_year = node.entry_year.value_or(0);
    auto record = base(
        std::to_string(node.id.value),
        access.is_open(node.valid_to),
        std::max(changed(access, node.id.value, node.changed_at, node.valid_to), school_year_began(access)));
    record["title"] = organisations::display_name(node, access.today());
    record["classCode"] = fmt::format("{}-{}", entry_year, node.class_number.value_or(0));
    record["classType"] = "homeroom";
    array grades;
    if (const auto grade = grade_of(stage, entry_year, access.today()); !grade.empty()) {
        grades.emplace_back(grade);
    }
    record["grades"] = std::move(grades);
    record["course"] = reference(access, "courses", course_id(stage), "course");
    record["school"] = org_reference(access, node.parent_id.value_or(OrganisationId()));
    array terms;
    for (int year = entry_year; year < entry_year + organisations::years_of(stage); ++year) {
        terms.push_back(reference(access, "academicSessions", std::to_string(year), "academicSession"));
    }
    record["terms"] = std::move(terms);
    return record;
}

object session_record(const Access& access, int year) {
    auto record = base(std::to_string(year), true, access.approved_at);
    record["title"] = fmt::format("{}—{}学年", year, year + 1);
    record["startDate"] = to_text(first_day(year));
    record["endDate"] = to_text(Date(std::chrono::year(year + 1), std::chrono::August, std::chrono::day(31)));
    record["type"] = "schoolYear";
    record["schoolYear"] = std::to_string(year + 1);  // the one in which it ends
    return record;
}

std::optional<int> parse_session(std::string_view id) {
    int year = 0;
    const auto read = std::from_chars(id.data(), id.data() + id.size(), year);
    const bool whole = read.ec == std::errc() && read.ptr == id.data() + id.size() && id.size() == 4;
    return whole && year >= kFirstSession && year <= kLastSession ? std::optional(year) : std::nullopt;
}

std::pair<int, int> listed_sessions(const Access& access) {
    const int now = organisations::school_year_of(access.today());
    return {now - kYearsAround - 1, now + kYearsAround};
}

object course_record(const Access& access, Stage stage) {
    auto record = base(course_id(stage), true, access.approved_at);
    record["title"] = stage_title(stage);
    record["org"] = org_reference(access, access.root.id);
    return record;
}

std::optional<Stage> parse_course(std::string_view id) {
    for (const auto stage :
         {Stage::primary, Stage::junior, Stage::senior, Stage::vocational, Stage::special}) {
        if (id == course_id(stage)) {
            return stage;
        }
    }
    return std::nullopt;
}

Member member_of(const Access& access, std::span<const store::MemberRow> rows) {
    const auto& first = rows.front();
    Member member{.person = first.person_id,
                  .name = first.name,
                  .person_changed_at = first.person_changed_at,
                  .subject = {},
                  .places = {}};
    AccountId account;
    for (const auto& row : rows) {
        account = row.account_id;
        if (access.is_shown(row.ends_on) && is_within(row.school_path, access.root.path)) {
            member.places.push_back(row);
        }
    }
    member.subject = access.oidc.subject_of(access.app, account);
    member.is_new = first.subject != member.subject;
    return member;
}

object user_record(const Access& access, const Member& member) {
    auto changed_at = member.person_changed_at.value_or(made_at(member.person.value));
    bool active = false;
    const store::MemberRow* main = nullptr;
    array grades;
    for (const auto& place : member.places) {
        changed_at = std::max(changed_at, changed(access, place.other_id, place.changed_at, place.ends_on));
        if (!access.is_open(place.ends_on)) {
            continue;
        }
        active = true;
        main = &place;
        if (place.other_kind == "student" && place.stage && place.entry_year) {
            changed_at = std::max(changed_at, school_year_began(access));
            if (auto grade = grade_of(*place.stage, *place.entry_year, access.today()); !grade.empty()) {
                grades.emplace_back(std::move(grade));
            }
        }
    }
    const auto name = split_name(member.name);
    auto record = base(member.subject, active, changed_at);
    record["username"] = member.subject;
    record["enabledUser"] = active ? "true" : "false";
    record["givenName"] = name.given;
    record["familyName"] = name.family;
    record["roles"] = roles_of(access, member);
    if (main != nullptr) {
        record["primaryOrg"] = org_reference(access, main->school_id);
    }
    record["grades"] = std::move(grades);
    return record;
}

object enrollment_record(const Access& access, const Member& member, const store::MemberRow& place) {
    return enrollment(access,
                      member,
                      place,
                      {.school_class = place.class_id.value_or(OrganisationId()),
                       .role = role_of(place.other_kind),
                       .primary = false,
                       .begin = place.starts_on,
                       .end = place.ends_on,
                       .changed_at = changed(access, place.other_id, place.changed_at, place.ends_on)});
}

object enrollment_record(const Access& access,
                         const Member& member,
                         const store::MemberRow& place,
                         const store::Lead& lead) {
    const bool over = lead.ends_at && *lead.ends_at <= access.now;
    return enrollment(access,
                      member,
                      place,
                      {.school_class = lead.class_id,
                       .role = "teacher",
                       .primary = true,
                       .begin = date_in_china(lead.starts_at),
                       .end = lead.ends_at ? std::optional(date_in_china(*lead.ends_at)) : place.ends_on,
                       .changed_at = over ? *lead.ends_at : lead.starts_at});
}

}  // namespace educard::oneroster
