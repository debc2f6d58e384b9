#pragma once
// From a filled-in profile to a certified person (A3 to A6): drafts, handing in, review against the roster,
// the decision. Nothing of the roster is ever shown to the applicant. A decision is one conditional UPDATE;
// an approval makes the person, the affiliation, the roster's certification and the card number in the same
// transaction. Owns application, application_event, application_guardian, delegation, affiliation and
// bulk_review. What it needs of other modules it asks through the interfaces below, which cli wires; all that
// is passed to the constructor outlives it. Any thread.

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/people/people.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace educard {
class Audit;
class Bus;
class Jobs;
class JobRun;
namespace crypto {
class BlindIndex;
class FieldCipher;
}  // namespace crypto
namespace http {
class Routes;
}
}  // namespace educard

namespace educard::applications {

enum class Kind { student, teacher, staff };
BOOST_DESCRIBE_ENUM(Kind, student, teacher, staff)

enum class State { draft, submitted, returned, withdrawn, approved, rejected };
BOOST_DESCRIBE_ENUM(State, draft, submitted, returned, withdrawn, approved, rejected)

enum class Relation { father, mother, grandparent, other_relative, guardian };
BOOST_DESCRIBE_ENUM(Relation, father, mother, grandparent, other_relative, guardian)

/// 岗位职业 of JY/T 1001: 10, 20, 21, 22, 23, 31, 33, 40, 45, 47, 60, 61, 62, 65.
enum class Post {
    teacher,
    teacher_administrator,
    research_head,
    year_head,
    class_teacher,
    leadership,
    office,
    teaching_support,
    library,
    audiovisual,
    workman,
    medical,
    finance,
    catering
};
BOOST_DESCRIBE_ENUM(Post,
                    teacher,
                    teacher_administrator,
                    research_head,
                    year_head,
                    class_teacher,
                    leadership,
                    office,
                    teaching_support,
                    library,
                    audiovisual,
                    workman,
                    medical,
                    finance,
                    catering)
std::string_view code_of(Post post);

struct Guardian {
    std::optional<std::string> name;
    std::optional<Relation> relation;
    std::optional<std::string> phone;
    std::optional<people::Document> document;

