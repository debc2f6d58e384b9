#pragma once
// What each place in the tree decides for itself: texts, deadlines, and which functions of the card are
// switched on there (C10). A value holds for an organisation and all below it until one below sets another,
// unless it is locked. Functions are switched on only when so many people of the place are certified; the
// province may do so before. Owns organisation_setting. What Parts refers to outlives it; any thread may call
// it.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/rollout/rollout.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::settings {

/// The names are the keys. review_days: working days in which applications are answered, as people are told.
/// coverage_percent: how many of the people have to be certified before a function is switched on.
enum class Key {
    welcome,
    contact_line,
    review_days,
    coverage_percent,
    gate,
    library,
    computer_room,
    payments,
    transport,
    health,
    social_practice
};
BOOST_DESCRIBE_ENUM(Key,
                    welcome,
                    contact_line,
                    review_days,
                    coverage_percent,
                    gate,
                    library,
                    computer_room,
                    payments,
                    transport,
                    health,
                    social_practice)

enum class Form { text, number, function };
BOOST_DESCRIBE_ENUM(Form, text, number, function)

/// How many of the people of a place are certified.
struct Coverage {
    std::int64_t people = 0;
    std::int64_t certified = 0;
    int percent = 0;  // rounded down
    int needed = 0;
};
BOOST_DESCRIBE_STRUCT(Coverage, (), (people, certified, percent, needed))

struct Setting {
    Key key{};
    Form form{};
    std::string value;                      // that holds here; of a function "on" or "off"
    std::optional<std::string> own;         // what this organisation has set
    std::string inherited;                  // what would hold without that
    std::optional<OrganisationId> from_id;  // who set it; as shipped when absent
    std::optional<std::string> from;
    bool locked = false;        // by who set it
    bool locked_above = false;  // cannot be set here
    bool may_change = false;
};
BOOST_DESCRIBE_STRUCT(Setting,
                      (),
                      (key, form, value, own, inherited, from_id, from, locked, locked_above, may_change))

struct SettingsOf {
    OrganisationId organisation_id;
    std::string organisation;
    Coverage coverage;
    std::vector<Setting> items;
};
BOOST_DESCRIBE_STRUCT(SettingsOf, (), (organisation_id, organisation, coverage, items))

struct SettingInput {
    Key key{};
    OrganisationId organisation_id;
    std::string value;
    bool locked = false;
};
BOOST_DESCRIBE_STRUCT(SettingInput, (), (key, organisation_id, value, locked))

struct SettingRef {
    Key key{};
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(SettingRef, (), (key, organisation_id))

/// What holds where somebody belongs.
struct Locality {
    std::string welcome;
    std::string contact_line;
    int review_days = 0;
    std::vector<Key> functions;  // that are switched on
};
BOOST_DESCRIBE_STRUCT(Locality, (), (welcome, contact_line, review_days, functions))

struct Parts {
    const Clock& clock;
    Audit& audit;
    const organisations::Organisations& organisations;
    const rollout::Rollout& rollout;
    std::function<std::optional<std::string>(sql::Tx& tx, PersonId person)> place_of;  // a path
};

class Settings {
public:
    explicit Settings(Parts parts) : parts_(std::move(parts)) {}

    /// For who administers the place.
    SettingsOf of(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;
    /// Throws conflict "settings.locked", "settings.coverage".
    SettingsOf set(sql::Tx& tx, const Caller& caller, const SettingInput& input) const;
    /// From now on what comes from above holds.
    SettingsOf reset(sql::Tx& tx, const Caller& caller, const SettingRef& input) const;
    /// What holds for the caller: where they are certified, else in the whole province.
    Locality locality(sql::Tx& tx, const Caller& caller) const;

    // For other modules.
    /// The value that holds at that place; by one query.
    std::string value_at(sql::Tx& tx, std::string_view path, Key key) const;
    bool is_on(sql::Tx& tx, std::string_view path, Key function) const {
        return value_at(tx, path, function) == "on";
    }

private:
    organisations::Organisation require_place(sql::Tx& tx, const Caller& caller, OrganisationId id) const;
    Coverage coverage_of(sql::Tx& tx, const organisations::Organisation& place) const;

    Parts parts_;
};

void add_routes(http::Routes& routes, Settings& settings);

}  // namespace educard::settings
