#pragma once
// Logins: registration with a claimed document, captcha, sign-in, sessions, guardians' consent, and
// appointments to offices. A claim is not proof: any number of accounts may claim one document, and nothing
// here tells whether a number is known. Owns account, account_name, account_person, claim, consent, captcha,
// session, known_device, sign_in_event, appointment, authenticator, recovery_code, passkey,
// answered_challenge, account_event, phone_code and pending_recovery. What Parts refers to outlives it; any
// thread may call it.

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/digest.hpp"
#include "crypto/field_cipher.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/password.hpp"
#include "crypto/random.hpp"
#include "modules/accounts/account_events.hpp"
#include "modules/accounts/passkeys.hpp"
#include "modules/accounts/phones.hpp"
#include "modules/accounts/recovery.hpp"
#include "modules/accounts/second_factor.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/people/people.hpp"
#include "modules/sms/sms.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "runtime/outbox.hpp"
#include "runtime/rate_limit.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::accounts {

namespace store {
struct AccountRow;
}

using AppointmentId = Id<struct AppointmentTag>;
using CaptchaId = Id<struct CaptchaTag>;
using ConsentId = Id<struct ConsentTag>;

/// Whose card it is and where they belong.
struct CardPlace {
    PersonId person;
    std::string path;     // of their class or school
    bool learns = false;  // and is nothing else
};

/// Finds whose card a number is, so that people may sign in with it and be helped. The cards module has it;
/// cli wires it.
class CardNumbers {
public:
    virtual ~CardNumbers() = default;
    virtual std::optional<PersonId> find_holder(sql::Tx& tx, std::string_view card_number) const = 0;
    /// Nothing for who is nothing anywhere now.
    virtual std::optional<CardPlace> find_place(sql::Tx& tx, std::string_view card_number) const = 0;
};

/// Knows which accounts are of guardians. A later module has it; cli wires it.
class Guardians {
public:
    virtual ~Guardians() = default;
    /// Whether the account is linked to a child.
    virtual bool has_children(sql::Tx& tx, AccountId account) const = 0;
    /// Whether a guardian with an account of their own decides for that child: then nobody says so in the
    /// child's own session.
    virtual bool decide_for(sql::Tx& tx, PersonId child) const = 0;
};

struct Options {
    std::chrono::seconds captcha_life = std::chrono::minutes(5);
    std::chrono::seconds session_life = std::chrono::days(90);
    std::chrono::seconds idle_life = std::chrono::days(14);
    std::chrono::seconds administrator_idle_life = std::chrono::hours(12);
    std::chrono::seconds one_time_password_life = std::chrono::days(7);
    std::chrono::seconds second_step_life = std::chrono::minutes(5);
    std::chrono::seconds proof_life = std::chrono::minutes(15);
    std::chrono::seconds recovery_wait = std::chrono::hours(24);
    bool administrators_need_second_factor = false;
    std::string origin = "http://localhost:8080";  // what browsers see
    crypto::PasswordCost password_cost;
};

// ---- captcha ----

enum class CaptchaForm { image, text, sound };
BOOST_DESCRIBE_ENUM(CaptchaForm, image, text, sound)

struct CaptchaRequest {
    CaptchaForm form = CaptchaForm::image;
    std::optional<Language> language;  // of the text task; the caller's when absent
    std::optional<bool> strong;        // twice the work, for "accounts.stronger_captcha"
};
BOOST_DESCRIBE_STRUCT(CaptchaRequest, (), (form, language, strong))

