#pragma once
// The people behind the offices: contact persons of organisations, invitations to take an office on, handing
// offices over to a successor, and lists of all that as files. Owns contact_person, contact_import and
// office_invitation. What Parts refers to outlives it; any thread may call it.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/random.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/applications/applications.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/rollout/rollout.hpp"
#include "modules/sms/sms.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::offices {

namespace store {
struct InvitationRow;
}

using ContactId = Id<struct ContactPersonTag>;
using ContactImportId = Id<struct ContactImportTag>;
using InvitationId = Id<struct OfficeInvitationTag>;

// ---- contact persons ----

struct ContactInput {
    OrganisationId organisation_id;
    std::string name;
    std::optional<std::string> duty;
    std::optional<std::string> phone;  // this or the mail; of the office
    std::optional<std::string> mail;
    std::optional<std::string> user_name;  // when it is somebody with an account
};
BOOST_DESCRIBE_STRUCT(ContactInput, (), (organisation_id, name, duty, phone, mail, user_name))

/// Everything anew, as it stands in the form.
struct ContactChange {
    ContactId id;
    std::int64_t version = 0;
    std::string name;
    std::optional<std::string> duty;
    std::optional<std::string> phone;
    std::optional<std::string> mail;
};
BOOST_DESCRIBE_STRUCT(ContactChange, (), (id, version, name, duty, phone, mail))

struct Contact {
    ContactId id;
    OrganisationId organisation_id;
    std::string organisation;
    organisations::Kind organisation_kind{};
    std::optional<std::string> school_code;
    std::string name;
    std::string duty;
    std::string phone;
    std::string mail;
    std::optional<AccountId> account_id;
    Time changed_at;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Contact,
                      (),
                      (id,
                       organisation_id,
                       organisation,
                       organisation_kind,
                       school_code,
                       name,
                       duty,
                       phone,
                       mail,
                       account_id,
                       changed_at,
                       version))

struct ContactsQuery {
    OrganisationId organisation_id;
    bool below = false;
    std::string text;  // of a name or of an organisation's
    std::int64_t after = 0;
    int limit = 50;
};

/// How many organisations, of all kinds but classes, have nobody.
struct GapCount {
    OrganisationId id;
    std::string name;
    organisations::Kind kind{};
    std::int64_t organisations = 0;  // it, and all below
    std::int64_t without = 0;
};
BOOST_DESCRIBE_STRUCT(GapCount, (), (id, name, kind, organisations, without))

struct GapCounts {
    GapCount all;
    std::vector<GapCount> below;  // directly, without schools
};
BOOST_DESCRIBE_STRUCT(GapCounts, (), (all, below))

struct Gap {
    OrganisationId id;
    organisations::Kind kind{};
    std::string name;
    std::optional<std::string> school_code;
    std::string parent;
};
BOOST_DESCRIBE_STRUCT(Gap, (), (id, kind, name, school_code, parent))

struct Gaps {
    std::vector<Gap> items;
    std::optional<std::string> next;
};

// ---- a list of contact persons ----

struct NewContactImport {
    OrganisationId organisation_id;  // all rows must lie below it
    std::string file_name;
};
BOOST_DESCRIBE_STRUCT(NewContactImport, (), (organisation_id, file_name))

enum class RowOutcome { fresh, changed, unchanged, rejected };
BOOST_DESCRIBE_ENUM(RowOutcome, fresh, changed, unchanged, rejected)

struct ContactRow {
    std::int64_t ordinal = 0;
    std::int64_t line = 0;
    RowOutcome outcome{};
    std::optional<OrganisationId> organisation_id;
    std::string organisation;  // as it stands in the tree, or in the list when it was not found
    std::optional<ContactId> contact_id;
    std::string name;
    std::string duty;
    std::string phone;
    std::string mail;
    std::optional<std::string> field;   // what is wrong …
    std::optional<std::string> reason;  // … as a message key
};
BOOST_DESCRIBE_STRUCT(ContactRow,
                      (),
                      (ordinal,
                       line,
                       outcome,
                       organisation_id,
                       organisation,
                       contact_id,
                       name,
                       duty,
                       phone,
                       mail,
                       field,
                       reason))

