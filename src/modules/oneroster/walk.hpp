#pragma once
// The records of a collection one after the other, in an order that has a place for each: a request goes on
// where the one before it ended, however many there are. Inside of the module.

#include "modules/oneroster/access.hpp"

#include <boost/json/object.hpp>

#include <functional>

namespace educard::oneroster {

/// A place in a collection: behind the node or membership named, and `skip` more records.
struct Place {
    std::string path;
    std::string kind;
    std::int64_t id = 0;
    std::int64_t skip = 0;

    bool operator==(const Place&) const = default;
};

/// Opaque text for a link, and back; nothing for what to_cursor() did not make.
std::string to_cursor(const Place& place);
std::optional<Place> parse_cursor(std::string_view text);

struct Record {
    std::optional<boost::json::object>
        value;                         // none: something was looked at that is no record of the collection
    Place place;                       // behind it
    std::optional<Subject> subject{};  // of a person's record that the app has not seen before
};

/// What to walk through, narrowed to the school, or the class of that school, at `path`.
struct Walk {
    Collection collection{};
    std::string path;
    OrganisationId in_class;  // none: all
};

/// Gives the records behind `from` until `use` says false.
void walk(sql::Tx& tx,
          const Access& access,
          const Walk& walk,
          const Place& from,
          const std::function<bool(Record&&)>& use);

/// One record; nothing when the app sees none of that name.
std::optional<boost::json::object> find_record(sql::Tx& tx,
                                               const Access& access,
                                               Collection collection,
                                               std::string_view id);

}  // namespace educard::oneroster
