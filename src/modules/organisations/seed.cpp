// The real tree of Jiangsu, from data/jiangsu/organisations.json, into an empty database.

#include "base/error.hpp"
#include "base/resources.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/organisations/store.hpp"

#include <boost/json.hpp>

#include <map>
#include <stdexcept>

namespace educard::organisations {

namespace {

namespace json = boost::json;

constexpr OrganisationId kProvince{32};

std::string text_of(const json::object& entry, std::string_view name) {
    const auto* value = entry.if_contains(name);
    return value ? std::string(value->as_string()) : std::string();
}

Date date_of(const std::string& text) {
    const auto date = parse_date(text);
    EDU_ASSERT(date.has_value());
    return *date;
}

OrganisationId id_of(const std::string& code) {
    const auto id = parse_id(code);
    EDU_ASSERT(id.has_value());
    return OrganisationId{*id};
}

Organisation read(const json::object& entry,
                  const std::string& since,
                  const std::map<std::int64_t, Organisation>& made) {
    Organisation organisation;
    const auto code = text_of(entry, "code");
    organisation.id = id_of(code);
    EDU_ASSERT(boost::describe::enum_from_string(text_of(entry, "kind").c_str(), organisation.kind));
    organisation.name = text_of(entry, "name");
    organisation.division_code = code;
    organisation.direct = entry.contains("direct");
    const auto from = text_of(entry, "from");
    organisation.valid_from = date_of(from.empty() ? since : from);
    if (const auto until = text_of(entry, "until"); !until.empty()) {
        organisation.valid_to = date_of(until);
    }
    organisation.path = "/";
    if (const auto parent = text_of(entry, "parent"); !parent.empty()) {
        const auto& above = made.at(id_of(parent).value);
        organisation.parent_id = above.id;
        organisation.path = above.path;
        organisation.depth = above.depth + 1;
    }
    organisation.path += code + "/";
    organisation.version = 1;
    return organisation;
}

/// Syllables as the data writes them where a character has several readings: "lu he qu".
void set_pinyin(store::Keys& keys, const std::string& syllables) {
    keys.pinyin.clear();
    keys.initials.clear();
    bool first = true;
    for (const char c : syllables) {
        if (c == ' ') {
            first = true;
            continue;
        }
        keys.pinyin += c;
        if (first) {
            keys.initials += c;
        }
        first = false;
    }
}

class Seeder {
public:
    Seeder(sql::Tx& tx, const Clock& clock, IdSource& ids, std::string since)
        : tx_(tx), now_(clock.now()), ids_(ids), since_(std::move(since)) {}

    void add(const json::object& entry) {
        const auto organisation = read(entry, since_, made_);
        auto keys = store::keys_of(organisation);
        if (const auto pinyin = text_of(entry, "pinyin"); !pinyin.empty()) {
            set_pinyin(keys, pinyin);
        }
        store::insert(tx_, organisation, keys);
        add_history(organisation, entry);
        made_.emplace(organisation.id.value, organisation);
    }
    std::size_t count() const { return made_.size(); }

private:
    void add_history(const Organisation& organisation, const json::object& entry) {
        State state{.parent_id = organisation.parent_id,
                    .kind = organisation.kind,
                    .name = organisation.name,
                    .division_code = organisation.division_code,
                    .school_code = std::nullopt,
                    .school_kind = std::nullopt,
                    .stage = std::nullopt,
                    .entry_year = std::nullopt,
                    .class_number = std::nullopt,
                    .change = HistoryChange::founded,
                    .successor_id = std::nullopt,
                    .valid_from = organisation.valid_from,
                    .valid_to = organisation.valid_to};
        if (const auto* earlier = entry.if_contains("formerly")) {
            for (const auto& item : earlier->as_array()) {
                auto former = state;
                former.name = text_of(item.as_object(), "name");
                former.division_code = text_of(item.as_object(), "code");
                former.valid_to = date_of(text_of(item.as_object(), "until"));
                insert(organisation.id, former);
                state.valid_from = *former.valid_to;
                state.change = HistoryChange::renamed;
            }
        }
        if (const auto successor = text_of(entry, "successor"); !successor.empty()) {
            state.successor_id = id_of(successor);
        }
        insert(organisation.id, state);
    }

    void insert(OrganisationId id, const State& state) {
        store::insert_state(tx_, ids_.next<OrganisationId>().value, id, state, now_, std::nullopt);
    }

    sql::Tx& tx_;
    Time now_;
    IdSource& ids_;
    std::string since_;
    std::map<std::int64_t, Organisation> made_;
};

}  // namespace

std::size_t Organisations::seed(sql::Tx& tx) const {
    if (store::find(tx, kProvince)) {
        return 0;
    }
    const auto resource = find_resource("data/jiangsu/organisations.json");
    EDU_ASSERT(resource.has_value());
    const auto document = json::parse(*resource).as_object();
    Seeder seeder(tx, clock_, ids_, text_of(document, "since"));
    for (const auto& entry : document.at("organisations").as_array()) {
        seeder.add(entry.as_object());
    }
    return seeder.count();
}

}  // namespace educard::organisations