struct ContactImport {
    ContactImportId id;
    OrganisationId organisation_id;
    std::string file_name;
    std::int64_t fresh = 0;
    std::int64_t changed = 0;
    std::int64_t unchanged = 0;
    std::int64_t rejected = 0;
    Time created_at;
    std::optional<Time> confirmed_at;
};
BOOST_DESCRIBE_STRUCT(
    ContactImport,
    (),
    (id, organisation_id, file_name, fresh, changed, unchanged, rejected, created_at, confirmed_at))

// ---- invitations ----

struct Invite {
    OrganisationId organisation_id;
    Role role{};
    std::string name;
    std::optional<std::string> phone;  // the code goes there too, where messages are sent
    std::optional<Date> begins_on;
    std::optional<Date> ends_on;
    std::optional<bool> replace;  // of a class teacher
};
BOOST_DESCRIBE_STRUCT(Invite, (), (organisation_id, role, name, phone, begins_on, ends_on, replace))

enum class InvitationState { waiting, accepted, declined, revoked, expired };
BOOST_DESCRIBE_ENUM(InvitationState, waiting, accepted, declined, revoked, expired)

struct OfferedOffice {
    OrganisationId organisation_id;
    std::string organisation;
    Role role{};
    std::optional<std::string> present;  // who holds it until then
};
BOOST_DESCRIBE_STRUCT(OfferedOffice, (), (organisation_id, organisation, role, present))

struct InvitationView {
    InvitationId id;
    std::string name;
    std::vector<OfferedOffice> offices;
    std::optional<Date> begins_on;
    std::optional<Date> ends_on;
    std::optional<std::string> made_by;
    Time made_at;
    Time expires_at;
    InvitationState state{};
    std::optional<Time> answered_at;
    std::optional<std::string> code;  // only when it is made
    bool sent = false;                // to a telephone, when it was made
};
BOOST_DESCRIBE_STRUCT(
    InvitationView,
    (),
    (id, name, offices, begins_on, ends_on, made_by, made_at, expires_at, state, answered_at, code, sent))

struct Answer {
    std::string code;
    bool accept = false;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (code, accept))

// ---- handing over ----

/// One office, and what comes with it.
struct Holding {
    accounts::Office office;
    std::int64_t waiting = 0;  // applications at that organisation that wait for a decision
    std::vector<applications::DelegationView> delegations;  // from that office; they end with it
    bool is_contact = false;                                // is a contact person there
};
BOOST_DESCRIBE_STRUCT(Holding, (), (office, waiting, delegations, is_contact))

struct Holdings {
    AccountId account_id;
    std::string name;
    std::string user_name;
    std::vector<Holding> items;  // that the caller may hand over
    std::int64_t others = 0;     // elsewhere: these stay
};
BOOST_DESCRIBE_STRUCT(Holdings, (), (account_id, name, user_name, items, others))

/// To an account or, with a name, by invitation.
struct HandOver {
    AccountId account_id;
    std::vector<accounts::AppointmentId> appointments;
    std::optional<std::string> user_name;
    std::optional<std::string> name;
    std::optional<std::string> phone;
    std::optional<Date> on;  // today when absent; with an invitation: not before it is accepted
};
BOOST_DESCRIBE_STRUCT(HandOver, (), (account_id, appointments, user_name, name, phone, on))

struct HandedOver {
    std::vector<accounts::Appointment> appointments;  // of the successor
    std::optional<InvitationView> invitation;
};
BOOST_DESCRIBE_STRUCT(HandedOver, (), (appointments, invitation))

// ---- lists as files ----

enum class ExportOf { organisations, offices, contact_persons };
BOOST_DESCRIBE_ENUM(ExportOf, organisations, offices, contact_persons)
enum class ExportFormat { csv, xlsx };
BOOST_DESCRIBE_ENUM(ExportFormat, csv, xlsx)

struct ExportOrder {
    ExportOf what{};
    OrganisationId organisation_id;
    std::optional<ExportFormat> format;
    std::optional<std::vector<std::string>> columns;  // all when absent
    std::optional<organisations::Kind> kind;          // of the organisations; all but classes when absent
};
BOOST_DESCRIBE_STRUCT(ExportOrder, (), (what, organisation_id, format, columns, kind))

struct ExportedFile {
    std::string name;
    std::string content_type;
    std::string body;
};

/// What Offices stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    const crypto::KeyRing& keys;
    crypto::Random& random;
    Audit& audit;
    const organisations::Organisations& organisations;
    const accounts::Accounts& accounts;
    const applications::Applications& applications;
    const rollout::Rollout& rollout;
    const sms::Sms& sms;
    std::string origin;  // of the installation, for links in messages
};

