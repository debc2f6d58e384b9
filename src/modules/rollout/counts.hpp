#pragma once
// People by how far their certification has come, and how an organisation stands with its deadline. Values
// only. Part of rollout.hpp, which includes it.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace educard::rollout {

/// As the roster knows them; the program hands its changes on to `moved`.
enum class Kind { student, teacher, staff };
BOOST_DESCRIBE_ENUM(Kind, student, teacher, staff)
enum class Certification { not_begun, in_review, returned, certified };
BOOST_DESCRIBE_ENUM(Certification, not_begun, in_review, returned, certified)

/// People by how far their certification has come.
struct Counts {
    std::int64_t not_begun = 0;
    std::int64_t in_review = 0;
    std::int64_t returned = 0;
    std::int64_t certified = 0;

    std::int64_t total() const { return not_begun + in_review + returned + certified; }
    Counts& operator+=(const Counts& other);
    bool operator==(const Counts&) const = default;
};
BOOST_DESCRIBE_STRUCT(Counts, (), (not_begun, in_review, returned, certified))

struct CountsByKind {
    Counts student;
    Counts teacher;
    Counts staff;

    Counts all() const;
    CountsByKind& operator+=(const CountsByKind& other);
    bool operator==(const CountsByKind&) const = default;
};
BOOST_DESCRIBE_STRUCT(CountsByKind, (), (student, teacher, staff))

/// How it stands with the day by whose end everybody is to be certified.
struct Standing {
    std::optional<Date> deadline;
    std::int64_t overdue = 0;  // the day is over, and they are not certified
    bool complete = false;     // everybody is certified, and there is somebody
    /// Whether everybody was certified when the day ended, or is before it has. Nothing when that is still
    /// open, when there is no deadline or nobody to certify, and when nobody can tell.
    std::optional<bool> on_time;
};
BOOST_DESCRIBE_STRUCT(Standing, (), (deadline, overdue, complete, on_time))

/// `at_deadline`: the counts as the deadline's day ended, when they are known.
Standing standing_of(const Counts& counts,
                     std::optional<Date> deadline,
                     Date today,
                     const std::optional<Counts>& at_deadline);

/// The progress of one organisation with everything below it.
struct NodeProgress {
    OrganisationId id;
    organisations::Kind kind{};
    std::string name;
    std::optional<std::string> code;  // division or school code
    bool closed = false;
    Counts counts;
    CountsByKind by_kind;
    Standing standing;
};
BOOST_DESCRIBE_STRUCT(NodeProgress, (), (id, kind, name, code, closed, counts, by_kind, standing))

}  // namespace educard::rollout
