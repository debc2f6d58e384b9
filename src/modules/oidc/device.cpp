// Devices without a browser of their own: terminals, televisions (RFC 8628). The device shows a short code,
// and asks again and again; the person types it at /device on their telephone and agrees.

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/store.hpp"

namespace educard::oidc {

namespace {

// Letters that are not taken for one another and spell nothing (RFC 8628, 6.1): 20^8 codes.
constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t kCodeLength = 8;
constexpr int kTries = 5;
// RFC 8628, 5.1: of 20^8 codes some thousand are good at a time. A school is one network.
constexpr RateRule kTriesOfAccount{.burst = 20, .refill = std::chrono::seconds(30)};
constexpr RateRule kTriesOfNetwork{.burst = 300, .refill = std::chrono::seconds(5)};

std::string make_user_code(crypto::Random& random) {
    std::string code;
    for (std::size_t i = 0; i < kCodeLength; ++i) {
        code += kLetters[random.below(kLetters.size())];
    }
    return code;
}

std::string shown(const std::string& code) {
    return code.substr(0, kCodeLength / 2) + '-' + code.substr(kCodeLength / 2);
}

/// As people type it: in small letters, with or without the stroke.
std::string plain(std::string_view typed) {
    std::string code;
    for (const char c : typed) {
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (kLetters.find(upper) != std::string_view::npos) {
            code += upper;
        }
    }
    return code;
}

/// Of so few codes a plain digest would tell which.
Bytes digest_of_user_code(const crypto::KeyRing& keys, std::string_view code) {
    const auto digest = crypto::BlindIndex(keys).of("oidc.user_code", code);
    return {digest.begin(), digest.end()};
}

}  // namespace

boost::json::object Oidc::begin_device(sql::Tx& tx, const Caller& caller, const DeviceInput& input) const {
    const auto app = authenticate(tx, caller, input);
    if (!app.device) {
        throw Error(Fault::invalid, "oauth.unauthorized_client");
    }
    const auto scope = input.scope.value_or("openid");
    if (!has_scope(scope, "openid")) {
        throw Error(Fault::invalid, "oauth.invalid_scope").with("what", "scope has to contain openid");
    }
    const auto device_code = parts_.random.token();
    const auto device = digest_of_token(device_code);
    store::Token row{.digest = device,
                     .kind = store::TokenKind::device,
                     .app_id = app.id,
                     .account_id = std::nullopt,
                     .grant_id = std::nullopt,
                     .scope = scope,
                     .details = json::encode(DeviceDetails{}),
                     .expires_at = parts_.clock.now() + kDeviceLife,
                     .used_at = std::nullopt,
                     .answer = std::nullopt,
                     .key_thumbprint = std::nullopt};
    store::insert_token(tx, row);
    row.kind = store::TokenKind::user_code;
    row.details = to_base64url(device);
    std::string user_code;
    for (int i = 0; i < kTries && user_code.empty(); ++i) {
        const auto code = make_user_code(parts_.random);
        row.digest = digest_of_user_code(parts_.keys, code);
        user_code = store::insert_token(tx, row) ? code : "";
    }
    if (user_code.empty()) {
        throw Error(Fault::unavailable, "oauth.temporarily_unavailable");
    }
    const auto uri = parts_.issuer + "/device";
    return {{"device_code", device_code},
            {"user_code", shown(user_code)},
            {"verification_uri", uri},
            {"verification_uri_complete", uri + "?user_code=" + shown(user_code)},
            {"expires_in", std::chrono::seconds(kDeviceLife).count()},
            {"interval", kDeviceInterval.count()}};
}

class DeviceAuthorization {
public:
    DeviceAuthorization(const Oidc& oidc,
                        sql::Tx& tx,
                        const Caller& caller,
                        const DeviceAuthorizationInput& input)
        : oidc_(oidc), tx_(tx), caller_(caller), input_(input), now_(oidc.parts_.clock.now()) {}