    bool operator==(const Guardian&) const = default;
};
BOOST_DESCRIBE_STRUCT(Guardian, (), (name, relation, phone, document))

/// What the applicant fills in. A draft may leave anything out; handing in says what is missing.
struct Profile {
    std::optional<std::string> name;
    std::optional<OrganisationId> school_id;
    std::optional<OrganisationId> class_id;            // students, and teachers who lead a class
    std::optional<int> entry_year;                     // students
    std::optional<std::vector<Guardian>> guardians;    // students
    std::optional<Date> appointed_on;                  // teachers and staff
    std::optional<std::vector<std::string>> subjects;  // teachers
    std::optional<bool> class_teacher;                 // teachers
    std::optional<Post> post;                          // staff
};
BOOST_DESCRIBE_STRUCT(
    Profile,
    (),
    (name, school_id, class_id, entry_year, guardians, appointed_on, subjects, class_teacher, post))

/// What is wrong with a profile when it is to be handed in, but for what only the tree of organisations
/// knows.
std::vector<FieldError> find_faults(Kind kind, const Profile& profile, Date today);
/// The profile without what that kind does not have.
Profile cut_to(Kind kind, Profile profile);
/// "+86 138-0013-8000" → "13800138000"; nothing when it is no phone number.
std::optional<std::string> normalise_phone(std::string_view text);

// ---- What other modules do for this one
// -----------------------------------------------------------------------------

/// What an account says of its owner: the document it was registered with. Not proof.
struct Claim {
    Bytes digest;
    people::DocumentKind document_kind{};
    std::string mask;
    std::string name;
    std::optional<Date> birth_date;
    people::Gender gender = people::Gender::unknown;
    std::optional<PersonId> person_id;
};
struct CompetingClaim {
    std::string account_mask;  // "zh***g"
    Time claimed_at;
    bool certified = false;
};
/// By what an account's owner is known, as far as the account says.
struct Identity {
    std::string name;
    std::optional<std::string> phone;  // in clear
    std::optional<Bytes> digest;       // of the document that they claim
};
enum class Attachment { done, account_is_someone_else, person_has_account };

class Accounts {
public:
    virtual ~Accounts() = default;
    virtual std::optional<Claim> find_claim(sql::Tx& tx, AccountId account) const = 0;
    virtual std::optional<Identity> identify(sql::Tx& tx, AccountId account) const = 0;
    /// False while a guardian's consent is needed and not in force, for somebody who is as young as the claim
    /// or `also_born` says.
    virtual bool has_consent(sql::Tx& tx, AccountId account, std::optional<Date> also_born) const = 0;
    /// The claimed number in clear. The caller audits.
    virtual std::string reveal_number(sql::Tx& tx, AccountId account) const = 0;
    virtual std::vector<CompetingClaim> competing(sql::Tx& tx,
                                                  const Bytes& digest,
                                                  AccountId except) const = 0;
    /// Makes the account that of the person: one person, one account.
    virtual Attachment attach(sql::Tx& tx, AccountId account, PersonId person) const = 0;
    virtual std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const = 0;
    /// Who holds that very role there now.
    virtual std::vector<AccountId> holders(sql::Tx& tx, Role role, OrganisationId organisation) const = 0;
};

struct NewPerson {
    AccountId account;  // whose claim it is
    Bytes digest;
    people::DocumentKind document_kind{};
    std::string name;
    std::optional<Date> birth_date;
    people::Gender gender = people::Gender::unknown;
};
struct FoundPerson {
    PersonId id;
    bool made = false;  // just now
};
class People {
public:
    virtual ~People() = default;
    /// The person who owns the number, made when there is none yet.
    virtual FoundPerson find_or_create(sql::Tx& tx, const NewPerson& person) const = 0;
};

enum class Certification { not_begun, in_review, returned, certified };
BOOST_DESCRIBE_ENUM(Certification, not_begun, in_review, returned, certified)

/// A school's own record of somebody, as a reviewer sees it.
struct RosterEntry {
    std::int64_t id = 0;
    Kind kind{};
    OrganisationId school_id;
    std::optional<OrganisationId> class_id;
    std::string name;
    people::Gender gender = people::Gender::unknown;
    std::optional<Date> birth_date;
    std::optional<int> entry_year;
    std::vector<Guardian> guardians;
    std::vector<std::string> subjects;
    std::optional<Date> appointed_on;
    std::string fingerprint;  // changes when anything above does
};
class Roster {
public:
    virtual ~Roster() = default;
    /// The entry of that number: of `school` if it has one, else of another school.
    virtual std::optional<RosterEntry> find(sql::Tx& tx,
                                            const Bytes& digest,
                                            Kind kind,
                                            OrganisationId school) const = 0;
    virtual std::optional<RosterEntry> get(sql::Tx& tx, std::int64_t id) const = 0;
    /// The fingerprint alone; nothing when the entry is gone.
    virtual std::optional<std::string> fingerprint(sql::Tx& tx, std::int64_t id) const = 0;
    /// Moves the entry and the counts of progress.
    virtual void set_certification(sql::Tx& tx,
                                   std::int64_t id,
                                   Certification certification,
                                   PersonId person) const = 0;
};

/// Somebody whom a school's roster names.
struct Listing {
    std::int64_t entry = 0;
    Bytes digest;
    Kind kind{};
    OrganisationId school;
};

class CardIssuer {
public:
    virtual ~CardIssuer() = default;
    /// The person's card number, which is issued now unless there is one: one for life. Within the approval's
    /// transaction.
    virtual std::string issue(sql::Tx& tx, PersonId person) const = 0;
    /// The same for a person who was made in this transaction.
    virtual std::string issue_first(sql::Tx& tx, PersonId person) const = 0;
    /// The person is nothing anywhere any more.
    virtual void person_left(sql::Tx& tx, PersonId person) const = 0;
    /// Something that the person was has ended, and something else goes on.
    virtual void holder_changed(sql::Tx& tx, PersonId person) const = 0;
};

// ---- What applicants see
// --------------------------------------------------------------------------------------------

/// Who has to decide now, since when and until when.
struct Turn {
    Role role{};
    OrganisationId organisation_id;
    std::string organisation;
    Time since{};
    std::optional<Time> due_at;  // then the next level may decide too; none at the top
};
BOOST_DESCRIBE_STRUCT(Turn, (), (role, organisation_id, organisation, since, due_at))

struct ApplicationView {
    ApplicationId id;
    Kind kind{};
    State state{};
    Profile profile;
    std::optional<std::string> school;
    std::optional<std::string> class_name;
    std::optional<Turn> turn;  // while it is handed in
    std::optional<Time> submitted_at;
    std::optional<Time> decided_at;
    std::optional<std::string> reason;  // of the last return or rejection
    Time created_at{};
    Time updated_at{};
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(ApplicationView,
                      (),
                      (id,
                       kind,
                       state,
                       profile,
                       school,
                       class_name,
                       turn,
                       submitted_at,
                       decided_at,
                       reason,
                       created_at,
                       updated_at,
                       version))

enum class EventKind { created, submitted, withdrawn, returned, approved, rejected };
BOOST_DESCRIBE_ENUM(EventKind, created, submitted, withdrawn, returned, approved, rejected)

struct EventView {
    EventKind kind{};
    std::optional<Role> role;       // none: the applicant
    std::optional<std::string> by;  // the reviewer's name, for reviewers only
    bool delegated = false;
    std::optional<std::string> reason;
    Time at{};
};
BOOST_DESCRIBE_STRUCT(EventView, (), (kind, role, by, delegated, reason, at))

struct Creation {
    Kind kind{};
};
BOOST_DESCRIBE_STRUCT(Creation, (), (kind))

struct Saving {
    ApplicationId id;
    std::int64_t version = 0;
    std::optional<Kind> kind;  // as before when absent
    Profile profile;           // what the kind does not have is dropped
};
BOOST_DESCRIBE_STRUCT(Saving, (), (id, version, kind, profile))

struct Step {
    ApplicationId id;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Step, (), (id, version))

// ---- What reviewers see
// ---------------------------------------------------------------------------------------------

enum class RosterMatch { exact, differs, none };
BOOST_DESCRIBE_ENUM(RosterMatch, exact, differs, none)

enum class FieldMatch { same, same_after_folding, look_alike, different, missing };
BOOST_DESCRIBE_ENUM(FieldMatch, same, same_after_folding, look_alike, different, missing)

struct Span {
    std::int64_t start = 0;  // code points
    std::int64_t length = 0;

