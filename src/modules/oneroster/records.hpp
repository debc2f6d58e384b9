#pragma once
// Rows as OneRoster has them (OneRoster 1.2 Rostering information model). Inside of the module.

#include "modules/oneroster/access.hpp"
#include "modules/oneroster/store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <span>

namespace educard::oneroster {

/// OneRoster 1.2, Org: a province is a state, a city local, a county or education-only unit a district.
boost::json::object org_record(const Access& access, const store::Node& node);

/// OneRoster 1.2, Class: an administrative class is a homeroom. Its title and grade follow the school year.
boost::json::object class_record(const Access& access, const store::Node& node);

/// OneRoster 1.2, AcademicSession: school years, each from 1 September; named by the year in which it begins.
boost::json::object session_record(const Access& access, int year);
std::optional<int> parse_session(std::string_view id);
/// The school years that are listed: those in which a class may be, from the oldest.
std::pair<int, int> listed_sessions(const Access& access);

/// OneRoster 1.2, Course: what a class is taught, as a stage. A class must name one; the platform has no
/// timetables.
boost::json::object course_record(const Access& access, organisations::Stage stage);
std::optional<organisations::Stage> parse_course(std::string_view id);

/// What somebody is within what the app sees, by rows of one person.
struct Member {
    PersonId person;
    std::string name;
    std::optional<Time> person_changed_at;
    std::string subject;
    bool is_new = false;  // the app has not seen them before
    std::vector<store::MemberRow> places;
};
/// `rows` are of one person, come across once; what ended long ago or lies outside is left out.
Member member_of(const Access& access, std::span<const store::MemberRow> rows);

/// OneRoster 1.2, User. Nothing of what the app has no claim for: no number, telephone, day of birth or login
/// name.
boost::json::object user_record(const Access& access, const Member& member);

/// OneRoster 1.2, Enrollment: somebody in a class, and somebody as class teacher of a class.
boost::json::object enrollment_record(const Access& access,
                                      const Member& member,
                                      const store::MemberRow& place);
boost::json::object enrollment_record(const Access& access,
                                      const Member& member,
                                      const store::MemberRow& place,
                                      const store::Lead& lead);

}  // namespace educard::oneroster
