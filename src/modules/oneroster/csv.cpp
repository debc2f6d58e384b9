#include "modules/oneroster/csv.hpp"

#include "modules/oneroster/filter.hpp"

#include <boost/json/array.hpp>

#include <array>

namespace educard::oneroster {

namespace {

using boost::json::object;

// OneRoster 1.2 CSV binding, academicSessions.csv, and so on for each.
constexpr std::array<CsvColumn, 9> kSessions = {{{"sourcedId", "sourcedId"},
                                                 {"status", ""},
                                                 {"dateLastModified", ""},
                                                 {"title", "title"},
                                                 {"type", "type"},
                                                 {"startDate", "startDate"},
                                                 {"endDate", "endDate"},
                                                 {"parentSourcedId", ""},
                                                 {"schoolYear", "schoolYear"}}};
constexpr std::array<CsvColumn, 14> kClasses = {{{"sourcedId", "sourcedId"},
                                                 {"status", ""},
                                                 {"dateLastModified", ""},
                                                 {"title", "title"},
                                                 {"grades", "grades"},
                                                 {"courseSourcedId", "course.sourcedId"},
                                                 {"classCode", "classCode"},
                                                 {"classType", "classType"},
                                                 {"location", ""},
                                                 {"schoolSourcedId", "school.sourcedId"},
                                                 {"termSourcedIds", "terms.sourcedId"},
                                                 {"subjects", ""},
                                                 {"subjectCodes", ""},
                                                 {"periods", ""}}};
constexpr std::array<CsvColumn, 10> kCourses = {{{"sourcedId", "sourcedId"},
                                                 {"status", ""},
                                                 {"dateLastModified", ""},
                                                 {"schoolYearSourcedId", ""},
                                                 {"title", "title"},
                                                 {"courseCode", ""},
                                                 {"grades", ""},
                                                 {"orgSourcedId", "org.sourcedId"},
                                                 {"subjects", ""},
                                                 {"subjectCodes", ""}}};
constexpr std::array<CsvColumn, 10> kEnrollments = {{{"sourcedId", "sourcedId"},
                                                     {"status", ""},
                                                     {"dateLastModified", ""},
                                                     {"classSourcedId", "class.sourcedId"},
                                                     {"schoolSourcedId", "school.sourcedId"},
                                                     {"userSourcedId", "user.sourcedId"},
                                                     {"role", "role"},
                                                     {"primary", "primary"},
                                                     {"beginDate", "beginDate"},
                                                     {"endDate", "endDate"}}};
constexpr std::array<CsvColumn, 7> kOrgs = {{{"sourcedId", "sourcedId"},
                                             {"status", ""},
                                             {"dateLastModified", ""},
                                             {"name", "name"},
                                             {"type", "type"},
                                             {"identifier", "identifier"},
                                             {"parentSourcedId", "parent.sourcedId"}}};
constexpr std::array<CsvColumn, 10> kRoles = {{{"sourcedId", "sourcedId"},
                                               {"status", ""},
                                               {"dateLastModified", ""},
                                               {"userSourcedId", "userSourcedId"},
                                               {"roleType", "roleType"},
                                               {"role", "role"},
                                               {"beginDate", "beginDate"},
                                               {"endDate", "endDate"},
                                               {"orgSourcedId", "org.sourcedId"},
                                               {"userProfileSourcedId", ""}}};
constexpr std::array<CsvColumn, 23> kUsers = {{{"sourcedId", "sourcedId"},
                                               {"status", ""},
                                               {"dateLastModified", ""},
                                               {"enabledUser", "enabledUser"},
                                               {"username", "username"},
                                               {"userIds", ""},
                                               {"givenName", "givenName"},
                                               {"familyName", "familyName"},
                                               {"middleName", ""},
                                               {"identifier", ""},
                                               {"email", ""},
                                               {"sms", ""},
                                               {"phone", ""},
                                               {"agentSourcedIds", ""},
                                               {"grades", "grades"},
                                               {"password", ""},
                                               {"userMasterIdentifier", ""},
                                               {"resourceSourcedIds", ""},
                                               {"preferredGivenName", ""},
                                               {"preferredMiddleName", ""},
                                               {"preferredFamilyName", ""},
                                               {"primaryOrgSourcedId", "primaryOrg.sourcedId"},
                                               {"pronouns", ""}}};

constexpr std::array<CsvFile, 7> kFiles = {
    {{"academicSessions.csv", Collection::academic_sessions, kSessions, false},
     {"classes.csv", Collection::classes, kClasses, false},
     {"courses.csv", Collection::courses, kCourses, false},
     {"enrollments.csv", Collection::enrollments, kEnrollments, false},
     {"orgs.csv", Collection::orgs, kOrgs, false},
     {"roles.csv", Collection::users, kRoles, true},
     {"users.csv", Collection::users, kUsers, false}}};

void add_row(std::span<const CsvColumn> columns, const object& record, std::string& out) {
    bool first = true;
    for (const auto& column : columns) {
        out += first ? "" : ",";
        first = false;
        if (column.field.empty()) {
            continue;
        }
        std::string cell;
        for (const auto& value : values_at(record, column.field)) {
            cell += (cell.empty() ? "" : ",") + value;
        }
        add_cell(cell, out);
    }
    out += "\r\n";
}

}  // namespace

std::string CsvFile::header() const {
    std::string out;
    for (const auto& column : columns) {
        out += (out.empty() ? "" : ",") + std::string(column.header);
    }
    return out + "\r\n";
}

void CsvFile::add(const object& record, std::string& out) const {
    if (!of_roles) {
        add_row(columns, record, out);
        return;
    }
    const auto& user = record.at("sourcedId").as_string();
    for (const auto& one : record.at("roles").as_array()) {
        auto role = one.as_object();
        if (role.contains("endDate")) {
            continue;
        }
        role["userSourcedId"] = user;
        role["sourcedId"] = std::string(user) + "." +
                            std::string(role.at("org").at("sourcedId").as_string()) + "." +
                            std::string(role.at("role").as_string());
        add_row(columns, role, out);
    }
}

std::span<const CsvFile> csv_files() {
    return kFiles;
}

void add_cell(std::string_view text, std::string& out) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
    out += '"';
}

}  // namespace educard::oneroster