    AuthorizationStep step() {
        find_device();
        AuthorizationStep step{.next = Next::sign_in, .app = oidc_.view_of(tx_, app_)};
        if (!caller_.signed_in()) {
            return step;
        }
        oidc_.admit(tx_, app_, caller_.account);
        const auto standing = oidc_.parts_.people.find_standing(tx_, caller_.account);
        const auto person = standing ? oidc_.parts_.people.find(tx_, caller_.account) : std::nullopt;
        if (!person) {
            throw Error(Fault::conflict, "oidc.not_certified");
        }
        auto wanted = claims_wanted(app_, device_.scope);
        if (standing->is_child) {
            const auto claims = oidc_.claims_for_child(tx_, app_, caller_.account, wanted);
            if (!claims) {
                throw Error(Fault::forbidden, "oidc.guardian_needed");
            }
            wanted = *claims;
        }
        if (!input_.allowed) {
            // Also when they agreed before: the code may be of a device that somebody else holds (RFC
            // 8628, 5.4).
            step.next = Next::consent;
            step.claims = views_of(*person, wanted, app_);
            return step;
        }
        decide(agreed_of(app_, wanted, input_.with), standing->is_child);
        step.next = Next::done;
        return step;
    }

private:
    void find_device() {
        const auto code = plain(input_.user_code);
        const auto row = code.size() == kCodeLength
                             ? store::find_token(tx_, digest_of_user_code(oidc_.parts_.keys, code))
                             : std::nullopt;
        const auto digest =
            row && row->kind == store::TokenKind::user_code ? from_base64url(row->details) : std::nullopt;
        auto device = digest ? store::find_token(tx_, *digest) : std::nullopt;
        auto app = device ? oidc_.find_app(tx_, device->app_id) : std::nullopt;
        if (!app || app->state != AppState::active || device->expires_at <= now_ || device->used_at ||
            json::decode<DeviceDetails>(device->details).answer != DeviceAnswer::pending) {
            throw Error(Fault::not_found, "oidc.user_code_unknown");
        }
        device_ = std::move(*device);
        app_ = std::move(*app);
    }

    void decide(const std::vector<Claim>& claims, bool of_child) {
        const auto before = device_.details;
        DeviceDetails details{.answer = DeviceAnswer::denied,
                              .claims = {},
                              .signed_in_at = {},
                              .session = {},
                              .methods = {},
                              .of_child = {}};
        if (*input_.allowed) {
            details = {.answer = DeviceAnswer::allowed,
                       .claims = claims,
                       .signed_in_at = made_at(caller_.session.value),
                       .session = caller_.session,
                       .methods = caller_.methods,
                       .of_child = of_child};
            device_.account_id = caller_.account;
            device_.grant_id = oidc_.parts_.ids.next<GrantId>();
            if (!of_child) {
                store::put_consent(tx_, caller_.account, app_.id, json::encode(claims), now_);
            }
        }
        device_.details = json::encode(details);
        if (!store::answer_device(tx_, device_, before)) {
            throw Error(Fault::not_found, "oidc.user_code_unknown");
        }
    }

    const Oidc& oidc_;
    sql::Tx& tx_;
    const Caller& caller_;
    const DeviceAuthorizationInput& input_;
    const Time now_;
    store::Token device_;
    App app_;
};

void Oidc::count_user_code(sql::Tx& tx, const Caller& caller) const {
    parts_.limits.require(tx, "user-code:" + caller.network, kTriesOfNetwork);
    if (caller.signed_in()) {
        parts_.limits.require(tx, "user-code:" + std::to_string(caller.account.value), kTriesOfAccount);
    }
}

AuthorizationStep Oidc::authorize_device(sql::Tx& tx,
                                         const Caller& caller,
                                         const DeviceAuthorizationInput& input) const {
    return DeviceAuthorization(*this, tx, caller, input).step();
}

}  // namespace educard::oidc
