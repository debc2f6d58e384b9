#pragma once
// The SQL of accounts, and nothing else.

#include "modules/accounts/accounts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::accounts::store {

// ---- accounts (store.cpp) ----

struct AccountRow : Account {
    std::string password_hash;
    std::optional<Time> password_expires_at;
    std::optional<Bytes> phone;
    std::optional<Time> phone_verified_at;
    BOOST_DESCRIBE_CLASS(
        AccountRow, (Account), (password_hash, password_expires_at, phone, phone_verified_at), (), ())
};

void insert_account(sql::Tx& tx, const AccountRow& row, std::optional<AccountId> created_by);
/// False when somebody has the key already.
bool insert_name(sql::Tx& tx, std::string_view name_key, AccountId account);
std::optional<AccountRow> find_account(sql::Tx& tx, AccountId id);
std::optional<AccountId> find_by_name(sql::Tx& tx, std::string_view name_key);
std::optional<AccountId> find_by_person(sql::Tx& tx, PersonId person);
bool insert_person(sql::Tx& tx, PersonId person, AccountId account);
void delete_person(sql::Tx& tx, PersonId person, AccountId account);
/// False when the account has a person already.
bool set_person(sql::Tx& tx, AccountId account, PersonId person);
/// False when the password is no longer the one that was checked.
/// Whatever it was.
void replace_password(sql::Tx& tx, AccountId account, std::string_view hash);
/// To be changed at the next sign-in, and good until then.
void set_one_time_password(sql::Tx& tx, AccountId account, std::string_view hash, Time until);
/// Locks the account's row until the transaction is done.
void hold_account(sql::Tx& tx, AccountId account);
bool set_password(sql::Tx& tx, AccountId account, std::string_view checked_hash, std::string_view new_hash);
/// The same password at another cost: nothing else changes.
void rehash_password(sql::Tx& tx,
                     AccountId account,
                     std::string_view checked_hash,
                     std::string_view new_hash);
void set_language(sql::Tx& tx, AccountId account, Language language);
/// Nobody has shown that it is theirs.
void set_phone(sql::Tx& tx, AccountId account, const std::optional<Bytes>& phone);

struct ClaimRow {
    people::DocumentKind document_kind{};
    Bytes digest;
    Bytes number;
};
BOOST_DESCRIBE_STRUCT(ClaimRow, (), (document_kind, digest, number))
/// False when the account claims a document already.
bool insert_claim(sql::Tx& tx, AccountId account, const ClaimRow& claim, Time now);
void set_birth_date(sql::Tx& tx, AccountId account, std::optional<Date> birth_date);
std::optional<ClaimRow> find_claim(sql::Tx& tx, AccountId account);
struct IdentityRow {
    std::string name;
    std::optional<Bytes> phone;
    std::optional<Time> phone_verified_at;
    std::optional<Bytes> digest;
};
BOOST_DESCRIBE_STRUCT(IdentityRow, (), (name, phone, phone_verified_at, digest))
std::optional<IdentityRow> find_identity(sql::Tx& tx, AccountId account);
std::vector<Account> claimants(sql::Tx& tx, ByteView digest);

struct ConsentRow {
    ConsentId id;
    ConsentPurpose purpose{};
    std::string policy_version;
    Bytes guardian_name;
    GuardianRelation relation{};
    Bytes guardian_phone;
    ConsentMethod method{};
    Time given_at;
    std::optional<Time> withdrawn_at;
    std::optional<AccountId> given_by;
};
BOOST_DESCRIBE_STRUCT(ConsentRow,
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
                       given_by))
void insert_consent(sql::Tx& tx, AccountId account, const ConsentRow& row);
std::vector<ConsentRow> consents(sql::Tx& tx, AccountId account);
/// `by`: whose account withdraws it, when it is not the child's.
bool withdraw_consent(
    sql::Tx& tx, AccountId account, ConsentId id, Time now, std::optional<AccountId> by = std::nullopt);

// ---- captcha, sessions, devices (store_sessions.cpp) ----

