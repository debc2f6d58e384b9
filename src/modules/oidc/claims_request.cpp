#include "modules/oidc/claims_request.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

namespace educard::oidc {

namespace {

using boost::json::object;
using boost::json::value;

/// null, or an object whose `essential` and `values` are of the right kind (5.5.1).
bool is_wish(const value& wish) {
    if (wish.is_null()) {
        return true;
    }
    const auto* members = wish.if_object();
    if (members == nullptr) {
        return false;
    }
    const auto* essential = members->if_contains("essential");
    const auto* values = members->if_contains("values");
    return (essential == nullptr || essential->is_bool()) && (values == nullptr || values->is_array());
}

/// Nothing: absent, which asks for nothing. Null: malformed.
const object* members_of(const object& request, std::string_view name) {
    static const object kNone;
    const auto* list = request.if_contains(name);
    if (list == nullptr) {
        return &kNone;
    }
    const auto* members = list->if_object();
    const bool good = members != nullptr &&
                      std::ranges::all_of(*members, [](const auto& one) { return is_wish(one.value()); });
    return good ? members : nullptr;
}

std::vector<Claim> known_claims(const object& members) {
    std::vector<Claim> claims;
    for (const auto& one : members) {
        Claim claim{};
        if (boost::describe::enum_from_string(std::string(one.key()).c_str(), claim)) {
            claims.push_back(claim);
        }
    }
    return claims;
}

std::vector<std::string> values_of(const object& wish) {
    std::vector<std::string> texts;
    const auto add = [&](const value& one) {
        if (const auto* text = one.if_string()) {
            texts.emplace_back(*text);
        }
    };
    if (const auto* one = wish.if_contains("value")) {
        add(*one);
    }
    if (const auto* values = wish.if_contains("values")) {
        std::ranges::for_each(values->as_array(), add);
    }
    return texts;
}

const object* wish_for(const object& members, std::string_view claim) {
    const auto* wish = members.if_contains(claim);
    return wish == nullptr ? nullptr : wish->if_object();
}

}  // namespace

std::optional<ClaimsRequest> parse_claims_request(std::string_view json) {
    boost::system::error_code fault;
    const auto parsed = boost::json::parse(json, fault);
    const auto* request = fault ? nullptr : parsed.if_object();
    const auto* user_info = request == nullptr ? nullptr : members_of(*request, "userinfo");
    const auto* id_token = request == nullptr ? nullptr : members_of(*request, "id_token");
    if (user_info == nullptr || id_token == nullptr) {
        return std::nullopt;
    }
    ClaimsRequest wanted{.user_info = known_claims(*user_info),
                         .id_token = known_claims(*id_token),
                         .subject = std::nullopt,
                         .acr = {},
                         .acr_essential = false};
    if (const auto* wish = wish_for(*id_token, "sub")) {
        const auto values = values_of(*wish);
        wanted.subject = values.empty() ? std::nullopt : std::optional(values.front());
    }
    if (const auto* wish = wish_for(*id_token, "acr")) {
        const auto* essential = wish->if_contains("essential");
        wanted.acr = values_of(*wish);
        wanted.acr_essential = essential != nullptr && essential->as_bool();
    }
    return wanted;
}

std::string_view authentication_context(std::string_view issuer) {
    return issuer.starts_with("https:") ? "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
                                        : "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
}

}  // namespace educard::oidc
