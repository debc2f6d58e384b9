#pragma once
// The developer portal and the app directory (B7): administrators register apps for an organisation that
// answers for them, try them with testers, and hand them in; an administrator of the city or the province
// reviews; what is approved is offered to people. Owns app_listing, app_logo, app_member, app_invitation,
// app_review, app_usage and app_usage_day; the app itself is oidc's. What the constructor is given outlives
// it; any thread may call any member.

#include "base/json.hpp"
#include "base/time.hpp"
#include "modules/oidc/oidc.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::portal {

using oidc::AppId;
using InvitationId = Id<struct AppInvitationTag>;
using ReviewId = Id<struct AppReviewTag>;

enum class State { draft, submitted, returned, approved };
BOOST_DESCRIBE_ENUM(State, draft, submitted, returned, approved)

enum class Category { learning, reading, assessment, teaching, communication, administration, other };
BOOST_DESCRIBE_ENUM(Category, learning, reading, assessment, teaching, communication, administration, other)

enum class MemberRole { developer, tester };
BOOST_DESCRIBE_ENUM(MemberRole, developer, tester)

enum class Act { submitted, recalled, approved, returned, discarded, to_test };
BOOST_DESCRIBE_ENUM(Act, submitted, recalled, approved, returned, discarded, to_test)

/// What the directory says of an app. All but `listed` is reviewed before people see it.
struct Shown {
    json::Text<8000> description;         // at most 2,000 characters
    std::optional<std::string> home_url;  // where the app is opened: https
    std::string contact;                  // where people and schools turn to: an address, a telephone number
    Category category{};
    std::optional<std::string> logo;  // hexadecimal SHA-256 of a picture that was brought for this app
    bool listed = true;               // its owner wants it in the directory
};
BOOST_DESCRIBE_STRUCT(Shown, (), (description, home_url, contact, category, logo, listed))

/// Everything about an app that its owner decides and may change.
struct Draft {
    std::string name;
    std::string purpose;
    std::vector<std::string> redirect_uris;
    std::vector<oidc::Claim> essential;
    std::vector<oidc::Claim> voluntary;
    oidc::Algorithm id_token_algorithm{};
    bool service = false;
    bool pushed = false;
    bool bound = false;
    bool device = false;
    std::vector<std::string> post_logout_redirect_uris;
    std::optional<std::string> backchannel_logout_uri;
    Shown shown;
};
BOOST_DESCRIBE_STRUCT(Draft,
                      (),
                      (name,
                       purpose,
                       redirect_uris,
                       essential,
                       voluntary,
                       id_token_algorithm,
                       service,
                       pushed,
                       bound,
                       device,
                       post_logout_redirect_uris,
                       backchannel_logout_uri,
                       shown))

struct NewAppInput {
    OrganisationId organisation_id;
    oidc::Authentication authentication{};
    std::optional<json::Text<std::size_t{1} << 15U>> keys;  // of private_key_jwt: a JWK Set
    Draft draft;
};
BOOST_DESCRIBE_STRUCT(NewAppInput, (), (organisation_id, authentication, keys, draft))

struct ChangeInput {
    AppId id;
    std::int64_t version = 0;  // of the app as it was read
    Draft draft;
};
BOOST_DESCRIBE_STRUCT(ChangeInput, (), (id, version, draft))

enum class Verdict { approved, returned };
BOOST_DESCRIBE_ENUM(Verdict, approved, returned)

/// `reason` of whoever returns it; `everywhere`: offered to the whole province, which only it decides.
struct VerdictInput {
    AppId id;
    std::int64_t version = 0;
    Verdict verdict{};
    std::optional<std::string> reason;
    std::optional<bool> everywhere;
};
BOOST_DESCRIBE_STRUCT(VerdictInput, (), (id, version, verdict, reason, everywhere))

/// One line of a list of apps that the caller manages or reviews.
struct AppLine {
    AppId id;
    std::string name;
    std::string organisation;
    OrganisationId organisation_id;
    std::optional<std::string> logo;
    State state{};
    bool testing = false;
    bool active = false;
    bool listed = false;
    bool to_review = false;  // it waits for the caller
    std::optional<Time> submitted_at;
};
BOOST_DESCRIBE_STRUCT(
    AppLine,
    (),
    (id, name, organisation, organisation_id, logo, state, testing, active, listed, to_review, submitted_at))

