// Who is signed in. A token is 256 random bits, given to the client once and kept as a keyed digest.

#include "base/text.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/accounts/contact.hpp"
#include "modules/accounts/devices.hpp"
#include "modules/accounts/passwords.hpp"
#include "modules/accounts/store.hpp"
#include "modules/accounts/store_phones.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace educard::accounts {

namespace {

using namespace std::chrono_literals;

constexpr auto kTouchInterval = 5min;  // "last seen" is as coarse as this, so that reading is not writing
constexpr std::size_t kTokenLength = 43;
constexpr std::size_t kMostSessions = 50;
constexpr auto kMemory = std::chrono::days(365);  // of sign-ins and devices

bool is_administrator(const store::GrantRow& grant) {
    return grant.role != Role::class_teacher;
}

}  // namespace

Accounts::Accounts(const Parts& parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      index_(parts.keys),
      cipher_(parts.keys, parts.random),
      token_hmac_(parts.keys.active(crypto::Purpose::session_token).material.view()),
      factors_(parts.clock, parts.random, parts.limits, cipher_, token_hmac_),
      passkeys_(parts.clock, parts.ids, parts.random, cipher_, options_.origin, options_.second_step_life),
      events_(parts.clock, parts.ids) {}

Bytes Accounts::digest_of_token(std::string_view token) const {
    const auto digest = token_hmac_(token);
    return Bytes(digest.begin(), digest.end());
}

Bytes Accounts::seal_phone(AccountId account, std::string_view phone) const {
    return cipher_.seal(phone, {"account", "phone", account.value});
}

std::string Accounts::hash(std::string_view password) const {
    return crypto::hash_password(normalise_password(password), options_.password_cost);
}

void Accounts::audit(sql::Tx& tx,
                     const Caller& caller,
                     std::string_view action,
                     std::string_view path,
                     AccountId subject) const {
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = std::string(action),
                                   .organisation_path = std::string(path),
                                   .subject_kind = "account",
                                   .subject = std::to_string(subject.value),
                                   .details = ""});
}

Opened Accounts::open_session(sql::Tx& tx,
                              const Caller& caller,
                              AccountId account,
                              const Entrance& entrance) const {
    const auto now = parts_.clock.now();
    Opened opened{.account = account,
                  .session = parts_.ids.next<SessionId>(),
                  .token = parts_.random.token(),
                  .device_token = entrance.device_token.value_or(parts_.random.token()),
                  .transport = entrance.transport,
                  .expires_at = now + options_.session_life};
    if (entrance.device_token) {
        store::touch_device(tx, digest_of_token(opened.device_token), now);
    } else {
        store::insert_device(tx, digest_of_token(opened.device_token), account, now);
    }
    const auto present = store::sessions(tx, account);
    const auto device_name = device_name_of(entrance.device_name, caller.user_agent);
    const bool is_news = !entrance.device_token && !entrance.is_first &&
                         (!present.empty() || store::has_signed_in(tx, account, now));
    if (is_news) {
        events_.note_new_device(tx, account, opened.session, caller, device_name);
        tell_by_sms(tx, account, AccountEventKind::new_device);
    }
    for (std::size_t i = kMostSessions - 1; i < present.size(); ++i) {  // the oldest make room
        end_session(tx, account, present[i].id);
    }
    store::insert_session(tx,
                          digest_of_token(opened.token),
                          {opened.session,
                           account,
                           entrance.transport,
                           device_name,
                           caller.user_agent,
                           caller.network,
                           now,
                           now,
                           opened.expires_at},
                          entrance.methods);
    return opened;
}

std::optional<Caller> Accounts::authenticate(sql::Tx& tx, std::string_view token) const {
    if (token.size() != kTokenLength) {
        return std::nullopt;
    }
    const auto digest = digest_of_token(token);
    const auto now = parts_.clock.now();
    const auto found = store::find_holder(tx, digest, now, date_in_china(now));
    const auto* holder = found ? &found->row : nullptr;
    if (holder == nullptr || holder->expires_at <= now || holder->last_seen_at + options_.idle_life <= now) {
        return std::nullopt;
    }
    Caller caller;
    caller.account = holder->account_id;
    caller.person = holder->person_id.value_or(PersonId{});
    caller.session = holder->session_id;
    caller.language = holder->language;
    caller.methods = holder->methods;
    caller.proven = now < holder->proved_at + options_.proof_life;
    const bool administers = std::ranges::any_of(
        found->grants, [](const Grant& grant) { return grant.role != Role::class_teacher; });
    if (administers && holder->last_seen_at + options_.administrator_idle_life <= now) {
        return std::nullopt;
    }
    // Until then a one-time password opens nothing but its own change, and an administrator's password
    // nothing but setting up what is missing beside it.
    const bool lacks_factor =
        administers && options_.administrators_need_second_factor && !holder->has_second_factor;
    if (!holder->must_change_password && !lacks_factor) {
        caller.grants = found->grants;
    }
    if (holder->last_seen_at + kTouchInterval <= now) {
        try {
            parts_.database.submit_write(
                [digest, now](sql::Tx& write) {
                    store::touch_session(write, digest, now - kTouchInterval + 1us, now);
                },
                [](std::exception_ptr) {});  // the next request tries again
        } catch (const Error& error) {
            spdlog::debug("last seen not written: {}", error.code());
        }
    }
    return caller;
}

