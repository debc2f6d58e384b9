#include "modules/settings/settings.hpp"

#include "base/error.hpp"
#include "base/prose.hpp"
#include "base/text.hpp"
#include "modules/settings/store.hpp"

#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <charconv>

namespace educard::settings {

namespace {

constexpr std::size_t kMaxText = 300;
constexpr const char* kOn = "on";
constexpr const char* kOff = "off";

struct Kind {
    Form form{};
    const char* shipped = "";
    int least = 0;
    int most = 0;
};

Kind kind_of(Key key) {
    switch (key) {
        case Key::welcome:
        case Key::contact_line:
            return {.form = Form::text};
        case Key::review_days:
            return {.form = Form::number, .shipped = "5", .least = 1, .most = 30};
        case Key::coverage_percent:
            return {.form = Form::number, .shipped = "95", .least = 1, .most = 100};
        case Key::gate:
        case Key::library:
        case Key::computer_room:
        case Key::payments:
        case Key::transport:
        case Key::health:
        case Key::social_practice:
            return {.form = Form::function, .shipped = kOff};
    }
    return {};
}

template <class Visit>
void for_each_key(Visit visit) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Key>>([&](auto one) { visit(one.value); });
}

std::string name_of(Key key) {
    return boost::describe::enum_to_string(key, "");
}

int number_of(std::string_view text) {
    int number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc() && end == text.data() + text.size() ? number : -1;
}

/// The ids of "/32/3203/320302/", from the top.
std::vector<OrganisationId> steps_of(std::string_view path) {
    std::vector<OrganisationId> steps;
    for (std::size_t begin = 1; begin < path.size() && steps.size() < store::kDeepest;) {
        const auto end = path.find('/', begin);
        if (const auto id = parse_id(path.substr(begin, end - begin))) {
            steps.emplace_back(*id);
        }
        begin = end + 1;
    }
    return steps;
}

/// What was set along one line of the tree.
class Line {
public:
    Line(sql::Tx& tx, std::string_view path) : steps_(steps_of(path)) {
        std::array<OrganisationId, store::kDeepest> ids{};
        std::ranges::copy(steps_, ids.begin());
        rows_ = store::list(tx, ids);
    }

    struct Found {
        std::string value;
        std::optional<OrganisationId> from;
        bool locked = false;
    };
    /// What holds at the end of the line, or above its last step.
    Found find(Key key, bool with_last = true) const {
        Found found{.value = kind_of(key).shipped, .from = std::nullopt};
        const auto count = steps_.size() - (with_last || steps_.empty() ? 0 : 1);
        for (std::size_t index = 0; index < count && !found.locked; ++index) {
            if (const auto* row = row_of(steps_[index], key)) {
                found = {.value = row->value, .from = row->organisation_id, .locked = row->locked};
            }
        }
        return found;
    }
    const store::Row* own(Key key) const { return steps_.empty() ? nullptr : row_of(steps_.back(), key); }

private:
    const store::Row* row_of(OrganisationId organisation, Key key) const {
        const auto found = std::ranges::find_if(rows_, [&, name = name_of(key)](const store::Row& row) {
            return row.organisation_id == organisation && row.key == name;
        });
        return found == rows_.end() ? nullptr : &*found;
    }

    std::vector<OrganisationId> steps_;
    std::vector<store::Row> rows_;
};

std::string checked(const SettingInput& input) {
    const auto kind = kind_of(input.key);
    // Prose keeps the punctuation of its language.
    const auto value = kind.form == Form::text ? tidy_line(input.value) : tidy(input.value);
    switch (kind.form) {
        case Form::text:
            if (count_characters(value) > kMaxText) {
                throw Error::invalid("value", "too_long");
            }
            return value;
        case Form::number: {
            const int number = number_of(value);
            if (number < kind.least || number > kind.most) {
                throw Error::invalid("value", "settings.number");
            }
            return std::to_string(number);
        }
        case Form::function:
            if (value != kOn && value != kOff) {
                throw Error::invalid("value", "value");
            }
            return value;
    }
    return value;
}

}  // namespace

