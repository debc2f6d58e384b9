#include "modules/organisations/organisations.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/organisations/store.hpp"
#include "sql/like.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::organisations {

namespace {

constexpr int kMaxPage = 200;
constexpr int kMaxClasses = 1000;
constexpr std::size_t kMaxSearchCharacters = 60;

/// A cursor is "number-or-key|id" in base64url, so that nobody takes it for anything to build on.
std::string to_cursor(std::string_view key, OrganisationId id) {
    return to_base64url(as_bytes(fmt::format("{}|{}", key, id.value)));
}

struct Position {
    std::string key;
    std::int64_t id = 0;
};

Position read_cursor(const std::optional<std::string>& cursor) {
    if (!cursor) {
        return Position{};
    }
    const auto octets = from_base64url(*cursor);
    const auto text = octets ? as_text(*octets) : std::string_view();
    const auto bar = text.rfind('|');
    const auto id = bar == std::string_view::npos ? std::nullopt : parse_id(text.substr(bar + 1));
    if (!id) {
        throw Error::invalid("cursor", "value");
    }
    return Position{.key = std::string(text.substr(0, bar)), .id = *id};
}

/// The rank that a search's cursor says; -1, before all, without a cursor.
std::optional<std::int64_t> rank_of(const Position& position) {
    if (position.key.empty()) {
        return -1;
    }
    return position.key.size() == 1 && position.key[0] >= '0' && position.key[0] <= '2'
               ? std::optional<std::int64_t>(position.key[0] - '0')
               : std::nullopt;
}

int bounded(int limit) {
    return std::clamp(limit, 1, kMaxPage);
}

/// What of it could be pinyin or a code: letters and digits; nothing when other characters stand in it.
std::string letters_of(std::string_view text) {
    std::string out;
    for (const char c : fold_case(tidy(text))) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && c != ' ' && c != '\'') {
            return {};
        }
        if (plain) {
            out += c;
        }
    }
    return out;
}

/// Cuts to `limit` rows; whether there were more.
template <class Row>
bool cut(std::vector<Row>& rows, int limit) {
    const bool more = rows.size() > static_cast<std::size_t>(limit);
    if (more) {
        rows.resize(static_cast<std::size_t>(limit));
    }
    return more;
}

Slice slice_of(std::vector<store::Ordered> rows, int limit) {
    Slice slice;
    if (cut(rows, limit)) {
        slice.next = to_cursor(rows.back().sort_key, rows.back().id);
    }
    slice.items.assign(rows.begin(), rows.end());
    return slice;
}

/// All of the kind below `path`, in the order of the tree.
Slice list_below(sql::Tx& tx, const Search& search, const std::string& path, const std::string& today) {
    const auto position = read_cursor(search.cursor);
    const int limit = bounded(search.limit);
    auto rows = store::list_below(
        tx,
        store::ListBelow{.kind = search.kind ? boost::describe::enum_to_string(*search.kind, "") : "",
                         .path = path,
                         .today = today,
                         .after = position.key,
                         .limit = limit + 1});
    Slice slice;
    if (cut(rows, limit)) {
        slice.next = to_cursor(rows.back().path, rows.back().id);
    }
    slice.items = std::move(rows);
    return slice;
}

}  // namespace

Organisations::Organisations(const Clock& clock, IdSource& ids, Audit& audit)
    : clock_(clock), ids_(ids), audit_(audit) {}

std::optional<Organisation> Organisations::find(sql::Tx& tx, OrganisationId id) const {
    return store::find(tx, id);
}

Organisation Organisations::get(sql::Tx& tx, OrganisationId id) const {
    auto found = store::find(tx, id);
    if (!found) {
        throw Error(Fault::not_found, "organisations.unknown");
    }
    return *std::move(found);
}

