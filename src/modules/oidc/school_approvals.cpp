// Apps of others that a school lets its people enter (or a county, for all of its schools). A school answers
// for what its pupils and teachers use in class: an administrator looks at the app and says what for, and
// people are not asked one by one for what the app cannot do without. What it can do without stays theirs, or
// their guardians', to tell. When an approval is withdrawn, whoever had entered because of it alone is put
// out.

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/store_approvals.hpp"

#include <algorithm>

namespace educard::oidc {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxPurpose = 200;
constexpr std::size_t kMaxQuery = 50;
constexpr int kMostApprovals = 500;  // of one organisation
constexpr int kAtOnce = 200;
constexpr int kSettledAtOnce = 1'000;
constexpr auto kStragglers = 2min;  // longer than any code lives that was made before the withdrawal
static_assert(kStragglers > Oidc::kCodeLife);

/// What the audit says beside the app.
struct ApprovalOfAudit {
    OrganisationId organisation;
    std::string purpose;
};
BOOST_DESCRIBE_STRUCT(ApprovalOfAudit, (), (organisation, purpose))

struct Withdrawal {
    SchoolApprovalId approval;
    AppId app;
};
BOOST_DESCRIBE_STRUCT(Withdrawal, (), (approval, app))

/// Of "/32/3203/320302/", from below.
std::vector<OrganisationId> organisations_of(std::string_view path) {
    std::vector<OrganisationId> list;
    while (!path.empty()) {
        const auto end = path.find('/');
        if (const auto id = parse_id(path.substr(0, end))) {
            list.push_back(OrganisationId{*id});
        }
        path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    }
    std::ranges::reverse(list);
    return list;
}

std::string small_letters(std::string_view text) {
    std::string out(text);
    std::ranges::transform(
        out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// `given`: JSON, as it is kept.
bool covers(const std::string& given, const std::vector<Claim>& claims) {
    const auto known = json::decode<std::vector<Claim>>(given);
    return std::ranges::all_of(claims, [&](Claim claim) { return contains(known, claim); });
}

bool covers_all(const store::ApprovalRow& row, const std::vector<Claim>& essential) {
    return covers(row.claims, essential);
}

/// The nearest that covers these claims.
std::optional<store::ApprovalRow> find_covering(sql::Tx& tx,
                                                const App& app,
                                                const Person& person,
                                                const std::vector<Claim>& claims) {
    for (const auto organisation : organisations_of(person.path)) {
        auto row = store::find_approval(tx, organisation, app.id);
        if (row && covers_all(*row, claims)) {
            return row;
        }
    }
    return std::nullopt;
}

/// The nearest that covers what the app cannot do without.
std::optional<store::ApprovalRow> find_covering(sql::Tx& tx, const App& app, const Person& person) {
    return find_covering(tx, app, person, app.essential);
}

std::string check_purpose(const std::string& text) {
    auto purpose = tidy(text);
    if (purpose.empty() || count_characters(purpose) > kMaxPurpose) {
        throw Error::invalid("purpose", purpose.empty() ? "required" : "too_long");
    }
    return purpose;
}

}  // namespace

std::optional<std::vector<Claim>> Oidc::claims_of_school(sql::Tx& tx,
                                                         const App& app,
                                                         const Person& person,
                                                         const std::vector<Claim>& wanted) const {
    if (!find_covering(tx, app, person)) {
        return std::nullopt;
    }
    std::vector<Claim> claims;
    std::ranges::copy_if(
        wanted, std::back_inserter(claims), [&](Claim claim) { return contains(app.essential, claim); });
    return claims;
}

std::optional<std::vector<Claim>> Oidc::claims_of_school(sql::Tx& tx,
                                                         const App& app,
                                                         AccountId account,
                                                         const std::vector<Claim>& wanted) const {
    const auto person = parts_.people.find(tx, account);
    return person ? claims_of_school(tx, app, *person, wanted) : std::nullopt;
}

bool Oidc::has_own_ground(sql::Tx& tx, const App& app, AccountId account) const {
    const auto standing = parts_.people.find_standing(tx, account);
    if (standing && standing->is_child) {
        const auto person = parts_.people.find(tx, account);
        const auto allowance = store::find_allowance(tx, account, app.id);
        return (allowance && covers(allowance->claims, app.essential)) ||
               (person && may_enter(tx, app, *person));
    }
    const auto consent = store::find_consent(tx, account, app.id);
    return consent && covers(consent->claims, app.essential);
}

bool Oidc::rests_on_school(sql::Tx& tx,
                           const App& app,
                           AccountId account,
                           const std::vector<Claim>& claims,
                           const std::vector<Claim>& allowed,
                           bool of_child) const {
    const auto person = parts_.people.find(tx, account);
    const bool is_own = person && of_child && may_enter(tx, app, *person);
    const auto approval = person && !is_own ? find_covering(tx, app, *person) : std::nullopt;
    const bool all = std::ranges::all_of(
        claims, [&](Claim claim) { return contains(app.essential, claim) || contains(allowed, claim); });
    if (!all || (!is_own && !approval)) {
        return false;
    }
    if (approval) {
        store::put_entry(tx, approval->id, account);
    }
    return true;
}

SchoolApproval Oidc::view_of_approval(sql::Tx& tx,
                                      const store::ApprovalRow& row,
                                      std::string_view path) const {
    const auto app = find_app(tx, row.app_id).value();
    const auto organisation = parts_.organisations.get(tx, row.organisation_id);
    return {.id = row.id,
            .app = view_of(tx, app),
            .organisation_id = row.organisation_id,
            .organisation = organisation.name,
            .purpose = row.purpose,
            .claims = json::decode<std::vector<Claim>>(row.claims),
            .approved_by = parts_.people.name_of(tx, row.approved_by),
            .approved_at = row.approved_at,
            .from_above = organisation.path != path,
            .asks_for_more = !covers_all(row, app.essential)};
}

std::vector<SchoolApproval> Oidc::school_approvals(sql::Tx& tx,
                                                   const Caller& caller,
                                                   OrganisationId organisation) const {
    const auto school = parts_.organisations.get(tx, organisation);
    require_scope(caller, school.path, kAdministrators);
    std::vector<SchoolApproval> list;
    for (const auto id : organisations_of(school.path)) {
        for (const auto& row : store::approvals_of(tx, id, kMostApprovals)) {
            list.push_back(view_of_approval(tx, row, school.path));
        }
    }
    return list;
}

std::vector<SchoolApproval> Oidc::own_school_approvals(sql::Tx& tx, const Caller& caller) const {
    std::vector<SchoolApproval> list;
    const auto person = parts_.people.find(tx, caller.account);
    if (!person) {
        return list;
    }
    for (const auto id : organisations_of(person->path)) {
        for (const auto& row : store::approvals_of(tx, id, kMostApprovals)) {
            const auto app = find_app(tx, row.app_id);
            if (app && app->state == AppState::active && covers_all(row, app->essential)) {
                auto view = view_of_approval(tx, row, person->path);
                view.approved_by = std::nullopt;  // the school answers, not somebody there
                list.push_back(std::move(view));
            }
        }
    }
    const auto standing = parts_.people.find_standing(tx, caller.account);
    if (!standing || !standing->is_child) {
        return list;
    }
    for (const auto& entered : store::entered(tx, caller.account)) {
        const auto app = find_app(tx, entered.app_id);
        const bool is_listed = std::ranges::any_of(
            list, [&](const SchoolApproval& one) { return one.app.id == entered.app_id; });
        if (app && app->state == AppState::active && !is_listed && may_enter(tx, *app, *person)) {
            const auto view = view_of(tx, *app);
            list.push_back({.id = SchoolApprovalId{app->id.value},
                            .app = view,
                            .organisation_id = app->organisation_id,
                            .organisation = view.organisation,
                            .purpose = app->purpose,
                            .claims = app->essential,
                            .approved_by = std::nullopt,
                            .approved_at = entered.first_at,
                            .from_above = false,
                            .asks_for_more = false});
        }
    }
    return list;
}

SchoolAppCandidates Oidc::search_for_school(sql::Tx& tx,
                                            const Caller& caller,
                                            OrganisationId organisation,
                                            const std::string& query,
                                            AppId cursor,
                                            int limit) const {
    const auto school = parts_.organisations.get(tx, organisation);
    require_scope(caller, school.path, kAdministrators);
    const auto part = small_letters(tidy(query));
    if (count_characters(part) > kMaxQuery) {
        throw Error::invalid("query", "too_long");
    }
    SchoolAppCandidates found;
    for (const auto& row : store::search_apps(tx, part, cursor, limit)) {
        const auto app = app_of(row);
        const auto above = organisations_of(school.path);
        const bool approved = std::ranges::any_of(above, [&](OrganisationId one) {
            const auto approval = store::find_approval(tx, one, app.id);
            return approval && covers_all(*approval, app.essential);
        });
        const auto owner = parts_.organisations.get(tx, app.organisation_id).path;
        found.items.push_back({.app = view_of(tx, app),
                               .essential = app.essential,
                               .voluntary = app.voluntary,
                               .standing = is_within(school.path, owner) ? Approvable::own
                                           : approved                    ? Approvable::approved
                                                                         : Approvable::open});
    }
    if (std::cmp_equal(found.items.size(), limit)) {
        found.next = found.items.back().app.id;
    }
    return found;
}

SchoolApproval Oidc::approve_for_school(sql::Tx& tx,
                                        const Caller& caller,
                                        const ApproveForSchool& input) const {
    const auto purpose = check_purpose(input.purpose);
    const auto school = parts_.organisations.get(tx, input.organisation_id);
    require_scope(caller, school.path, kAdministrators);
    const bool may_answer = school.kind == organisations::Kind::school ||
                            school.kind == organisations::Kind::county ||
                            school.kind == organisations::Kind::unit;
    if (!may_answer || school.valid_to) {
        throw Error(Fault::conflict, "oidc.not_a_school");
    }
    const auto app = find_app(tx, input.app_id);
    if (!app || app->state != AppState::active || app->testing) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    if (is_within(school.path, parts_.organisations.get(tx, app->organisation_id).path)) {
        throw Error(Fault::conflict, "oidc.own_app");
    }
    store::ApprovalRow row{.id = parts_.ids.next<SchoolApprovalId>(),
                           .organisation_id = school.id,
                           .app_id = app->id,
                           .purpose = purpose,
                           .claims = json::encode(app->essential),
                           .approved_by = caller.account,
                           .approved_at = parts_.clock.now()};
    if (!store::insert_approval(tx, row)) {
        const auto present = store::find_approval(tx, school.id, app->id);
        if (!present || present->claims == row.claims) {
            throw Error(Fault::conflict, "oidc.approved_already");
        }
        row.id = present->id;
        if (!store::renew_approval(tx, row, present->claims)) {
            throw Error(Fault::conflict, "oidc.approved_already");
        }
    }
    parts_.audit.record(
        tx,
        caller,
        AuditEntry{.action = "oidc.approved_for_school",
                   .organisation_path = school.path,
                   .subject_kind = "app",
                   .subject = std::to_string(app->id.value),
                   .details = json::encode(ApprovalOfAudit{.organisation = school.id, .purpose = purpose})});
    return view_of_approval(tx, row, school.path);
}

void Oidc::withdraw_from_school(sql::Tx& tx, const Caller& caller, SchoolApprovalId id) const {
    const auto row = store::find_approval(tx, id);
    const auto school = row ? parts_.organisations.find(tx, row->organisation_id) : std::nullopt;
    if (!school || !may_act(caller, school->path, kAdministrators) ||
        !store::withdraw_approval(tx, id, caller.account, parts_.clock.now())) {
        throw Error(Fault::not_found, "oidc.approval_unknown");
    }
    parts_.outbox.put(tx, kApprovalWithdrawn, json::encode(Withdrawal{.approval = id, .app = row->app_id}));
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = "oidc.withdrawn_from_school",
                                   .organisation_path = school->path,
                                   .subject_kind = "app",
                                   .subject = std::to_string(row->app_id.value),
                                   .details = json::encode(ApprovalOfAudit{.organisation = school->id,
                                                                           .purpose = row->purpose})});
}

