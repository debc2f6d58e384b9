#include "cli/wiring.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/same.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace educard::cli {

namespace {

/// How a roster's words for a relation are filed; whatever is not known is a guardian.
std::optional<applications::Relation> relation_of(const std::string& words) {
    using enum applications::Relation;
    constexpr std::array<std::pair<std::string_view, applications::Relation>, 12> kWords = {
        {{"父亲", father},
         {"父", father},
         {"爸爸", father},
         {"母亲", mother},
         {"母", mother},
         {"妈妈", mother},
         {"祖父", grandparent},
         {"祖母", grandparent},
         {"外祖父", grandparent},
         {"外祖母", grandparent},
         {"爷爷", grandparent},
         {"奶奶", grandparent}}};
    if (words.empty()) {
        return std::nullopt;
    }
    const auto* found =
        std::ranges::find(kWords, words, &std::pair<std::string_view, applications::Relation>::first);
    return found == kWords.end() ? guardian : found->second;
}

applications::RosterEntry entry_of(const roster::Entry& entry) {
    applications::RosterEntry out;
    out.id = entry.id.value;
    out.kind = same<applications::Kind>(entry.kind);
    out.school_id = entry.school_id;
    out.class_id = entry.class_id;
    out.name = entry.name;
    out.gender = entry.gender;
    out.birth_date = entry.birth_date;
    out.entry_year = entry.entry_year;
    for (const auto& guardian : entry.guardians) {
        out.guardians.push_back(applications::Guardian{.name = guardian.name,
                                                       .relation = relation_of(guardian.relation),
                                                       .phone = guardian.phone,
                                                       .document = std::nullopt});
    }
    out.subjects = entry.subjects;
    out.appointed_on = entry.appointed_on;
    out.fingerprint = entry.fingerprint;
    return out;
}

std::string mask_name(std::string_view user_name) {
    if (user_name.size() < 4) {
        return "***";
    }
    return std::string(user_name.substr(0, 2)) + "***" + std::string(user_name.substr(user_name.size() - 1));
}

}  // namespace

void ProgressOfRoster::moved(sql::Tx& tx,
                             OrganisationId node,
                             roster::Kind kind,
                             std::optional<roster::Certification> from,
                             std::optional<roster::Certification> to,
                             std::int64_t count) {
    rollout_.moved(tx,
                   node,
                   same<rollout::Kind>(kind),
                   same<rollout::Certification>(from),
                   same<rollout::Certification>(to),
                   count);
}

roster::Certification ProgressOfRoster::entered(
    sql::Tx& tx, roster::EntryId entry, const Bytes& digest, roster::Kind kind, OrganisationId school) {
    return same<roster::Certification>(applications_->entered_roster(
        tx,
        {.entry = entry.value, .digest = digest, .kind = same<applications::Kind>(kind), .school = school}));
}

void ProgressOfRoster::left(sql::Tx& tx, const Bytes& digest, roster::Kind kind, OrganisationId school) {
    applications_->left_school(tx, digest, same<applications::Kind>(kind), school);
}

void ProgressOfRoster::returned(sql::Tx& tx, const Bytes& digest, roster::Kind kind, OrganisationId school) {
    applications_->returned_to_school(tx, digest, same<applications::Kind>(kind), school);
}

std::vector<Bytes> ProgressOfRoster::documents_of_card(sql::Tx& tx, std::string_view card_number) {
    const auto person = cards_->find_holder(tx, card_number);
    return person ? people_->documents_of(tx, *person) : std::vector<Bytes>();
}

std::optional<applications::Claim> AccountsOfApplicants::find_claim(sql::Tx& tx, AccountId account) const {
    const auto owner = accounts_.find(tx, account);
    const auto claim = accounts_.find_claim(tx, account);
    if (!owner || !claim) {
        return std::nullopt;
    }
    applications::Claim out;
    out.digest = claim->digest;
    out.document_kind = claim->document.kind;
    out.mask = people::mask(claim->document.number);
    out.name = owner->name;
    out.birth_date = owner->birth_date;
    if (people::bears_citizen_number(claim->document.kind)) {
        const auto number =
            people::parse_national_id(claim->document.number, date_in_china(accounts_.clock().now()));
        out.gender = number ? number->gender : people::Gender::unknown;
    }
    out.person_id = owner->person_id;
    return out;
}

std::optional<applications::Identity> AccountsOfApplicants::identify(sql::Tx& tx, AccountId account) const {
    auto found = accounts_.identify(tx, account);
    if (!found) {
        return std::nullopt;
    }
    return applications::Identity{
        .name = std::move(found->name), .phone = std::move(found->phone), .digest = std::move(found->digest)};
}