struct Captcha {
    CaptchaId id;
    CaptchaForm form{};
    std::optional<std::string> image;     // data: URI of a PNG
    std::optional<std::string> sound;     // data: URI of a WAV
    std::optional<std::string> question;  // words: the task itself, or what to do with picture or sound
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(Captcha, (), (id, form, image, sound, question, expires_at))

struct CaptchaAnswer {
    CaptchaId id;
    std::string answer;
};
BOOST_DESCRIBE_STRUCT(CaptchaAnswer, (), (id, answer))

struct BeginSmsRecovery {
    std::string login;  // user name or card number
    CaptchaAnswer captcha;
};
BOOST_DESCRIBE_STRUCT(BeginSmsRecovery, (), (login, captcha))

// ---- consent ----

/// What a child's data is used for. Both are needed to register; each is recorded, and withdrawn, by itself.
enum class ConsentPurpose { identity, e_card };
BOOST_DESCRIBE_ENUM(ConsentPurpose, identity, e_card)

enum class GuardianRelation { father, mother, grandparent, other };
BOOST_DESCRIBE_ENUM(GuardianRelation, father, mother, grandparent, other)

/// How consent was given. `online`: in the registration form, on the guardian's word.
enum class ConsentMethod { online };
BOOST_DESCRIBE_ENUM(ConsentMethod, online)

struct ConsentInput {
    std::string guardian_name;
    GuardianRelation relation{};
    std::string phone;
    std::string policy_version;
    std::vector<ConsentPurpose> purposes;
};
BOOST_DESCRIBE_STRUCT(ConsentInput, (), (guardian_name, relation, phone, policy_version, purposes))

struct Consent {
    ConsentId id;
    ConsentPurpose purpose{};
    std::string policy_version;
    std::string guardian_name;
    GuardianRelation relation{};
    std::string guardian_phone;  // masked
    ConsentMethod method{};
    Time given_at;
    std::optional<Time> withdrawn_at;
    bool by_account = false;  // given in the guardian's own account
};
BOOST_DESCRIBE_STRUCT(Consent,
                      (),
                      (id,
                       purpose,
                       policy_version,
                       guardian_name,
                       relation,
                       guardian_phone,
                       method,
                       given_at,
                       withdrawn_at,
                       by_account))

struct Policy {
    std::string version;
    Language language{};
    std::string text;  // paragraphs parted by empty lines; lines that begin with "# " are headings
};
BOOST_DESCRIBE_STRUCT(Policy, (), (version, language, text))

// ---- registration ----

/// How the session's token travels: in a cookie that scripts cannot read, or in the answer for
/// `Authorization: Bearer`.
enum class Transport { cookie, token };
BOOST_DESCRIBE_ENUM(Transport, cookie, token)

struct Registration {
    people::Document document;
    std::string name;
    std::optional<Date> birth_date;  // needed when the document does not tell it
    std::string user_name;
    std::string password;
    std::optional<std::string> phone;
    CaptchaAnswer captcha;
    std::optional<ConsentInput> consent;  // needed below the age of fourteen
    std::optional<Language> language;
    Transport transport = Transport::cookie;
};
BOOST_DESCRIBE_STRUCT(
    Registration,
    (),
    (document, name, birth_date, user_name, password, phone, captcha, consent, language, transport))

/// What an account claims that was made without a document.
struct ClaimInput {
    people::Document document;
    std::optional<Date> birth_date;       // needed when the document does not tell it
    std::optional<ConsentInput> consent;  // needed below the age of fourteen
};
BOOST_DESCRIBE_STRUCT(ClaimInput, (), (document, birth_date, consent))

/// An account of somebody who claims no document: a guardian.
struct GuardianForm {
    std::string name;
    std::string user_name;
    std::string password;
    std::string phone;
    CaptchaAnswer captcha;
    std::optional<Language> language;
    Transport transport = Transport::cookie;
};
BOOST_DESCRIBE_STRUCT(GuardianForm, (), (name, user_name, password, phone, captcha, language, transport))

/// What registration writes, for those who make accounts without the form (demonstration, command line).
struct NewAccount {
    std::string name;
    std::string user_name;
    std::string password_hash;
    std::optional<people::Document> document;
    std::optional<Date> birth_date;
    std::optional<PersonId> person;  // certified already, and without another account
    std::optional<std::string> phone;
    std::optional<ConsentInput> consent;
    Language language = Language::zh_cn;
    std::optional<Time> one_time_until;  // the password must be changed, and is good until then
    std::optional<AccountId> created_by;
};

// ---- sign-in and sessions ----

struct SignIn {
    std::string login;  // user name or card number
    std::string password;
    CaptchaAnswer captcha;
    Transport transport = Transport::cookie;
    std::optional<std::string> device_name;
    std::optional<std::string> device_token;  // what an earlier sign-in on this device gave
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (login, password, captcha, transport, device_name, device_token))

/// A session that was just made. `token` goes to the client once and is stored nowhere.
struct Opened {
    AccountId account;
    SessionId session;
    std::string token;
    std::string device_token;
    Transport transport{};
    Time expires_at;
};

/// The same session under a new token, which goes to the client once; the one before is good for nothing.
struct RenewedSession {
    std::string token;
    Transport transport{};
    Time expires_at;
};

/// What stands for the code of an authenticator in the second step. A recovery code always does.
enum class SecondWay { authenticator, passkey };
BOOST_DESCRIBE_ENUM(SecondWay, authenticator, passkey)

/// What a right password opens: a session, or, where a second factor is set up, the second step.
struct Entered {
    std::optional<Opened> opened;
    std::optional<std::string> ticket;  // goes into SecondStep
    std::vector<SecondWay> ways;        // of the second step
    Time expires_at;
};

// Caller::methods.
constexpr std::string_view kByPassword = "pwd";
constexpr std::string_view kByPasswordAndCode = "pwd otp mfa";
constexpr std::string_view kByPasswordAndPasskey = "pwd pop user mfa";
constexpr std::string_view kByPasskey = "pop user mfa";

/// How a session is opened.
struct Entrance {
    Transport transport{};
    std::optional<std::string> device_name;
    std::optional<std::string> device_token;  // of a known device
    std::string_view methods;                 // Caller::methods
    bool is_first = false;                    // the account was made just now
};

/// What is known of a sign-in when the password was right.
struct FirstStep {
    AccountId account;
    Id<struct SignInEventTag> event;
    std::string password_hash;
    Transport transport{};
    std::optional<std::string> device_name;
    std::optional<std::string> device_token;  // of a known device
};
BOOST_DESCRIBE_STRUCT(FirstStep, (), (account, event, password_hash, transport, device_name, device_token))

/// One of the two.
struct SecondStep {
    std::string ticket;
    std::optional<std::string> code;  // of the authenticator, or a recovery code
    std::optional<PasskeyAnswer> passkey;
};
BOOST_DESCRIBE_STRUCT(SecondStep, (), (ticket, code, passkey))

struct PasskeySignIn {
    PasskeyAnswer passkey;
    Transport transport = Transport::cookie;
    std::optional<std::string> device_name;
    std::optional<std::string> device_token;
};
BOOST_DESCRIBE_STRUCT(PasskeySignIn, (), (passkey, transport, device_name, device_token))

/// That it is them: the password, or, of who has a second factor, a code or a passkey.
struct Proof {
    std::optional<std::string> password;
    std::optional<std::string> code;
    std::optional<PasskeyAnswer> passkey;
};
BOOST_DESCRIBE_STRUCT(Proof, (), (password, code, passkey))

struct FirstCode {
    std::string code;
};
BOOST_DESCRIBE_STRUCT(FirstCode, (), (code))

/// `recovery_codes`: with the first second factor of an account; otherwise it has them.
struct AddedPasskey {
    PasskeyView passkey;
    std::vector<std::string> recovery_codes;
};
BOOST_DESCRIBE_STRUCT(AddedPasskey, (), (passkey, recovery_codes))

struct SecondFactorView {
    std::optional<Time> authenticator_since;  // nothing: none is set up
    std::vector<PasskeyView> passkeys;
    int recovery_codes = 0;  // that are left
    bool required = false;   // by an office that the account holds

