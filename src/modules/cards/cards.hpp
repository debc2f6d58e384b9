#pragma once
// The e-card (A6, A7): the number for life, the credentials on people's devices, their state, and
// verification. Owns card, card_serial_block, card_device and status_list. What Parts refers to outlives it;
// any thread may call it. docs/card-format.md has the octets and the order of the checks.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/card_number.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/random.hpp"
#include "crypto/signature.hpp"
#include "modules/cards/credential.hpp"
#include "modules/cards/serials.hpp"
#include "modules/cards/verification.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard {
class Audit;
namespace http {
class Routes;
}
}  // namespace educard

namespace educard::cards {

using DeviceId = Id<struct CardDeviceTag>;
using RosterEntryId = Id<struct CardHoldersEntryTag>;

enum class HolderRole { student, teacher, staff };
BOOST_DESCRIBE_ENUM(HolderRole, student, teacher, staff)

/// What the card says about a certified person.
struct Holder {
    std::string name;
    HolderRole role{};
    std::string school;
    std::string school_code;
    std::optional<std::string>
        stage;  // organisations::Stage in words; of schools with one stage and of students
    std::optional<std::string> class_name;
    std::optional<int> entry_year;
    std::string path;  // of the class, or of the school: whose administrators may act on the card
};

/// Knows who holds a card. cli wires it from people, applications and organisations.
class Holders {
public:
    virtual ~Holders() = default;
    /// Nothing when the person is not (or no longer) anything anywhere.
    virtual std::optional<Holder> find(sql::Tx& tx, PersonId person) const = 0;
    /// False while a child's guardian does not consent.
    virtual bool has_consent(sql::Tx& tx, PersonId person) const = 0;
    /// Who owns a document of that number, of whichever kind.
    virtual std::vector<PersonId> owners_of(sql::Tx& tx, std::string_view document_number) const = 0;
    virtual std::optional<PersonId> in_roster(sql::Tx& tx, RosterEntryId entry) const = 0;
    /// Whom an account belongs to.
    virtual std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const = 0;
};

enum class CardState { active, suspended, left, revoked };
BOOST_DESCRIBE_ENUM(CardState, active, suspended, left, revoked)

/// `found` only of a card that is good again, `left` only by the system itself.
enum class CardReason { lost, found, misuse, mistake, left, other };
BOOST_DESCRIBE_ENUM(CardReason, lost, found, misuse, mistake, left, other)

struct CardView {
    std::string card_number;
    CardState state{};
    std::optional<CardReason> reason;
    Time issued_at;
    Time changed_at;
    std::optional<std::string> name;  // these are absent when the person is nothing anywhere at present;
                                      // whose card it is sees the own name all the same
    std::optional<HolderRole> role;
    std::optional<std::string> school;
    std::optional<std::string> school_code;
    std::optional<std::string> stage;
    std::optional<std::string> class_name;
    std::optional<int> entry_year;
};
BOOST_DESCRIBE_STRUCT(CardView,
                      (),
                      (card_number,
                       state,
                       reason,
                       issued_at,
                       changed_at,
                       name,
                       role,
                       school,
                       school_code,
                       stage,
                       class_name,
                       entry_year))

/// A device key that asks for a credential; docs/card-format.md says what `proof` signs.
struct Enrolment {
    crypto::Jwk public_key;
    std::string name;
    std::int64_t time = 0;  // seconds since 1970
    std::string proof;      // base64url
};
BOOST_DESCRIBE_STRUCT(Enrolment, (), (public_key, name, time, proof))

struct Enrolled {
    DeviceId id;
    std::string name;
    Time created_at;
    Time expires_at;
    std::string credential;  // base64url
    std::string status_uri;
    std::int64_t status_index = 0;
};
BOOST_DESCRIBE_STRUCT(Enrolled, (), (id, name, created_at, expires_at, credential, status_uri, status_index))

struct DeviceView {
    DeviceId id;
    std::string name;
    std::string thumbprint;  // of the public key, by which a client finds itself
    Time created_at;
    Time expires_at;
    bool outdated = false;  // the card says something else by now: enrol the same key again
};
BOOST_DESCRIBE_STRUCT(DeviceView, (), (id, name, thumbprint, created_at, expires_at, outdated))

/// An administrator's act on a card.
struct CardChange {
    std::string number;
    CardReason reason{};
    std::optional<std::string> note;  // for the card's history and the audit log
};
BOOST_DESCRIBE_STRUCT(CardChange, (), (number, reason, note))

/// Whose card is looked for: a whole card number or document number, or somebody in a roster.
struct CardSearch {
    std::optional<std::string> number;
    std::optional<RosterEntryId> roster_entry_id;
};
BOOST_DESCRIBE_STRUCT(CardSearch, (), (number, roster_entry_id))

/// What a card became.
struct CardEvent {
    CardState state{};
    std::optional<CardReason> reason;
    std::optional<std::string> note;
    Time at;
    std::optional<AccountId> account_id;  // none: the system itself
    std::optional<std::string> account_name;
};
BOOST_DESCRIBE_STRUCT(CardEvent, (), (state, reason, note, at, account_id, account_name))

enum class Checked { code, number };
BOOST_DESCRIBE_ENUM(Checked, code, number)

/// What a verifier is told. Name and number are masked.
struct VerificationView {
    Result result{};
    Reason reason{};
    Checked checked{};
    std::optional<std::string> name;
    std::optional<std::string> role;
    std::optional<std::string> school_code;  // of an outdated credential: all as it is now
    std::optional<std::string> school;       // online only
    std::optional<std::string> stage;
    std::optional<std::string> card_number;
    std::optional<Time> issued_at;
    std::optional<Time> expires_at;
    std::optional<Time> shown_at;
    Time checked_at;
};
BOOST_DESCRIBE_STRUCT(VerificationView,
                      (),
                      (result,
                       reason,
                       checked,
                       name,
                       role,
                       school_code,
                       school,
                       stage,
                       card_number,
                       issued_at,
                       expires_at,
                       shown_at,
                       checked_at))
/// Leaves out what the reason does not allow to believe.
VerificationView view_of(const Verification& verification, Time checked_at);

struct PublishedKey {
    std::string kty;
    std::string crv;
    std::string x;
    std::string y;
    std::string use;
    std::string alg;
    std::string kid;
};
BOOST_DESCRIBE_STRUCT(PublishedKey, (), (kty, crv, x, y, use, alg, kid))

struct IssuerKeys {
    std::string issuer;
    std::vector<PublishedKey> keys;
    std::string cose_keys;
};
BOOST_DESCRIBE_STRUCT(IssuerKeys, (), (issuer, keys, cose_keys))

/// Active and retired keys.
IssuerKeys issuer_keys(const crypto::KeyRing& ring);
Trust trust_in(const crypto::KeyRing& ring);

/// A status list by its place on this server and by the address that credentials quote.
struct ListName {
    std::int64_t id = 0;
    std::string uri;
};
BOOST_DESCRIBE_STRUCT(ListName, (), (id, uri))

/// A signed status list as it goes over the wire.
struct SignedList {
    Bytes token;
    std::string etag;
};

/// What Cards stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    const crypto::KeyRing& keys;
    Audit& audit;
    const Holders& holders;
    std::string origin;                      // "https://card.example.edu.cn", where status lists are fetched
    std::filesystem::path serial_mark = {};  // beside the key ring; SerialMark says what an empty one means
};