/// Somebody who had entered: unless they agreed since, or another approval covers them, they are out.
void Oidc::end_entry(sql::Tx& tx, const App& app, AccountId account) const {
    if (has_own_ground(tx, app, account)) {
        return;
    }
    const auto person = parts_.people.find(tx, account);
    if (const auto other = person ? find_covering(tx, app, *person) : std::nullopt) {
        store::put_entry(tx, other->id, account);
        return;
    }
    end_consent(tx, account, app.id);
}

bool Oidc::is_let_in(sql::Tx& tx, const App& app, AccountId account, const std::vector<Claim>& claims) const {
    const auto standing = parts_.people.find_standing(tx, account);
    const bool is_child = standing && standing->is_child;
    std::vector<Claim> needed;
    std::ranges::copy_if(
        claims, std::back_inserter(needed), [&](Claim claim) { return contains(app.essential, claim); });
    const auto allowance = is_child ? store::find_allowance(tx, account, app.id) : std::nullopt;
    const auto consent = is_child ? std::nullopt : store::find_consent(tx, account, app.id);
    if ((allowance && covers(allowance->claims, needed)) || (consent && covers(consent->claims, needed))) {
        return true;
    }
    const auto person = parts_.people.find(tx, account);
    return person &&
           ((is_child && may_enter(tx, app, *person)) || find_covering(tx, app, *person, claims).has_value());
}