    bool is_set_up() const { return authenticator_since || !passkeys.empty(); }
};
BOOST_DESCRIBE_STRUCT(SecondFactorView, (), (authenticator_since, passkeys, recovery_codes, required))

struct SessionView {
    SessionId id;
    std::string device_name;
    std::string user_agent;
    std::string network;
    Transport transport{};
    Time created_at;
    Time last_seen_at;
    Time expires_at;
    bool current = false;
};
BOOST_DESCRIBE_STRUCT(
    SessionView,
    (),
    (id, device_name, user_agent, network, transport, created_at, last_seen_at, expires_at, current))

/// `code_missing`: the password was right, and the second step was not taken.
enum class SignInOutcome { signed_in, refused, code_missing };
BOOST_DESCRIBE_ENUM(SignInOutcome, signed_in, refused, code_missing)

struct SignInEvent {
    Id<struct SignInEventTag> id;
    Time at;
    SignInOutcome outcome{};
    std::string network;
    std::string device_name;
};
BOOST_DESCRIBE_STRUCT(SignInEvent, (), (id, at, outcome, network, device_name))

struct PasswordChange {
    std::string current_password;
    std::string new_password;
};
BOOST_DESCRIBE_STRUCT(PasswordChange, (), (current_password, new_password))

/// What the owner had better do now.
enum class NextStep { change_password, second_factor, claim, consent, apply };
BOOST_DESCRIBE_ENUM(NextStep, change_password, second_factor, claim, consent, apply)

struct RoleView {
    AppointmentId appointment_id;
    Role role{};
    OrganisationId organisation_id;
    std::string organisation_name;
    organisations::Kind organisation_kind{};
    std::string path;
    std::optional<Time> ends_at;
};
BOOST_DESCRIBE_STRUCT(
    RoleView,
    (),
    (appointment_id, role, organisation_id, organisation_name, organisation_kind, path, ends_at))

struct Me {
    AccountId account_id;
    std::optional<PersonId> person_id;  // once certified
    SessionId session_id;
    std::string user_name;
    std::string name;
    std::optional<people::DocumentKind> document_kind;
    std::optional<std::string> document_number;  // masked
    std::optional<Date> birth_date;
    std::optional<std::string> phone;  // masked
    bool phone_verified = false;
    Language language{};
    bool must_change_password = false;
    bool second_factor = false;  // is set up
    bool guardian = false;       // of a child
    std::vector<RoleView> roles;
    std::vector<RoleView> resting;  // offices without power, for their organisation is closed
    std::vector<NextStep> next;
};
BOOST_DESCRIBE_STRUCT(Me,
                      (),
                      (account_id,
                       person_id,
                       session_id,
                       user_name,
                       name,
                       document_kind,
                       document_number,
                       birth_date,
                       phone,
                       phone_verified,
                       language,
                       must_change_password,
                       second_factor,
                       guardian,
                       roles,
                       resting,
                       next))

struct MeChange {
    std::optional<Language> language;
    std::optional<std::string> phone;  // empty text removes it
};
BOOST_DESCRIBE_STRUCT(MeChange, (), (language, phone))

// ---- what other modules ask ----

struct Account {
    AccountId id;
    std::optional<PersonId> person_id;
    std::string name;
    std::string user_name;
    std::optional<Date> birth_date;
    Language language{};
    bool must_change_password = false;
    Time created_at;
};
BOOST_DESCRIBE_STRUCT(
    Account, (), (id, person_id, name, user_name, birth_date, language, must_change_password, created_at))

struct Claim {
    people::Document document;  // in clear: show it masked, log it never
    Bytes digest;
};

/// By what its owner is known, as far as the account says.
struct Identity {
    std::string name;
    std::optional<std::string> phone;  // in clear: compare it, show it masked
    bool phone_verified = false;
    std::optional<Bytes> digest;  // of the document that is claimed
};

/// Who consents in their own account, for another one.
struct ConsentingGuardian {
    std::string name;
    GuardianRelation relation{};
    std::string phone;
};

/// An account that somebody is helped with, once they may help there.
struct HelpedAccount {
    AccountId account;
    std::string path;  // where the right to help comes from
};

// ---- appointments ----

struct Appoint {
    OrganisationId organisation_id;
    Role role{};
    std::string user_name;
    std::optional<std::string> name;  // given: a new account is made, with a one-time password
    std::optional<Time> starts_at;    // now when absent
    std::optional<Time> ends_at;
    std::optional<bool> replace;    // ends what the present class teacher holds
    std::optional<Date> begins_on;  // instead of starts_at: the first day in China
    std::optional<Date> ends_on;    // instead of ends_at: the last day
};
BOOST_DESCRIBE_STRUCT(
    Appoint, (), (organisation_id, role, user_name, name, starts_at, ends_at, replace, begins_on, ends_on))

struct Appointment {
    AppointmentId id;
    AccountId account_id;
    std::string user_name;
    std::string name;
    Role role{};
    OrganisationId organisation_id;
    Time starts_at;
    std::optional<Time> ends_at;
    std::optional<AccountId> appointed_by;
};
BOOST_DESCRIBE_STRUCT(
    Appointment,
    (),
    (id, account_id, user_name, name, role, organisation_id, starts_at, ends_at, appointed_by))

/// Seen from one day to the next: `upcoming` is appointed already, `former` ran out or was ended.
enum class OfficeState { present, upcoming, former };
BOOST_DESCRIBE_ENUM(OfficeState, present, upcoming, former)

/// An office as it is listed.
struct Office : Appointment {
    std::string organisation;  // its name
    Date begins_on{};          // in China
    std::optional<Date> ends_on;  // the last day
    OfficeState state{};
    BOOST_DESCRIBE_CLASS(Office, (Appointment), (organisation, begins_on, ends_on, state), (), ())
};

struct OfficesQuery {
    OrganisationId organisation_id;
    bool below = false;
    OfficeState state{};
    std::int64_t after = 0;
    int limit = 50;
};

struct Appointed {
    Appointment appointment;
    std::optional<std::string> one_time_password;  // shown once, to be handed over in person
    std::optional<Time> one_time_password_expires_at;
};
BOOST_DESCRIBE_STRUCT(Appointed, (), (appointment, one_time_password, one_time_password_expires_at))

/// What Accounts stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    const crypto::KeyRing& keys;
    crypto::Random& random;
    RateLimits& limits;
    Audit& audit;
    const organisations::Organisations& organisations;
};

