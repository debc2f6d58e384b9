#pragma once
// The one exception that rules throw to end a request or a job. Its code is API and stable; the text that people read
// comes from the messages.json of the module that the code begins with, in the caller's language.

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace educard {

/// What kind of trouble it is; decides the HTTP status.
enum class Fault {
    invalid,          // 422: the input does not fit; see fields()
    unauthenticated,  // 401
    forbidden,        // 403
    not_found,        // 404
    conflict,         // 409: somebody or something was there first
    gone,             // 410
    too_large,        // 413
    too_many,         // 429, with Retry-After
    unavailable,      // 503, with Retry-After
    internal,         // 500
};

/// One thing wrong with one field. `path` is the JSON path in the request ("guardians[0].phone"); `code` is a message
/// key: one of the general ones ("required", "type", "value", "too_long", …) or a module's own.
struct FieldError {
    std::string path;
    std::string code;

    bool operator==(const FieldError&) const = default;
};

class Error : public std::exception {
public:
    Error(Fault fault, std::string code) : fault_(fault), code_(std::move(code)) {}

    /// Input that does not fit, by field. Give all errors at once.
    static Error invalid(std::vector<FieldError> fields) {
        Error error(Fault::invalid, "input.invalid");
        error.fields_ = std::move(fields);
        return error;
    }
    static Error invalid(std::string path, std::string code) {
        std::vector<FieldError> fields;
        fields.push_back(FieldError{std::move(path), std::move(code)});
        return invalid(std::move(fields));
    }

    /// Adds a value that the message text may quote as {name}. Never personal data.
    Error&& with(std::string name, std::string value) && {
        parameters_.emplace_back(std::move(name), std::move(value));
        return std::move(*this);
    }
    Error&& retry_after(std::chrono::seconds wait) && {
        retry_after_ = wait;
        return std::move(*this);
    }

    Fault fault() const { return fault_; }
    const std::string& code() const { return code_; }
    const std::vector<FieldError>& fields() const { return fields_; }
    const std::vector<std::pair<std::string, std::string>>& parameters() const { return parameters_; }
    std::optional<std::chrono::seconds> retry_after() const { return retry_after_; }
    const char* what() const noexcept override { return code_.c_str(); }

private:
    Fault fault_;
    std::string code_;
    std::vector<FieldError> fields_;
    std::vector<std::pair<std::string, std::string>> parameters_;
    std::optional<std::chrono::seconds> retry_after_;
};

/// Reports a broken promise of our own code and stops the program. Used through EDU_ASSERT.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace educard

/// A bug if false: log and stop.
#define EDU_ASSERT(expression) \
    ((expression) ? static_cast<void>(0) : ::educard::assertion_failed(#expression, __FILE__, __LINE__))