class Offices {
public:
    static constexpr std::chrono::days kInvitationLife{14};

    explicit Offices(const Parts& parts);

    // contacts.cpp: administrators of the organisation or above it
    Contact add_contact(sql::Tx& tx, const Caller& caller, const ContactInput& input) const;
    Contact change_contact(sql::Tx& tx, const Caller& caller, const ContactChange& input) const;
    void remove_contact(sql::Tx& tx, const Caller& caller, ContactId id) const;
    std::vector<Contact> contacts(sql::Tx& tx, const Caller& caller, const ContactsQuery& query) const;
    /// Of the organisations above those that the caller administers, from the nearest up.
    std::vector<Contact> contacts_above(sql::Tx& tx, const Caller& caller) const;
    GapCounts count_gaps(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;
    Gaps gaps(sql::Tx& tx,
              const Caller& caller,
              OrganisationId organisation,
              std::optional<organisations::Kind> kind,
              const std::string& after,
              int limit) const;
    /// Those of an organisation that ends go to its successor unless it has some.
    void contacts_follow(sql::Tx& tx, OrganisationId from, OrganisationId to) const;

    // contact_import.cpp
    /// The dry run. Not inside a Tx.
    ContactImport upload(const Caller& caller,
                         const NewContactImport& import,
                         const std::filesystem::path& file) const;
    ContactImport import(sql::Tx& tx, const Caller& caller, ContactImportId id) const;
    std::vector<ContactRow> rows(sql::Tx& tx,
                                 const Caller& caller,
                                 ContactImportId id,
                                 std::optional<RowOutcome> outcome,
                                 std::int64_t after,
                                 int limit) const;
    /// Writes what the dry run said: all of it or nothing. Throws conflict when it was confirmed before.
    ContactImport confirm(sql::Tx& tx, const Caller& caller, ContactImportId id) const;

    // invitations.cpp
    InvitationView invite(sql::Tx& tx, const Caller& caller, const Invite& input) const;
    std::vector<InvitationView> invitations(
        sql::Tx& tx, const Caller& caller, OrganisationId organisation, std::int64_t before, int limit) const;
    void revoke(sql::Tx& tx, const Caller& caller, InvitationId id) const;
    /// What somebody with the code is asked to take on. Throws invalid "offices.code_unknown".
    InvitationView look_at(sql::Tx& tx, const Caller& caller, const std::string& code) const;
    /// Accepting gives the offices in the name of who invited, if they still may give them. The same answer
    /// again changes nothing.
    InvitationView answer(sql::Tx& tx, const Caller& caller, const Answer& answer) const;

    // handover.cpp
    Holdings holdings(sql::Tx& tx, const Caller& caller, AccountId account) const;
    HandedOver hand_over(sql::Tx& tx, const Caller& caller, const HandOver& input) const;

    // exports.cpp; not inside a Tx
    ExportedFile export_list(const Caller& caller, const ExportOrder& order) const;

    std::int64_t sweep(sql::Tx& tx) const;

private:
    struct Offer;  // an office within an invitation
    organisations::Organisation require_administered(sql::Tx& tx,
                                                     const Caller& caller,
                                                     OrganisationId id) const;
    Contact require_contact(sql::Tx& tx, const Caller& caller, ContactId id) const;
    void audit(sql::Tx& tx,
               const Caller& caller,
               std::string action,
               const organisations::Organisation& organisation,
               std::string subject_kind,
               std::int64_t subject) const;
    InvitationView view_of(sql::Tx& tx, const store::InvitationRow& row) const;
    InvitationView make_invitation(sql::Tx& tx,
                                   const Caller& caller,
                                   const Invite& input,
                                   const std::vector<Offer>& offers) const;
    store::InvitationRow require_waiting(sql::Tx& tx, const std::string& code) const;
    void take_over(sql::Tx& tx,
                   const Caller& giver,
                   const Offer& offer,
                   AccountId successor,
                   const std::optional<Date>& on,
                   const std::optional<Date>& until,
                   std::vector<accounts::Appointment>& made) const;
    std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const;

    Parts parts_;
    crypto::BlindIndex index_;
};

void add_routes(http::Routes& routes, Offices& offices);

}  // namespace educard::offices