bool Accounts::administers(sql::Tx& tx, AccountId account) const {
    const auto now = parts_.clock.now();
    return std::ranges::any_of(store::grants(tx, account, now, date_in_china(now)), is_administrator);
}

std::vector<SessionView> Accounts::sessions(sql::Tx& tx, const Caller& caller) const {
    std::vector<SessionView> result;
    const auto now = parts_.clock.now();
    for (const auto& row : store::sessions(tx, caller.account)) {
        if (row.expires_at > now && row.last_seen_at + options_.idle_life > now) {
            result.push_back({row.id,
                              row.device_name,
                              row.user_agent,
                              row.network,
                              row.transport,
                              row.created_at,
                              row.last_seen_at,
                              row.expires_at,
                              row.id == caller.session});
        }
    }
    return result;
}

bool Accounts::hold_session(sql::Tx& tx, AccountId account, SessionId session) const {
    return store::hold_session(tx, account, session);
}

void Accounts::sign_out(sql::Tx& tx, const Caller& caller, SessionId id) const {
    if (!end_session(tx, caller.account, id)) {
        throw Error(Fault::not_found, "accounts.session_unknown");
    }
}

void Accounts::sign_out_others(sql::Tx& tx, const Caller& caller) const {
    end_other_sessions(tx, caller);
}

bool Accounts::end_session(sql::Tx& tx, AccountId account, SessionId session) const {
    const bool ended = store::delete_session(tx, account, session);
    if (ended && ended_) {
        ended_(tx, account, session);
    }
    return ended;
}

void Accounts::end_other_sessions(sql::Tx& tx, const Caller& caller) const {
    for (const auto& row : store::sessions(tx, caller.account)) {
        if (row.id != caller.session) {
            end_session(tx, caller.account, row.id);
        }
    }
}

Me Accounts::me(sql::Tx& tx, const Caller& caller) const {
    const auto row = store::find_account(tx, caller.account).value();
    const auto now = parts_.clock.now();
    const auto today = date_in_china(now);
    Me me;
    me.account_id = row.id;
    me.person_id = row.person_id;
    me.session_id = caller.session;
    me.user_name = row.user_name;
    me.name = row.name;
    me.birth_date = row.birth_date;
    me.language = row.language;
    me.must_change_password = row.must_change_password;
    if (const auto claim = find_claim(tx, row.id)) {
        me.document_kind = claim->document.kind;
        me.document_number = people::mask(claim->document.number);
    }
    if (row.phone) {
        me.phone = mask_phone(cipher_.open(*row.phone, {"account", "phone", row.id.value}));
        me.phone_verified = row.phone_verified_at.has_value();
    }
    const auto view = [&](const store::GrantRow& grant) {
        const auto organisation = parts_.organisations.get(tx, grant.organisation_id);
        return RoleView{grant.appointment_id,
                        grant.role,
                        grant.organisation_id,
                        organisations::display_name(organisation, today),
                        organisation.kind,
                        grant.path,
                        grant.ends_at};
    };
    for (const auto& grant : store::grants(tx, row.id, now, today)) {
        me.roles.push_back(view(grant));
    }
    for (const auto& grant : store::resting_grants(tx, row.id, now, today)) {
        me.resting.push_back(view(grant));
    }
    if (row.must_change_password) {
        me.next.push_back(NextStep::change_password);
    }
    const auto factor = second_factor(tx, caller);
    me.second_factor = factor.is_set_up();
    if (!me.second_factor && factor.required) {
        me.next.push_back(NextStep::second_factor);
    }
    me.guardian = guardians_ != nullptr && guardians_->has_children(tx, row.id);
    const bool only_guardian = me.guardian && me.roles.empty() && me.resting.empty();
    if (!me.document_kind && !only_guardian) {
        me.next.push_back(NextStep::claim);
    }
    if (!missing_consents(tx, row.id).empty()) {
        me.next.push_back(NextStep::consent);
    }
    if (!row.person_id && me.document_kind) {
        me.next.push_back(NextStep::apply);
    }
    return me;
}

Me Accounts::change_me(sql::Tx& tx, const Caller& caller, const MeChange& change) const {
    if (change.phone) {
        const auto phone = normalise_phone(*change.phone);
        if (!change.phone->empty() && !phone) {
            throw Error::invalid("phone", "accounts.phone");
        }
        store::set_phone(
            tx, caller.account, phone ? std::optional(seal_phone(caller.account, *phone)) : std::nullopt);
        audit(tx, caller, "accounts.phone_changed", "", caller.account);
        events_.note(tx, caller, AccountEventKind::phone_changed);
    }
    if (change.language) {
        store::set_language(tx, caller.account, *change.language);
    }
    return me(tx, caller);
}

std::int64_t Accounts::sweep(sql::Tx& tx) const {
    const auto now = parts_.clock.now();
    return store::delete_expired(tx, {now, now - options_.idle_life, now - kMemory}) +
           store::remove_phone_codes(tx, now);
}

}  // namespace educard::accounts