class Accounts {
public:
    explicit Accounts(const Parts& parts, Options options = {});
    Accounts(const Accounts&) = delete;
    Accounts& operator=(const Accounts&) = delete;

    /// Lets people sign in with their card number too. Before serving starts.
    void recognise_cards(const CardNumbers& cards) { cards_ = &cards; }
    /// Before serving starts.
    void recognise_guardians(const Guardians& guardians) { guardians_ = &guardians; }
    /// Who has to know, in the same transaction, that somebody signed out, or was. Sessions that run out end
    /// without a word. Before serving starts.
    using Ended = std::function<void(sql::Tx& tx, AccountId account, SessionId session)>;
    void when_ended(Ended ended) { ended_ = std::move(ended); }
    /// Lets codes be sent to telephones. Before serving, and the outbox, start.
    void reach_phones(const sms::Sms& sms, Outbox& outbox);

    sql::Database& database() const { return parts_.database; }
    const Clock& clock() const { return parts_.clock; }

    // captcha.cpp: draws, so not on I/O threads and not inside a Tx
    Captcha make_captcha(const Caller& caller, const CaptchaRequest& request) const;

    // registration.cpp: hash a password, so not on I/O threads and not inside a Tx
    Opened register_account(const Caller& caller, const Registration& registration) const;
    /// An account without a document. `then` does what it is made for, in the same transaction: when it
    /// throws there is no account. The paths of field errors begin with `prefix`.
    Opened register_guardian(const Caller& caller,
                             const GuardianForm& form,
                             std::string_view prefix,
                             const std::function<void(sql::Tx& tx, AccountId account)>& then) const;
    /// Throws Error::invalid "accounts.user_name_taken".
    AccountId create(sql::Tx& tx, const NewAccount& account) const;
    /// The caller's document, for accounts that administrators made. The rules are those of registration; a
    /// claim proves nothing. Throws conflict "accounts.claimed_already": a claim stays.
    Me claim(sql::Tx& tx, const Caller& caller, const ClaimInput& input) const;

