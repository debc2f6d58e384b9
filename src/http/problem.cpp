#include "http/problem.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace educard::http {

int status_of(Fault fault) {
    switch (fault) {
        case Fault::invalid:
            return 422;
        case Fault::unauthenticated:
            return 401;
        case Fault::forbidden:
            return 403;
        case Fault::not_found:
            return 404;
        case Fault::conflict:
            return 409;
        case Fault::gone:
            return 410;
        case Fault::too_large:
            return 413;
        case Fault::too_many:
            return 429;
        case Fault::unavailable:
            return 503;
        case Fault::internal:
            return 500;
    }
    return 500;
}

Response problem(
    int status, const Error& error, const Texts& texts, Language language, std::string_view request_id) {
    Problem body;
    body.type = "/api#" + error.code();
    body.title = texts.text(language, error.code(), error.parameters());
    body.status = status;
    body.code = error.code();
    if (!error.fields().empty()) {
        auto& errors = body.errors.emplace();
        for (const auto& field : error.fields()) {
            errors.push_back({field.path, field.code, texts.text(language, field.code, error.parameters())});
        }
    }
    body.request_id = request_id;
    Response response;
    response.status = status;
    response.content_type = "application/problem+json";
    json::write(body, response.body);
    response.headers.push_back({"Content-Language", std::string(language_tag(language))});
    if (const auto wait = error.retry_after()) {
        response.headers.push_back({"Retry-After", std::to_string(wait->count())});
    } else if (status == 503 || status == 429) {
        response.headers.push_back({"Retry-After", "1"});
    }
    if (status == 401) {
        response.headers.push_back({"WWW-Authenticate", "Bearer"});
    }
    return response;
}

Response problem(const Error& error, const Texts& texts, Language language, std::string_view request_id) {
    if (error.fault() == Fault::internal) {
        std::string details;
        for (const auto& [name, value] : error.parameters()) {
            details += " " + name + "=" + value;
        }
        spdlog::error("request {} failed: {}{}", request_id, error.code(), details);
        return problem(500, Error(Fault::internal, "http.internal"), texts, language, request_id);
    }
    return problem(status_of(error.fault()), error, texts, language, request_id);
}

Response problem(const std::exception_ptr& thrown,
                 const Texts& texts,
                 Language language,
                 std::string_view request_id) {
    try {
        std::rethrow_exception(thrown);
    } catch (const Error& error) {
        return problem(error, texts, language, request_id);
    } catch (const std::exception& error) {
        spdlog::error("request {} failed: {}", request_id, error.what());
    } catch (...) {
        spdlog::error("request {} failed: something that is no exception was thrown", request_id);
    }
    return problem(500, Error(Fault::internal, "http.internal"), texts, language, request_id);
}

