#include "modules/bulletins/bulletins.hpp"
#include "modules/bulletins/store.hpp"

namespace educard::bulletins {

std::pair<std::string, Wording> Bulletins::setting_of(sql::Tx& tx,
                                                      const organisations::Organisation& organisation) const {
    if (const auto row = store::find_setting(tx, organisation.id)) {
        return {row->number_pattern, json::decode<Wording>(row->wording)};
    }
    return {usual_pattern(organisation), usual_wording()};
}

SettingView Bulletins::setting(sql::Tx& tx, const Caller& caller, OrganisationId id) const {
    const auto organisation = administered(tx, caller, id);
    auto [pattern, wording] = setting_of(tx, organisation);
    const auto today = date_in_china(parts_.clock.now());
    const auto year = static_cast<int>(today.year());
    const auto next = number_text(pattern,
                                  organisations::display_name(organisation, today),
                                  year,
                                  store::last_number(tx, id, year) + 1);
    return {id, std::move(pattern), std::move(wording), next, placeholders()};
}

SettingView Bulletins::change_setting(sql::Tx& tx, const Caller& caller, const SettingInput& input) const {
    const auto organisation = administered(tx, caller, input.organisation_id);
    auto faults = faults_of(input.wording, "wording", nullptr);
    if (!is_pattern(input.number_pattern)) {
        faults.push_back({"number_pattern", "bulletins.pattern"});
    }
    if (!faults.empty()) {
        throw Error::invalid(std::move(faults));
    }
    store::put_setting(tx, organisation.id, {input.number_pattern, json::encode(input.wording)});
    parts_.audit.record(tx,
                        caller,
                        {.action = "bulletins.setting_changed",
                         .organisation_path = organisation.path,
                         .subject_kind = "organisation",
                         .subject = std::to_string(organisation.id.value)});
    return setting(tx, caller, input.organisation_id);
}

}  // namespace educard::bulletins
