// Registration: everything that can be said about the form is said at once; then the captcha is used up; then
// the account is written. Whether a document's number is known is never looked at, so neither answer nor time
// can tell.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/accounts/consents.hpp"
#include "modules/accounts/contact.hpp"
#include "modules/accounts/passwords.hpp"
#include "modules/accounts/store.hpp"
#include "modules/accounts/user_names.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace educard::accounts {

namespace {

constexpr std::size_t kLongestAnswer = 200;

/// Of a document that is claimed, and of the birth date that goes with it when the document does not tell it.
void check_document(const people::Document& document,
                    std::optional<Date> birth_date,
                    Date today,
                    std::vector<FieldError>& errors) {
    if (const auto wrong = people::find_document_fault(document, today)) {
        errors.push_back({"document.number", people::code_of(*wrong)});
    }
    const bool told = people::bears_citizen_number(document.kind);
    if (!told && !birth_date) {
        errors.push_back({"birth_date", "required"});
    } else if (!told && (*birth_date > today || years_between(*birth_date, today) > 130)) {
        errors.push_back({"birth_date", "accounts.birth_date"});
    }
}

void check_consent(const people::Document& document,
                   std::optional<Date> birth_date,
                   const std::optional<ConsentInput>& consent,
                   std::string_view name,
                   Date today,
                   std::vector<FieldError>& errors) {
    if (!consent) {
        if (needs_guardian(birth_date_of(document, birth_date, today), today)) {
            errors.push_back({"consent", "accounts.consent_required"});
        }
        return;
    }
    for (auto& fault : find_consent_faults(*consent, name, "consent.")) {
        errors.push_back(std::move(fault));
    }
    for (const auto purpose : {ConsentPurpose::identity, ConsentPurpose::e_card}) {
        if (std::ranges::find(consent->purposes, purpose) == consent->purposes.end()) {
            errors.push_back({"consent.purposes", "accounts.consent_purpose_required"});
            break;
        }
    }
}

class FormCheck {
public:
    FormCheck(const Registration& form, Date today) : form_(form), today_(today) {}

    std::vector<FieldError> errors() && {
        check_person();
        check_login();
        check_consent(form_.document, form_.birth_date, form_.consent, form_.name, today_, errors_);
        if (form_.captcha.answer.empty() || form_.captcha.answer.size() > kLongestAnswer) {
            fault("captcha.answer", form_.captcha.answer.empty() ? "required" : "too_long");
        }
        return std::move(errors_);
    }

private:
    void fault(std::string path, std::string code) { errors_.push_back({std::move(path), std::move(code)}); }

    void check_person() {
        check_document(form_.document, form_.birth_date, today_, errors_);
        const auto name = tidy_name(form_.name);
        if (name.empty()) {
            fault("name", "required");
        } else if (find_name_fault(name)) {
            fault("name", "accounts.name");
        }
        if (form_.phone && !form_.phone->empty() && !normalise_phone(*form_.phone)) {
            fault("phone", "accounts.phone");
        }
    }

    void check_login() {
        const auto number = people::normalise(form_.document).number;
        const auto key = user_name_key(form_.user_name);
        if (auto wrong = find_user_name_fault(form_.user_name)) {
            fault("user_name", *std::move(wrong));
        } else if (number.size() >= 5 && key.contains(fold_case(number))) {
            fault("user_name", "accounts.user_name_personal");
        }
        const std::vector<std::string> personal{
            key, number, normalise_phone(form_.phone.value_or("")).value_or("")};
        if (auto wrong = find_password_fault(form_.password, personal)) {
            fault("password", *std::move(wrong));
        }
    }

    const Registration& form_;
    Date today_;
    std::vector<FieldError> errors_;
};

/// What is wrong with an account that claims no document.
std::vector<FieldError> find_guardian_faults(const GuardianForm& form, std::string_view prefix) {
    std::vector<FieldError> errors;
    const auto fault = [&](std::string_view field, std::string code) {
        errors.push_back({std::string(prefix) + std::string(field), std::move(code)});
    };
    const auto name = tidy_name(form.name);
    if (name.empty() || find_name_fault(name)) {
        fault("name", name.empty() ? "required" : "accounts.name");
    }
    if (!normalise_phone(form.phone)) {
        fault("phone", form.phone.empty() ? "required" : "accounts.phone");
    }
    if (auto wrong = find_user_name_fault(form.user_name)) {
        fault("user_name", *std::move(wrong));
    }
    const std::vector<std::string> personal{user_name_key(form.user_name),
                                            normalise_phone(form.phone).value_or("")};
    if (auto wrong = find_password_fault(form.password, personal)) {
        fault("password", *std::move(wrong));
    }
    if (form.captcha.answer.empty() || form.captcha.answer.size() > kLongestAnswer) {
        fault("captcha.answer", form.captcha.answer.empty() ? "required" : "too_long");
    }
    return errors;
}

}  // namespace