bool AccountsOfApplicants::has_consent(sql::Tx& tx, AccountId account, std::optional<Date> also_born) const {
    return accounts_.missing_consents(tx, account, also_born).empty();
}

std::string AccountsOfApplicants::reveal_number(sql::Tx& tx, AccountId account) const {
    const auto claim = accounts_.find_claim(tx, account);
    return claim ? claim->document.number : "";
}

std::vector<applications::CompetingClaim> AccountsOfApplicants::competing(sql::Tx& tx,
                                                                          const Bytes& digest,
                                                                          AccountId except) const {
    const auto owner = people_.find_owner(tx, digest);
    std::vector<applications::CompetingClaim> out;
    for (const auto& account : accounts_.claimants(tx, digest)) {
        if (account.id != except) {
            out.push_back(applications::CompetingClaim{.account_mask = mask_name(account.user_name),
                                                       .claimed_at = account.created_at,
                                                       .certified = owner && account.person_id == owner});
        }
    }
    return out;
}

applications::Attachment AccountsOfApplicants::attach(sql::Tx& tx, AccountId account, PersonId person) const {
    if (accounts_.bind_person(tx, account, person)) {
        return applications::Attachment::done;
    }
    const auto owner = accounts_.find(tx, account);
    return owner && owner->person_id && *owner->person_id != person
               ? applications::Attachment::account_is_someone_else
               : applications::Attachment::person_has_account;
}

std::optional<std::string> AccountsOfApplicants::name_of(sql::Tx& tx, AccountId account) const {
    const auto found = accounts_.find(tx, account);
    return found ? std::optional(found->name) : std::nullopt;
}

std::vector<AccountId> AccountsOfApplicants::holders(sql::Tx& tx,
                                                     Role role,
                                                     OrganisationId organisation) const {
    std::vector<AccountId> out;
    for (const auto& appointment : accounts_.holders(tx, organisation, role)) {
        out.push_back(appointment.account_id);
    }
    return out;
}

applications::FoundPerson PeopleOfApplications::find_or_create(sql::Tx& tx,
                                                               const applications::NewPerson& person) const {
    const auto claim = accounts_.find_claim(tx, person.account);
    const people::NewPerson made{.digest = person.digest,
                                 .document_kind = person.document_kind,
                                 .number = claim ? std::optional(claim->document.number) : std::nullopt,
                                 .name = person.name,
                                 .gender = person.gender,
                                 .birth_date = person.birth_date};
    const auto found = people_.find_or_create(tx, made);
    return {.id = found.person, .made = found.origin == people::Origin::created};
}

std::optional<applications::RosterEntry> RosterOfApplications::find(sql::Tx& tx,
                                                                    const Bytes& digest,
                                                                    applications::Kind kind,
                                                                    OrganisationId school) const {
    const auto entry = roster_.find(tx, digest, same<roster::Kind>(kind), school);
    return entry ? std::optional(entry_of(*entry)) : std::nullopt;
}

std::optional<applications::RosterEntry> RosterOfApplications::get(sql::Tx& tx, std::int64_t id) const {
    const auto entry = roster_.find(tx, roster::EntryId{id});
    return entry ? std::optional(entry_of(*entry)) : std::nullopt;
}

std::optional<std::string> RosterOfApplications::fingerprint(sql::Tx& tx, std::int64_t id) const {
    return roster_.fingerprint(tx, roster::EntryId{id});
}

void RosterOfApplications::set_certification(sql::Tx& tx,
                                             std::int64_t id,
                                             applications::Certification certification,
                                             PersonId /*person*/) const {
    roster_.set_certification(tx, roster::EntryId{id}, same<roster::Certification>(certification));
}

bool HoldersOfCards::has_consent(sql::Tx& tx, PersonId person) const {
    const auto account = accounts_.account_of(tx, person);
    return !account || accounts_.missing_consents(tx, *account).empty();
}

std::vector<PersonId> HoldersOfCards::owners_of(sql::Tx& tx, std::string_view document_number) const {
    std::vector<PersonId> owners;
    for (const auto& digest : people::digests_of(blind_index_, document_number)) {
        if (const auto owner = people_.find_owner(tx, digest)) {
            owners.push_back(*owner);
        }
    }
    return owners;
}

std::optional<PersonId> HoldersOfCards::in_roster(sql::Tx& tx, cards::RosterEntryId entry) const {
    const auto digest = roster_.find_digest(tx, roster::EntryId{entry.value});
    return digest ? people_.find_owner(tx, *digest) : std::nullopt;
}

std::optional<std::string> HoldersOfCards::name_of(sql::Tx& tx, AccountId account) const {
    const auto found = accounts_.find(tx, account);
    return found ? std::optional(found->name) : std::nullopt;
}

