// What anybody may ask: is this card good, and the signed status lists.

#include "base/error.hpp"
#include "modules/cards/cards.hpp"
#include "modules/cards/found.hpp"
#include "modules/cards/store.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace educard::cards {

namespace {

/// The state as the database has it at this moment.
class LiveStatus final : public StatusSource {
public:
    explicit LiveStatus(sql::Tx& tx) : tx_(tx) {}

    StatusAnswer find(std::string_view uri, std::uint64_t index, Time) const override {
        if (index > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return StatusAnswer::unknown;
        }
        const auto entry = store::find_entry(tx_, uri, static_cast<std::int64_t>(index));
        if (!entry) {
            return StatusAnswer::unknown;
        }
        if (entry->status == static_cast<std::int64_t>(crypto::Status::valid)) {
            return StatusAnswer::valid;
        }
        const auto card = entry->withdrawn_at ? std::nullopt : store::find_card(tx_, entry->person_id);
        if (!card || card->state == CardState::left || card->state == CardState::revoked) {
            return StatusAnswer::revoked;
        }
        return card->state == CardState::suspended ? StatusAnswer::suspended : StatusAnswer::outdated;
    }

private:
    sql::Tx& tx_;
};

/// Whether the holder is what the credential says. A school's pupils grow into another stage with no event,
/// which is no reason to turn them away.
bool is_so(const Claims& claims, const Holder& holder) {
    return claims.name == holder.name && claims.school_code == holder.school_code &&
           claims.role == boost::describe::enum_to_string(holder.role, "");
}

/// What is so instead of what an outdated credential says.
void put_present(const Holder& holder, VerificationView& view) {
    view.name = mask_name(holder.name);
    view.role = boost::describe::enum_to_string(holder.role, "");
    view.school_code = holder.school_code;
    view.school = holder.school;
    view.stage = holder.stage;
}

bool has_sixteen_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c == ' ' || (c >= '0' && c <= '9'); }) &&
           std::ranges::count_if(text, [](char c) { return c != ' '; }) == 16;
}

}  // namespace

VerificationView view_of(const Verification& verification, Time checked_at) {
    VerificationView view{.result = result_of(verification.reason),
                          .reason = verification.reason,
                          .checked = Checked::code,
                          .name = std::nullopt,
                          .role = std::nullopt,
                          .school_code = std::nullopt,
                          .school = std::nullopt,
                          .stage = std::nullopt,
                          .card_number = std::nullopt,
                          .issued_at = std::nullopt,
                          .expires_at = std::nullopt,
                          .shown_at = std::nullopt,
                          .checked_at = checked_at};
    if (verification.is_authentic() && verification.reason != Reason::wrong_holder) {
        const auto& claims = *verification.claims;
        view.name = mask_name(claims.name);
        view.role = claims.role;
        view.school_code = claims.school_code;
        view.stage = claims.stage;
        view.card_number = crypto::mask_card_number(claims.card_number);
        view.issued_at = claims.issued_at;
        view.expires_at = claims.expires_at;
        view.shown_at = verification.shown_at;
    }
    return view;
}

VerificationView Cards::verify(sql::Tx& tx, std::string_view code) const {
    if (has_sixteen_digits(code)) {
        return verify_number(tx, code);
    }
    const auto now = parts_.clock.now();
    auto verification = cards::verify(code, trust_, now, LiveStatus(tx));
    if (!verification.is_authentic() || verification.reason == Reason::wrong_holder) {
        return view_of(verification, now);
    }
    const auto& claims = *verification.claims;
    const auto person = find_holder(tx, claims.card_number);
    const auto holder = person ? parts_.holders.find(tx, *person) : std::nullopt;
    auto& reason = verification.reason;
    if (!holder && (reason == Reason::valid || reason == Reason::outdated)) {
        reason = Reason::revoked;  // the last place ended
    } else if (reason == Reason::valid && !is_so(claims, *holder)) {
        reason = Reason::outdated;
    }
    auto view = view_of(verification, now);
    if (reason == Reason::outdated) {
        put_present(*holder, view);
    } else if (holder && holder->school_code == claims.school_code) {
        view.school = holder->school;
    }
    return view;
}

VerificationView Cards::verify_number(sql::Tx& tx, std::string_view number) const {
    Verification outcome;
    std::optional<std::string> name;
    const auto serial = permutation_.serial_of(number);
    const auto card = serial ? store::find_card_by_serial(tx, *serial) : std::nullopt;
    if (!card) {
        outcome.reason = serial ? Reason::never_issued : Reason::bad_check_digits;
    } else {
        const auto holder = parts_.holders.find(tx, card->person_id);
        name = holder ? std::optional(mask_name(holder->name)) : std::nullopt;
        outcome.reason = card->state == CardState::active      ? Reason::number_only
                         : card->state == CardState::suspended ? Reason::suspended
                                                               : Reason::revoked;
    }
    auto view = view_of(outcome, parts_.clock.now());
    view.checked = Checked::number;
    view.name = std::move(name);
    return view;
}

std::vector<ListName> Cards::status_lists(sql::Tx& tx) const {
    return store::list_names(tx);
}

SignedList Cards::status_list(sql::Tx& tx, std::int64_t id) const {
    const auto row = store::find_list(tx, id);
    if (!row) {
        throw Error(Fault::not_found, "cards.no_such_list");
    }
    // A list is signed again every hour, so that its expiry is always far enough away.
    const auto issued_at = Time(std::chrono::floor<std::chrono::hours>(parts_.clock.now()));
    {
        const std::lock_guard lock(lists_mutex_);
        const auto cached = lists_.find(id);
        if (cached != lists_.end() && cached->second.version == row->version &&
            cached->second.issued_at == issued_at) {
            return cached->second.list;
        }
    }
    crypto::StatusList list{.uri = row->uri,
                            .issued_at = issued_at,
                            .expires_at = issued_at + kListLife,
                            .ttl_seconds = kListTtl.count(),
                            .bits = crypto::StatusBits(kListSize)};
    for (const auto& entry : store::blocked_entries(tx, id)) {
        list.bits.set(static_cast<std::uint32_t>(entry.status_index),
                      static_cast<crypto::Status>(entry.status));
    }
    SignedList made{
        .token = crypto::sign_status_list(list, issuer_key_, issuer_key_id_),
        .etag = fmt::format("{}-{}-{:x}", id, row->version, issued_at.time_since_epoch().count())};
    const std::lock_guard lock(lists_mutex_);
    lists_[id] = Cached{.version = row->version, .issued_at = issued_at, .list = made};
    return made;
}

}  // namespace educard::cards