class Cards {
public:
    static constexpr std::size_t kMaxDevices = 5;
    static constexpr std::int64_t kListSize = 131'072;
    static constexpr std::chrono::days kCredentialLife{90};
    static constexpr std::chrono::minutes kMaxClockError{5};
    static constexpr std::chrono::seconds kListTtl{300};
    static constexpr std::chrono::hours kListLife{24};

    explicit Cards(Parts parts);

    /// `tell` hears what a card became, in the transaction of it; not of its issue. Before there are others.
    void when_changed(std::function<void(sql::Tx&, PersonId, CardState)> tell) { tell_ = std::move(tell); }
    /// Fetches serials ahead, so that the first to be issued do not wait for them.
    void start() const;

    /// The person's card number, which is issued now unless there is one: one for life, in the caller's
    /// transaction. A card whose holder had left is active again, and credentials that say something else of
    /// the holder than is so by now are withdrawn.
    std::string issue(sql::Tx& tx, PersonId person) const;
    /// The same for a person who was made in this transaction and so has no card yet.
    std::string issue_first(sql::Tx& tx, PersonId person) const;
    /// The same with a serial of those that take_serials gave.
    std::string issue(sql::Tx& tx, PersonId person, std::int64_t serial) const;
    /// The first of `count` serials for issuing many cards at once; like all serials they are never given
    /// twice.
    std::int64_t take_serials(sql::Tx& tx, std::int64_t count) const;
    /// Whose number it is; nothing for numbers that were never issued.
    std::optional<PersonId> find_holder(sql::Tx& tx, std::string_view number) const;
    std::optional<std::string> find_number(sql::Tx& tx, PersonId person) const;
    /// The person is nothing anywhere any more: an active card is refused until it is issued again. A
    /// suspended one stays suspended, so that leaving and returning does not resume it.
    void person_left(sql::Tx& tx, PersonId person) const;
    /// The person became something else, or is no longer all that they were: credentials that say what is no
    /// longer so are withdrawn from every status list, and those that are right again are good again.
    void holder_changed(sql::Tx& tx, PersonId person) const;
    /// Forgets devices whose latest credential expired a month ago, and their entries in status lists with
    /// them: every verifier refuses such a credential by its date. The places are not used again.
    void sweep(sql::Tx& tx) const;

