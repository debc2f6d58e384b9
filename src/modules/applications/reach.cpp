#include "modules/applications/reach.hpp"

#include "crypto/blind_index.hpp"
#include "modules/applications/view.hpp"

#include <algorithm>

namespace educard::applications {

namespace {

constexpr int kMaxDelegations = 50;

/// The id at that depth of "/32/3203/320302/": 0 is the province.
OrganisationId id_at(std::string_view path, int depth) {
    std::size_t begin = 1;
    for (int level = 0; level < depth; ++level) {
        begin = path.find('/', begin) + 1;
    }
    return OrganisationId{parse_id(path.substr(begin, path.find('/', begin) - begin)).value_or(0)};
}

}  // namespace

int depth_of(std::string_view path) {
    return static_cast<int>(std::ranges::count(path, '/')) - 2;
}

std::vector<Office> offices_of(const Caller& caller) {
    std::vector<Office> offices;
    for (const auto& grant : caller.grants) {
        offices.push_back(Office{.role = grant.role, .organisation = grant.organisation});
    }
    return offices;
}

Caller caller_of(sql::Tx& tx, const Needs& needs, AccountId account, const std::vector<Office>& offices) {
    Caller caller;
    caller.account = account;
    for (const auto& office : offices) {
        const auto holders = needs.accounts.holders(tx, office.role, office.organisation);
        const auto organisation = needs.organisations.find(tx, office.organisation);
        if (organisation && std::ranges::find(holders, account) != holders.end()) {
            caller.grants.push_back(
                Grant{.role = office.role, .organisation = office.organisation, .path = organisation->path});
        }
    }
    return caller;
}

std::vector<Reach> own_reaches(const Caller& caller) {
    std::vector<Reach> reaches;
    for (const auto& grant : caller.grants) {
        reaches.push_back(Reach{.role = grant.role,
                                .organisation = grant.organisation,
                                .path = grant.path,
                                .depth = depth_of(grant.path),
                                .on_behalf_of = std::nullopt,
                                .reads_only = grant.reads_only});
    }
    return reaches;
}

std::vector<Reach> delegated_reaches(sql::Tx& tx, const Needs& needs, const Caller& caller) {
    std::vector<Reach> reaches;
    const auto today = to_text(date_in_china(needs.clock.now()));
    for (const auto& row : store::delegations_to(tx, caller.account, today, kMaxDelegations)) {
        const auto holders = needs.accounts.holders(tx, row.role, row.organisation_id);
        if (std::ranges::find(holders, row.from_account) == holders.end()) {
            continue;
        }
        const auto organisation = needs.organisations.find(tx, row.organisation_id);
        if (!organisation) {
            continue;
        }
        Reach reach{.role = row.role,
                    .organisation = row.organisation_id,
                    .path = organisation->path,
                    .depth = organisation->depth,
                    .on_behalf_of = row.from_account};
        if (may_stand_in(tx, needs, reach, caller.account)) {
            reaches.push_back(std::move(reach));
        }
    }
    return reaches;
}

std::vector<Reach> all_reaches(sql::Tx& tx, const Needs& needs, const Caller& caller) {
    auto reaches = own_reaches(caller);
    auto more = delegated_reaches(tx, needs, caller);
    std::ranges::move(more, std::back_inserter(reaches));
    return reaches;
}

bool covers(const Reach& reach, const store::Record& record) {
    const bool kind_fits = reach.role != Role::class_teacher || record.kind == Kind::student;
    return kind_fits && record.path && is_within(*record.path, reach.path);
}

Time turn_begins(const Reach& reach, const store::Record& record, const Settings& settings) {
    const int steps = std::max(0, record.base_depth.value_or(0) - reach.depth);
    return record.submitted_at.value_or(Time{}) + std::chrono::days(settings.escalation_days) * steps;
}

std::optional<Turn> turn_of(sql::Tx& tx,
                            const Needs& needs,
                            const Settings& settings,
                            const store::Record& record) {
    if (record.state != State::submitted || !record.path || !record.submitted_at || !record.base_depth) {
        return std::nullopt;
    }
    const auto step = std::chrono::days(settings.escalation_days);
    const auto passed = (needs.clock.now() - *record.submitted_at) / step;
    const int steps = static_cast<int>(std::clamp<std::int64_t>(passed, 0, *record.base_depth));
    const auto organisation = needs.organisations.find(tx, id_at(*record.path, *record.base_depth - steps));
    if (!organisation) {
        return std::nullopt;
    }
    const auto since = *record.submitted_at + step * steps;
    return Turn{.role = role_over(organisation->kind),
                .organisation_id = organisation->id,
                .organisation = display_name(*organisation, needs.organisations.today()),
                .since = since,
                .due_at = steps < *record.base_depth ? std::optional<Time>(since + step) : std::nullopt};
}

Marks marks_of(sql::Tx& tx, const Needs& needs, AccountId reviewer) {
    Marks marks{.account = reviewer, .document = {}, .phone = {}};
    const auto known = needs.accounts.identify(tx, reviewer).value_or(Identity());
    marks.document = known.digest.value_or(Bytes());
    if (const auto phone = normalise_phone(known.phone.value_or(""))) {
        marks.phone = needs.blind_index.of("phone", *phone);
    }
    marks.name = name_key(known.name);
    return marks;
}

std::vector<Marks> marks_around(sql::Tx& tx,
                                const Needs& needs,
                                AccountId reviewer,
                                std::span<const Reach> reaches) {
    std::vector<Marks> all{marks_of(tx, needs, reviewer)};
    for (const auto& reach : reaches) {
        if (reach.on_behalf_of) {
            all.push_back(marks_of(tx, needs, *reach.on_behalf_of));
        }
    }
    return all;
}

bool concerns(sql::Tx& tx, const Needs& needs, const Marks& reviewer, const store::Record& record) {
    if (reviewer.account == record.account_id) {
        return true;
    }
    if (!reviewer.document.empty() && record.digest == reviewer.document) {
        return true;  // the same number under another account
    }
    if (record.kind != Kind::student) {
        return false;
    }
    return store::has_mark(tx, record.id, reviewer.document, reviewer.phone) ||
           (needs.families != nullptr &&
            needs.families->is_guardian(tx, reviewer.account, record.account_id, record.digest));
}

bool concerns(sql::Tx& tx, const Needs& needs, AccountId reviewer, const store::Record& record) {
    return concerns(tx, needs, marks_of(tx, needs, reviewer), record);
}

bool concerns_any(sql::Tx& tx,
                  const Needs& needs,
                  const std::vector<Marks>& reviewers,
                  const store::Record& record) {
    return std::ranges::any_of(reviewers,
                               [&](const Marks& reviewer) { return concerns(tx, needs, reviewer, record); });
}

bool is_guardians_name(const Needs& needs, const std::vector<Marks>& reviewers, const store::Record& record) {
    if (record.kind != Kind::student) {
        return false;
    }
    const auto guardians = profile_of(needs, record).guardians.value_or(std::vector<Guardian>());
    return std::ranges::any_of(guardians, [&](const Guardian& guardian) {
        const auto name = name_key(guardian.name.value_or(""));
        return !name.empty() && std::ranges::find(reviewers, name, &Marks::name) != reviewers.end();
    });
}

}  // namespace educard::applications