std::optional<Organisation> Organisations::as_of(sql::Tx& tx, OrganisationId id, Date day) const {
    auto organisation = get(tx, id);
    const auto state = store::state_on(tx, id, to_text(day));
    if (!state) {
        return std::nullopt;
    }
    organisation.parent_id = state->parent_id;
    organisation.name = state->name;
    organisation.division_code = state->division_code;
    organisation.school_code = state->school_code;
    organisation.school_kind = state->school_kind;
    organisation.class_number = state->class_number;
    organisation.valid_from = state->valid_from;
    organisation.valid_to = state->valid_to;
    return organisation;
}

std::vector<State> Organisations::history(sql::Tx& tx, OrganisationId id) const {
    get(tx, id);
    return store::history(tx, id);
}

std::vector<Organisation> Organisations::line(sql::Tx& tx, const Organisation& organisation) const {
    std::vector<Organisation> line{organisation};
    while (line.back().parent_id) {
        line.push_back(get(tx, *line.back().parent_id));
    }
    std::ranges::reverse(line);
    return line;
}

std::optional<Organisation> Organisations::find_school(sql::Tx& tx, std::string_view school_code) const {
    return store::find_by_school_code(tx, school_code);
}

bool Organisations::was_school_code_used(sql::Tx& tx, std::string_view school_code) const {
    return store::is_school_code_claimed(tx, school_code);
}

std::optional<Organisation> Organisations::find_class(sql::Tx& tx,
                                                      OrganisationId school,
                                                      const ClassKey& key) const {
    return store::find_class(tx, school, key);
}

std::vector<Organisation> Organisations::classes_of(sql::Tx& tx, OrganisationId school) const {
    return store::classes_of(tx, school, to_text(today()), kMaxClasses);
}

Organisation Organisations::school_of(sql::Tx& tx, const Organisation& organisation) const {
    if (organisation.kind == Kind::school) {
        return organisation;
    }
    if (organisation.kind != Kind::class_ || !organisation.parent_id) {
        throw Error(Fault::not_found, "organisations.no_school");
    }
    return get(tx, *organisation.parent_id);
}

Slice Organisations::children(sql::Tx& tx,
                              OrganisationId parent,
                              std::optional<std::string> cursor,
                              int limit) const {
    get(tx, parent);
    const auto position = read_cursor(cursor);
    limit = bounded(limit);
    return slice_of(store::children(tx, parent, to_text(today()), position.key, position.id, limit + 1),
                    limit);
}

Slice Organisations::closed_children(sql::Tx& tx,
                                     OrganisationId parent,
                                     std::optional<std::string> cursor,
                                     int limit) const {
    get(tx, parent);
    const auto position = read_cursor(cursor);
    limit = bounded(limit);
    return slice_of(
        store::closed_children(tx, parent, to_text(today()), position.key, position.id, limit + 1), limit);
}

Slice Organisations::search(sql::Tx& tx, const Search& search) const {
    const auto key = name_key(search.text);
    if (tidy(search.text).empty() && (search.kind || search.under)) {
        return list_below(
            tx, search, search.under ? get(tx, *search.under).path : std::string("/"), to_text(today()));
    }
    if (key.empty() || count_characters(key) > kMaxSearchCharacters) {
        throw Error::invalid("query", key.empty() ? "required" : "too_long");
    }
    const auto position = read_cursor(search.cursor);
    const auto rank = rank_of(position);
    if (!rank) {
        throw Error::invalid("cursor", "value");
    }
    const int limit = bounded(search.limit);
    const auto under = search.under ? get(tx, *search.under).path : std::string("/");
    const char* kind = search.kind ? boost::describe::enum_to_string(*search.kind, "") : "";
    auto rows = store::search(tx,
                              store::Terms{.name = sql::escape_like(key),
                                           .letters = letters_of(search.text),
                                           .kind = kind,
                                           .path = under,
                                           .today = to_text(today()),
                                           .after_rank = *rank,
                                           .after_id = position.id,
                                           .limit = limit + 1});
    Slice slice;
    if (cut(rows, limit)) {
        slice.next = to_cursor(std::to_string(rows.back().rank), rows.back().id);
    }
    slice.items.assign(rows.begin(), rows.end());
    return slice;
}

}  // namespace educard::organisations