    // consent.cpp
    /// The policy in force, in that language.
    static Policy current_policy(Language language);
    std::vector<Consent> consents(sql::Tx& tx, const Caller& caller) const;
    /// What the consent was needed for cannot be done from now on; see missing_consents.
    void withdraw_consent(sql::Tx& tx, const Caller& caller, ConsentId id) const;
    /// Gives what is missing (again). Throws conflict "accounts.consent_not_missing" when nothing is.
    std::vector<Consent> give_consent(sql::Tx& tx, const Caller& caller, const ConsentInput& consent) const;
    // The same by a guardian in their own account, who may decide for the child: the caller of these
    // functions has checked that.
    std::vector<Consent> consents_of(sql::Tx& tx, AccountId child) const;
    void withdraw_consent_for(sql::Tx& tx, const Caller& caller, AccountId child, ConsentId id) const;
    /// Purposes that are in force already are left as they are.
    std::vector<Consent> give_consent_for(sql::Tx& tx,
                                          const Caller& caller,
                                          AccountId child,
                                          const ConsentingGuardian& guardian,
                                          const std::string& policy_version,
                                          const std::vector<ConsentPurpose>& purposes) const;
    /// The purposes for which a guardian's consent is needed and not in force: none from the age of fourteen
    /// on. While there is one the account's owner is not certified and gets no e-card. `also_born` is what
    /// others say of the birth date: who is a child by either needs it.
    std::vector<ConsentPurpose> missing_consents(sql::Tx& tx,
                                                 AccountId account,
                                                 std::optional<Date> also_born = std::nullopt) const;

    /// Whether a guardian decides for the account's owner.
    bool needs_guardian(const Account& account) const;

    // sign_in.cpp: hashes a password, so not on I/O threads and not inside a Tx
    Entered sign_in(const Caller& caller, const SignIn& sign_in) const;
    /// second_step.cpp, not inside a Tx either. Throws unauthenticated "accounts.second_step_expired",
    /// too_many, and invalid "accounts.code_wrong".
    Opened take_second_step(const Caller& caller, const SecondStep& step) const;
    /// passkeys.hpp says what it throws.
    PasskeyChallenge challenge_passkey() const { return passkeys_.challenge(); }
    /// Not inside a Tx.
    Opened sign_in_with_passkey(const Caller& caller, const PasskeySignIn& sign_in) const;
    std::vector<SignInEvent> sign_ins(sql::Tx& tx,
                                      const Caller& caller,
                                      std::int64_t before,
                                      int limit) const;

