#pragma once
// Guardians with accounts of their own: who is guardian of which child, by the word of the child's school,
// and what a guardian sees and decides. A link begins with an invitation of the class teacher or the school,
// or with the school's record; it can be disputed and ended, and says whether the guardian decides or is only
// informed. Below fourteen guardians decide; below eighteen they see; then the link ends. Owns family_link,
// family_event and family_invitation. What Parts refers to outlives it; any thread may call it.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/field_cipher.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/random.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/oidc/oidc.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "runtime/rate_limit.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::families {

namespace store {
struct LinkRow;
struct InvitationRow;
}  // namespace store

using LinkId = Id<struct FamilyLinkTag>;
using InvitationId = Id<struct FamilyInvitationTag>;
using EntryId = Id<struct FamilyRosterEntryTag>;
using accounts::GuardianRelation;

/// `informed_only`: sees, and decides nothing.
enum class Rights { full, informed_only };
BOOST_DESCRIBE_ENUM(Rights, full, informed_only)

/// `waiting`: by the school's record, and the school has still to confirm it. `disputed`: may see, may not
/// act.
enum class LinkState { waiting, active, disputed, ended };
BOOST_DESCRIBE_ENUM(LinkState, waiting, active, disputed, ended)

enum class Origin { invitation, record };
BOOST_DESCRIBE_ENUM(Origin, invitation, record)

enum class EventKind {
    made,
    confirmed,
    rights_changed,
    disputed,
    kept,
    ended,
    ended_by_school,
    grown_up,
    consent_given,
    consent_withdrawn,
    app_allowed,
    app_withdrawn,
    password_reset
};
BOOST_DESCRIBE_ENUM(EventKind,
                    made,
                    confirmed,
                    rights_changed,
                    disputed,
                    kept,
                    ended,
                    ended_by_school,
                    grown_up,
                    consent_given,
                    consent_withdrawn,
                    app_allowed,
                    app_withdrawn,
                    password_reset)

/// By age: a guardian decides for it, is told of it, or neither.
enum class Stage { child, youth, adult };
BOOST_DESCRIBE_ENUM(Stage, child, youth, adult)

// ---- what other modules know of a child ----

struct Child {
    PersonId person;
    std::optional<AccountId> account;
    std::string name;
    std::optional<Date> birth_date;
    bool below_age_of_consent = false;
    bool learns = false;  // is a pupil somewhere now; else the next five are empty
    std::string path;     // of the class or school
    OrganisationId school_id;
    std::string school;
    std::optional<std::string> class_name;
    std::optional<std::string> card_number;
};

/// Of what the guardian is told, as the owning modules name it.
struct Standing {
    std::optional<std::string> card_state;
    std::optional<std::string> card_reason;
    std::optional<std::string> application_state;  // of the newest
    std::optional<std::string> application_reason;
};

/// cli wires it from people, accounts, applications, cards and roster.
class Children {
public:
    virtual ~Children() = default;
    virtual std::optional<Child> find(sql::Tx& tx, PersonId person) const = 0;
    virtual Standing standing(sql::Tx& tx, const Child& child) const = 0;
    /// Where a roster's pupil belongs: the path of the class or school; nothing when there is no such entry.
    virtual std::optional<std::string> path_of_entry(sql::Tx& tx, EntryId entry) const = 0;
    /// Nothing when they are not certified.
    virtual std::optional<PersonId> of_entry(sql::Tx& tx, EntryId entry) const = 0;
    virtual std::optional<PersonId> of_card(sql::Tx& tx, std::string_view card_number) const = 0;
    /// What a guardian of that name and telephone is to the child by its school's roster.
    virtual std::optional<GuardianRelation> find_on_record(sql::Tx& tx,
                                                           const Child& child,
                                                           std::string_view guardian_name,
                                                           std::string_view phone) const = 0;
};

// ---- the school's side ----

/// One of the two.
struct ChildRef {
    std::optional<EntryId> roster_entry_id;
    std::optional<std::string> card_number;
};
BOOST_DESCRIBE_STRUCT(ChildRef, (), (roster_entry_id, card_number))

struct Invite : ChildRef {
    std::string guardian_name;
    GuardianRelation relation{};
    Rights rights{};
};
BOOST_DESCRIBE_STRUCT(Invite, (ChildRef), (guardian_name, relation, rights))

