#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/accounts/accounts.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::accounts {

namespace {

using http::blocking;
using http::immediate;
using http::read;
using http::write;

constexpr int kMostRows = 200;

struct PolicyQuery {
    std::optional<Language> language;
};
BOOST_DESCRIBE_STRUCT(PolicyQuery, (), (language))

/// Somebody is signed in. `token` only when asked for; `device_token` belongs into the next sign-in on this
/// device.
struct SignedIn {
    AccountId account_id;
    SessionId session_id;
    std::optional<std::string> token;
    std::string device_token;
    Time expires_at;
    Me me;
};
BOOST_DESCRIBE_STRUCT(SignedIn, (), (account_id, session_id, token, device_token, expires_at, me))

/// A right password: somebody is signed in, or the second factor is still needed; then `ticket` goes into the
/// second step, `ways` are possible there, and of the rest there is only how long it is good.
struct EnteredView {
    std::optional<std::string> ticket;
    std::vector<SecondWay> ways;
    std::optional<AccountId> account_id;
    std::optional<SessionId> session_id;
    std::optional<std::string> token;
    std::optional<std::string> device_token;
    Time expires_at;
    std::optional<Me> me;
};
BOOST_DESCRIBE_STRUCT(EnteredView,
                      (),
                      (ticket, ways, account_id, session_id, token, device_token, expires_at, me))

/// The session goes on under a new token. It is here when the session has no cookie, else in the cookie.
struct Renewed {
    std::optional<std::string> token;
};
BOOST_DESCRIBE_STRUCT(Renewed, (), (token))

struct PasskeyRef {
    PasskeyId id;
};
BOOST_DESCRIBE_STRUCT(PasskeyRef, (), (id))

struct SessionInput {
    SessionId id;
};
BOOST_DESCRIBE_STRUCT(SessionInput, (), (id))

struct ConsentRef {
    ConsentId id;
};
BOOST_DESCRIBE_STRUCT(ConsentRef, (), (id))

struct OfficesInput {
    OrganisationId organisation_id;
    std::optional<bool> below;
    std::optional<OfficeState> state;  // present when absent
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(OfficesInput, (), (organisation_id, below, state, cursor, limit))

struct AppointmentRef {
    AppointmentId id;
};
BOOST_DESCRIBE_STRUCT(AppointmentRef, (), (id))

struct SignInsQuery {
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(SignInsQuery, (), (cursor, limit))

struct EventRef {
    AccountEventId last;
};
BOOST_DESCRIBE_STRUCT(EventRef, (), (last))

struct AppointmentsQuery {
    OrganisationId organisation_id;
    std::optional<bool> below;  // also of everything under it
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(AppointmentsQuery, (), (organisation_id, below, cursor, limit))

int limit_of(const std::optional<int>& asked) {
    return std::clamp(asked.value_or(50), 1, kMostRows);
}

std::int64_t cursor_of(const std::optional<std::string>& cursor, std::int64_t start) {
    if (!cursor) {
        return start;
    }
    const auto id = parse_id(*cursor);
    if (!id) {
        throw Error::invalid("cursor", "value");
    }
    return *id;
}

template <class T>
http::Page<T> page_of(std::vector<T> items, int limit) {
    http::Page<T> page;
    if (std::cmp_equal(items.size(), limit)) {
        page.next = std::to_string(items.back().id.value);
    }
    page.items = std::move(items);
    return page;
}

http::Header session_cookie(std::string_view token, std::chrono::seconds life) {
    return {"Set-Cookie", cookie_of_session(token, life)};
}

http::Reply<http::Created<SignedIn>> answer_of(const Accounts& accounts,
                                               const Caller& caller,
                                               const Opened& opened) {
    Caller owner = caller;
    owner.account = opened.account;
    owner.session = opened.session;
    const bool by_cookie = opened.transport == Transport::cookie;
    SignedIn body{opened.account,
                  opened.session,
                  by_cookie ? std::nullopt : std::optional(opened.token),
                  opened.device_token,
                  opened.expires_at,
                  accounts.database().read([&](sql::Tx& tx) { return accounts.me(tx, owner); })};
    http::Reply<http::Created<SignedIn>> reply;
    reply.body.body = std::move(body);
    if (by_cookie) {
        const auto life =
            std::chrono::duration_cast<std::chrono::seconds>(opened.expires_at - accounts.clock().now());
        reply.headers.push_back(session_cookie(opened.token, life));
    }
    return reply;
}

http::Reply<http::Created<EnteredView>> answer_of(const Accounts& accounts,
                                                  const Caller& caller,
                                                  const Entered& entered) {
    http::Reply<http::Created<EnteredView>> reply;
    auto& view = reply.body.body;
    view.ticket = entered.ticket;
    view.ways = entered.ways;
    view.expires_at = entered.expires_at;
    if (entered.opened) {
        auto answer = answer_of(accounts, caller, *entered.opened);
        auto& body = answer.body.body;
        view.account_id = body.account_id;
        view.session_id = body.session_id;
        view.token = std::move(body.token);
        view.device_token = std::move(body.device_token);
        view.me = std::move(body.me);
        reply.headers = std::move(answer.headers);
    }
    return reply;
}

http::Reply<Renewed> answer_of(const Accounts& accounts, RenewedSession renewed) {
    http::Reply<Renewed> reply;
    if (renewed.transport == Transport::cookie) {
        const auto life =
            std::chrono::duration_cast<std::chrono::seconds>(renewed.expires_at - accounts.clock().now());
        reply.headers.push_back(session_cookie(renewed.token, life));
    } else {
        reply.body.token = std::move(renewed.token);
    }
    return reply;
}

void add_entrance(http::Routes& routes, Accounts& accounts) {
    routes
        .post("/api/v1/captchas", blocking([&accounts](const Caller& caller, const CaptchaRequest& request) {
                  return http::Created<Captcha>{accounts.make_captcha(caller, request)};
              }))
        .summary("Make a captcha: a picture, a task in words or a sound")
        .anyone()
        .rate(http::Rate::costly);
    routes
        .get("/api/v1/policies/current", immediate([](const Caller& caller, const PolicyQuery& query) {
                 return Accounts::current_policy(query.language.value_or(caller.language));
             }))
        .summary("The privacy policy that guardians consent to")
        .anyone();
    routes
        .post("/api/v1/accounts", blocking([&accounts](const Caller& caller, const Registration& form) {
                  return answer_of(accounts, caller, accounts.register_account(caller, form));
              }))
        .summary("Register an account with a claimed document, and sign in")
        .anyone()
        .rate(http::Rate::guessable)
        .errors({"input.invalid"});
    routes
        .post("/api/v1/sessions", blocking([&accounts](const Caller& caller, const SignIn& form) {
                  return answer_of(accounts, caller, accounts.sign_in(caller, form));
              }))
        .summary("Sign in with user name or card number; where a second factor is set up, the first step")
        .anyone()
        .rate(http::Rate::guessable)
        .errors({"accounts.sign_in_failed", "accounts.one_time_password_expired", "accounts.slow_down"});
    routes
        .post("/api/v1/sessions/second-step",
              blocking([&accounts](const Caller& caller, const SecondStep& step) {
                  return answer_of(accounts, caller, accounts.take_second_step(caller, step));
              }))
        .summary("Sign in with the code of the second factor or a passkey, after the password")
        .anyone()
        .rate(http::Rate::guessable)
        .errors({"input.invalid", "accounts.second_step_expired", "accounts.slow_down"});
    routes
        .post("/api/v1/passkey-challenges", immediate([&accounts](const Caller&) {
                  return http::Created<PasskeyChallenge>{accounts.challenge_passkey()};
              }))
        .summary("What a browser asks of a passkey: to sign in, for the second step, or as proof")
        .anyone()
        .errors({"accounts.passkeys_need_a_name"});
    routes
        .post("/api/v1/sessions/passkey",
              blocking([&accounts](const Caller& caller, const PasskeySignIn& form) {
                  return answer_of(accounts, caller, accounts.sign_in_with_passkey(caller, form));
              }))
        .summary("Sign in with a passkey alone")
        .anyone()
        .rate(http::Rate::guessable)
        .errors({"input.invalid"});
}

void add_own(http::Routes& routes, Accounts& accounts) {
    routes
        .get("/api/v1/me",
             read([&accounts](sql::Tx& tx, const Caller& caller) { return accounts.me(tx, caller); }))
        .summary("The caller's account, roles and next steps")
        .signed_in();
    routes
        .patch("/api/v1/me", write([&accounts](sql::Tx& tx, const Caller& caller, const MeChange& change) {
                   return accounts.change_me(tx, caller, change);
               }))
        .summary("Change language or phone")
        .signed_in();
    routes
        .put("/api/v1/me/password", blocking([&accounts](const Caller& caller, const PasswordChange& change) {
                 return answer_of(accounts, accounts.change_password(caller, change));
             }))
        .summary("Change the password; signs out everywhere else, and this session goes on under a new token")
        .signed_in()
        .rate(http::Rate::guessable)
        .errors({"input.invalid", "accounts.password_changed_meanwhile"});
    routes
        .get("/api/v1/me/sign-ins",
             read([&accounts](sql::Tx& tx, const Caller& caller, const SignInsQuery& query) {
                 const int limit = limit_of(query.limit);
                 const auto before = cursor_of(query.cursor, std::numeric_limits<std::int64_t>::max());
                 return page_of(accounts.sign_ins(tx, caller, before, limit), limit);
             }))
        .summary("When and from where somebody signed in, or tried to")
        .signed_in();
    routes
        .get("/api/v1/me/events",
             read([&accounts](sql::Tx& tx, const Caller& caller, const SignInsQuery& query) {
                 const int limit = limit_of(query.limit);
                 const auto before = cursor_of(query.cursor, std::numeric_limits<std::int64_t>::max());
                 return page_of(accounts.events().list(tx, caller.account, before, limit), limit);
             }))
        .summary("What happened to the account: devices, passwords, second factors, help")
        .signed_in();
    routes
        .get("/api/v1/me/events/unseen", read([&accounts](sql::Tx& tx, const Caller& caller) {
                 return accounts.events().unseen(tx, caller);
             }))
        .summary("What the owner is to be told; not what this session did")
        .signed_in();
    routes
        .post("/api/v1/me/events/seen",
              write([&accounts](sql::Tx& tx, const Caller& caller, const EventRef& input) {
                  accounts.events().see(tx, caller, input.last);
              }))
        .summary("The owner has seen what they were to be told, up to this event")
        .signed_in();
    routes
        .get("/api/v1/me/consents",
             read([&accounts](sql::Tx& tx, const Caller& caller) { return accounts.consents(tx, caller); }))
        .summary("What a guardian consented to")
        .signed_in();
    routes
        .post("/api/v1/me/consents/{id}/withdraw",
              write([&accounts](sql::Tx& tx, const Caller& caller, const ConsentRef& input) {
                  accounts.withdraw_consent(tx, caller, input.id);
              }))
        .summary("Withdraw a consent: what it was needed for stops until it is given again")
        .signed_in()
        .errors({"accounts.consent_unknown"});
    routes
        .post("/api/v1/me/consents",
              write([&accounts](sql::Tx& tx, const Caller& caller, const ConsentInput& input) {
                  return http::Created<std::vector<Consent>>{accounts.give_consent(tx, caller, input)};
              }))
        .summary("Give a guardian's consent that is missing, or was withdrawn")
        .signed_in()
        .errors({"input.invalid", "accounts.consent_not_missing"});
    routes
        .post("/api/v1/me/claim",
              write([&accounts](sql::Tx& tx, const Caller& caller, const ClaimInput& input) {
                  return accounts.claim(tx, caller, input);
              }))
        .summary("Claim a document, for an account that an administrator made")
        .signed_in()
        .rate(http::Rate::guessable)
        .errors({"input.invalid", "accounts.claimed_already"});
}

void add_second_factor(http::Routes& routes, Accounts& accounts) {
    routes
        .put("/api/v1/me/proof", blocking([&accounts](const Caller& caller, const Proof& proof) {
                 return answer_of(accounts, accounts.prove(caller, proof));
             }))
        .summary(
            "Show that it is you: the password, or, with a second factor, a code or a passkey. The session "
            "goes "
            "on under a new token")
        .signed_in()
        .rate(http::Rate::guessable)
        .errors({"input.invalid", "accounts.slow_down"});
    routes
        .get("/api/v1/me/second-factor", read([&accounts](sql::Tx& tx, const Caller& caller) {
                 return accounts.second_factor(tx, caller);
             }))
        .summary("What is asked for beside the password")
        .signed_in();
    routes
        .post("/api/v1/me/authenticator", write([&accounts](sql::Tx& tx, const Caller& caller) {
                  return http::Created<AuthenticatorOffer>{accounts.offer_authenticator(tx, caller)};
              }))
        .summary("Begin to set up an authenticator app; it counts once a code of it was entered")
        .signed_in()
        .proven()
        .errors({"accounts.second_factor_set_up"});
    routes
        .post("/api/v1/me/authenticator/confirm",
              blocking([&accounts](const Caller& caller, const FirstCode& first) {
                  return accounts.confirm_authenticator(caller, first);
              }))
        .summary(
            "Enter the first code: from now on one is asked for. Gives the recovery codes, once, with the "
            "first second factor")
        .signed_in()
        .rate(http::Rate::guessable)
        .errors({"input.invalid",
                 "accounts.second_factor_set_up",
                 "accounts.second_factor_not_offered",
                 "accounts.slow_down"});
    routes
        .del("/api/v1/me/authenticator", write([&accounts](sql::Tx& tx, const Caller& caller) {
                 accounts.remove_authenticator(tx, caller);
             }))
        .summary("Ask for no code of the authenticator from now on")
        .signed_in()
        .proven()
        .errors({"accounts.second_factor_required", "accounts.second_factor_unknown"});
    routes
        .post("/api/v1/me/recovery-codes", write([&accounts](sql::Tx& tx, const Caller& caller) {
                  return http::Created<RecoveryCodes>{accounts.renew_recovery_codes(tx, caller)};
              }))
        .summary("New recovery codes in place of the old ones")
        .signed_in()
        .proven()
        .errors({"accounts.second_factor_unknown"});
    routes
        .post("/api/v1/me/passkey-offers", read([&accounts](sql::Tx& tx, const Caller& caller) {
                  return http::Created<PasskeyOffer>{accounts.offer_passkey(tx, caller)};
              }))
        .summary("What a browser makes a passkey for")
        .signed_in()
        .proven()
        .errors({"accounts.passkeys_need_a_name"});
    routes
        .post("/api/v1/me/passkeys",
              write([&accounts](sql::Tx& tx, const Caller& caller, const NewPasskey& passkey) {
                  return http::Created<AddedPasskey>{accounts.add_passkey(tx, caller, passkey)};
              }))
        .summary("Add a passkey. Gives the recovery codes, once, with the first second factor")
        .signed_in()
        .proven()
        .errors({"input.invalid"});
    routes
        .del("/api/v1/me/passkeys/{id}",
             write([&accounts](sql::Tx& tx, const Caller& caller, const PasskeyRef& input) {
                 accounts.remove_passkey(tx, caller, input.id);
             }))
        .summary("Remove a passkey")
        .signed_in()
        .proven()
        .errors({"accounts.second_factor_required", "accounts.second_factor_unknown"});
}

void add_sessions(http::Routes& routes, Accounts& accounts) {
    routes
        .get("/api/v1/sessions",
             read([&accounts](sql::Tx& tx, const Caller& caller) { return accounts.sessions(tx, caller); }))
        .summary("The devices on which the caller is signed in")
        .signed_in();
    routes
        .del("/api/v1/sessions/{id}",
             write([&accounts](sql::Tx& tx, const Caller& caller, const SessionInput& input) {
                 accounts.sign_out(tx, caller, input.id);
                 http::Reply<http::NoContent> reply;
                 if (input.id == caller.session) {
                     reply.headers.push_back(session_cookie("", std::chrono::seconds(0)));
                 }
                 return reply;
             }))
        .summary("Sign out one device, this one or another")
        .signed_in()
        .errors({"accounts.session_unknown"});
    routes
        .del("/api/v1/sessions",
             write([&accounts](sql::Tx& tx, const Caller& caller) { accounts.sign_out_others(tx, caller); }))
        .summary("Sign out everywhere else")
        .signed_in();
}

void add_appointments(http::Routes& routes, Accounts& accounts) {
    routes
        .get("/api/v1/appointments",
             read([&accounts](sql::Tx& tx, const Caller& caller, const AppointmentsQuery& query) {
                 const int limit = limit_of(query.limit);
                 return page_of(accounts.appointments(tx,
                                                      caller,
                                                      query.organisation_id,
                                                      query.below.value_or(false),
                                                      cursor_of(query.cursor, 0),
                                                      limit),
                                limit);
             }))
        .summary("Who holds which office at an organisation")
        .allow(kAdministrators);
    routes
        .get("/api/v1/offices",
             read([&accounts](sql::Tx& tx, const Caller& caller, const OfficesInput& query) {
                 const int limit = limit_of(query.limit);
                 return page_of(accounts.offices(tx,
                                                 caller,
                                                 {.organisation_id = query.organisation_id,
                                                  .below = query.below.value_or(false),
                                                  .state = query.state.value_or(OfficeState::present),
                                                  .after = cursor_of(query.cursor, 0),
                                                  .limit = limit}),
                                limit);
             }))
        .summary("Offices at an organisation, or at all below it: present, upcoming, or former ones")
        .allow(kAdministrators);
    routes
        .post("/api/v1/appointments", blocking([&accounts](const Caller& caller, const Appoint& input) {
                  return http::Created<Appointed>{accounts.appoint(caller, input)};
              }))
        .summary("Appoint an account to an office below one's own; a name makes a new account")
        .allow(kAdministrators)
        .proven()
        .errors({"accounts.only_from_above",
                 "accounts.own_appointment",
                 "accounts.office_held",
                 "accounts.class_has_teacher"});
    routes
        .del("/api/v1/appointments/{id}",
             write([&accounts](sql::Tx& tx, const Caller& caller, const AppointmentRef& input) {
                 accounts.end_appointment(tx, caller, input.id);
             }))
        .summary("End an appointment")
        .allow(kAdministrators)
        .proven()
        .errors({"accounts.appointment_unknown", "accounts.only_from_above", "accounts.own_appointment"});
}

void add_recovery(http::Routes& routes, Accounts& accounts) {
    routes
        .post("/api/v1/sms-recoveries",
              blocking([&accounts](const Caller& caller, const BeginSmsRecovery& input) {
                  return http::Accepted<SmsRecoveryBegun>{accounts.begin_sms_recovery(caller, input)};
              }))
        .summary(
            "Ask for a code to the telephone of an account whose password is lost; the answer is the same "
            "for all names")
        .anyone()
        .rate(http::Rate::guessable)
        .errors({"input.invalid", "sms.unavailable"});
    routes
        .post("/api/v1/sms-recoveries/confirm",
              blocking([&accounts](const Caller& caller, const SmsRecovery& input) {
                  return accounts.recover_by_sms(caller, input);
              }))
        .summary("Reset a password with the code and the number of the document; it is good after a while")
        .anyone()
        .rate(http::Rate::guessable)
        .errors({"input.invalid"});
    routes
        .del("/api/v1/me/recovery", write([&accounts](sql::Tx& tx, const Caller& caller) {
                 if (!accounts.stop_recovery(tx, caller)) {
                     throw Error(Fault::not_found, "accounts.no_recovery");
                 }
             }))
        .summary("Stop a password that was reset by SMS before it is good")
        .signed_in()
        .errors({"accounts.no_recovery"});
    routes
        .post("/api/v1/me/phone-codes",
              blocking([&accounts](const Caller& caller) { accounts.send_phone_code(caller); }))
        .summary("Send a code to one's telephone, to show that it is one's own")
        .signed_in()
        .proven()
        .rate(http::Rate::costly)
        .errors({"accounts.phone_missing", "sms.unavailable", "sms.slow_down"});
    routes
        .post("/api/v1/me/phone-codes/confirm",
              blocking([&accounts](const Caller& caller, const PhoneCode& proof) {
                  return accounts.verify_phone(caller, proof);
              }))
        .summary("Enter that code: from now on a lost password can be reset by the telephone")
        .signed_in()
        .rate(http::Rate::guessable)
        .errors({"input.invalid"});
    routes
        .post("/api/v1/recoveries", blocking([&accounts](const Caller& caller, const Recover& input) {
                  return http::Created<Recovered>{accounts.recover(caller, input)};
              }))
        .summary("Give somebody who stands there and has lost their password a one-time password; audited")
        .allow({Role::province_admin,
                Role::city_admin,
                Role::county_admin,
                Role::school_admin,
                Role::class_teacher})
        .proven()
        .rate(http::Rate::costly)
        .errors({"accounts.nobody_to_recover",
                 "accounts.own_recovery",
                 "accounts.only_from_above",
                 "accounts.second_factor_by_administrator"});
}

}  // namespace

std::string cookie_of_session(std::string_view token, std::chrono::seconds life) {
    return fmt::format(
        "__Host-educard={}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Strict", token, life.count());
}

void add_routes(http::Routes& routes, Accounts& accounts) {
    add_entrance(routes, accounts);
    add_own(routes, accounts);
    add_second_factor(routes, accounts);
    add_sessions(routes, accounts);
    add_recovery(routes, accounts);
    add_appointments(routes, accounts);
}

}  // namespace educard::accounts