    // own_secrets.cpp: these three not inside a Tx, for a guess is counted before it is looked at; the first
    // two hash a password, so not on I/O threads either, and the caller's session goes on under a new token:
    // they throw unauthenticated when another request has renewed or ended it meanwhile
    RenewedSession change_password(const Caller& caller, const PasswordChange& change) const;
    /// Caller::proven from now on, for a while.
    RenewedSession prove(const Caller& caller, const Proof& proof) const;
    /// From now on the account asks for a code. The first second factor of an account signs out everywhere
    /// else and comes with recovery codes; with another there are none in the answer.
    RecoveryCodes confirm_authenticator(const Caller& caller, const FirstCode& first) const;
    AuthenticatorOffer offer_authenticator(sql::Tx& tx, const Caller& caller) const;
    PasskeyOffer offer_passkey(sql::Tx& tx, const Caller& caller) const;
    AddedPasskey add_passkey(sql::Tx& tx, const Caller& caller, const NewPasskey& passkey) const;
    RecoveryCodes renew_recovery_codes(sql::Tx& tx, const Caller& caller) const;
    /// These two throw conflict "accounts.second_factor_required" for the last second factor while an office
    /// needs one, and not_found "accounts.second_factor_unknown".
    void remove_authenticator(sql::Tx& tx, const Caller& caller) const;
    void remove_passkey(sql::Tx& tx, const Caller& caller, PasskeyId id) const;
    SecondFactorView second_factor(sql::Tx& tx, const Caller& caller) const;
    /// All of them without asking: for the command line, when the owner lost devices and codes. False when
    /// there is none.
    bool remove_second_factors(sql::Tx& tx, AccountId account) const;

    // phones.cpp: these throw conflict "sms.unavailable" where no short messages are sent
    /// A code goes to the caller's telephone. Not inside a Tx. Throws conflict "accounts.phone_missing", too_many
    /// "sms.slow_down", "sms.cap_reached".
    void send_phone_code(const Caller& caller) const;
    /// The telephone is theirs. Not inside a Tx. Throws invalid "accounts.phone_code_wrong".
    Me verify_phone(const Caller& caller, const PhoneCode& proof) const;
    /// The same answer whether or not there is such an account, and a telephone that it has shown to be its
    /// own. Not inside a Tx.
    SmsRecoveryBegun begin_sms_recovery(const Caller& caller, const BeginSmsRecovery& input) const;
    /// With code and document the new password is good after Options::recovery_wait. Hashes a password, so
    /// not on I/O threads and not inside a Tx. Throws invalid "accounts.recovery_failed",
    /// "accounts.recovery_expired".
    SmsRecovered recover_by_sms(const Caller& caller, const SmsRecovery& input) const;
    /// False when none was under way.
    bool stop_recovery(sql::Tx& tx, const Caller& caller) const;

    // recovery.cpp: hashes a password, so not on I/O threads and not inside a Tx
    /// Throws not_found "accounts.nobody_to_recover", and forbidden.
    Recovered recover(const Caller& caller, const Recover& input) const;
    /// A one-time password for whom `find` says, which throws when the caller may not help there; it is asked
    /// twice, the second time on the state that is written, and followed by `then`. Throws forbidden
    /// "accounts.own_recovery".
    Recovered recover_for(const Caller& caller,
                          const std::function<HelpedAccount(sql::Tx& tx)>& find,
                          const std::function<void(sql::Tx& tx)>& then,
                          std::string_view action) const;

    // sessions.cpp
    /// Who holds the token; nothing when it is unknown, expired or idle for too long. Network, user agent and
    /// language of the answer are the caller's to fill, except that the account's own language is set.
    std::optional<Caller> authenticate(sql::Tx& tx, std::string_view token) const;
    std::vector<SessionView> sessions(sql::Tx& tx, const Caller& caller) const;
    /// Whether the session has not been ended. If so, nobody ends it before `tx` is done.
    bool hold_session(sql::Tx& tx, AccountId account, SessionId session) const;
    /// Ends one of the caller's own sessions.
    void sign_out(sql::Tx& tx, const Caller& caller, SessionId id) const;
    /// Ends all of the caller's sessions but the present one.
    void sign_out_others(sql::Tx& tx, const Caller& caller) const;
    Me me(sql::Tx& tx, const Caller& caller) const;
    Me change_me(sql::Tx& tx, const Caller& caller, const MeChange& change) const;
    const AccountEvents& events() const { return events_; }
    // notices.cpp
    /// Tells the owner in the app, and of what is grave by SMS too.
    void tell(sql::Tx& tx, AccountId account, const Notice& notice) const;
    /// Forgets what has expired. Gives how many rows went.
    std::int64_t sweep(sql::Tx& tx) const;