void Oidc::end_entries(const OutboxItem& item) const {
    const auto withdrawal = json::decode<Withdrawal>(item.payload);
    std::vector<AccountId> ended;
    AccountId cursor;
    do {
        // May run again from the start: the place moves on only once it is done.
        ended = parts_.database.write([&](sql::Tx& tx) {
            const auto app = find_app(tx, withdrawal.app);
            auto accounts = store::entries_of(tx, withdrawal.approval, cursor, kAtOnce);
            for (const auto account : accounts) {
                if (app) {
                    end_entry(tx, *app, account);
                }
            }
            return accounts;
        });
        cursor = ended.empty() ? cursor : ended.back();
    } while (std::cmp_equal(ended.size(), kAtOnce));
}

void Oidc::sweep_school_approvals(sql::Tx& tx) const {
    const auto now = parts_.clock.now();
    const auto row = store::find_unsettled(tx, now - kStragglers);
    const auto app = row ? find_app(tx, row->app_id) : std::nullopt;
    if (!app) {
        return;
    }
    const auto accounts = store::entries_of(tx, row->id, AccountId{}, kSettledAtOnce);
    for (const auto account : accounts) {
        end_entry(tx, *app, account);
        store::remove_entry(tx, row->id, account);
    }
    if (std::cmp_less(accounts.size(), kSettledAtOnce)) {
        store::settle_approval(tx, row->id, now);
    }
}

}  // namespace educard::oidc
