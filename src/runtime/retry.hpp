#pragma once
// When and whether to try again, for jobs and the outbox.

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <string>
#include <string_view>

namespace educard {

struct Failure {
    std::string code;
    bool try_again = true;
};

/// What a handler's exception means. Logs it, as "<what> failed: <code>".
Failure failure_of(const std::exception_ptr& fault, std::string_view what);

/// 1 s, 2 s, 4 s … at most 10 minutes.
std::chrono::seconds wait_before_attempt(std::int64_t attempts_made);

/// Refuses kinds that are not lower-case words with dots: they stand in SQL text.
void require_kind(std::string_view kind);

/// "'a.b', 'c.d'" for `kind IN (…)`.
template <class Handler>
std::string quoted_kinds(const std::map<std::string, Handler, std::less<>>& handlers) {
    std::string text;
    for (const auto& [kind, handler] : handlers) {
        text += (text.empty() ? "'" : ", '") + kind + "'";
    }
    return text.empty() ? "''" : text;
}

}  // namespace educard