    // appointments.cpp
    /// May hash a password, so not on I/O threads and not inside a Tx.
    Appointed appoint(const Caller& caller, const Appoint& input) const;
    void end_appointment(sql::Tx& tx, const Caller& caller, AppointmentId id) const;
    /// In force now or later, of one organisation or (below) of all under it, after `cursor`.
    std::vector<Appointment> appointments(sql::Tx& tx,
                                          const Caller& caller,
                                          OrganisationId organisation,
                                          bool below,
                                          std::int64_t cursor,
                                          int limit) const;
    /// The same with names and days, and by state: present and upcoming ones together, or former ones.
    std::vector<Office> offices(sql::Tx& tx, const Caller& caller, const OfficesQuery& query) const;
    /// In force now or later: what the account holds anywhere.
    std::vector<Office> offices_of(sql::Tx& tx, AccountId account) const;
    std::optional<Appointment> find_appointment(sql::Tx& tx, AppointmentId id) const;
    /// Throws as appoint does unless the caller may give and take that office there.
    void require_appointer(sql::Tx& tx, const Caller& caller, OrganisationId organisation, Role role) const;
    /// Checks what `appoint` would check, but who it is for.
    void check_office(sql::Tx& tx, const Caller& caller, const Appoint& input) const;
    /// The office goes to that account, in the name of the caller, who may give it. Throws as appoint does.
    Appointment appoint_account(sql::Tx& tx,
                                const Caller& caller,
                                const Appoint& input,
                                AccountId account) const;
    /// Ends it at that moment, or now; `caller` is asked nothing. False when it was over.
    bool end_office(sql::Tx& tx, const Caller& caller, const Appointment& office, std::optional<Time> at) const;
    /// The caller that an account would be now, without its session: for work that was put off.
    Caller acting_as(sql::Tx& tx, AccountId account) const;
    /// Who holds that office at that organisation now.
    std::vector<Appointment> holders(sql::Tx& tx, OrganisationId organisation, Role role) const;
    /// How many offices are held at an organisation and at its classes, by now or from a later day.
    std::int64_t count_offices(sql::Tx& tx, OrganisationId organisation) const;
    /// Without asking who appoints: for the command line and the demonstration. Gives false when the office
    /// is held.
    bool appoint_directly(sql::Tx& tx, AccountId account, Role role, OrganisationId organisation) const;
    bool appoint_directly(sql::Tx& tx,
                          AccountId account,
                          Role role,
                          const organisations::Organisation& organisation) const;
    /// Makes an account that is administrator of the whole province. Hashes a password.
    AccountId create_first_administrator(const std::string& user_name,
                                         const std::string& name,
                                         const std::string& password) const;

    // lookup.cpp
    std::optional<Account> find(sql::Tx& tx, AccountId id) const;
    std::optional<Account> find_by_user_name(sql::Tx& tx, std::string_view user_name) const;
    std::optional<AccountId> account_of(sql::Tx& tx, PersonId person) const;
    /// Nothing for accounts that claim no document.
    std::optional<Claim> find_claim(sql::Tx& tx, AccountId account) const;
    std::optional<Identity> identify(sql::Tx& tx, AccountId account) const;
    /// All who claim that document, oldest first; at most 50.
    std::vector<Account> claimants(sql::Tx& tx, const Bytes& digest) const;
    /// Certification: from now on the account is that person's. False when the person has another account or
    /// the account another person.
    bool bind_person(sql::Tx& tx, AccountId account, PersonId person) const;

private:
    struct Attempt;