struct InvitationView {
    InvitationId id;
    std::string child_name;
    std::string guardian_name;
    GuardianRelation relation{};
    Rights rights{};
    std::optional<std::string> made_by;
    Time made_at;
    Time expires_at;
    std::optional<std::string> code;  // only when it is made
};
BOOST_DESCRIBE_STRUCT(InvitationView,
                      (),
                      (id, child_name, guardian_name, relation, rights, made_by, made_at, expires_at, code))

struct LinkView {
    LinkId id;
    std::string child_name;
    std::optional<std::string> class_name;
    std::string guardian_name;
    GuardianRelation relation{};
    Rights rights{};
    LinkState state{};
    Origin origin{};
    Time made_at;
    Time changed_at;
};
BOOST_DESCRIBE_STRUCT(
    LinkView,
    (),
    (id, child_name, class_name, guardian_name, relation, rights, state, origin, made_at, changed_at))

struct GuardiansOfChild {
    std::string child_name;
    std::optional<std::string> school;
    std::optional<std::string> class_name;
    Stage stage{};
    std::vector<LinkView> links;  // that have not ended
    std::vector<InvitationView> invitations;
};
BOOST_DESCRIBE_STRUCT(GuardiansOfChild, (), (child_name, school, class_name, stage, links, invitations))

struct HistoryItem {
    EventKind kind{};
    Time at;
    std::optional<std::string> by;      // the system itself, when absent
    std::optional<std::string> reason;  // for the school and for who gave it
};
BOOST_DESCRIBE_STRUCT(HistoryItem, (), (kind, at, by, reason))

/// What an administrator has to decide, anywhere below them.
struct DisputeView : LinkView {
    std::string school;
};
BOOST_DESCRIBE_STRUCT(DisputeView, (LinkView), (school))

struct Disputes {
    std::vector<DisputeView> items;
    std::optional<LinkId> next;
};

/// A reason is needed to dispute, and of the school to end.
struct Because {
    LinkId id;
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(Because, (), (id, reason))

enum class Verdict { keep, end };
BOOST_DESCRIBE_ENUM(Verdict, keep, end)

struct Decision {
    LinkId id;
    Verdict verdict{};
    std::optional<Rights> rights;  // of keep; as they were when absent
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(Decision, (), (id, verdict, rights, reason))

// ---- the guardian's side ----

/// By the school's record: what the school wrote of the guardian.
struct OnRecord {
    std::string card_number;  // the child's
    std::string guardian_name;
    std::string phone;
};
BOOST_DESCRIBE_STRUCT(OnRecord, (), (card_number, guardian_name, phone))

/// Of who has no account yet. The name is that of the invitation or the record, and the telephone too, where
/// it is on record.
struct NewGuardian {
    std::string user_name;
    std::string password;
    std::optional<std::string> phone;
    accounts::CaptchaAnswer captcha;
    std::optional<Language> language;
    accounts::Transport transport = accounts::Transport::cookie;
};
BOOST_DESCRIBE_STRUCT(NewGuardian, (), (user_name, password, phone, captcha, language, transport))

/// Code or record. `account` when nobody is signed in.
struct Join {
    std::optional<std::string> code;
    std::optional<OnRecord> record;
    std::optional<NewGuardian> account;
};
BOOST_DESCRIBE_STRUCT(Join, (), (code, record, account))

/// A child as a guardian sees it. While the link is waiting there is nothing but the beginning of the name.
struct ChildView {
    LinkId id;  // of the link
    std::string name;
    std::optional<std::string> school;
    std::optional<std::string> class_name;
    GuardianRelation relation{};
    Rights rights{};
    LinkState state{};
    Stage stage{};
    bool may_decide = false;
    std::optional<std::string> card_number;
    std::optional<std::string> card_state;
    std::optional<std::string> card_reason;
    std::optional<std::string> application_state;
    std::optional<std::string> application_reason;
    std::vector<accounts::ConsentPurpose> missing_consents;
    int apps_asked = 0;  // that wait for a guardian
};
BOOST_DESCRIBE_STRUCT(ChildView,
                      (),
                      (id,
                       name,
                       school,
                       class_name,
                       relation,
                       rights,
                       state,
                       stage,
                       may_decide,
                       card_number,
                       card_state,
                       card_reason,
                       application_state,
                       application_reason,
                       missing_consents,
                       apps_asked))

struct FellowGuardian {
    LinkId id;
    std::string name;
    GuardianRelation relation{};
    Rights rights{};
    LinkState state{};
    bool self = false;
};
BOOST_DESCRIBE_STRUCT(FellowGuardian, (), (id, name, relation, rights, state, self))

struct ChildDetail {
    ChildView child;
    std::vector<accounts::Consent> consents;  // the telephone only of one's own
    std::vector<oidc::ChildApp> apps;
    std::vector<FellowGuardian> guardians;
    std::vector<HistoryItem> history;
};
BOOST_DESCRIBE_STRUCT(ChildDetail, (), (child, consents, apps, guardians, history))

struct Joined {
    ChildView child;
    std::optional<accounts::Opened> opened;  // of a new account
};

struct GiveConsent {
    LinkId id;
    std::string policy_version;
    std::vector<accounts::ConsentPurpose> purposes;
    std::optional<std::string> phone;  // that of the account when absent
};
BOOST_DESCRIBE_STRUCT(GiveConsent, (), (id, policy_version, purposes, phone))

struct WithdrawConsent {
    LinkId id;
    accounts::ConsentId consent_id;
};
BOOST_DESCRIBE_STRUCT(WithdrawConsent, (), (id, consent_id))

struct AllowApp {
    LinkId id;
    oidc::AppId app_id;
    std::optional<std::vector<oidc::Claim>> with;  // of what the app can do without
};
BOOST_DESCRIBE_STRUCT(AllowApp, (), (id, app_id, with))

struct AppOfChild {
    LinkId id;
    oidc::AppId app_id;
};
BOOST_DESCRIBE_STRUCT(AppOfChild, (), (id, app_id))

/// What Families stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    const crypto::KeyRing& keys;
    crypto::Random& random;
    RateLimits& limits;
    Audit& audit;
    const accounts::Accounts& accounts;
    const oidc::Oidc& oidc;
    const Children& children;
    const organisations::Organisations& organisations;
};

class Families final : public accounts::Guardians {
public:
    static constexpr std::chrono::days kInvitationLife{14};
    static constexpr std::size_t kMostInvitations = 8;  // of one child at once
    static constexpr std::size_t kMostLinks = 12;

