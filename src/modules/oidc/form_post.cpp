#include "modules/oidc/form_post.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/digest.hpp"
#include "http/html.hpp"
#include "modules/oidc/oidc.hpp"
#include "modules/oidc/redirects.hpp"

#include <fmt/format.h>

namespace educard::oidc {

namespace {

using http::escape_html;

// The ticket is sent on at once; a code in it is no good any longer either.
constexpr auto kTicketLife = Oidc::kCodeLife;
constexpr crypto::FieldPlace kPlace{.table = "app", .column = "form_post", .row = 0};

// A second post would show the same code again, which takes back what the first was given.
constexpr std::string_view kScript =
    "document.querySelector('button').disabled=true;document.forms[0].submit()";

}  // namespace

PostingPage posting_page(const PostedAnswer& answer, std::string_view origin) {
    std::string inputs;
    for (const auto& [name, value] : answer.parameters) {
        inputs += fmt::format(
            R"(<input type="hidden" name="{}" value="{}">)", escape_html(name), escape_html(value));
    }
    return {
        .html = fmt::format(
            R"(<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>正在返回应用</title>)"
            R"(<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>)"
            R"(<body><main><h1>正在返回应用……</h1><p lang="en">Going back to the app …</p>)"
            R"(<form method="post" action="{}">{}<button>继续 <span lang="en">Continue</span></button></form></main>)"
            R"(<script>{}</script></body></html>)",
            escape_html(answer.redirect_uri),
            inputs,
            kScript),
        .policy = fmt::format("default-src 'none'; script-src 'sha256-{}'; form-action {}; base-uri 'none'; "
                              "frame-ancestors 'none'",
                              to_base64(crypto::sha256(kScript)),
                              origin)};
}

std::string Oidc::seal_answer(PostedAnswer answer) const {
    answer.expires_at = parts_.clock.now() + kTicketLife;
    return to_base64url(cipher_.seal(json::encode(answer), kPlace));
}

PostingPage Oidc::form_post(const FormPostInput& input) const {
    const auto sealed = from_base64url(input.ticket.value);
    const auto opened = sealed ? cipher_.try_open(*sealed, kPlace) : std::nullopt;
    if (!opened) {
        throw Error(Fault::invalid, "oidc.request_expired");
    }
    const auto answer = json::decode<PostedAnswer>(*opened);
    const auto origin = form_origin(answer.redirect_uri);
    if (!origin || answer.expires_at <= parts_.clock.now()) {
        throw Error(Fault::invalid, "oidc.request_expired");
    }
    return posting_page(answer, *origin);
}

}  // namespace educard::oidc