struct Member {
    AccountId account_id;
    std::string name;
    MemberRole role{};
    Time since;
};
BOOST_DESCRIBE_STRUCT(Member, (), (account_id, name, role, since))

struct InvitationView {
    InvitationId id;
    MemberRole role{};
    std::int64_t uses_left = 0;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(InvitationView, (), (id, role, uses_left, expires_at))

struct ReviewView {
    Time at;
    Act act{};
    std::optional<std::string> by;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(ReviewView, (), (at, act, by, reason))

/// An app for those who manage or review it.
struct AppDetail {
    AppId id;  // its client_id
    OrganisationId organisation_id;
    std::string organisation;
    std::string issuer;  // where apps find the rest (OpenID Connect Discovery 1.0)
    oidc::Authentication authentication{};
    State state{};
    bool testing = false;
    bool active = false;
    bool everywhere = false;
    std::int64_t version = 0;
    std::string reason;  // why it was returned
    Draft current;
    std::optional<Draft> proposal;  // what it is to become
    std::string keys;
    std::vector<oidc::SecretView> secrets;
    std::vector<Member> members;
    std::vector<InvitationView> invitations;
    std::vector<ReviewView> reviews;  // newest first
    bool may_manage = false;
    bool may_invite_developers = false;  // those who answer for the app, not its developers
    bool may_review = false;
};
BOOST_DESCRIBE_STRUCT(AppDetail,
                      (),
                      (id,
                       organisation_id,
                       organisation,
                       issuer,
                       authentication,
                       state,
                       testing,
                       active,
                       everywhere,
                       version,
                       reason,
                       current,
                       proposal,
                       keys,
                       secrets,
                       members,
                       invitations,
                       reviews,
                       may_manage,
                       may_invite_developers,
                       may_review))

/// `secret` is shown once.
struct MadeApp {
    AppDetail app;
    std::optional<std::string> secret;
};
BOOST_DESCRIBE_STRUCT(MadeApp, (), (app, secret))

struct InviteInput {
    AppId id;
    MemberRole role{};
    std::int64_t uses = 1;  // people who may use it: 1 to 50
    std::int64_t days = 7;  // 1 to 30
};
BOOST_DESCRIBE_STRUCT(InviteInput, (), (id, role, uses, days))

/// `code` is shown once.
struct MadeInvitation {
    InvitationView invitation;
    std::string code;
};
BOOST_DESCRIBE_STRUCT(MadeInvitation, (), (invitation, code))

/// A token with which others register apps that an organisation answers for (RFC 7591, initial access token).
struct TokenView {
    oidc::InitialTokenId id;
    OrganisationId organisation_id;
    std::string organisation;
    std::int64_t uses_left = 0;
    Time expires_at;
    bool revoked = false;
};
BOOST_DESCRIBE_STRUCT(TokenView, (), (id, organisation_id, organisation, uses_left, expires_at, revoked))

struct NewTokenInput {
    OrganisationId organisation_id;
    std::int64_t uses = 1;  // apps that may be registered with it: 1 to 1,000
    std::int64_t days = 7;  // 1 to 366
};
BOOST_DESCRIBE_STRUCT(NewTokenInput, (), (organisation_id, uses, days))

/// `token` is shown once.
struct MadeToken {
    TokenView kept;
    std::string token;
};
BOOST_DESCRIBE_STRUCT(MadeToken, (), (kept, token))

/// An app that somebody helps with, or may enter while it is in test.
struct Membership {
    AppId app_id;
    std::string name;
    std::string organisation;
    std::optional<std::string> logo;
    std::optional<std::string> home_url;
    MemberRole role{};
    bool testing = false;
    bool active = false;
};
BOOST_DESCRIBE_STRUCT(Membership, (), (app_id, name, organisation, logo, home_url, role, testing, active))

struct DirectoryInput {
    std::optional<std::string> query;  // part of the name, the purpose, the owner's name
    std::optional<Category> category;
    std::optional<std::string> cursor;
    std::optional<std::int64_t> limit;  // 1 to 100, by default 50
};
BOOST_DESCRIBE_STRUCT(DirectoryInput, (), (query, category, cursor, limit))

/// One app as people find it.
struct DirectoryApp {
    AppId id;
    std::string name;
    std::string purpose;
    std::string description;
    std::string organisation;
    std::string contact;
    Category category{};
    std::optional<std::string> logo;
    std::optional<std::string> home_url;
    std::vector<oidc::Claim> essential;
    std::vector<oidc::Claim> voluntary;
    bool connected = false;  // the caller lets it in
};
BOOST_DESCRIBE_STRUCT(DirectoryApp,
                      (),
                      (id,
                       name,
                       purpose,
                       description,
                       organisation,
                       contact,
                       category,
                       logo,
                       home_url,
                       essential,
                       voluntary,
                       connected))

struct Directory {
    std::vector<DirectoryApp> items;
    std::optional<std::string> next;
};

struct UsageInput {
    AppId id;
    std::optional<Date> from;   // 29 days before `until` when absent
    std::optional<Date> until;  // today when absent; at most 366 days after `from`
};
BOOST_DESCRIBE_STRUCT(UsageInput, (), (id, from, until))

/// Of one day of China; a day without a row had none.
struct UsageDay {
    Date day{};
    std::int64_t sign_ins = 0;
    std::int64_t people = 0;  // who signed in, each once
};
BOOST_DESCRIBE_STRUCT(UsageDay, (), (day, sign_ins, people))

struct Usage {
    Date from{};
    Date until{};
    std::int64_t sign_ins = 0;
    std::vector<UsageDay> days;
    std::optional<Time> counted_at;  // the latest of them
};
BOOST_DESCRIBE_STRUCT(Usage, (), (from, until, sign_ins, days, counted_at))

struct Logo {
    std::string content_type;
    std::string picture;
    std::string digest;  // hexadecimal
};

struct LogoRef {
    std::string logo;
};
BOOST_DESCRIBE_STRUCT(LogoRef, (), (logo))

/// What those who develop an app are told.
struct Decided {
    AppId app_id;
    ReviewId review_id;
    std::string app;
    Act act{};
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(Decided, (), (app_id, review_id, app, act, reason))

/// What Portal stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    crypto::Random& random;
    Audit& audit;
    const oidc::Oidc& oidc;
    const oidc::People& people;
    const organisations::Organisations& organisations;
    std::string issuer;
};

class Portal {
public:
    static constexpr std::size_t kMaxLogo = 200'000;  // octets