    bool operator==(const Span&) const = default;
};
BOOST_DESCRIBE_STRUCT(Span, (), (start, length))

/// One field of the application beside the roster's. Texts are masked where they are sensitive.
struct FieldComparison {
    std::string field;  // name, school, class, entry_year, birth_date, gender, guardians[0].name, …
    std::optional<std::string> application;
    std::optional<std::string> roster;
    FieldMatch match{};
    std::vector<Span> application_spans;
    std::vector<Span> roster_spans;
};
BOOST_DESCRIBE_STRUCT(FieldComparison,
                      (),
                      (field, application, roster, match, application_spans, roster_spans))

/// What is compared besides the profile and the entry: their places in words.
struct Sides {
    const Profile& profile;
    std::optional<Date> birth_date;
    people::Gender gender = people::Gender::unknown;
    std::string school;
    std::string class_name;
    const RosterEntry& entry;
    std::string roster_school;
    std::string roster_class;
};
/// Field by field; never refuses anything.
std::vector<FieldComparison> compare(Kind kind, const Sides& sides);
/// exact when no field differs or merely looks alike.
RosterMatch match_of(std::span<const FieldComparison> fields);

struct ReviewItem {
    ApplicationId id;
    Kind kind{};
    State state{};
    std::string name;
    std::optional<std::string> school;
    std::optional<std::string> class_name;
    RosterMatch roster_match{};
    Time submitted_at{};
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(ReviewItem,
                      (),
                      (id, kind, state, name, school, class_name, roster_match, submitted_at, version))

struct CompetingView {
    std::string account;
    Time claimed_at{};
    bool certified = false;
};
BOOST_DESCRIBE_STRUCT(CompetingView, (), (account, claimed_at, certified))

struct ReviewDetail {
    ApplicationView application;  // guardians' phones and documents masked
    std::string document_kind;
    std::string document_mask;
    RosterMatch roster_match{};
    std::vector<FieldComparison> comparison;
    std::vector<CompetingView> competing;
    std::vector<EventView> history;
    bool may_decide = false;
    std::optional<Time> may_decide_from;  // when it is another level's turn
    bool guardian_same_name = false;  // a guardian is called as the reviewer, or whoever delegated to them
    std::optional<std::string> approval_refused;  // the code with which an approval would fail now
};
BOOST_DESCRIBE_STRUCT(ReviewDetail,
                      (),
                      (application,
                       document_kind,
                       document_mask,
                       roster_match,
                       comparison,
                       competing,
                       history,
                       may_decide,
                       may_decide_from,
                       guardian_same_name,
                       approval_refused))

enum class Verdict { approve, send_back, reject };
BOOST_DESCRIBE_ENUM(Verdict, approve, send_back, reject)

struct Decision {
    ApplicationId id;
    std::int64_t version = 0;
    Verdict verdict{};
    std::optional<std::string> reason;  // required unless approved
    // The reviewer states that the guardian of the same name is another person; to approve such a one.
    // Audited.
    std::optional<bool> guardian_is_not_me;
};
BOOST_DESCRIBE_STRUCT(Decision, (), (id, version, verdict, reason, guardian_is_not_me))

struct Decided {
    ApplicationId id;
    State state{};
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Decided, (), (id, state, version))

struct Queue {
    std::optional<State> state;  // submitted when absent
    std::optional<Kind> kind;
    std::optional<RosterMatch> match;
    std::optional<std::string> query;  // part of a name
    std::optional<OrganisationId> organisation_id;
    std::optional<bool> all;  // also those whose turn it is not yet
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(Queue, (), (state, kind, match, query, organisation_id, all, cursor, limit))

struct ReviewSlice {
    std::vector<ReviewItem> items;
    std::optional<std::string> next;
};

enum class RevealWhat { document, guardians };
BOOST_DESCRIBE_ENUM(RevealWhat, document, guardians)
struct Reveal {
    ApplicationId id;
    std::optional<RevealWhat> what;  // document when absent
};
BOOST_DESCRIBE_STRUCT(Reveal, (), (id, what))
struct Revealed {
    std::optional<std::string> number;
    std::optional<std::vector<Guardian>> guardians;
};
BOOST_DESCRIBE_STRUCT(Revealed, (), (number, guardians))

struct BulkScope {
    std::optional<OrganisationId> organisation_id;
    std::optional<Kind> kind;
};
BOOST_DESCRIBE_STRUCT(BulkScope, (), (organisation_id, kind))
/// Applications that wait for the same reviewer and cannot be approved in bulk, for one reason.
struct LeftOut {
    std::string reason;             // a message key
    std::int64_t total = 0;         // counted up to some 2,000
    std::vector<ReviewItem> items;  // the first 50; none of what concerns the reviewer
};
BOOST_DESCRIBE_STRUCT(LeftOut, (), (reason, total, items))
struct BulkPreview {
    std::int64_t total = 0;
    std::string token;
    std::vector<ReviewItem> items;  // the first 200
    std::vector<LeftOut> left_out;
};
BOOST_DESCRIBE_STRUCT(BulkPreview, (), (total, token, items, left_out))
struct BulkOrder {
    std::string token;
};
BOOST_DESCRIBE_STRUCT(BulkOrder, (), (token))
enum class BulkState { previewed, running, done };
BOOST_DESCRIBE_ENUM(BulkState, previewed, running, done)
struct Skipped {
    ApplicationId id;
    std::string reason;  // a message key
};
BOOST_DESCRIBE_STRUCT(Skipped, (), (id, reason))
struct BulkResult {
    BulkState state{};
    std::optional<JobId> job_id;  // whose progress the bus tells under "job:<id>"
    std::int64_t total = 0;
    std::int64_t approved = 0;
    std::int64_t skipped = 0;
    std::vector<Skipped> skips;  // the first 200
};
BOOST_DESCRIBE_STRUCT(BulkResult, (), (state, job_id, total, approved, skipped, skips))

struct NewDelegation {
    AccountId to_account;
    OrganisationId organisation_id;
    std::optional<Date> starts_on;  // today when absent
    Date ends_on{};                 // last day
};
BOOST_DESCRIBE_STRUCT(NewDelegation, (), (to_account, organisation_id, starts_on, ends_on))
using DelegationId = Id<struct DelegationTag>;
struct DelegationView {
    DelegationId id;
    AccountId from_account;
    AccountId to_account;
    std::optional<std::string> from_name;
    std::optional<std::string> to_name;
    Role role{};
    OrganisationId organisation_id;
    std::string organisation;
    Date starts_on{};
    Date ends_on{};
    bool in_force = false;
};
BOOST_DESCRIBE_STRUCT(DelegationView,
                      (),
                      (id,
                       from_account,
                       to_account,
                       from_name,
                       to_name,
                       role,
                       organisation_id,
                       organisation,
                       starts_on,
                       ends_on,
                       in_force))
struct Colleague {
    AccountId account_id;
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Colleague, (), (account_id, name))

/// What a certified person is.
struct Affiliation {
    Kind kind{};
    OrganisationId school_id;
    std::optional<OrganisationId> class_id;
    std::optional<int> entry_year;
    Date starts_on{};
    std::optional<Date> ends_on;
};
BOOST_DESCRIBE_STRUCT(Affiliation, (), (kind, school_id, class_id, entry_year, starts_on, ends_on))

/// What became of a certified person. `certified`: they are something that they were not until now, or are
/// confirmed anew; `moved`: they are the same at another school; `left`: they are it no longer.
enum class PlaceChange { certified, moved, left };
struct PlaceEvent {
    PersonId person;
    PlaceChange change{};
    Kind kind{};
    std::optional<OrganisationId> former_school;  // moved and left
};

struct Settings {
    int escalation_days = 5;  // after each so many days the next level up may decide too
};

/// Knows whose guardian somebody is in an account of their own. A later module has it; cli wires it.
class Families {
public:
    virtual ~Families() = default;
    /// Whether the reviewer is linked with the child who claims that document, or whose account it is.
    virtual bool is_guardian(sql::Tx& tx,
                             AccountId reviewer,
                             AccountId applicant,
                             const std::optional<Bytes>& digest) const = 0;
};

struct Needs {
    const Clock& clock;
    IdSource& ids;
    const organisations::Organisations& organisations;
    const Accounts& accounts;
    const People& people;
    const Roster& roster;
    const CardIssuer& cards;
    const crypto::FieldCipher& cipher;
    const crypto::BlindIndex& blind_index;
    Audit& audit;
    Bus& bus;
    Jobs& jobs;
    std::function<void(sql::Tx&, const PlaceEvent&)> tell{};  // as Applications::when_changed has it
    std::function<void(sql::Tx&, const DelegationView&)> tell_delegate{};  // as Applications::when_delegated
    const Families* families = nullptr;                                    // known later
};

/// An application with all that became of it, for those who bring an installation's past.
struct Past {
    AccountId account;
    Kind kind{};
    State state{};
    Profile profile;
    Claim claim;
    organisations::Organisation school;
    std::optional<organisations::Organisation> in_class;  // as the profile says
    bool class_has_teacher = false;
    std::optional<RosterEntry> entry;  // that the claim was found to belong to
    Time created_at{};
    Time submitted_at{};  // unless it is a draft
    // When it was decided:
    Caller reviewer;  // with the office they decided in
    Time decided_at{};
    std::string reason;              // returned and rejected
    std::optional<PersonId> person;  // approved
};

/// What of a school goes to another from that day on: one class with all that is its own, or all that is
/// left.
struct SchoolTransfer {
    organisations::Organisation from;  // as it was before
    organisations::Organisation to;
    std::optional<OrganisationId> class_id;
    Date day{};
};

/// What waits at a school or a class.
struct Waiting {
    std::int64_t submitted = 0;
    std::int64_t open = 0;  // drafts and returned ones too
};

/// The people of a school, in the order of ids.
struct PersonAt {
    std::int64_t id = 0;  // of the affiliation
    PersonId person_id;
};
BOOST_DESCRIBE_STRUCT(PersonAt, (), (id, person_id))

class Applications {
public:
    Applications(const Needs& needs, const Settings& settings) : needs_(needs), settings_(settings) {}

