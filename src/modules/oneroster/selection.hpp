#pragma once
// Which records of a collection a request wants, and how much of each (OneRoster 1.2 Rostering REST binding,
// Pagination, Sorting, Filtering, Field Selection). Inside of the module.

#include "modules/oneroster/filter.hpp"
#include "modules/oneroster/walk.hpp"

namespace educard::oneroster {

inline constexpr std::int64_t kUsualLimit = 100;
inline constexpr std::int64_t kMaxLimit = 1000;
/// Further on the links lead; whoever counts makes the server count.
inline constexpr std::int64_t kMaxOffset = 10'000;
/// So many records can be sorted: they are all looked at for each page.
inline constexpr std::size_t kMaxSorted = 10'000;
/// So many are looked at for one page; the link leads on from there.
inline constexpr std::size_t kMaxExamined = 50'000;

struct Selection {
    std::size_t limit = kUsualLimit;
    std::size_t offset = 0;
    Place from;
    std::string sort;  // empty: the order of the collection
    bool descending = false;
    std::optional<Filter> filter;
    std::vector<std::string> fields;  // empty: all
};

/// Throws invalid "imsx.invaliddata", "imsx.invalid_filter_field", "imsx.invalid_selection_field", each with
/// what is wrong.
Selection read_selection(Collection collection, const ListInput& input);

/// Fields of a record to keep. Those that are unknown do not count; when none is left, all are kept.
std::vector<std::string> read_fields(Collection collection, const std::optional<std::string>& text);
boost::json::object keep_fields(boost::json::object record, const std::vector<std::string>& fields);

struct Selected {
    std::vector<boost::json::object> records;
    std::vector<Subject> subjects;     // new to the app
    std::optional<std::size_t> total;  // where it is known
    std::optional<Place> next;         // where the next page begins; none: here it ends
    std::size_t next_offset = 0;       // and so many more are to be skipped
};

/// `run(from, use)` walks. Throws invalid "imsx.invaliddata" when there is too much to sort.
Selected select(const Selection& selection,
                const std::function<void(const Place&, const std::function<bool(Record&&)>&)>& run);

}  // namespace educard::oneroster