namespace {

struct OauthError {
    std::string error;
    std::string error_description;  // RFC 6749 allows it printable ASCII only, so it is in English
};
BOOST_DESCRIBE_STRUCT(OauthError, (), (error, error_description))

/// RFC 6749, 5.2 and RFC 6750, 3.1: 401 where the client or the token is not good, 403 where it is good for
/// less.
int oauth_status_of(const Error& error) {
    switch (error.fault()) {
        case Fault::unauthenticated:
        case Fault::forbidden:
        case Fault::too_large:
        case Fault::too_many:
        case Fault::unavailable:
        case Fault::internal:
            return status_of(error.fault());
        default:
            return 400;
    }
}

std::string oauth_code_of(const Error& error) {
    constexpr std::string_view kPrefix = "oauth.";
    if (error.code().starts_with(kPrefix)) {
        return error.code().substr(kPrefix.size());
    }
    switch (error.fault()) {
        case Fault::internal:
            return "server_error";
        case Fault::too_many:
        case Fault::unavailable:
            return "temporarily_unavailable";
        default:
            return "invalid_request";
    }
}

std::string describe(const Error& error, const Texts& texts) {
    std::string text = texts.text(Language::en, error.code(), error.parameters());
    for (const auto& field : error.fields()) {
        text += " " + field.path + ": " + texts.text(Language::en, field.code, error.parameters());
    }
    std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~' || c == '"' || c == '\\'; }, '\'');
    return text;
}

/// What may be said of it; what is a fault of ours is logged.
Error shown_of(const std::exception_ptr& thrown, std::string_view request_id) {
    try {
        std::rethrow_exception(thrown);
    } catch (const Error& error) {
        if (error.fault() != Fault::internal) {
            return error;
        }
        spdlog::error("request {} failed: {}", request_id, error.code());
    } catch (const std::exception& error) {
        spdlog::error("request {} failed: {}", request_id, error.what());
    }
    return {Fault::internal, "http.internal"};
}

void add_common_headers(const Error& shown, Response& response) {
    response.headers.push_back({"Cache-Control", "no-store"});
    if (const auto wait = shown.retry_after()) {
        response.headers.push_back({"Retry-After", std::to_string(wait->count())});
    }
}

/// RFC 6750, 3 and RFC 9449, 7.1.
void ask_for_token(std::string_view error, std::string_view description, Response& response) {
    response.headers.push_back(
        {"WWW-Authenticate",
         fmt::format("Bearer error=\"{}\", error_description=\"{}\"", error, description)});
    response.headers.push_back(
        {"WWW-Authenticate",
         fmt::format("DPoP error=\"{}\", algs=\"ES256 EdDSA Ed25519 PS256 RS256\"", error)});
}

struct CodeMinorField {
    std::string imsx_codeMinorFieldName;
    std::string imsx_codeMinorFieldValue;
};
BOOST_DESCRIBE_STRUCT(CodeMinorField, (), (imsx_codeMinorFieldName, imsx_codeMinorFieldValue))

struct CodeMinor {
    std::vector<CodeMinorField> imsx_codeMinorField;
};
BOOST_DESCRIBE_STRUCT(CodeMinor, (), (imsx_codeMinorField))

struct StatusInfo {
    std::string imsx_codeMajor;
    std::string imsx_severity;
    std::string imsx_description;
    CodeMinor imsx_CodeMinor;
};
BOOST_DESCRIBE_STRUCT(StatusInfo, (), (imsx_codeMajor, imsx_severity, imsx_description, imsx_CodeMinor))

std::string code_minor_of(const Error& error) {
    constexpr std::string_view kPrefix = "imsx.";
    if (error.code().starts_with(kPrefix)) {
        return error.code().substr(kPrefix.size());
    }
    switch (error.fault()) {
        case Fault::unauthenticated:
            return "unauthorisedrequest";
        case Fault::forbidden:
            return "forbidden";
        case Fault::not_found:
        case Fault::gone:
            return "unknownobject";
        case Fault::too_many:
        case Fault::unavailable:
            return "server_busy";
        case Fault::internal:
            return "internal_server_error";
        default:
            return "invaliddata";
    }
}

}  // namespace

Response oauth_error(const std::exception_ptr& thrown, const Texts& texts, std::string_view request_id) {
    const auto shown = shown_of(thrown, request_id);
    Response response;
    response.status = oauth_status_of(shown);
    response.content_type = "application/json";
    const OauthError body{oauth_code_of(shown), describe(shown, texts)};
    json::write(body, response.body);
    add_common_headers(shown, response);
    if (response.status == 401 || response.status == 403) {
        if (body.error == "invalid_client") {
            response.headers.push_back({"WWW-Authenticate", "Basic realm=\"educard\""});
        } else {
            ask_for_token(body.error, body.error_description, response);
        }
    }
    return response;
}

Response imsx_error(const std::exception_ptr& thrown, const Texts& texts, std::string_view request_id) {
    const auto shown = shown_of(thrown, request_id);
    Response response;
    response.status = shown.fault() == Fault::not_found ? 404 : oauth_status_of(shown);
    response.content_type = "application/json";
    const StatusInfo body{.imsx_codeMajor = "failure",
                          .imsx_severity = "error",
                          .imsx_description = describe(shown, texts),
                          .imsx_CodeMinor = {{{"TargetEndSystem", code_minor_of(shown)}}}};
    json::write(body, response.body);
    add_common_headers(shown, response);
    if (response.status == 401 || response.status == 403) {
        ask_for_token(
            response.status == 401 ? "invalid_token" : "insufficient_scope", body.imsx_description, response);
    }
    return response;
}

}  // namespace educard::http
