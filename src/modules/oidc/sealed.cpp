#include "modules/oidc/sealed.hpp"

#include "base/json.hpp"
#include "crypto/cbor.hpp"

#include <chrono>

namespace educard::oidc {

namespace {

namespace cbor = crypto::cbor;

// The first item of what is sealed. A node that does not know the form says that it is no code or token.
constexpr std::int64_t kFormOfCode = 1;
constexpr std::int64_t kFormOfToken = 1;
constexpr std::size_t kItemsOfCode = 16;
constexpr std::size_t kItemsOfToken = 7;

// What is kept in the table instead has 256 random bits, this many letters; what is sealed has more.
constexpr std::size_t kLettersOfStored = 43;
constexpr std::size_t kMostLetters = 4096;

std::int64_t count_of(Time time) {
    return time.time_since_epoch().count();
}

/// Reads the items of an array in their order; what is not as it should be shows at the end.
class Items {
public:
    Items(const std::string& text, std::int64_t form, std::size_t count)
        : read_(cbor::decode(as_bytes(text))) {
        good_ =
            read_ && read_->kind == cbor::Kind::array && read_->items.size() == count && integer() == form;
    }

    std::int64_t integer() {
        const auto* item = next();
        const auto value = item != nullptr ? item->integer() : std::nullopt;
        good_ = good_ && value;
        return value.value_or(0);
    }
    template <class I>
    I id() {
        return I{integer()};
    }
    Time time() { return Time(Microseconds(integer())); }
    std::string text() {
        const auto* item = next();
        const auto value = item != nullptr ? item->bytes() : std::nullopt;
        good_ = good_ && value;
        return value ? std::string(as_text(*value)) : std::string();
    }
    std::optional<std::string> optional_text() {
        if (is_null()) {
            ++at_;
            return std::nullopt;
        }
        return text();
    }
    std::vector<Claim> claims() {
        try {
            return json::decode<std::vector<Claim>>(text());
        } catch (const Error&) {
            good_ = false;  // of a newer node, with a claim that nobody knows here
            return {};
        }
    }

    bool good() const { return good_; }

private:
    const cbor::Value* peek() const {
        return read_ && at_ < read_->items.size() ? &read_->items[at_] : nullptr;
    }
    const cbor::Value* next() {
        const auto* item = peek();
        ++at_;
        return item;
    }
    bool is_null() const {
        const auto* item = peek();
        return item != nullptr && item->kind == cbor::Kind::simple && item->number == cbor::kNull;
    }

