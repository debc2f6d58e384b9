#pragma once
// Which deadline and which target hold for an organisation: the value of the nearest one above it that has
// its own. Values only; no database.

#include "base/ids.hpp"
#include "base/time.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace educard::campaigns {

enum class Phase { training, roster, certification, checking };
BOOST_DESCRIBE_ENUM(Phase, training, roster, certification, checking)

/// Whether what is below may take longer: never, until a day, or as long as those above allow.
enum class Later { locked, until, open };
BOOST_DESCRIBE_ENUM(Later, locked, until, open)

/// A deadline of its own, of the campaign's organisation or one below.
struct OwnDeadline {
    OrganisationId organisation_id;
    Phase phase{};
    Date deadline{};
    Later later{};
    std::optional<Date> latest;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(OwnDeadline, (), (organisation_id, phase, deadline, later, latest, version))

/// A target of its own. `people` is for the organisation alone, `percent` for all below it.
struct OwnTarget {
    OrganisationId organisation_id;
    std::optional<std::int64_t> percent;
    std::optional<std::int64_t> people;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(OwnTarget, (), (organisation_id, percent, people, version))

/// The ids of a path, "/32/3201/" from the top.
std::vector<OrganisationId> ids_of(std::string_view path);

/// Of `phase`, from the top of the line down to its end; those of other organisations are left out.
std::vector<OwnDeadline> along(std::span<const OrganisationId> line,
                               std::span<const OwnDeadline> all,
                               Phase phase);
const OwnTarget* nearest_percent(std::span<const OrganisationId> line, std::span<const OwnTarget> all);
const OwnTarget* own_of(OrganisationId organisation, std::span<const OwnTarget> all);

/// The last day that whoever is bound by these, from the top down, may set below them; nothing: any. A
/// deadline later than what was allowed above it was allowed by those above.
std::optional<Date> latest_allowed(std::span<const OwnDeadline> above);

/// How far an organisation is, by what it should be.
enum class Standing { done, on_course, behind, overdue, nothing };
BOOST_DESCRIBE_ENUM(Standing, done, on_course, behind, overdue, nothing)

/// The part of `roster` that percent asks for, rounded up.
std::int64_t target_of(std::int64_t roster, std::int64_t percent);
/// Behind: a quarter of the time has passed, and less of the target is reached than of the time has passed.
Standing standing_of(std::int64_t target, std::int64_t certified, Date begins_on, Date deadline, Date today);

int days_between(Date from, Date to);

}  // namespace educard::campaigns