    /// `tell` hears what becomes of people who were certified before, in the transaction of it. Before there
    /// are others.
    void when_changed(std::function<void(sql::Tx&, const PlaceEvent&)> tell) {
        needs_.tell = std::move(tell);
    }
    /// `tell` hears of a new delegation, in its transaction. Before there are others.
    void when_delegated(std::function<void(sql::Tx&, const DelegationView&)> tell) {
        needs_.tell_delegate = std::move(tell);
    }
    /// Before serving starts.
    void recognise_families(const Families& families) { needs_.families = &families; }
    const Needs& needs() const { return needs_; }
    const Settings& settings() const { return settings_; }

    // The applicant's side; each sees only their own, anything else is not_found.
    ApplicationView create(sql::Tx& tx, const Caller& caller, const Creation& creation) const;
    ApplicationView save(sql::Tx& tx, const Caller& caller, const Saving& saving) const;
    ApplicationView submit(sql::Tx& tx, const Caller& caller, const Step& step) const;
    ApplicationView withdraw(sql::Tx& tx, const Caller& caller, const Step& step) const;
    /// A draft that was never handed in is gone with all that was filled in. Any other is conflict
    /// "applications.handed_in_once".
    void discard(sql::Tx& tx, const Caller& caller, const Step& step) const;
    ApplicationView get(sql::Tx& tx, const Caller& caller, ApplicationId id) const;
    std::vector<ApplicationView> mine(sql::Tx& tx, const Caller& caller) const;
    std::vector<EventView> history(sql::Tx& tx, const Caller& caller, ApplicationId id) const;