    explicit Portal(Parts parts) : parts_(std::move(parts)) {}

    /// Who tells people, in the same transaction, that an app which they develop or handed in was approved,
    /// returned or put back to test. Before serving starts.
    using Tell = std::function<void(sql::Tx& tx, AccountId account, const Decided& decided)>;
    void tell_with(Tell tell) { tell_ = std::move(tell); }

    // apps.cpp: whoever answers for an app, and its developers
    /// Of the organisations that the caller administers, those that they develop, and those that wait for
    /// their review. By name.
    std::vector<AppLine> list(sql::Tx& tx, const Caller& caller) const;
    /// Throws not_found "oidc.app_unknown" also when the app is none of the caller's business.
    AppDetail get(sql::Tx& tx, const Caller& caller, AppId id) const;
    /// In test, with the caller as its first tester; they change it by their office. Throws scope.outside,
    /// Error::invalid.
    MadeApp make(sql::Tx& tx, const Caller& caller, const NewAppInput& input) const;
    /// At once while the app is in test; of an approved one it is a proposal. Throws conflict
    /// "portal.changed_meanwhile", "portal.in_review", Error::invalid.
    AppDetail change(sql::Tx& tx, const Caller& caller, const ChangeInput& input) const;
    std::string rotate_secret(sql::Tx& tx, const Caller& caller, AppId id) const;
    void end_replaced_secrets(sql::Tx& tx, const Caller& caller, AppId id) const;
    void replace_keys(sql::Tx& tx, const Caller& caller, AppId id, const std::string& keys) const;
    /// Whoever reviews an app may disable it too.
    void set_active(sql::Tx& tx, const Caller& caller, AppId id, bool active) const;

    // logos.cpp
    /// PNG, JPEG or WebP by its content. Throws Error::invalid, too_large "portal.logo_too_large".
    LogoRef bring_logo(const Caller& caller, AppId id, const std::filesystem::path& file) const;
    /// Throws not_found "portal.no_logo".
    Logo logo(sql::Tx& tx, const std::string& digest) const;
    Logo logo_of(sql::Tx& tx, AppId id) const;

