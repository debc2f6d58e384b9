// The holder's devices: keys that ask for a credential, and their withdrawal.

#include "base/error.hpp"
#include "modules/cards/cards.hpp"
#include "modules/cards/found.hpp"
#include "modules/cards/store.hpp"
#include "runtime/audit.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace educard::cards {

namespace {

constexpr std::size_t kMaxDeviceName = 100;  // octets

std::string role_text(const Holder& holder) {
    return boost::describe::enum_to_string(holder.role, "");
}

/// Differs when a credential made now would say something else.
std::string claims_mark(const Holder& holder) {
    const auto text = fmt::format(
        "{}\n{}\n{}\n{}", holder.name, role_text(holder), holder.school_code, holder.stage.value_or(""));
    return to_hex(ByteView(crypto::sha256(text)).first(8));
}

crypto::Status status_of(CardState state) {
    switch (state) {
        case CardState::active:
            return crypto::Status::valid;
        case CardState::suspended:
            return crypto::Status::suspended;
        case CardState::left:
        case CardState::revoked:
            break;
    }
    return crypto::Status::revoked;
}

}  // namespace

crypto::P256PublicKey Cards::check(const Caller& caller, const Enrolment& enrolment) const {
    std::vector<FieldError> faults;
    const auto key = crypto::P256PublicKey::from_jwk(enrolment.public_key);
    const auto octets = from_base64url(enrolment.proof);
    const auto proof = octets ? crypto::to_signature(*octets) : std::nullopt;
    const Time signed_at{std::chrono::seconds(std::clamp<std::int64_t>(enrolment.time, 0, INT32_MAX * 4LL))};
    const auto now = parts_.clock.now();
    if (enrolment.name.empty()) {
        faults.push_back({"name", "required"});
    } else if (enrolment.name.size() > kMaxDeviceName) {
        faults.push_back({"name", "too_long"});
    }
    if (!key) {
        faults.push_back({"public_key", "cards.key_wrong"});
    }
    if (signed_at < now - kMaxClockError || signed_at > now + kMaxClockError) {
        faults.push_back({"time", "cards.clock_off"});
    }
    if (key &&
        (!proof || !key->verify(as_bytes(enrolment_message(caller.account, enrolment.time, *key)), *proof))) {
        faults.push_back({"proof", "cards.proof_wrong"});
    }
    if (!faults.empty()) {
        throw Error::invalid(std::move(faults));
    }
    return *key;
}

Enrolled Cards::enrol(sql::Tx& tx, const Caller& caller, const Enrolment& enrolment) const {
    const auto key = check(caller, enrolment);
    store::hold_card(tx, caller.person);  // who becomes something else meanwhile waits, or is waited for
    const auto found = own(tx, caller);
    if (found.card.state != CardState::active || !found.holder) {
        throw Error(Fault::conflict, "cards.not_active");
    }
    if (!parts_.holders.has_consent(tx, caller.person)) {
        throw Error(Fault::conflict, "cards.no_consent");
    }
    const auto now = parts_.clock.now();
    const auto expires_at = now + kCredentialLife;
    const auto thumbprint = key.thumbprint();
    const auto mark = claims_mark(*found.holder);
    const auto devices = store::list_devices(tx, caller.person);
    const auto same = std::ranges::find(devices, thumbprint, &store::DeviceRow::thumbprint);
    const auto renew = [&](const store::DeviceRow& device) {
        store::renew_device(tx, device.id, enrolment.name, expires_at);
        const auto list = store::find_list(tx, device.status_list).value();
        return sign(
            found,
            *found.holder,
            key,
            {device.id, enrolment.name, device.created_at, expires_at, {}, list.uri, device.status_index});
    };
    if (same != devices.end() && same->claims_mark == mark) {
        return renew(*same);
    }
    const auto in_use =
        std::ranges::count_if(devices, [&](const auto& device) { return device.expires_at > now; });
    if (same != devices.end()) {
        withdraw(tx, caller, same->id);  // what the old credential says is no longer so
    } else if (static_cast<std::size_t>(in_use) >= kMaxDevices) {
        throw Error(Fault::conflict, "cards.too_many_devices").with("limit", std::to_string(kMaxDevices));
    }
    const auto entry = status_serials_.next(tx);
    store::DeviceRow device{.id = parts_.ids.next<DeviceId>(),
                            .person_id = caller.person,
                            .thumbprint = thumbprint,
                            .name = enrolment.name,
                            .claims_mark = mark,
                            .status_list = entry / kListSize,
                            .status_index = entry % kListSize,
                            .status = 0,
                            .created_at = now,
                            .expires_at = expires_at};
    store::insert_list_unless_there(tx, device.status_list, list_uri(device.status_list));
    if (!store::insert_device(tx, device)) {
        // The same key came at the same time, on another node or connection: one device.
        const auto now_there = store::list_devices(tx, caller.person);
        const auto twin = std::ranges::find(now_there, thumbprint, &store::DeviceRow::thumbprint);
        if (twin != now_there.end() && twin->claims_mark == mark) {
            return renew(*twin);
        }
        throw Error(Fault::conflict, "cards.enrolled_meanwhile");
    }
    parts_.audit.record(tx,
                        caller,
                        {.action = "cards.device_enrolled",
                         .organisation_path = found.holder->path,
                         .subject_kind = "card",
                         .subject = found.card.number,
                         .details = ""});
    const auto list = store::find_list(tx, device.status_list).value();
    return sign(found,
                *found.holder,
                key,
                {device.id, device.name, now, expires_at, {}, list.uri, device.status_index});
}

