#pragma once
// Where a module needs something of a later one it declares an interface; these are the implementations, each
// a thin translation. Where two modules need each other the one built later is given by `know`. Built and
// owned by Platform.

#include "modules/accounts/accounts.hpp"
#include "modules/applications/applications.hpp"
#include "modules/campaigns/campaigns.hpp"
#include "modules/cards/cards.hpp"
#include "modules/families/families.hpp"
#include "modules/oidc/oidc.hpp"
#include "modules/oneroster/oneroster.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/people/people.hpp"
#include "modules/rollout/rollout.hpp"
#include "modules/roster/roster.hpp"
#include "modules/sms/sms.hpp"

#include <optional>
#include <string>
#include <vector>

namespace educard::cli {

/// Rosters move the counts of progress, and ask applications how far somebody is who is new to a roster.
class ProgressOfRoster final : public roster::RosterObserver {
public:
    explicit ProgressOfRoster(rollout::Rollout& rollout) : rollout_(rollout) {}
    void know(const applications::Applications& applications,
              const cards::Cards& cards,
              const people::People& people) {
        applications_ = &applications;
        cards_ = &cards;
        people_ = &people;
    }

    void moved(sql::Tx& tx,
               OrganisationId node,
               roster::Kind kind,
               std::optional<roster::Certification> from,
               std::optional<roster::Certification> to,
               std::int64_t count) override;
    roster::Certification entered(sql::Tx& tx,
                                  roster::EntryId entry,
                                  const Bytes& digest,
                                  roster::Kind kind,
                                  OrganisationId school) override;
    void left(sql::Tx& tx, const Bytes& digest, roster::Kind kind, OrganisationId school) override;
    void returned(sql::Tx& tx, const Bytes& digest, roster::Kind kind, OrganisationId school) override;
    std::vector<Bytes> documents_of_card(sql::Tx& tx, std::string_view card_number) override;

private:
    rollout::Rollout& rollout_;
    const applications::Applications* applications_ = nullptr;
    const cards::Cards* cards_ = nullptr;
    const people::People* people_ = nullptr;
};

class AccountsOfApplicants final : public applications::Accounts {
public:
    AccountsOfApplicants(const accounts::Accounts& accounts, const people::People& people)
        : accounts_(accounts), people_(people) {}

    std::optional<applications::Claim> find_claim(sql::Tx& tx, AccountId account) const override;
    std::optional<applications::Identity> identify(sql::Tx& tx, AccountId account) const override;
    bool has_consent(sql::Tx& tx, AccountId account, std::optional<Date> also_born) const override;
    std::string reveal_number(sql::Tx& tx, AccountId account) const override;
    std::vector<applications::CompetingClaim> competing(sql::Tx& tx,
                                                        const Bytes& digest,
                                                        AccountId except) const override;
    applications::Attachment attach(sql::Tx& tx, AccountId account, PersonId person) const override;
    std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const override;
    std::vector<AccountId> holders(sql::Tx& tx, Role role, OrganisationId organisation) const override;

private:
    const accounts::Accounts& accounts_;
    const people::People& people_;
};

class PeopleOfApplications final : public applications::People {
public:
    PeopleOfApplications(const people::People& people, const accounts::Accounts& accounts)
        : people_(people), accounts_(accounts) {}

    applications::FoundPerson find_or_create(sql::Tx& tx,
                                             const applications::NewPerson& person) const override;

private:
    const people::People& people_;
    const accounts::Accounts& accounts_;
};

class RosterOfApplications final : public applications::Roster {
public:
    explicit RosterOfApplications(const roster::Roster& roster) : roster_(roster) {}

    std::optional<applications::RosterEntry> find(sql::Tx& tx,
                                                  const Bytes& digest,
                                                  applications::Kind kind,
                                                  OrganisationId school) const override;
    std::optional<applications::RosterEntry> get(sql::Tx& tx, std::int64_t id) const override;
    std::optional<std::string> fingerprint(sql::Tx& tx, std::int64_t id) const override;
    void set_certification(sql::Tx& tx,
                           std::int64_t id,
                           applications::Certification certification,
                           PersonId person) const override;

private:
    const roster::Roster& roster_;
};

class FamiliesOfApplications final : public applications::Families {
public:
    FamiliesOfApplications(const accounts::Accounts& accounts,
                           const people::People& people,
                           const families::Families& families)
        : accounts_(accounts), people_(people), families_(families) {}