    // reviews.cpp
    /// Throws conflict "portal.nothing_to_review", "portal.in_review".
    AppDetail submit(sql::Tx& tx, const Caller& caller, AppId id) const;
    /// Throws conflict "portal.not_submitted".
    AppDetail recall(sql::Tx& tx, const Caller& caller, AppId id) const;
    /// What was proposed for an approved app is dropped. Throws conflict "portal.no_proposal".
    AppDetail discard(sql::Tx& tx, const Caller& caller, AppId id) const;
    /// Nobody reviews what they handed in. Throws conflict "portal.not_submitted",
    /// "portal.changed_meanwhile", forbidden "portal.own_submission", "portal.not_reviewer".
    AppDetail review(sql::Tx& tx, const Caller& caller, const VerdictInput& input) const;
    /// Back to test: only testers enter until it is approved again.
    AppDetail to_test(sql::Tx& tx, const Caller& caller, AppId id, const std::string& reason) const;
    /// By whoever runs the installation, who asks nobody.
    void approve(sql::Tx& tx, AppId id, bool everywhere) const;

    // members.cpp
    /// Throws Error::invalid.
    MadeInvitation invite(sql::Tx& tx, const Caller& caller, const InviteInput& input) const;
    void withdraw_invitation(sql::Tx& tx, const Caller& caller, AppId app, InvitationId id) const;
    /// Throws not_found "portal.code_unknown".
    Membership join(sql::Tx& tx, const Caller& caller, const std::string& code) const;
    void remove_member(sql::Tx& tx, const Caller& caller, AppId app, AccountId account) const;
    std::vector<Membership> memberships(sql::Tx& tx, const Caller& caller) const;
    void leave(sql::Tx& tx, const Caller& caller, AppId app) const;
    /// For Oidc::admit_testers_with.
    bool is_member(sql::Tx& tx, AppId app, AccountId account) const;
    /// For Oidc::keep_reviewed_with: it is in review, or was opened by one.
    bool is_reviewed(sql::Tx& tx, const oidc::App& app) const;

    // registrations.cpp: for developers whose apps register themselves; these are in test like others
    std::vector<TokenView> tokens(sql::Tx& tx, const Caller& caller) const;
    /// Throws scope.outside, Error::invalid.
    MadeToken make_token(sql::Tx& tx, const Caller& caller, const NewTokenInput& input) const;
    /// Throws not_found "oidc.initial_token_unknown".
    void revoke_token(sql::Tx& tx, const Caller& caller, oidc::InitialTokenId id) const;

    // directory.cpp
    /// What is offered where the caller is, by name.
    Directory directory(sql::Tx& tx, const Caller& caller, const DirectoryInput& input) const;

    // usage.cpp
    Usage usage(sql::Tx& tx, const Caller& caller, const UsageInput& input) const;
    std::string usage_csv(sql::Tx& tx, const Caller& caller, const UsageInput& input) const;
    enum class Count { when_due, now };
    /// Counts the sign-ins of today and, once each is over, of the days of the last week. When due: what this
    /// or another node has counted within the hour is left alone.
    void count_usage(Count when = Count::when_due) const;
    /// Of the last thirty days, for whoever runs the installation. Throws not_found "oidc.app_unknown".
    std::vector<UsageDay> usage_of(sql::Tx& tx, AppId id) const;

    /// Forgets invitations that are over and pictures that nothing shows.
    void sweep(sql::Tx& tx) const;

    const Clock& clock() const { return parts_.clock; }

private:
    struct Found;
    Found find(sql::Tx& tx, AppId id) const;
    /// Throws not_found "oidc.app_unknown" unless the caller manages the app.
    Found managed(sql::Tx& tx, const Caller& caller, AppId id) const;
    bool answers_for(const Caller& caller, const Found& found) const;
    bool manages(sql::Tx& tx, const Caller& caller, const Found& found) const;
    bool reviews(const Caller& caller, const Found& found) const;
    AppDetail detail_of(sql::Tx& tx, const Caller& caller, const Found& found) const;
    void check_shown(sql::Tx& tx, AppId id, const Shown& shown, std::vector<FieldError>& errors) const;
    void note(
        sql::Tx& tx, const Caller& caller, const Found& found, Act act, const std::string& reason) const;
    void record(sql::Tx& tx, const Caller& caller, const char* action, const Found& found) const;
    void put_in_force(sql::Tx& tx, const Caller& caller, const Found& found, bool everywhere) const;

    Parts parts_;
    Tell tell_;
};

void add_routes(http::Routes& routes, Portal& portal);

}  // namespace educard::portal