    explicit Families(const Parts& parts);

    // invitations.cpp: class teachers and administrators; a child outside of their scope is not_found
    // "families.child_unknown".
    /// Throws conflict "families.not_certified", "families.grown_up", "families.too_many".
    InvitationView invite(sql::Tx& tx, const Caller& caller, const Invite& input) const;
    void withdraw_invitation(sql::Tx& tx, const Caller& caller, InvitationId id) const;
    GuardiansOfChild guardians_of(sql::Tx& tx, const Caller& caller, const ChildRef& child) const;

    // join.cpp: may hash a password, so not on I/O threads and not inside a Tx
    /// The same code again in the same account gives the same link. Throws invalid "families.code_unknown",
    /// "families.no_record"; conflict "families.other_name", "families.own_child",
    /// "families.own_invitation", "families.too_young", "families.disputed".
    Joined join(const Caller& caller, const Join& input) const;

    // links.cpp
    /// What the school has to decide: links that wait or are disputed, within the caller's scope.
    std::vector<LinkView> open_links(sql::Tx& tx, const Caller& caller, OrganisationId school) const;
    /// All that is disputed below an organisation, after `cursor`: administrators of it.
    Disputes disputes(
        sql::Tx& tx, const Caller& caller, OrganisationId organisation, LinkId cursor, int limit) const;
    LinkView confirm(sql::Tx& tx, const Caller& caller, LinkId id) const;
    /// By a guardian of the child, by its class teacher or its school.
    void dispute(sql::Tx& tx, const Caller& caller, const Because& input) const;
    /// By the guardian; by class teacher or school with a reason. A disputed link ends by the school's
    /// decision.
    void end(sql::Tx& tx, const Caller& caller, const Because& input) const;
    /// Administrators only: over what is disputed, and over rights at any time.
    LinkView decide(sql::Tx& tx, const Caller& caller, const Decision& input) const;
    std::vector<HistoryItem> history(sql::Tx& tx, const Caller& caller, LinkId id) const;
    /// Forgets invitations that are over, and ends links of children who are grown up.
    void sweep(sql::Tx& tx) const;