    /// Writes everything that creating, handing in and deciding it would have written of applications and the
    /// audit log; person, account, roster and card are the caller's.
    ApplicationId record(sql::Tx& tx, const Past& past) const;

    // The reviewer's side. What lies outside the caller's scope is not_found.
    ReviewSlice queue(sql::Tx& tx, const Caller& caller, const Queue& queue) const;
    ReviewDetail review(sql::Tx& tx, const Caller& caller, ApplicationId id) const;
    /// Throws conflict "applications.already_decided" (with who and when) or
    /// "applications.changed_meanwhile".
    Decided decide(sql::Tx& tx, const Caller& caller, const Decision& decision) const;
    Revealed reveal(sql::Tx& tx, const Caller& caller, const Reveal& what) const;
    BulkPreview preview_bulk(sql::Tx& tx, const Caller& caller, const BulkScope& scope) const;
    /// Begins the approval of what was previewed, as a job. Asking again gives the same job.
    BulkResult approve_bulk(sql::Tx& tx, const Caller& caller, const BulkOrder& order) const;
    BulkResult bulk_result(sql::Tx& tx, const Caller& caller, const BulkOrder& order) const;
    /// Registers the job's handler; before Jobs::start.
    void handle_jobs(sql::Database& database) const;

    DelegationView delegate(sql::Tx& tx, const Caller& caller, const NewDelegation& delegation) const;
    /// By who gave it or who got it.
    void revoke_delegation(sql::Tx& tx, const Caller& caller, DelegationId id) const;
    std::vector<DelegationView> delegations(sql::Tx& tx, const Caller& caller) const;
    /// To whom review of that organisation may be delegated.
    std::vector<Colleague> colleagues(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;

    /// The school lists somebody from now on: how far they are there. What they have handed in at that school
    /// belongs to this entry from now on, also when it was found in another school's roster before
    /// (docs/decisions/0043-one-person-in-two-rosters.md).
    Certification entered_roster(sql::Tx& tx, const Listing& listing) const;
    /// The school no longer lists somebody who is certified: what they are there ends today, and with the
    /// last such thing the card.
    void left_school(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school) const;
    /// The school lists them again: unless they have become the same elsewhere, what ended goes on, and the
    /// card with it.
    void returned_to_school(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school) const;
    /// For Organisations::when_moved.
    void follow_move(sql::Tx& tx, std::string_view from, std::string_view to, int depth_change) const;

    /// Applications go along with their school and class; what people are at `from` ends on that day and
    /// begins at `to`. A class's paths have been moved already (follow_move). Gives who was moved.
    std::vector<PersonId> transfer(sql::Tx& tx, const SchoolTransfer& transfer) const;
    /// Another roster entry stands for the same person from now on.
    void entry_replaced(sql::Tx& tx, std::int64_t entry, std::int64_t by) const;
    Waiting waiting_at(sql::Tx& tx, const organisations::Organisation& school_or_class) const;
    std::vector<PersonAt> people_at(sql::Tx& tx, OrganisationId school, std::int64_t after, int limit) const;
    /// In force or to come: what the account delegated to others, or got from them.
    std::vector<DelegationView> delegations_of(sql::Tx& tx, AccountId account) const;
    /// Ends what that office delegated.
    std::int64_t end_delegations(sql::Tx& tx, AccountId from, OrganisationId organisation) const;

    std::vector<Affiliation> affiliations_of(sql::Tx& tx, PersonId person) const;
    /// The applicant's, as the application says it; nothing when there is no such application.
    std::optional<std::string> name_of(sql::Tx& tx, ApplicationId id) const;

private:
    Needs needs_;
    Settings settings_;
};

void add_routes(http::Routes& routes, Applications& applications);

}  // namespace educard::applications
