// Handing in, and the review by the city or the province.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/portal/found.hpp"

#include <set>

namespace educard::portal {

namespace {

constexpr std::size_t kMaxReason = 500;

std::string check_reason(const std::optional<std::string>& given) {
    const auto reason = tidy(given.value_or(""));
    if (reason.empty()) {
        throw Error::invalid("reason", "required");
    }
    if (count_characters(reason) > kMaxReason) {
        throw Error::invalid("reason", "too_long");
    }
    return reason;
}

void put(sql::Tx& tx, store::Listing& listing) {
    ++listing.version;
    if (!store::put_listing(tx, listing)) {
        throw Error(Fault::conflict, "portal.changed_meanwhile");
    }
}

}  // namespace

void Portal::note(
    sql::Tx& tx, const Caller& caller, const Found& found, Act act, const std::string& reason) const {
    const auto id = parts_.ids.next<ReviewId>();
    const bool decided = act == Act::approved || act == Act::returned || act == Act::to_test;
    if (decided && tell_) {
        const Decided news{
            .app_id = found.app.id, .review_id = id, .app = found.app.name, .act = act, .reason = reason};
        std::set<AccountId> hearers;
        for (const auto& member : store::members(tx, found.app.id)) {
            if (member.role == MemberRole::developer) {
                hearers.insert(member.account_id);
            }
        }
        if (found.listing.submitted_by) {
            hearers.insert(*found.listing.submitted_by);
        }
        hearers.erase(caller.account);
        for (const auto account : hearers) {
            tell_(tx, account, news);
        }
    }
    store::insert_review(tx,
                         {.id = id,
                          .app_id = found.app.id,
                          .at = parts_.clock.now(),
                          .act = act,
                          .account_id = caller.signed_in() ? std::optional(caller.account) : std::nullopt,
                          .reason = reason});
}

AppDetail Portal::submit(sql::Tx& tx, const Caller& caller, AppId id) const {
    auto found = managed(tx, caller, id);
    auto& listing = found.listing;
    if (listing.state == State::submitted) {
        throw Error(Fault::conflict, "portal.in_review");
    }
    if (listing.state == State::approved) {
        throw Error(Fault::conflict, "portal.nothing_to_review");
    }
    listing.state = State::submitted;
    listing.submitted_by = caller.account;
    listing.submitted_at = parts_.clock.now();
    listing.reason.clear();
    put(tx, listing);
    note(tx, caller, found, Act::submitted, "");
    record(tx, caller, "portal.submitted", found);
    return get(tx, caller, id);
}

AppDetail Portal::recall(sql::Tx& tx, const Caller& caller, AppId id) const {
    auto found = managed(tx, caller, id);
    if (found.listing.state != State::submitted) {
        throw Error(Fault::conflict, "portal.not_submitted");
    }
    found.listing.state = State::draft;
    put(tx, found.listing);
    note(tx, caller, found, Act::recalled, "");
    return get(tx, caller, id);
}

AppDetail Portal::discard(sql::Tx& tx, const Caller& caller, AppId id) const {
    auto found = managed(tx, caller, id);
    if (!found.listing.proposal) {
        throw Error(Fault::conflict, "portal.no_proposal");
    }
    if (found.listing.state == State::submitted) {
        throw Error(Fault::conflict, "portal.in_review");
    }
    found.listing.proposal.reset();
    found.listing.state = State::approved;
    found.listing.reason.clear();
    put(tx, found.listing);
    note(tx, caller, found, Act::discarded, "");
    return get(tx, caller, id);
}

AppDetail Portal::review(sql::Tx& tx, const Caller& caller, const VerdictInput& input) const {
    auto found = managed(tx, caller, input.id);
    if (!reviews(caller, found)) {
        throw Error(Fault::forbidden, "portal.not_reviewer");
    }
    if (found.listing.state != State::submitted) {
        throw Error(Fault::conflict, "portal.not_submitted");
    }
    if (found.listing.version != input.version) {
        throw Error(Fault::conflict, "portal.changed_meanwhile");
    }
    if (found.listing.submitted_by == caller.account) {
        throw Error(Fault::forbidden, "portal.own_submission");
    }
    if (input.verdict == Verdict::returned) {
        found.listing.reason = check_reason(input.reason);
        found.listing.state = State::returned;
        put(tx, found.listing);
        note(tx, caller, found, Act::returned, found.listing.reason);
        record(tx, caller, "portal.returned", found);
        return get(tx, caller, input.id);
    }
    const bool decides_everywhere = may_act(caller, found.owner.path, {Role::province_admin});
    const bool everywhere = input.everywhere.value_or(found.listing.everywhere);
    if (everywhere != found.listing.everywhere && !decides_everywhere) {
        throw Error::invalid("everywhere", "portal.only_province");
    }
    put_in_force(tx, caller, found, everywhere);
    return get(tx, caller, input.id);
}

void Portal::put_in_force(sql::Tx& tx, const Caller& caller, const Found& found, bool everywhere) const {
    auto listing = found.listing;
    if (const auto proposal = found.proposal()) {
        parts_.oidc.change_app(tx, caller, found.app.id, app_of(*proposal));
        listing.shown = json::encode(proposal->shown);
        listing.proposal.reset();
    }
    if (found.app.testing) {
        parts_.oidc.set_testing(tx, caller, found.app.id, false);
    }
    listing.state = State::approved;
    listing.everywhere = everywhere;
    listing.reason.clear();
    put(tx, listing);
    note(tx, caller, found, Act::approved, "");
    record(tx, caller, "portal.approved", found);
}

AppDetail Portal::to_test(sql::Tx& tx, const Caller& caller, AppId id, const std::string& given) const {
    auto found = managed(tx, caller, id);
    if (!answers_for(caller, found)) {
        throw Error(Fault::forbidden, "portal.not_owner");
    }
    const auto reason = check_reason(given);
    if (found.app.testing) {
        throw Error(Fault::conflict, "portal.in_test");
    }
    parts_.oidc.set_testing(tx, caller, id, true);
    // What was proposed is what its owner goes on with.
    if (const auto proposal = found.proposal()) {
        parts_.oidc.change_app(tx, caller, id, app_of(*proposal));
        found.listing.shown = json::encode(proposal->shown);
        found.listing.proposal.reset();
    }
    found.listing.state = State::returned;
    found.listing.reason = reason;
    put(tx, found.listing);
    note(tx, caller, found, Act::to_test, reason);
    return get(tx, caller, id);
}

void Portal::approve(sql::Tx& tx, AppId id, bool everywhere) const {
    put_in_force(tx, Caller{}, find(tx, id), everywhere);
}

}  // namespace educard::portal
