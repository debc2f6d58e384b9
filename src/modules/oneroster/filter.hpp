#pragma once
// The filter of a OneRoster collection (OneRoster 1.2 Rostering REST binding, Filtering): up to two
// conditions on the members of a record, joined by AND or OR. What is parsed comes from outside; nothing here
// throws.

#include <boost/json/object.hpp>

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace educard::oneroster {

enum class Comparison { equal, not_equal, greater, not_less, less, not_greater, contains };

struct Condition {
    std::string field;  // dots lead into members: "school.sourcedId"
    Comparison comparison{};
    std::string value;

    bool operator==(const Condition&) const = default;
};

struct Filter {
    std::vector<Condition> conditions;  // one or two
    bool any = false;                   // joined by OR

    bool operator==(const Filter&) const = default;
};

enum class FilterFault { empty, field, comparison, value, joint };

/// field, comparison, value in single quotes (a quote in it is doubled), once or twice:
/// status='active' AND dateLastModified>='2026-09-01'. OneRoster 1.2 Rostering REST binding, Filtering.
std::expected<Filter, FilterFault> parse_filter(std::string_view text);

/// Text is compared without the case of Latin letters; moments as moments. A member that is a list holds when
/// one of its values does; with != when none equals. `~`: contains. OneRoster 1.2 Rostering REST binding,
/// Filtering.
bool matches(const Filter& filter, const boost::json::object& record);

/// What stands at a dotted path, lists flattened.
std::vector<std::string> values_at(const boost::json::object& record, std::string_view field);

/// A moment as the filter may name it: RFC 3339, or a day, which begins at midnight UTC. Its text as records
/// have it; empty when it is none.
std::string moment_text(std::string_view text);

}  // namespace educard::oneroster