organisations::Organisation Settings::require_place(sql::Tx& tx,
                                                    const Caller& caller,
                                                    OrganisationId id) const {
    auto place = parts_.organisations.get(tx, id);
    if (!may_administer(caller, place.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (place.kind == organisations::Kind::class_) {
        throw Error::invalid("organisation_id", "organisations.wrong_place");
    }
    return place;
}

Coverage Settings::coverage_of(sql::Tx& tx, const organisations::Organisation& place) const {
    const auto counts = parts_.rollout.counts_of(tx, place);
    const auto people = counts.total();
    return {.people = people,
            .certified = counts.certified,
            .percent = people == 0 ? 0 : static_cast<int>(counts.certified * 100 / people),
            .needed = number_of(Line(tx, place.path).find(Key::coverage_percent).value)};
}

SettingsOf Settings::of(sql::Tx& tx, const Caller& caller, OrganisationId id) const {
    const auto place = require_place(tx, caller, id);
    auto acting = caller;
    keep_to_acting(acting);
    const bool acts = may_administer(acting, place.path);
    SettingsOf result{
        .organisation_id = id, .organisation = place.name, .coverage = coverage_of(tx, place), .items = {}};
    const Line line(tx, place.path);
    for_each_key([&](Key key) {
        const auto found = line.find(key);
        const auto above = line.find(key, false);
        Setting setting{.key = key,
                        .form = kind_of(key).form,
                        .value = found.value,
                        .own = std::nullopt,
                        .inherited = above.value,
                        .from_id = found.from,
                        .from = std::nullopt,
                        .locked = found.locked,
                        .locked_above = above.locked};
        if (const auto* own = line.own(key); own != nullptr && !above.locked) {
            setting.own = own->value;
        }
        if (found.from) {
            const auto who = parts_.organisations.find(tx, *found.from);
            setting.from = who ? std::optional(who->name) : std::nullopt;
        }
        setting.may_change = acts && !above.locked;
        result.items.push_back(std::move(setting));
    });
    return result;
}

SettingsOf Settings::set(sql::Tx& tx, const Caller& caller, const SettingInput& input) const {
    const auto place = require_place(tx, caller, input.organisation_id);
    const auto value = checked(input);
    const Line line(tx, place.path);
    if (line.find(input.key, false).locked) {
        throw Error(Fault::conflict, "settings.locked");
    }
    const bool of_province = std::ranges::any_of(
        caller.grants, [](const Grant& grant) { return grant.role == Role::province_admin; });
    const bool switches_on =
        kind_of(input.key).form == Form::function && value == kOn && line.find(input.key).value != kOn;
    if (switches_on && !of_province) {
        const auto coverage = coverage_of(tx, place);
        if (coverage.percent < coverage.needed) {
            throw Error(Fault::conflict, "settings.coverage")
                .with("percent", std::to_string(coverage.percent))
                .with("needed", std::to_string(coverage.needed));
        }
    }
    store::set(
        tx,
        {.organisation_id = place.id, .key = name_of(input.key), .value = value, .locked = input.locked},
        parts_.clock.now(),
        caller.account);
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = "settings.changed",
                                   .organisation_path = place.path,
                                   .subject_kind = "setting",
                                   .subject = name_of(input.key),
                                   .details = ""});
    return of(tx, caller, place.id);
}

SettingsOf Settings::reset(sql::Tx& tx, const Caller& caller, const SettingRef& input) const {
    const auto place = require_place(tx, caller, input.organisation_id);
    if (store::remove(tx, place.id, input.key)) {
        parts_.audit.record(tx,
                            caller,
                            AuditEntry{.action = "settings.reset",
                                       .organisation_path = place.path,
                                       .subject_kind = "setting",
                                       .subject = name_of(input.key),
                                       .details = ""});
    }
    return of(tx, caller, place.id);
}

std::string Settings::value_at(sql::Tx& tx, std::string_view path, Key key) const {
    return Line(tx, path).find(key).value;
}

Locality Settings::locality(sql::Tx& tx, const Caller& caller) const {
    std::optional<std::string> path;
    if (caller.person) {
        path = parts_.place_of(tx, caller.person);
    }
    if (!path && !caller.grants.empty()) {
        path = caller.grants.front().path;
    }
    const Line line(tx, path.value_or(""));
    Locality locality{.welcome = line.find(Key::welcome).value,
                      .contact_line = line.find(Key::contact_line).value,
                      .review_days = number_of(line.find(Key::review_days).value),
                      .functions = {}};
    for_each_key([&](Key key) {
        if (kind_of(key).form == Form::function && line.find(key).value == kOn) {
            locality.functions.push_back(key);
        }
    });
    return locality;
}

}  // namespace educard::settings
