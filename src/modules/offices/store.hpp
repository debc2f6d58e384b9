#pragma once
// The SQL of offices, and nothing else.

#include "modules/offices/offices.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::offices::store {

struct ContactRecord {
    ContactId id;
    OrganisationId organisation_id;
    std::string name;
    std::string duty;
    std::string phone;
    std::string mail;
    std::optional<AccountId> account_id;
    Time changed_at;
    AccountId changed_by;
    std::int64_t version = 1;
};
void insert_contact(sql::Tx& tx, const ContactRecord& row);
/// False when the version is another one.
bool update_contact(sql::Tx& tx, const ContactRecord& row);
bool delete_contact(sql::Tx& tx, ContactId id);
std::optional<Contact> find_contact(sql::Tx& tx, ContactId id);
std::vector<Contact> contacts_of(sql::Tx& tx, OrganisationId organisation);
std::vector<Contact> contacts(sql::Tx& tx, const ContactsQuery& query, std::string_view path);
std::int64_t count_contacts(sql::Tx& tx, OrganisationId organisation);
bool is_contact(sql::Tx& tx, OrganisationId organisation, AccountId account);
void replace_contact(sql::Tx& tx,
                     OrganisationId organisation,
                     AccountId from,
                     AccountId to,
                     std::string_view name,
                     Time at,
                     AccountId by);
void move_contacts(sql::Tx& tx, OrganisationId from, OrganisationId to);

struct Counted {
    std::int64_t organisations = 0;
    std::int64_t without = 0;
};
BOOST_DESCRIBE_STRUCT(Counted, (), (organisations, without))
Counted count_gaps(sql::Tx& tx, std::string_view path, std::string_view today);
struct GapRow : Gap {
    std::string path;
    BOOST_DESCRIBE_CLASS(GapRow, (Gap), (path), (), ())
};
/// In the order of the tree; `kind` empty: all but classes.
std::vector<GapRow> gaps(sql::Tx& tx,
                         std::string_view path,
                         std::string_view kind,
                         std::string_view after,
                         std::string_view today,
                         int limit);

struct ImportRecord {
    ContactImportId id;
    OrganisationId organisation_id;
    std::string file_name;
    std::string rows;
    AccountId created_by;
    Time created_at;
    std::optional<Time> confirmed_at;
};
BOOST_DESCRIBE_STRUCT(ImportRecord,
                      (),
                      (id, organisation_id, file_name, rows, created_by, created_at, confirmed_at))
void insert_import(sql::Tx& tx, const ImportRecord& row);
std::optional<ImportRecord> find_import(sql::Tx& tx, ContactImportId id);
bool confirm_import(sql::Tx& tx, ContactImportId id, Time at);

struct InvitationRow {
    Bytes digest;
    InvitationId id;
    OrganisationId organisation_id;
    std::string offices;
    std::string name;
    std::optional<Date> begins_on;
    std::optional<Date> ends_on;
    AccountId made_by;
    Time made_at;
    Time expires_at;
    InvitationState state{};
    std::optional<AccountId> answered_by;
    std::optional<Time> answered_at;
};
BOOST_DESCRIBE_STRUCT(InvitationRow,
                      (),
                      (digest,
                       id,
                       organisation_id,
                       offices,
                       name,
                       begins_on,
                       ends_on,
                       made_by,
                       made_at,
                       expires_at,
                       state,
                       answered_by,
                       answered_at))
bool insert_invitation(sql::Tx& tx, const InvitationRow& row);
std::optional<InvitationRow> find_invitation(sql::Tx& tx, const Bytes& digest);
std::optional<InvitationRow> find_invitation(sql::Tx& tx, InvitationId id);
/// Of the organisation and all below it, newest first.
std::vector<InvitationRow> invitations(sql::Tx& tx, std::string_view path, std::int64_t before, int limit);
/// False when it was not waiting any more.
bool answer(sql::Tx& tx, const Bytes& digest, InvitationState state, std::optional<AccountId> by, Time at);

/// Forgets what was over before that moment.
std::int64_t sweep(sql::Tx& tx, Time before);

}  // namespace educard::offices::store
