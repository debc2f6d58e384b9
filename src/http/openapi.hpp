#pragma once
// What the declared routes say about themselves: the OpenAPI 3.1 document, and the same as a page to read.
// Pure functions of the declarations.

#include "http/routes.hpp"
#include "runtime/texts.hpp"

#include <string>
#include <string_view>

namespace educard::http {

/// The OpenAPI document as JSON text.
std::string openapi_document(const Routes& routes, std::string_view version);

/// A page that needs no script; its style is at /api/style.css (api_style). In English, as the summaries are.
std::string api_page(const Routes& routes, const Texts& texts, std::string_view version);
std::string_view api_style();

}  // namespace educard::http