    // The holder's side. Throws not_found "cards.none" when the caller has no card.
    CardView card(sql::Tx& tx, const Caller& caller) const;
    /// Throws conflict "cards.not_active", "cards.no_consent", "cards.too_many_devices", or Error::invalid.
    Enrolled enrol(sql::Tx& tx, const Caller& caller, const Enrolment& enrolment) const;
    std::vector<DeviceView> devices(sql::Tx& tx, const Caller& caller) const;
    void withdraw(sql::Tx& tx, const Caller& caller, DeviceId device) const;
    /// Suspends the own card. Saying it twice is no error.
    CardView report_lost(sql::Tx& tx, const Caller& caller) const;

    // The administrator's side, within their scope; what lies outside is not_found "cards.unknown".
    CardView find(sql::Tx& tx, const Caller& caller, std::string_view number) const;
    /// Cards of certified people, whether a roster names them or not; nothing when there is none within the
    /// scope.
    std::vector<CardView> search(sql::Tx& tx, const Caller& caller, const CardSearch& search) const;
    /// What became of the card, newest first; its issue is the last.
    std::vector<CardEvent> history(sql::Tx& tx, const Caller& caller, std::string_view number) const;
    CardView suspend(sql::Tx& tx, const Caller& caller, const CardChange& change) const;
    CardView resume(sql::Tx& tx, const Caller& caller, const CardChange& change) const;
    CardView revoke(sql::Tx& tx, const Caller& caller, const CardChange& change) const;

    // Everybody's side.
    /// A code or a typed card number, against the database as it is now.
    VerificationView verify(sql::Tx& tx, std::string_view code) const;
    /// Throws not_found "cards.no_such_list".
    SignedList status_list(sql::Tx& tx, std::int64_t id) const;
    /// Which lists there are, newest first: what a verifier fetches for the time without a network.
    std::vector<ListName> status_lists(sql::Tx& tx) const;
    const IssuerKeys& published() const { return published_; }

    /// How the mark of handed-out serials fits the database, and by how many serials they differ; for
    /// `educard doctor`.
    struct SerialsFinding {
        std::string name;
        MarkState state{};
        std::int64_t difference = 0;
    };
    std::vector<SerialsFinding> examine_serials(sql::Tx& tx) const;

private:
    struct Found;
    enum class Act { suspend, resume, revoke };
    /// `reason` stays with the card for as long as it is not active; `entered` goes into its history.
    struct Why {
        std::optional<CardReason> reason;
        std::optional<CardReason> entered;
        std::optional<std::string> note;
    };
    static Why because(CardReason reason) {
        return {.reason = reason, .entered = reason, .note = std::nullopt};
    }

    Found own(sql::Tx& tx, const Caller& caller) const;
    Found within_scope(sql::Tx& tx,
                       const Caller& caller,
                       std::string_view number,
                       std::initializer_list<Role> roles) const;
    CardView change(sql::Tx& tx, const Caller& caller, const CardChange& change, Act act) const;
    bool move(sql::Tx& tx, const Found& found, CardState to, const Why& why, const Caller* by) const;
    void restate(sql::Tx& tx, PersonId person, CardState state) const;
    crypto::P256PublicKey check(const Caller& caller, const Enrolment& enrolment) const;
    Enrolled sign(const Found& found,
                  const Holder& holder,
                  const crypto::P256PublicKey& key,
                  const Enrolled& enrolled) const;
    VerificationView verify_number(sql::Tx& tx, std::string_view number) const;
    std::string list_uri(std::int64_t id) const;

    Parts parts_;
    std::function<void(sql::Tx&, PersonId, CardState)> tell_;
    crypto::CardNumberPermutation permutation_;
    crypto::P256PrivateKey issuer_key_;
    crypto::KeyId issuer_key_id_;
    std::string issuer_;
    IssuerKeys published_;
    Trust trust_;
    SerialMark mark_;
    Serials card_serials_;
    Serials status_serials_;

    struct Cached {
        std::int64_t version = 0;
        Time issued_at;
        SignedList list;
    };
    mutable std::mutex lists_mutex_;
    mutable std::map<std::int64_t, Cached> lists_;
};

void add_routes(http::Routes& routes, Cards& cards);

}  // namespace educard::cards