struct CaptchaRow {
    CaptchaId id;
    Bytes answer;
    int strength = 1;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(CaptchaRow, (), (id, answer, strength, expires_at))
void insert_captcha(sql::Tx& tx, const CaptchaRow& row);
std::optional<CaptchaRow> find_captcha(sql::Tx& tx, CaptchaId id);
/// False when somebody used it meanwhile.
bool delete_captcha(sql::Tx& tx, CaptchaId id);

struct SessionRow {
    SessionId id;
    AccountId account_id;
    Transport transport{};
    std::string device_name;
    std::string user_agent;
    std::string network;
    Time created_at;
    Time last_seen_at;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(
    SessionRow,
    (),
    (id, account_id, transport, device_name, user_agent, network, created_at, last_seen_at, expires_at))
/// `methods` as in Caller. Whoever signs in shows that it is them.
void insert_session(sql::Tx& tx, ByteView token_hash, const SessionRow& row, std::string_view methods);
/// The digest of the token that the session has now.
std::optional<Bytes> session_token(sql::Tx& tx, AccountId account, SessionId id);
struct WholeSession : SessionRow {
    Time proved_at;
    std::string methods;
};
BOOST_DESCRIBE_STRUCT(WholeSession, (SessionRow), (proved_at, methods))
/// Nothing when the session has another token by now, or is gone. `proved_at`: as it was when absent.
std::optional<WholeSession> replace_session_token(
    sql::Tx& tx, ByteView present, ByteView renewed, SessionId id, std::optional<Time> proved_at);
std::vector<SessionRow> sessions(sql::Tx& tx, AccountId account);
bool delete_session(sql::Tx& tx, AccountId account, SessionId id);
/// Locks the session's row, also when its token is being renewed; false when there is none.
bool hold_session(sql::Tx& tx, AccountId account, SessionId id);
/// Writes only when the kept time is older, so that many requests at once make one change.
void touch_session(sql::Tx& tx, ByteView token_hash, Time older_than, Time now);

struct HolderRow {
    SessionId session_id;
    AccountId account_id;
    std::optional<PersonId> person_id;
    Language language{};
    bool must_change_password = false;
    bool has_second_factor = false;
    std::string methods;
    Time proved_at;
    Time last_seen_at;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(HolderRow,
                      (),
                      (session_id,
                       account_id,
                       person_id,
                       language,
                       must_change_password,
                       has_second_factor,
                       methods,
                       proved_at,
                       last_seen_at,
                       expires_at))
struct Holder {
    HolderRow row;
    std::vector<Grant> grants;  // in force at `now`, of organisations that are open on `today`
};
std::optional<Holder> find_holder(sql::Tx& tx, ByteView token_hash, Time now, Date today);

void insert_device(sql::Tx& tx, ByteView token_hash, AccountId account, Time now);
/// True when that account has signed in with the device before.
bool is_known_device(sql::Tx& tx, ByteView token_hash, AccountId account);
void touch_device(sql::Tx& tx, ByteView token_hash, Time now);
void delete_devices(sql::Tx& tx, AccountId account);

void insert_sign_in_event(sql::Tx& tx, AccountId account, const SignInEvent& event);
void set_outcome(sql::Tx& tx, Id<SignInEventTag> id, SignInOutcome outcome);
/// Before now.
bool has_signed_in(sql::Tx& tx, AccountId account, Time now);
std::vector<SignInEvent> sign_in_events(sql::Tx& tx, AccountId account, std::int64_t before, int limit);

struct Expiry {
    Time now;
    Time idle_since;
    Time forget_before;
};
/// Gives how many rows went.
std::int64_t delete_expired(sql::Tx& tx, const Expiry& expiry);

// ---- appointments (store_appointments.cpp) ----

struct GrantRow {
    AppointmentId appointment_id;
    Role role{};
    OrganisationId organisation_id;
    std::string path;
    organisations::Kind kind{};
    std::optional<Time> ends_at;
};
BOOST_DESCRIBE_STRUCT(GrantRow, (), (appointment_id, role, organisation_id, path, kind, ends_at))
/// What the office makes of somebody: an inspector is the administrator of the place, for reading only.
Grant grant_of(Role role, OrganisationId organisation, std::string path, organisations::Kind kind);
/// In force at `now`, of organisations that are open on `today`.
std::vector<GrantRow> grants(sql::Tx& tx, AccountId account, Time now, Date today);
/// The same of organisations that are closed on `today`.
std::vector<GrantRow> resting_grants(sql::Tx& tx, AccountId account, Time now, Date today);

/// False when the office, or the class, is held already.
bool insert_appointment(sql::Tx& tx, const Appointment& appointment);
std::optional<Appointment> find_appointment(sql::Tx& tx, AppointmentId id);
bool end_appointment(sql::Tx& tx, AppointmentId id, AccountId ended_by, Time now);
/// Marks what has run out, so that the office can be given again.
void close_expired(sql::Tx& tx, OrganisationId organisation, Time now);
std::vector<Appointment> appointments_of(
    sql::Tx& tx, OrganisationId organisation, Time now, std::int64_t after, int limit);
std::vector<Appointment> appointments_below(
    sql::Tx& tx, std::string_view path, std::string_view path_end, Time now, std::int64_t after, int limit);
struct OfficeRow : Appointment {
    organisations::Kind kind{};
    std::string organisation;
    std::optional<organisations::Stage> stage;
    std::optional<int> entry_year;
    std::optional<int> class_number;
    BOOST_DESCRIBE_CLASS(
        OfficeRow, (Appointment), (kind, organisation, stage, entry_year, class_number), (), ())
};
/// In force or to come, in the order of ids; former ones newest first, before `after`.
std::vector<OfficeRow> offices(sql::Tx& tx, const OfficesQuery& query, std::string_view path, Time now);
std::vector<OfficeRow> offices_of(sql::Tx& tx, AccountId account, Time now);
/// Ends what runs to a later moment, or without end.
bool shorten_appointment(sql::Tx& tx, AppointmentId id, Time at);
std::vector<Appointment> holders(sql::Tx& tx, OrganisationId organisation, Role role, Time now);
std::int64_t count_offices(sql::Tx& tx, OrganisationId organisation, Time now);
std::optional<OrganisationId> find_root(sql::Tx& tx);

}  // namespace educard::accounts::store
