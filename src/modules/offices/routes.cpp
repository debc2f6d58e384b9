#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/offices/offices.hpp"

#include <algorithm>

namespace educard::offices {

namespace {

using http::blocking;
using http::read;
using http::upload;
using http::write;

constexpr int kDefaultLimit = 50;
constexpr int kMostOfPage = 200;
constexpr std::size_t kMaxUpload = 16U << 20U;

struct ContactsInput {
    OrganisationId organisation_id;
    std::optional<bool> below;
    std::optional<std::string> query;
    std::optional<std::int64_t> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(ContactsInput, (), (organisation_id, below, query, cursor, limit))

struct GapsInput {
    OrganisationId organisation_id;
    std::optional<organisations::Kind> kind;
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(GapsInput, (), (organisation_id, kind, cursor, limit))

struct PlaceInput {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(PlaceInput, (), (organisation_id))

struct ContactRef {
    ContactId id;
};
BOOST_DESCRIBE_STRUCT(ContactRef, (), (id))

struct ImportRef {
    ContactImportId id;
};
BOOST_DESCRIBE_STRUCT(ImportRef, (), (id))

struct RowsInput {
    ContactImportId id;
    std::optional<RowOutcome> outcome;
    std::optional<std::int64_t> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(RowsInput, (), (id, outcome, cursor, limit))

struct InvitationsInput {
    OrganisationId organisation_id;
    std::optional<std::int64_t> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(InvitationsInput, (), (organisation_id, cursor, limit))

struct InvitationRef {
    InvitationId id;
};
BOOST_DESCRIBE_STRUCT(InvitationRef, (), (id))

struct CodeInput {
    std::string code;
};
BOOST_DESCRIBE_STRUCT(CodeInput, (), (code))

struct HolderInput {
    AccountId account_id;
};
BOOST_DESCRIBE_STRUCT(HolderInput, (), (account_id))

int limit_of(const std::optional<int>& limit) {
    return std::clamp(limit.value_or(kDefaultLimit), 1, kMostOfPage);
}

template <class T, class KeyOf>
http::Page<T> page_of(std::vector<T> items, int limit, KeyOf key_of) {
    http::Page<T> page{.items = std::move(items), .next = std::nullopt};
    if (page.items.size() >= static_cast<std::size_t>(limit)) {
        page.next = std::to_string(key_of(page.items.back()));
    }
    return page;
}

void add_contacts(http::Routes& routes, Offices& offices) {
    routes
        .get("/api/v1/contact-persons",
             read([&offices](sql::Tx& tx, const Caller& caller, const ContactsInput& input) {
                 const int limit = limit_of(input.limit);
                 return page_of(offices.contacts(tx,
                                                 caller,
                                                 {.organisation_id = input.organisation_id,
                                                  .below = input.below.value_or(false),
                                                  .text = input.query.value_or(""),
                                                  .after = input.cursor.value_or(0),
                                                  .limit = limit}),
                                limit,
                                [](const Contact& one) { return one.id.value; });
             }))
        .summary("The named contact persons of an organisation, or of all below it")
        .allow(kAdministrators);
    routes
        .get("/api/v1/contact-persons/above", read([&offices](sql::Tx& tx, const Caller& caller) {
                 return offices.contacts_above(tx, caller);
             }))
        .summary("Whom to call at the organisations above one's own, from the nearest up")
        .allow(kAdministrators);
    routes
        .post("/api/v1/contact-persons",
              write([&offices](sql::Tx& tx, const Caller& caller, const ContactInput& input) {
                  return http::Created<Contact>{offices.add_contact(tx, caller, input)};
              }))
        .summary("Name a contact person of an organisation")
        .allow(kAdministrators)
        .errors({"offices.too_many_contacts", "scope.outside"});
    routes
        .put("/api/v1/contact-persons/{id}",
             write([&offices](sql::Tx& tx, const Caller& caller, const ContactChange& input) {
                 return offices.change_contact(tx, caller, input);
             }))
        .summary("Change what is known of a contact person")
        .allow(kAdministrators)
        .errors({"offices.contact_unknown", "offices.changed_meanwhile"});
    routes
        .del("/api/v1/contact-persons/{id}",
             write([&offices](sql::Tx& tx, const Caller& caller, const ContactRef& input) {
                 offices.remove_contact(tx, caller, input.id);
             }))
        .summary("Somebody is no longer the contact person")
        .allow(kAdministrators)
        .errors({"offices.contact_unknown"});
    routes
        .get("/api/v1/contact-gaps",
             read([&offices](sql::Tx& tx, const Caller& caller, const GapsInput& input) {
                 auto gaps = offices.gaps(tx,
                                          caller,
                                          input.organisation_id,
                                          input.kind,
                                          input.cursor.value_or(""),
                                          limit_of(input.limit));
                 return http::Page<Gap>{.items = std::move(gaps.items), .next = std::move(gaps.next)};
             }))
        .summary("Organisations without a contact person, in the order of the tree")
        .allow(kAdministrators);
    routes
        .get("/api/v1/contact-gaps/counts",
             read([&offices](sql::Tx& tx, const Caller& caller, const PlaceInput& input) {
                 return offices.count_gaps(tx, caller, input.organisation_id);
             }))
        .summary("How many organisations have no contact person, area by area")
        .allow(kAdministrators);
}

void add_import(http::Routes& routes, Offices& offices) {
    routes
        .post(
            "/api/v1/contact-imports",
            upload([&offices](const Caller& caller, const NewContactImport& input, const http::Upload& file) {
                return http::Created<ContactImport>{offices.upload(caller, input, file.path)};
            }))
        .summary("Judge a list of contact persons (.csv, .xlsx) without changing anything")
        .allow(kAdministrators)
        .rate(http::Rate::costly)
        .max_body(kMaxUpload)
        .errors({"offices.import_headings", "offices.import_empty", "offices.import_too_long"});
    routes
        .get("/api/v1/contact-imports/{id}",
             read([&offices](sql::Tx& tx, const Caller& caller, const ImportRef& input) {
                 return offices.import(tx, caller, input.id);
             }))
        .summary("One list with its counts")
        .allow(kAdministrators)
        .errors({"offices.import_unknown"});
    routes
        .get("/api/v1/contact-imports/{id}/rows",
             read([&offices](sql::Tx& tx, const Caller& caller, const RowsInput& input) {
                 const int limit = limit_of(input.limit);
                 return page_of(
                     offices.rows(tx, caller, input.id, input.outcome, input.cursor.value_or(0), limit),
                     limit,
                     [](const ContactRow& one) { return one.ordinal; });
             }))
        .summary("The rows of a list and what is wrong with them")
        .allow(kAdministrators)
        .errors({"offices.import_unknown"});
    routes
        .post("/api/v1/contact-imports/{id}/confirm",
              write([&offices](sql::Tx& tx, const Caller& caller, const ImportRef& input) {
                  return offices.confirm(tx, caller, input.id);
              }))
        .summary("Write what the dry run said: all of it or nothing")
        .allow(kAdministrators)
        .errors({"offices.import_confirmed", "offices.changed_meanwhile"});
    routes
        .get("/api/v1/organisation-exports",
             blocking([&offices](const Caller& caller, const ExportOrder& order) {
                 auto file = offices.export_list(caller, order);
                 return http::Download{.content_type = std::move(file.content_type),
                                       .body = std::move(file.body),
                                       .file_name = std::move(file.name),
                                       .cache_seconds = 0,
                                       .etag = std::nullopt};
             }))
        .summary("Organisations, offices or contact persons as a file, with chosen columns; audited")
        .allow(kAdministrators)
        .rate(http::Rate::costly)
        .errors({"offices.export_too_large"});
}

void add_invitations(http::Routes& routes, Offices& offices) {
    routes
        .get("/api/v1/office-invitations",
             read([&offices](sql::Tx& tx, const Caller& caller, const InvitationsInput& input) {
                 const int limit = limit_of(input.limit);
                 return page_of(
                     offices.invitations(tx, caller, input.organisation_id, input.cursor.value_or(0), limit),
                     limit,
                     [](const InvitationView& one) { return one.id.value; });
             }))
        .summary("Who was asked to take an office on at an organisation or below it, and the answers")
        .allow(kAdministrators);
    routes
        .post("/api/v1/office-invitations",
              write([&offices](sql::Tx& tx, const Caller& caller, const Invite& input) {
                  return http::Created<InvitationView>{offices.invite(tx, caller, input)};
              }))
        .summary("Ask somebody to take an office on; the code is shown once")
        .allow(kAdministrators)
        .proven()
        .errors({"accounts.only_from_above", "sms.slow_down", "scope.outside"});
    routes
        .del("/api/v1/office-invitations/{id}",
             write([&offices](sql::Tx& tx, const Caller& caller, const InvitationRef& input) {
                 offices.revoke(tx, caller, input.id);
             }))
        .summary("Take an invitation back")
        .allow(kAdministrators)
        .errors({"offices.invitation_unknown", "offices.answered_already"});
    routes
        .post("/api/v1/office-invitations/look",
              read([&offices](sql::Tx& tx, const Caller& caller, const CodeInput& input) {
                  return offices.look_at(tx, caller, input.code);
              }))
        .summary("What somebody with the code is asked to take on")
        .signed_in()
        .reading()
        .rate(http::Rate::guessable)
        .errors({"input.invalid"});
    routes
        .post("/api/v1/office-invitations/answer",
              write([&offices](sql::Tx& tx, const Caller& caller, const Answer& input) {
                  return offices.answer(tx, caller, input);
              }))
        .summary("Accept or decline; accepting gives the offices")
        .signed_in()
        .rate(http::Rate::guessable)
        .errors({"offices.other_name", "accounts.only_from_above", "accounts.class_has_teacher"});
    routes
        .get("/api/v1/office-holdings",
             read([&offices](sql::Tx& tx, const Caller& caller, const HolderInput& input) {
                 return offices.holdings(tx, caller, input.account_id);
             }))
        .summary("What somebody holds that the caller may hand over, and what comes with it")
        .allow(kAdministrators)
        .errors({"offices.nobody"});
    routes
        .post("/api/v1/hand-overs",
              write([&offices](sql::Tx& tx, const Caller& caller, const HandOver& input) {
                  return http::Created<HandedOver>{offices.hand_over(tx, caller, input)};
              }))
        .summary("Hand offices of somebody who leaves to a successor, now or on a day; theirs end")
        .allow(kAdministrators)
        .proven()
        .errors({"offices.nobody", "offices.same_person", "accounts.class_has_teacher"});
}

}  // namespace

void add_routes(http::Routes& routes, Offices& offices) {
    add_contacts(routes, offices);
    add_import(routes, offices);
    add_invitations(routes, offices);
}

}  // namespace educard::offices
