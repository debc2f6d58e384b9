// The privacy policy and what guardians consented to: child, guardian, purpose, policy version, time and
// method.

#include "base/resources.hpp"
#include "base/text.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/accounts/contact.hpp"
#include "modules/accounts/store.hpp"

#include <algorithm>

namespace educard::accounts {

namespace {

/// Texts are data/policies/<version>.<language>.txt; consent names the version, so a text never changes once
/// published.
constexpr std::string_view kPolicyVersion = "2026-11";

}  // namespace

Policy Accounts::current_policy(Language language) {
    const auto text = find_resource("data/policies/" + std::string(kPolicyVersion) +
                                    (language == Language::en ? ".en.txt" : ".zh-CN.txt"));
    EDU_ASSERT(text.has_value());
    return {std::string(kPolicyVersion), language, std::string(*text)};
}

void Accounts::insert_consent(sql::Tx& tx, AccountId account, const ConsentInput& consent, Time now) const {
    for (const auto purpose : {ConsentPurpose::identity, ConsentPurpose::e_card}) {
        if (std::ranges::find(consent.purposes, purpose) == consent.purposes.end()) {
            continue;
        }
        const auto id = parts_.ids.next<ConsentId>();
        store::ConsentRow row;
        row.id = id;
        row.purpose = purpose;
        row.policy_version = consent.policy_version;
        row.guardian_name =
            cipher_.seal(tidy_name(consent.guardian_name), {"consent", "guardian_name", id.value});
        row.relation = consent.relation;
        row.guardian_phone = cipher_.seal(normalise_phone(consent.phone).value_or(consent.phone),
                                          {"consent", "guardian_phone", id.value});
        row.method = ConsentMethod::online;
        row.given_at = now;
        store::insert_consent(tx, account, row);
    }
}

std::vector<Consent> Accounts::consents(sql::Tx& tx, const Caller& caller) const {
    std::vector<Consent> result;
    for (const auto& row : store::consents(tx, caller.account)) {
        Consent consent;
        consent.id = row.id;
        consent.purpose = row.purpose;
        consent.policy_version = row.policy_version;
        consent.guardian_name = cipher_.open(row.guardian_name, {"consent", "guardian_name", row.id.value});
        consent.relation = row.relation;
        consent.guardian_phone =
            mask_phone(cipher_.open(row.guardian_phone, {"consent", "guardian_phone", row.id.value}));
        consent.method = row.method;
        consent.given_at = row.given_at;
        consent.withdrawn_at = row.withdrawn_at;
        result.push_back(std::move(consent));
    }
    return result;
}

void Accounts::withdraw_consent(sql::Tx& tx, const Caller& caller, ConsentId id) const {
    if (!store::withdraw_consent(tx, caller.account, id, parts_.clock.now())) {
        throw Error(Fault::not_found, "accounts.consent_unknown");
    }
    audit(tx, caller, "accounts.consent_withdrawn", "", caller.account);
}

}  // namespace educard::accounts
