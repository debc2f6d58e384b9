#pragma once
// Problem details (RFC 9457): how every refusal and failure looks on the wire.
//
//   {"type": "/api#cards.already_issued", "title": "…", "status": 409, "code": "cards.already_issued",
//    "errors": [{"path": "reason", "code": "required", "message": "…"}], "request_id": "…"}

#include "http/endpoint.hpp"
#include "runtime/texts.hpp"

#include <exception>
#include <string>
#include <string_view>

namespace educard::http {

struct ProblemField {
    std::string path;
    std::string code;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(ProblemField, (), (path, code, message))

struct Problem {
    std::string type;
    std::string title;
    int status = 500;
    std::string code;
    std::optional<std::vector<ProblemField>> errors;
    std::string request_id;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (type, title, status, code, errors, request_id))

int status_of(Fault fault);

/// The answer to an error. Faults of kind internal keep their code and parameters to themselves.
Response problem(const Error& error, const Texts& texts, Language language, std::string_view request_id);

/// The same in the style of OAuth (RFC 6749, 5.2): {"error", "error_description"}. The error is the code's
/// last part where the code begins with "oauth."; of others, invalid_request, temporarily_unavailable or
/// server_error.
Response oauth_error(const std::exception_ptr& thrown, const Texts& texts, std::string_view request_id);

/// The same as imsx_StatusInfo (OneRoster 1.2 Rostering REST binding, Error Handling). Its codeMinor is the
/// code's last part where the code begins with "imsx."; of others it follows from the fault.
Response imsx_error(const std::exception_ptr& thrown, const Texts& texts, std::string_view request_id);

/// For refusals whose status no Fault stands for (400, 405, 408, 415, 417, 431).
Response problem(
    int status, const Error& error, const Texts& texts, Language language, std::string_view request_id);

/// The answer to whatever was thrown; what is not an Error is logged with the request id and answered with
/// 500.
Response problem(const std::exception_ptr& thrown,
                 const Texts& texts,
                 Language language,
                 std::string_view request_id);

}  // namespace educard::http