    // acts.cpp: the guardian's side. A link of somebody else is not_found "families.link_unknown".
    std::vector<ChildView> children_of(sql::Tx& tx, const Caller& caller) const;
    ChildDetail child(sql::Tx& tx, const Caller& caller, LinkId id) const;
    /// Of whom the account is guardian now, and who learn somewhere.
    std::vector<Child> pupils_of(sql::Tx& tx, AccountId guardian) const;
    /// The caller's own guardians, for a child.
    std::vector<FellowGuardian> own_guardians(sql::Tx& tx, const Caller& caller) const;
    // These throw forbidden "families.informed_only", "families.of_age"; conflict "families.disputed",
    // "families.waiting".
    ChildDetail give_consent(sql::Tx& tx, const Caller& caller, const GiveConsent& input) const;
    ChildDetail withdraw_consent(sql::Tx& tx, const Caller& caller, const WithdrawConsent& input) const;
    ChildDetail allow_app(sql::Tx& tx, const Caller& caller, const AllowApp& input) const;
    /// Allowed, or asked for: both end.
    ChildDetail withdraw_app(sql::Tx& tx, const Caller& caller, const AppOfChild& input) const;
    /// Hashes a password, so not on I/O threads and not inside a Tx.
    accounts::Recovered reset_password(const Caller& caller, LinkId id) const;

    /// Links that the school has to decide go along with these children to another school; without a list all.
    void follow_school(sql::Tx& tx,
                       OrganisationId from,
                       OrganisationId to,
                       const std::vector<PersonId>* children) const;

    // For accounts.
    bool has_children(sql::Tx& tx, AccountId account) const override;
    bool decide_for(sql::Tx& tx, PersonId child) const override;

    // notices.cpp
    /// The child asks for an app: its guardians hear of it.
    void tell_of_request(sql::Tx& tx, AccountId child, const std::string& app) const;
    /// Whether somebody is linked with the child, in that account or in another one of theirs.
    bool is_guardian_of(sql::Tx& tx, PersonId child, AccountId account) const;

    const Clock& clock() const { return parts_.clock; }

private:
    /// To the guardian whose link it is.
    void tell(sql::Tx& tx,
              const store::LinkRow& row,
              const Child& child,
              accounts::AccountEventKind kind,
              const std::string& by_name = {}) const;
    /// To the others who decide for the child.
    void tell_fellows(sql::Tx& tx,
                      const store::LinkRow& row,
                      const Child& child,
                      accounts::AccountEventKind kind,
                      const std::string& by_name = {}) const;
    /// When something that a guardian decides on is not consented to.
    void tell_of_consents(sql::Tx& tx, const store::LinkRow& row, const Child& child) const;
    /// The same human being, as far as their accounts say: by person, document or telephone.
    bool is_same_person(sql::Tx& tx, AccountId one, AccountId other) const;

    enum class Hold { no, yes };
    /// A link that the caller may act on, with its child.
    struct Acting;

    Stage stage_of(const Child& child) const;
    Child get_child(sql::Tx& tx, PersonId person) const;
    Child find_child(sql::Tx& tx, const Caller& caller, const ChildRef& ref) const;
    store::LinkRow get_link(sql::Tx& tx, LinkId id) const;
    store::LinkRow get_within_scope(sql::Tx& tx, const Caller& caller, LinkId id, Child& child) const;
    Acting acting(sql::Tx& tx, const Caller& caller, LinkId id, Hold hold) const;
    LinkView view_of(const store::LinkRow& row, const Child& child) const;
    ChildView child_view_of(sql::Tx& tx, const store::LinkRow& row) const;
    std::vector<FellowGuardian> fellows_of(sql::Tx& tx, PersonId child, AccountId self) const;
    std::vector<HistoryItem> history_of(sql::Tx& tx,
                                        const store::LinkRow& row,
                                        bool reasons,
                                        AccountId reader) const;
    std::string name_in(const store::LinkRow& row) const;
    void change(sql::Tx& tx, const store::LinkRow& row, LinkState state, Rights rights) const;
    void note(sql::Tx& tx,
              const Caller& caller,
              const store::LinkRow& row,
              EventKind kind,
              const std::optional<std::string>& reason = std::nullopt) const;
    void record(sql::Tx& tx,
                const Caller& caller,
                std::string_view action,
                const store::LinkRow& row,
                std::string_view path) const;
    std::string check_reason(const std::optional<std::string>& reason) const;

    // join.cpp
    struct Ticket;
    Bytes digest_of(std::string_view code) const;
    Ticket read_ticket(sql::Tx& tx, const Caller& caller, const Join& input) const;
    void count_try(const Caller& caller, const Join& input) const;
    store::LinkRow redeem(sql::Tx& tx, const Caller& caller, const Ticket& ticket, bool is_new) const;
    store::LinkRow link(sql::Tx& tx, const Caller& caller, const Ticket& ticket, LinkState state) const;
    void check_joiner(sql::Tx& tx, const Caller& caller, const Ticket& ticket) const;

    Parts parts_;
    crypto::FieldCipher cipher_;
    crypto::BlindIndex index_;
};

void add_routes(http::Routes& routes, Families& families);

}  // namespace educard::families
