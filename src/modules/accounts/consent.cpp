// The privacy policy and what guardians consented to: child, guardian, purpose, policy version, time and
// method.

#include "base/resources.hpp"
#include "base/text.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/accounts/consents.hpp"
#include "modules/accounts/contact.hpp"
#include "modules/accounts/store.hpp"

#include <algorithm>

namespace educard::accounts {

namespace {

/// Texts are data/policies/<version>.<language>.txt; consent names the version, so a text never changes once
/// published.
constexpr std::string_view kPolicyVersion = "2026-11";

constexpr int kAgeOfConsent = 14;

}  // namespace

bool needs_guardian(std::optional<Date> birth_date, Date today) {
    return birth_date && *birth_date <= today && years_between(*birth_date, today) < kAgeOfConsent;
}

std::vector<FieldError> find_consent_faults(const ConsentInput& consent,
                                            std::string_view child_name,
                                            std::string_view prefix) {
    std::vector<FieldError> errors;
    const auto fault = [&](std::string_view field, std::string code) {
        errors.push_back({std::string(prefix) + std::string(field), std::move(code)});
    };
    const auto guardian = tidy_name(consent.guardian_name);
    if (guardian.empty() || find_name_fault(guardian)) {
        fault("guardian_name", guardian.empty() ? "required" : "accounts.name");
    } else if (name_key(guardian) == name_key(child_name)) {
        fault("guardian_name", "accounts.own_guardian");
    }
    if (!normalise_phone(consent.phone)) {
        fault("phone", "accounts.phone");
    }
    if (consent.policy_version != kPolicyVersion) {
        fault("policy_version", "accounts.policy_outdated");
    }
    return errors;
}

bool Accounts::needs_guardian(const Account& account) const {
    return accounts::needs_guardian(account.birth_date, date_in_china(parts_.clock.now()));
}

Policy Accounts::current_policy(Language language) {
    const auto text = find_resource("data/policies/" + std::string(kPolicyVersion) +
                                    (language == Language::en ? ".en.txt" : ".zh-CN.txt"));
    EDU_ASSERT(text.has_value());
    return {std::string(kPolicyVersion), language, std::string(*text)};
}

void Accounts::insert_consent(sql::Tx& tx,
                              AccountId account,
                              const ConsentInput& consent,
                              Time now,
                              std::optional<AccountId> given_by) const {
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
        row.given_by = given_by;
        store::insert_consent(tx, account, row);
    }
}

std::vector<Consent> Accounts::consents(sql::Tx& tx, const Caller& caller) const {
    return consents_of(tx, caller.account);
}

std::vector<Consent> Accounts::consents_of(sql::Tx& tx, AccountId child) const {
    std::vector<Consent> result;
    for (const auto& row : store::consents(tx, child)) {
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
        consent.by_account = row.given_by.has_value();
        result.push_back(std::move(consent));
    }
    return result;
}

std::vector<ConsentPurpose> Accounts::missing_consents(sql::Tx& tx,
                                                       AccountId account,
                                                       std::optional<Date> also_born) const {
    const auto row = store::find_account(tx, account);
    const auto today = date_in_china(parts_.clock.now());
    if (!row ||
        !(accounts::needs_guardian(row->birth_date, today) || accounts::needs_guardian(also_born, today))) {
        return {};
    }
    const auto given = store::consents(tx, account);
    std::vector<ConsentPurpose> missing;
    for (const auto purpose : {ConsentPurpose::identity, ConsentPurpose::e_card}) {
        const bool in_force = std::ranges::any_of(
            given, [&](const auto& consent) { return consent.purpose == purpose && !consent.withdrawn_at; });
        if (!in_force) {
            missing.push_back(purpose);
        }
    }
    return missing;
}

std::vector<Consent> Accounts::give_consent(sql::Tx& tx,
                                            const Caller& caller,
                                            const ConsentInput& input) const {
    auto errors = find_consent_faults(input, store::find_account(tx, caller.account)->name, "");
    if (input.purposes.empty()) {
        errors.push_back({"purposes", "required"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    require_no_guardian(tx, caller.account);
    const auto missing = missing_consents(tx, caller.account);
    if (missing.empty()) {
        throw Error(Fault::conflict, "accounts.consent_not_missing");
    }
    auto consent = input;
    std::erase_if(consent.purposes, [&](ConsentPurpose purpose) {
        return std::ranges::find(missing, purpose) == missing.end();  // in force already
    });
    insert_consent(tx, caller.account, consent, parts_.clock.now());
    audit(tx, caller, "accounts.consent_given", "", caller.account);
    return consents(tx, caller);
}

/// Where a guardian has an account nobody speaks for them in the child's session.
void Accounts::require_no_guardian(sql::Tx& tx, AccountId account) const {
    const auto row = store::find_account(tx, account).value();
    if (guardians_ != nullptr && row.person_id && needs_guardian(row) &&
        guardians_->decide_for(tx, *row.person_id)) {
        throw Error(Fault::forbidden, "accounts.guardian_decides");
    }
}

std::vector<Consent> Accounts::give_consent_for(sql::Tx& tx,
                                                const Caller& caller,
                                                AccountId child,
                                                const ConsentingGuardian& guardian,
                                                const std::string& policy_version,
                                                const std::vector<ConsentPurpose>& purposes) const {
    ConsentInput consent{.guardian_name = guardian.name,
                         .relation = guardian.relation,
                         .phone = guardian.phone,
                         .policy_version = policy_version,
                         .purposes = purposes};
    std::vector<FieldError> errors;
    if (!normalise_phone(consent.phone)) {
        errors.push_back({"phone", "accounts.phone"});
    }
    if (consent.policy_version != kPolicyVersion) {
        errors.push_back({"policy_version", "accounts.policy_outdated"});
    }
    if (purposes.empty()) {
        errors.push_back({"purposes", "required"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const auto missing = missing_consents(tx, child);
    std::erase_if(consent.purposes, [&](ConsentPurpose purpose) {
        return std::ranges::find(missing, purpose) == missing.end();
    });
    if (consent.purposes.empty()) {
        throw Error(Fault::conflict, "accounts.consent_not_missing");
    }
    insert_consent(tx, child, consent, parts_.clock.now(), caller.account);
    audit(tx, caller, "accounts.consent_given", "", child);
    return consents_of(tx, child);
}

void Accounts::withdraw_consent_for(sql::Tx& tx, const Caller& caller, AccountId child, ConsentId id) const {
    if (!store::withdraw_consent(tx, child, id, parts_.clock.now(), caller.account)) {
        throw Error(Fault::not_found, "accounts.consent_unknown");
    }
    audit(tx, caller, "accounts.consent_withdrawn", "", child);
}

void Accounts::withdraw_consent(sql::Tx& tx, const Caller& caller, ConsentId id) const {
    require_no_guardian(tx, caller.account);
    if (!store::withdraw_consent(tx, caller.account, id, parts_.clock.now())) {
        throw Error(Fault::not_found, "accounts.consent_unknown");
    }
    audit(tx, caller, "accounts.consent_withdrawn", "", caller.account);
}

}  // namespace educard::accounts
