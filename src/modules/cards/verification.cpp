#include "modules/cards/verification.hpp"

#include "crypto/cose.hpp"

#include <algorithm>
#include <utility>

namespace educard::cards {

namespace {

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = "\t\r\n ";
    const auto begin = std::min(text.find_first_not_of(kSpace), text.size());
    const auto end = text.find_last_not_of(kSpace);
    return begin == text.size() ? std::string_view() : text.substr(begin, end + 1 - begin);
}

Reason reason_of(StatusAnswer answer) {
    switch (answer) {
        case StatusAnswer::valid:
            return Reason::valid;
        case StatusAnswer::revoked:
            return Reason::revoked;
        case StatusAnswer::suspended:
            return Reason::suspended;
        case StatusAnswer::outdated:
            return Reason::outdated;
        case StatusAnswer::stale:
            return Reason::status_stale;
        case StatusAnswer::unknown:
            break;
    }
    return Reason::status_unknown;
}

/// What the clock has to say, valid when nothing.
Reason check_times(const Claims& claims, Time shown_at, Time now, const Limits& limits) {
    if (claims.issued_at > now + limits.max_ahead ||
        claims.not_before.value_or(claims.issued_at) > now + limits.max_ahead) {
        return Reason::not_yet_valid;
    }
    if (claims.expires_at <= now) {
        return Reason::expired;
    }
    if (shown_at > now + limits.max_ahead) {
        return Reason::from_future;
    }
    return shown_at < now - limits.max_age ? Reason::stale : Reason::valid;
}

}  // namespace

Result result_of(Reason reason) {
    switch (reason) {
        case Reason::valid:
            return Result::accept;
        case Reason::status_unknown:
        case Reason::status_stale:
        case Reason::number_only:
            return Result::caution;
        default:
            return Result::refuse;
    }
}

void Trust::add(std::string issuer, crypto::KeyId id, const crypto::P256PublicKey& key) {
    keys_.push_back(Key{std::move(issuer), id, key});
}

void Trust::add(const Trust& other) {
    keys_.insert(keys_.end(), other.keys_.begin(), other.keys_.end());
}

const crypto::P256PublicKey* Trust::find(std::string_view issuer, crypto::KeyId id) const {
    const auto found =
        std::ranges::find_if(keys_, [&](const Key& key) { return key.id == id && key.issuer == issuer; });
    return found == keys_.end() ? nullptr : &found->key;
}

std::vector<crypto::P256PublicKey> Trust::find(crypto::KeyId id) const {
    std::vector<crypto::P256PublicKey> found;
    for (const auto& key : keys_) {
        if (key.id == id) {
            found.push_back(key.key);
        }
    }
    return found;
}

std::expected<void, crypto::StatusListFault> KnownLists::add(ByteView token, const Trust& trust) {
    const auto message = crypto::cose::parse(token);
    const auto id = message ? crypto::cose::key_id_from(message->key_id) : std::nullopt;
    if (!id) {
        return std::unexpected(crypto::StatusListFault::unreadable);
    }
    auto fault = crypto::StatusListFault::unknown_issuer;
    for (const auto& key : trust.find(*id)) {
        auto list = crypto::read_status_list(token, key);
        if (!list) {
            fault = list.error();
            continue;
        }
        const auto known = std::ranges::find(lists_, list->uri, &crypto::StatusList::uri);
        if (known == lists_.end()) {
            lists_.push_back(std::move(*list));
        } else if (known->issued_at <= list->issued_at) {
            *known = std::move(*list);
        }
        return {};
    }
    return std::unexpected(fault);
}

StatusAnswer KnownLists::find(std::string_view uri, std::uint64_t index, Time now) const {
    const auto known = std::ranges::find(lists_, uri, &crypto::StatusList::uri);
    const auto status = known != lists_.end() ? known->bits.at(index) : std::nullopt;
    if (!status) {
        return StatusAnswer::unknown;
    }
    if (*status == crypto::Status::suspended) {
        return StatusAnswer::suspended;  // bad news does not grow old
    }
    if (*status != crypto::Status::valid) {
        return StatusAnswer::revoked;
    }
    return known->expires_at <= now ? StatusAnswer::stale : StatusAnswer::valid;
}

Verification verify(
    std::string_view code, const Trust& trust, Time now, const StatusSource& statuses, const Limits& limits) {
    Verification outcome;
    const auto presentation = parse_presentation(trim(code));
    auto credential = presentation ? parse_credential(presentation->credential) : std::nullopt;
    if (!credential) {
        return outcome;
    }
    outcome.claims = std::move(credential->claims);
    outcome.shown_at = presentation->shown_at;
    const auto& claims = *outcome.claims;
    const auto* key = trust.find(claims.issuer, credential->key_id);
    if (key == nullptr) {
        outcome.reason = Reason::unknown_issuer;
        return outcome;
    }
    if (!key->verify_digest(credential->digest, credential->signature)) {
        outcome.reason = Reason::bad_signature;
        return outcome;
    }
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(presentation->shown_at).time_since_epoch().count();
    if (!claims.holder_key.verify(presentation_message(presentation->credential, seconds),
                                  presentation->proof)) {
        outcome.reason = Reason::wrong_holder;
        return outcome;
    }
    outcome.reason = check_times(claims, presentation->shown_at, now, limits);
    if (outcome.reason == Reason::valid) {
        outcome.reason = reason_of(statuses.find(claims.status_uri, claims.status_index, now));
    }
    return outcome;
}

std::string mask_name(std::string_view name) {
    std::vector<std::string_view> letters;
    for (std::size_t at = 0; at < name.size();) {
        std::size_t length = 1;
        while (at + length < name.size() &&
               (static_cast<unsigned char>(name[at + length]) & 0xC0U) == 0x80U) {
            ++length;
        }
        letters.push_back(name.substr(at, length));
        at += length;
    }
    if (letters.empty()) {
        return {};
    }
    std::string masked(letters.front());
    if (letters.size() <= 2) {
        return masked + "*";
    }
    masked.append(std::min<std::size_t>(letters.size() - 2, 3), '*');
    return masked + std::string(letters.back());
}

}  // namespace educard::cards