std::optional<accounts::CardPlace> CardsOfAccounts::find_place(sql::Tx& tx,
                                                               std::string_view card_number) const {
    const auto person = cards_.find_holder(tx, card_number);
    const auto holder = person ? holders_.find(tx, *person) : std::nullopt;
    if (!holder) {
        return std::nullopt;
    }
    return accounts::CardPlace{
        .person = *person, .path = holder->path, .learns = holder->role == cards::HolderRole::student};
}

std::optional<cards::Holder> HoldersOfCards::find(sql::Tx& tx, PersonId person) const {
    const auto today = organisations_.today();
    auto places = applications_->affiliations_of(tx, person);
    std::erase_if(places, [&](const applications::Affiliation& place) {
        return place.ends_on && *place.ends_on <= today;
    });
    const auto record = people_.find(tx, person);
    if (places.empty() || !record) {
        return std::nullopt;
    }
    // Who teaches and still learns shows the teacher ID; among equals the newest place counts.
    const auto& place = *std::ranges::max_element(places, {}, [](const applications::Affiliation& one) {
        return std::pair(one.kind != applications::Kind::student, std::chrono::sys_days(one.starts_on));
    });
    const auto school = organisations_.get(tx, place.school_id);
    cards::Holder holder;
    holder.name = record->name;
    holder.role = same<cards::HolderRole>(place.kind);
    holder.school = school.name;
    holder.school_code = school.school_code.value_or("");
    holder.path = school.path;
    holder.entry_year = place.entry_year;
    if (place.class_id) {
        const auto school_class = organisations_.get(tx, *place.class_id);
        holder.class_name = organisations::display_name(school_class, today);
        holder.path = school_class.path;
        if (school_class.stage && place.kind == applications::Kind::student) {
            holder.stage = boost::describe::enum_to_string(*school_class.stage, "");
        }
    }
    return holder;
}

std::optional<oidc::Standing> PeopleOfApps::find_standing(sql::Tx& tx, AccountId account) const {
    const auto owner = accounts_.find(tx, account);
    return owner && owner->person_id
               ? std::optional(oidc::Standing{.is_child = accounts_.needs_guardian(*owner)})
               : std::nullopt;
}

std::optional<oidc::Person> PeopleOfApps::find(sql::Tx& tx, AccountId account) const {
    const auto owner = accounts_.find(tx, account);
    const auto record = owner && owner->person_id ? people_.find(tx, *owner->person_id) : std::nullopt;
    if (!record) {
        return std::nullopt;
    }
    oidc::Person person;
    person.id = *owner->person_id;
    person.name = record->name;
    person.card_number = cards_.find_number(tx, person.id);
    if (const auto holder = holders_.find(tx, person.id)) {
        person.role = boost::describe::enum_to_string(holder->role, "");
        person.stage = holder->stage;
        person.school = holder->school;
        person.school_code = holder->school_code;
        person.class_name = holder->class_name;
        person.path = holder->path;
    }
    return person;
}

std::optional<std::string> PeopleOfApps::name_of(sql::Tx& tx, AccountId account) const {
    const auto found = accounts_.find(tx, account);
    return found ? std::optional(found->name) : std::nullopt;
}

std::optional<families::Child> ChildrenOfFamilies::find(sql::Tx& tx, PersonId person) const {
    const auto record = needs_.people.find(tx, person);
    if (!record) {
        return std::nullopt;
    }
    families::Child child;
    child.person = person;
    child.name = record->name;
    child.birth_date = record->birth_date;
    child.account = needs_.accounts.account_of(tx, person);
    if (const auto account = child.account ? needs_.accounts.find(tx, *child.account) : std::nullopt) {
        child.below_age_of_consent = needs_.accounts.needs_guardian(*account);
        child.birth_date = child.birth_date ? child.birth_date : account->birth_date;
    }
    child.card_number = needs_.cards.find_number(tx, person);
    const auto holder = needs_.holders.find(tx, person);
    if (!holder || holder->role != cards::HolderRole::student) {
        return child;
    }
    const auto today = needs_.organisations.today();
    for (const auto& place : needs_.applications.affiliations_of(tx, person)) {
        const auto node = place.class_id.value_or(place.school_id);
        if (place.kind == applications::Kind::student && !(place.ends_on && *place.ends_on <= today) &&
            needs_.organisations.get(tx, node).path == holder->path) {
            child.learns = true;
            child.school_id = place.school_id;
        }
    }
    if (child.learns) {
        child.path = holder->path;
        child.school = holder->school;
        child.class_name = holder->class_name;
    }
    return child;
}