    bool is_guardian(sql::Tx& tx,
                     AccountId reviewer,
                     AccountId applicant,
                     const std::optional<Bytes>& digest) const override;

private:
    const accounts::Accounts& accounts_;
    const people::People& people_;
    const families::Families& families_;
};

class CardsOfApplications final : public applications::CardIssuer {
public:
    explicit CardsOfApplications(const cards::Cards& cards) : cards_(cards) {}
    std::string issue(sql::Tx& tx, PersonId person) const override { return cards_.issue(tx, person); }
    std::string issue_first(sql::Tx& tx, PersonId person) const override {
        return cards_.issue_first(tx, person);
    }
    void person_left(sql::Tx& tx, PersonId person) const override { cards_.person_left(tx, person); }
    void holder_changed(sql::Tx& tx, PersonId person) const override { cards_.holder_changed(tx, person); }

private:
    const cards::Cards& cards_;
};

class CardsOfAccounts final : public accounts::CardNumbers {
public:
    CardsOfAccounts(const cards::Cards& cards, const cards::Holders& holders)
        : cards_(cards), holders_(holders) {}
    std::optional<PersonId> find_holder(sql::Tx& tx, std::string_view card_number) const override {
        return cards_.find_holder(tx, card_number);
    }
    std::optional<accounts::CardPlace> find_place(sql::Tx& tx, std::string_view card_number) const override;

private:
    const cards::Cards& cards_;
    const cards::Holders& holders_;
};

/// What a card says of its holder: name from people, place and role from what was certified.
class HoldersOfCards final : public cards::Holders {
public:
    HoldersOfCards(const people::People& people,
                   const accounts::Accounts& accounts,
                   const organisations::Organisations& organisations,
                   const roster::Roster& roster,
                   const crypto::BlindIndex& blind_index)
        : people_(people),
          accounts_(accounts),
          organisations_(organisations),
          roster_(roster),
          blind_index_(blind_index) {}
    void know(const applications::Applications& applications) { applications_ = &applications; }

    std::optional<cards::Holder> find(sql::Tx& tx, PersonId person) const override;
    bool has_consent(sql::Tx& tx, PersonId person) const override;
    std::vector<PersonId> owners_of(sql::Tx& tx, std::string_view document_number) const override;
    std::optional<PersonId> in_roster(sql::Tx& tx, cards::RosterEntryId entry) const override;
    std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const override;

private:
    const people::People& people_;
    const accounts::Accounts& accounts_;
    const organisations::Organisations& organisations_;
    const roster::Roster& roster_;
    const crypto::BlindIndex& blind_index_;
    const applications::Applications* applications_ = nullptr;
};

class PeopleOfApps final : public oidc::People {
public:
    PeopleOfApps(const accounts::Accounts& accounts,
                 const people::People& people,
                 const cards::Holders& holders,
                 const cards::Cards& cards)
        : accounts_(accounts), people_(people), holders_(holders), cards_(cards) {}

    std::optional<oidc::Standing> find_standing(sql::Tx& tx, AccountId account) const override;
    std::optional<oidc::Person> find(sql::Tx& tx, AccountId account) const override;
    std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const override;
    bool hold_session(sql::Tx& tx, AccountId account, SessionId session) const override;

private:
    const accounts::Accounts& accounts_;
    const people::People& people_;
    const cards::Holders& holders_;
    const cards::Cards& cards_;
};

/// What guardians and schools may know of a child.
class ChildrenOfFamilies final : public families::Children {
public:
    struct Needs {
        const accounts::Accounts& accounts;
        const people::People& people;
        const organisations::Organisations& organisations;
        const roster::Roster& roster;
        const applications::Applications& applications;
        const cards::Holders& holders;
        const cards::Cards& cards;
    };
    explicit ChildrenOfFamilies(const Needs& needs) : needs_(needs) {}

    std::optional<families::Child> find(sql::Tx& tx, PersonId person) const override;
    families::Standing standing(sql::Tx& tx, const families::Child& child) const override;
    std::optional<std::string> path_of_entry(sql::Tx& tx, families::EntryId entry) const override;
    std::optional<PersonId> of_entry(sql::Tx& tx, families::EntryId entry) const override;
    std::optional<PersonId> of_card(sql::Tx& tx, std::string_view card_number) const override;
    std::optional<accounts::GuardianRelation> find_on_record(sql::Tx& tx,
                                                             const families::Child& child,
                                                             std::string_view guardian_name,
                                                             std::string_view phone) const override;

private:
    Needs needs_;
};

/// Until when the people of each are to be certified, as campaigns say; one look at the database for each
/// parent.
std::vector<std::optional<Date>> deadlines_of(sql::Tx& tx,
                                              const campaigns::Campaigns& campaigns,
                                              const organisations::Organisations& organisations,
                                              const std::vector<organisations::Organisation>& list);

}  // namespace educard::cli