    decltype(cbor::decode({})) read_;
    std::size_t at_ = 0;
    bool good_ = true;
};

void put(cbor::Writer& out, const std::optional<std::string>& text) {
    if (text) {
        out.bytes(as_bytes(*text));
    } else {
        out.null();
    }
}

std::int64_t number_of(std::string_view issuer) {
    const auto digest = crypto::sha256(issuer);
    std::uint64_t number = 0;
    for (const auto octet : ByteView(digest).first(sizeof number)) {
        number = number << 8U | octet;
    }
    return static_cast<std::int64_t>(number);
}

/// FieldCipher: the four octets after the first.
crypto::KeyId key_of(ByteView sealed) {
    crypto::KeyId id = 0;
    for (const auto octet : sealed.subspan(1, sizeof id)) {
        id = id << 8U | octet;
    }
    return id;
}

std::optional<Bytes> octets_of(std::string_view text) {
    return text.size() > kLettersOfStored && text.size() <= kMostLetters ? from_base64url(text)
                                                                         : std::nullopt;
}

}  // namespace

std::string digest_of_uri(std::string_view uri) {
    return to_base64url(crypto::sha256(uri));
}

Seals::Seals(const crypto::FieldCipher& cipher,
             const crypto::KeyRing& keys,
             const Clock& clock,
             std::string_view issuer)
    : cipher_(cipher), keys_(keys), clock_(clock), issuer_(number_of(issuer)) {}

std::optional<std::string> Seals::open(ByteView sealed, std::string_view kind) const {
    auto opened = cipher_.try_open(sealed, place(kind));
    if (opened && cipher_.is_outdated(sealed)) {
        const auto* key = keys_.find(crypto::Purpose::field_encryption, key_of(sealed));
        if (key == nullptr || !key->retired_at || *key->retired_at + kRetiredKeyLife <= clock_.now()) {
            return std::nullopt;
        }
    }
    return opened;
}

crypto::FieldPlace Seals::place(std::string_view kind) const {
    return {.table = "app_token", .column = kind, .row = issuer_};
}

std::string Seals::seal(const Code& code) const {
    const auto& details = code.details;
    cbor::Writer out;
    out.array(kItemsOfCode)
        .integer(kFormOfCode)
        .integer(code.grant_id.value)
        .integer(code.app_id.value)
        .integer(code.account_id.value)
        .bytes(as_bytes(code.scope))
        .integer(count_of(code.expires_at))
        .bytes(as_bytes(details.redirect_uri))
        .bytes(as_bytes(details.challenge));
    put(out, details.nonce);
    out.bytes(as_bytes(json::encode(details.claims))).integer(count_of(details.signed_in_at));
    put(out, details.dpop_jkt);
    out.integer(details.session.value_or(SessionId()).value)
        .bytes(as_bytes(json::encode(details.id_token_claims.value_or(std::vector<Claim>()))));
    put(out, details.methods);
    out.integer(details.of_child.value_or(false) ? 1 : 0);
    return to_base64url(cipher_.seal(as_text(out.written()), place("code")));
}

std::optional<Code> Seals::open_code(std::string_view text) const {
    const auto sealed = octets_of(text);
    const auto opened = sealed ? open(*sealed, "code") : std::nullopt;
    if (!opened) {
        return std::nullopt;
    }
    Items items(*opened, kFormOfCode, kItemsOfCode);
    if (!items.good()) {
        return std::nullopt;
    }
    Code code;
    code.grant_id = items.id<GrantId>();
    code.app_id = items.id<AppId>();
    code.account_id = items.id<AccountId>();
    code.scope = items.text();
    code.expires_at = items.time();
    auto& details = code.details;
    details.redirect_uri = items.text();
    details.challenge = items.text();
    details.nonce = items.optional_text();
    details.claims = items.claims();
    details.signed_in_at = items.time();
    details.dpop_jkt = items.optional_text();
    const auto session = items.id<SessionId>();
    details.session = session ? std::optional(session) : std::nullopt;
    details.id_token_claims = items.claims();
    details.methods = items.optional_text();
    details.of_child = items.integer() != 0;
    return items.good() ? std::optional(std::move(code)) : std::nullopt;
}

std::string Seals::seal(const AccessToken& token) const {
    cbor::Writer out;
    out.array(kItemsOfToken)
        .integer(kFormOfToken)
        .integer(token.app_id.value)
        .integer(token.account_id.value)
        .integer(token.grant_id.value)
        .bytes(as_bytes(token.scope));
    put(out, token.key_thumbprint);
    out.integer(count_of(token.expires_at));
    return to_base64url(cipher_.seal(as_text(out.written()), place("access")));
}

std::optional<AccessToken> Seals::open_token(std::string_view text) const {
    const auto sealed = octets_of(text);
    const auto opened = sealed ? open(*sealed, "access") : std::nullopt;
    if (!opened) {
        return std::nullopt;
    }
    Items items(*opened, kFormOfToken, kItemsOfToken);
    AccessToken token;
    token.app_id = items.id<AppId>();
    token.account_id = items.id<AccountId>();
    token.grant_id = items.id<GrantId>();
    token.scope = items.text();
    token.key_thumbprint = items.optional_text();
    token.expires_at = items.time();
    token.digest = digest_of_token(as_text(*sealed));
    return items.good() ? std::optional(std::move(token)) : std::nullopt;
}

}  // namespace educard::oidc