families::Standing ChildrenOfFamilies::standing(sql::Tx& tx, const families::Child& child) const {
    families::Standing out;
    if (child.card_number) {
        Caller holder;
        holder.person = child.person;
        holder.account = child.account.value_or(AccountId{});
        const auto card = needs_.cards.card(tx, holder);
        out.card_state = boost::describe::enum_to_string(card.state, "");
        if (card.reason) {
            out.card_reason = boost::describe::enum_to_string(*card.reason, "");
        }
    }
    if (child.account) {
        Caller applicant;
        applicant.account = *child.account;
        applicant.person = child.person;
        const auto mine = needs_.applications.mine(tx, applicant);
        if (!mine.empty()) {
            out.application_state = boost::describe::enum_to_string(mine.front().state, "");
            out.application_reason = mine.front().reason;
        }
    }
    return out;
}

std::optional<std::string> ChildrenOfFamilies::path_of_entry(sql::Tx& tx, families::EntryId id) const {
    const auto entry = needs_.roster.find(tx, roster::EntryId{id.value});
    if (!entry || entry->state != roster::EntryState::active || entry->kind != roster::Kind::student) {
        return std::nullopt;
    }
    return needs_.organisations.get(tx, entry->class_id.value_or(entry->school_id)).path;
}

std::optional<PersonId> ChildrenOfFamilies::of_entry(sql::Tx& tx, families::EntryId id) const {
    const auto digest = needs_.roster.find_digest(tx, roster::EntryId{id.value});
    return digest ? needs_.people.find_owner(tx, *digest) : std::nullopt;
}

std::optional<PersonId> ChildrenOfFamilies::of_card(sql::Tx& tx, std::string_view card_number) const {
    return needs_.cards.find_holder(tx, card_number);
}

std::optional<accounts::GuardianRelation> ChildrenOfFamilies::find_on_record(sql::Tx& tx,
                                                                             const families::Child& child,
                                                                             std::string_view guardian_name,
                                                                             std::string_view phone) const {
    const auto wanted = applications::normalise_phone(phone);
    if (!wanted || !child.learns) {
        return std::nullopt;
    }
    for (const auto& digest : needs_.people.documents_of(tx, child.person)) {
        const auto entry = needs_.roster.find(tx, digest, roster::Kind::student, child.school_id);
        if (!entry || entry->school_id != child.school_id) {
            continue;
        }
        for (const auto& guardian : entry->guardians) {
            if (applications::normalise_phone(guardian.phone) == wanted &&
                name_key(guardian.name) == name_key(guardian_name)) {
                switch (relation_of(guardian.relation).value_or(applications::Relation::guardian)) {
                    case applications::Relation::father:
                        return accounts::GuardianRelation::father;
                    case applications::Relation::mother:
                        return accounts::GuardianRelation::mother;
                    case applications::Relation::grandparent:
                        return accounts::GuardianRelation::grandparent;
                    case applications::Relation::other_relative:
                    case applications::Relation::guardian:
                        return accounts::GuardianRelation::other;
                }
            }
        }
    }
    return std::nullopt;
}

bool FamiliesOfApplications::is_guardian(sql::Tx& tx,
                                         AccountId reviewer,
                                         AccountId applicant,
                                         const std::optional<Bytes>& digest) const {
    // Only who is certified has guardians here: under that very account, or with the same document under
    // another one.
    const auto account = accounts_.find(tx, applicant);
    auto child = account ? account->person_id : std::nullopt;
    if (!child && digest) {
        child = people_.find_owner(tx, *digest);
    }
    return child && families_.is_guardian_of(tx, *child, reviewer);
}

bool PeopleOfApps::hold_session(sql::Tx& tx, AccountId account, SessionId session) const {
    return accounts_.hold_session(tx, account, session);
}

std::vector<std::optional<Date>> deadlines_of(sql::Tx& tx,
                                              const campaigns::Campaigns& campaigns,
                                              const organisations::Organisations& organisations,
                                              const std::vector<organisations::Organisation>& list) {
    std::map<OrganisationId, campaigns::ChildDeadlines> by_parent;
    std::vector<std::optional<Date>> days;
    days.reserve(list.size());
    for (const auto& organisation : list) {
        if (!organisation.parent_id || list.size() == 1) {
            days.push_back(campaigns.deadline(tx, organisation));
            continue;
        }
        auto known = by_parent.find(*organisation.parent_id);
        if (known == by_parent.end()) {
            const auto parent = organisations.get(tx, *organisation.parent_id);
            known = by_parent.emplace(parent.id, campaigns.deadlines_of_children(tx, parent)).first;
        }
        days.push_back(known->second.of(organisation));
    }
    return days;
}

}  // namespace educard::cli
