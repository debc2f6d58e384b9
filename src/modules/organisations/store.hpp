#pragma once
// The SQL of organisations, and nothing else.

#include "modules/organisations/organisations.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::organisations::store {

/// What search and order need beside the organisation itself.
struct Keys {
    std::string sort_key;
    std::string name_key;
    std::string pinyin;
    std::string initials;
};
Keys keys_of(const Organisation& organisation);

std::optional<Organisation> find(sql::Tx& tx, OrganisationId id);
std::optional<Organisation> find_by_school_code(sql::Tx& tx, std::string_view code);
std::optional<Organisation> find_class(sql::Tx& tx, OrganisationId school, const ClassKey& key);
std::vector<Organisation> classes_of(sql::Tx& tx, OrganisationId school, std::string_view today, int limit);
/// Among `parent`'s children on that day, those after (sort_key, id).
struct Ordered : Organisation {
    std::string sort_key;
    BOOST_DESCRIBE_CLASS(Ordered, (Organisation), (sort_key), (), ())
};
std::vector<Ordered> children(sql::Tx& tx,
                              OrganisationId parent,
                              std::string_view today,
                              std::string_view after_key,
                              std::int64_t after_id,
                              int limit);
/// Those that no longer existed on that day.
std::vector<Ordered> closed_children(sql::Tx& tx,
                                     OrganisationId parent,
                                     std::string_view today,
                                     std::string_view after_key,
                                     std::int64_t after_id,
                                     int limit);
std::vector<Organisation> open_children(sql::Tx& tx, OrganisationId parent, int limit);
struct Ranked : Organisation {
    std::int64_t rank = 0;
    BOOST_DESCRIBE_CLASS(Ranked, (Organisation), (rank), (), ())
};
/// `kind` empty: all but classes. `words` are folded for names, `letters` for pinyin, both with LIKE signs
/// escaped.
struct Terms {
    std::string name;
    std::string letters;
    std::string kind;
    std::string path;
    std::string today;
    std::int64_t after_rank = -1;
    std::int64_t after_id = 0;
    int limit = 0;
};
std::vector<Ranked> search(sql::Tx& tx, const Terms& terms);

/// Which organisations, without words: `kind` empty means all but classes; `after` is the path of the last
/// one seen.
struct ListBelow {
    std::string kind;
    std::string path;
    std::string today;
    std::string after;
    int limit = 0;
};
/// In the order of the tree.
std::vector<Organisation> list_below(sql::Tx& tx, const ListBelow& below);

/// False when the id, or a class of the same stage, year and number, is there already.
bool insert(sql::Tx& tx, const Organisation& organisation, const Keys& keys);
/// Writes name, codes, parent, path and the rest where the version is still organisation.version - 1.
bool update(sql::Tx& tx, const Organisation& organisation, const Keys& keys, Time at);
/// Whether another open class of that school has the number.
bool class_exists(sql::Tx& tx, const Organisation& organisation);
/// Of that kind directly below `parent` and open on that day, by the folded name.
std::vector<Organisation> namesakes(
    sql::Tx& tx, OrganisationId parent, Kind kind, std::string_view name_key, std::string_view day);
std::int64_t count_namesakes(sql::Tx& tx, Kind kind, std::string_view name_key, std::string_view day);
Below count_below(sql::Tx& tx, std::string_view path, std::string_view day);
bool is_school_code_claimed(sql::Tx& tx, std::string_view code);
bool claim_school_code(sql::Tx& tx, std::string_view code, OrganisationId owner);

std::int64_t count_subtree(sql::Tx& tx, std::string_view path);
/// Rewrites the beginning of the path of everything below (not of the organisation itself).
void move_subtree(sql::Tx& tx, std::string_view from_path, std::string_view to_path, int depth_change);
std::int64_t count_open_children(sql::Tx& tx, OrganisationId parent);
/// Ends what is open below, for a school that takes its classes along.
void close_with(sql::Tx& tx, OrganisationId school, std::string_view day, Time at);
/// What ended with the school and has not been opened since.
std::vector<Organisation> closed_with(sql::Tx& tx, OrganisationId school);
/// Opens these.
void open_again(sql::Tx& tx, OrganisationId school, Time at);

std::vector<State> history(sql::Tx& tx, OrganisationId id);
std::optional<State> state_on(sql::Tx& tx, OrganisationId id, std::string_view day);
std::optional<State> last_state(sql::Tx& tx, OrganisationId id);
void end_last_state(sql::Tx& tx,
                    OrganisationId id,
                    std::string_view day,
                    std::optional<OrganisationId> successor);
/// Ends at the latest on that day what ends later.
void end_states_by(sql::Tx& tx, OrganisationId id, std::string_view day);
/// The same as end_last_state for the open classes of a school.
void end_states_of_children(sql::Tx& tx, OrganisationId parent, std::string_view day);
void insert_state(sql::Tx& tx,
                  std::int64_t id,
                  OrganisationId organisation,
                  const State& state,
                  Time recorded_at,
                  std::optional<AccountId> recorded_by);

}  // namespace educard::organisations::store