Enrolled Cards::sign(const Found& found,
                     const Holder& holder,
                     const crypto::P256PublicKey& key,
                     const Enrolled& enrolled) const {
    const Claims claims{.issuer = issuer_,
                        .issued_at = parts_.clock.now(),
                        .expires_at = enrolled.expires_at,
                        .not_before = std::nullopt,
                        .credential_id = parts_.ids.next<DeviceId>().value,
                        .holder_key = key,
                        .card_number = found.card.number,
                        .name = holder.name,
                        .role = role_text(holder),
                        .school_code = holder.school_code,
                        .stage = holder.stage,
                        .status_uri = enrolled.status_uri,
                        .status_index = static_cast<std::uint64_t>(enrolled.status_index)};
    auto signed_device = enrolled;
    signed_device.credential = to_base64url(sign_credential(claims, issuer_key_, issuer_key_id_));
    return signed_device;
}

std::vector<DeviceView> Cards::devices(sql::Tx& tx, const Caller& caller) const {
    const auto found = own(tx, caller);
    const auto mark = found.holder ? claims_mark(*found.holder) : std::string();
    std::vector<DeviceView> views;
    for (const auto& device : store::list_devices(tx, caller.person)) {
        views.push_back(DeviceView{.id = device.id,
                                   .name = device.name,
                                   .thumbprint = device.thumbprint,
                                   .created_at = device.created_at,
                                   .expires_at = device.expires_at,
                                   .outdated = device.claims_mark != mark});
    }
    return views;
}

void Cards::withdraw(sql::Tx& tx, const Caller& caller, DeviceId id) const {
    const auto found = own(tx, caller);
    const auto lists = store::status_lists_of(tx, caller.person);
    if (!store::withdraw_device(tx, caller.person, id, parts_.clock.now())) {
        throw Error(Fault::not_found, "cards.no_such_device");
    }
    for (const auto list : lists) {
        store::touch_list(tx, list);
    }
    parts_.audit.record(tx,
                        caller,
                        {.action = "cards.device_withdrawn",
                         .organisation_path = found.holder ? found.holder->path : "",
                         .subject_kind = "card",
                         .subject = found.card.number,
                         .details = ""});
}

void Cards::restate(sql::Tx& tx, PersonId person, CardState state) const {
    const auto devices = store::list_devices(tx, person);
    if (devices.empty()) {
        return;
    }
    const auto holder = parts_.holders.find(tx, person);
    const auto mark = holder ? claims_mark(*holder) : std::string();
    std::set<std::int64_t> lists;  // in order, so that two who change them do not wait for each other
    for (const auto& device : devices) {
        const bool is_so = !holder || device.claims_mark == mark;
        const auto status = is_so ? status_of(state) : crypto::Status::revoked;
        if (device.status != static_cast<std::int64_t>(status)) {
            store::set_status(tx, device.id, status);
            lists.insert(device.status_list);
        }
    }
    for (const auto list : lists) {
        store::touch_list(tx, list);
    }
}

std::string Cards::list_uri(std::int64_t id) const {
    return fmt::format("{}/api/v1/status-lists/{}", parts_.origin, id);
}

}  // namespace educard::cards