Opened Accounts::register_account(const Caller& caller, const Registration& form) const {
    const auto today = date_in_china(parts_.clock.now());
    if (auto errors = FormCheck(form, today).errors(); !errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    if (parts_.database.write([&](sql::Tx& tx) { return redeem(tx, form.captcha); }) == 0) {
        throw Error::invalid("captcha.answer", "accounts.captcha_wrong");
    }
    NewAccount account{
        .name = tidy_name(form.name),
        .user_name = tidy(form.user_name),
        .password_hash = hash(form.password),
        .document = people::normalise(form.document),
        .birth_date = birth_date_of(form.document, form.birth_date, today),
        .person = std::nullopt,
        .phone = normalise_phone(form.phone.value_or("")),
        .consent = form.consent,
        .language = form.language.value_or(caller.language),
        .one_time_until = std::nullopt,
        .created_by = std::nullopt,
    };
    return parts_.database.write([&](sql::Tx& tx) {
        const auto id = create(tx, account);
        audit(tx, caller, "accounts.registered", "", id);
        return open_session(tx,
                            caller,
                            id,
                            {.transport = form.transport,
                             .device_name = {},
                             .device_token = {},
                             .methods = kByPassword,
                             .is_first = true});
    });
}

Opened Accounts::register_guardian(const Caller& caller,
                                   const GuardianForm& form,
                                   std::string_view prefix,
                                   const std::function<void(sql::Tx& tx, AccountId account)>& then) const {
    if (auto errors = find_guardian_faults(form, prefix); !errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    if (parts_.database.write([&](sql::Tx& tx) { return redeem(tx, form.captcha); }) == 0) {
        throw Error::invalid(std::string(prefix) + "captcha.answer", "accounts.captcha_wrong");
    }
    const NewAccount account{
        .name = tidy_name(form.name),
        .user_name = tidy(form.user_name),
        .password_hash = hash(form.password),
        .document = std::nullopt,
        .birth_date = std::nullopt,
        .person = std::nullopt,
        .phone = normalise_phone(form.phone),
        .consent = std::nullopt,
        .language = form.language.value_or(caller.language),
        .one_time_until = std::nullopt,
        .created_by = std::nullopt,
    };
    return parts_.database.write([&](sql::Tx& tx) {
        AccountId id;
        try {
            id = create(tx, account);
        } catch (const Error& error) {
            if (error.fault() != Fault::invalid) {
                throw;
            }
            throw Error::invalid(std::string(prefix) + "user_name", "accounts.user_name_taken");
        }
        then(tx, id);
        audit(tx, caller, "accounts.guardian_registered", "", id);
        return open_session(tx,
                            caller,
                            id,
                            {.transport = form.transport,
                             .device_name = {},
                             .device_token = {},
                             .methods = kByPassword,
                             .is_first = true});
    });
}

AccountId Accounts::create(sql::Tx& tx, const NewAccount& account) const {
    const auto id = parts_.ids.next<AccountId>();
    const auto now = parts_.clock.now();
    if (!store::insert_name(tx, user_name_key(account.user_name), id)) {
        throw Error::invalid("user_name", "accounts.user_name_taken");
    }
    store::AccountRow row;
    row.id = id;
    row.name = account.name;
    row.user_name = account.user_name;
    row.birth_date = account.birth_date;
    row.person_id = account.person;
    row.language = account.language;
    row.must_change_password = account.one_time_until.has_value();
    row.created_at = now;
    row.password_hash = account.password_hash;
    row.password_expires_at = account.one_time_until;
    if (account.phone) {
        row.phone = seal_phone(id, *account.phone);
    }
    if (account.person) {
        EDU_ASSERT(store::insert_person(tx, *account.person, id));
    }
    store::insert_account(tx, row, account.created_by);
    if (account.document) {
        insert_claim(tx, id, *account.document, now);
    }
    if (account.consent) {
        insert_consent(tx, id, *account.consent, now);
    }
    return id;
}

bool Accounts::insert_claim(sql::Tx& tx, AccountId id, const people::Document& document, Time now) const {
    return store::insert_claim(tx,
                               id,
                               {document.kind,
                                people::digest_of(index_, document),
                                cipher_.seal(document.number, {"claim", "number", id.value})},
                               now);
}

Me Accounts::claim(sql::Tx& tx, const Caller& caller, const ClaimInput& input) const {
    const auto now = parts_.clock.now();
    const auto today = date_in_china(now);
    std::vector<FieldError> errors;
    check_document(input.document, input.birth_date, today, errors);
    check_consent(input.document,
                  input.birth_date,
                  input.consent,
                  store::find_account(tx, caller.account)->name,
                  today,
                  errors);
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const auto document = people::normalise(input.document);
    if (!insert_claim(tx, caller.account, document, now)) {
        throw Error(Fault::conflict, "accounts.claimed_already");
    }
    store::set_birth_date(tx, caller.account, birth_date_of(document, input.birth_date, today));
    if (input.consent) {
        insert_consent(tx, caller.account, *input.consent, now);
    }
    audit(tx, caller, "accounts.document_claimed", "", caller.account);
    return me(tx, caller);
}

}  // namespace educard::accounts