    /// Uses the captcha up, right or wrong. Commit it before what it guards is tried. Gives its strength, 0
    /// when wrong.
    int redeem(sql::Tx& tx, const CaptchaAnswer& answer) const;
    Attempt begin_sign_in(sql::Tx& tx, const Caller& caller, const SignIn& sign_in) const;
    std::optional<Error> refuse_stranger(sql::Tx& tx, Attempt& attempt, bool has_worked) const;
    void count_failure(sql::Tx& tx, const Attempt& attempt) const;
    std::string make_ticket(FirstStep first) const;
    std::string mark_of_password(std::string_view password_hash) const;
    store::AccountRow begin_guess(sql::Tx& tx, AccountId account) const;
    Bytes present_token(sql::Tx& tx, const Caller& caller) const;
    RenewedSession renew_session(sql::Tx& tx,
                                 const Caller& caller,
                                 const Bytes& present,
                                 std::optional<Time> proved_at) const;
    void count_guess(AccountId account, std::string_view known_device, std::string_view code) const;
    bool administers(sql::Tx& tx, AccountId account) const;
    bool has_second_factor(sql::Tx& tx, AccountId account) const;
    std::vector<std::string> begin_second_factor(sql::Tx& tx, const Caller& caller) const;
    void end_second_factor(sql::Tx& tx, const Caller& caller) const;
    void remove_second_factors_of(sql::Tx& tx, AccountId account) const;
    struct Helpless;
    Helpless find_helpless(sql::Tx& tx, const Caller& caller, const Recover& input) const;
    std::optional<AccountId> find_login(sql::Tx& tx, std::string_view login) const;
    void send_recovery_code(const OutboxItem& item) const;
    void send_code(sql::Tx& tx, const store::AccountRow& account, std::string_view purpose) const;
    bool take_code(sql::Tx& tx, AccountId account, std::string_view purpose) const;
    Bytes digest_of_code(const store::AccountRow& account,
                         std::string_view purpose,
                         std::string_view code) const;
    bool may_recover_by_sms(sql::Tx& tx, const store::AccountRow& account) const;
    void finish_recovery(sql::Tx& tx, AccountId account) const;
    void distrust(sql::Tx& tx, AccountId account) const;
    Opened open_session(sql::Tx& tx, const Caller& caller, AccountId account, const Entrance& entrance) const;
    bool insert_claim(sql::Tx& tx, AccountId account, const people::Document& document, Time now) const;
    void insert_consent(sql::Tx& tx,
                        AccountId account,
                        const ConsentInput& consent,
                        Time now,
                        std::optional<AccountId> given_by = std::nullopt) const;
    void require_no_guardian(sql::Tx& tx, AccountId account) const;
    Recovered give_one_time_password(const Caller& caller,
                                     const std::function<Helpless(sql::Tx& tx)>& find,
                                     const std::function<void(sql::Tx& tx)>& then,
                                     std::string_view action,
                                     bool remove_second_factors) const;
    void require_age_of_work(sql::Tx& tx, AccountId account) const;
    void check_appointer(const Caller& caller,
                         const organisations::Organisation& organisation,
                         Role role) const;
    void end_present(sql::Tx& tx,
                     const Caller& caller,
                     const organisations::Organisation& organisation,
                     Time now) const;
    Appointment insert_appointment(sql::Tx& tx,
                                   const Caller& caller,
                                   const Appoint& input,
                                   AccountId account) const;
    void audit(sql::Tx& tx,
               const Caller& caller,
               std::string_view action,
               std::string_view path,
               AccountId subject) const;
    /// To a telephone that is theirs, where short messages are sent; one of a kind and hour.
    void tell_by_sms(sql::Tx& tx, AccountId account, AccountEventKind kind) const;
    Bytes digest_of_token(std::string_view token) const;
    Bytes digest_of_answer(CaptchaId id, std::string_view answer) const;
    Bytes seal_phone(AccountId account, std::string_view phone) const;
    std::string hash(std::string_view password) const;

    Parts parts_;
    Options options_;
    crypto::BlindIndex index_;
    crypto::FieldCipher cipher_;
    crypto::Hmac token_hmac_;
    SecondFactors factors_;
    Passkeys passkeys_;
    AccountEvents events_;
    bool end_session(sql::Tx& tx, AccountId account, SessionId session) const;
    void end_other_sessions(sql::Tx& tx, const Caller& caller) const;

    const CardNumbers* cards_ = nullptr;
    const Guardians* guardians_ = nullptr;
    const sms::Sms* sms_ = nullptr;
    Outbox* outbox_ = nullptr;
    Ended ended_;
};

/// The header Set-Cookie of a session that was opened with Transport::cookie.
std::string cookie_of_session(std::string_view token, std::chrono::seconds life);

void add_routes(http::Routes& routes, Accounts& accounts);

}  // namespace educard::accounts
