#include "runtime/retry.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace educard {

Failure failure_of(const std::exception_ptr& fault, std::string_view what) {
    Failure failure{.code = "runtime.fault"};
    try {
        std::rethrow_exception(fault);
    } catch (const Error& error) {
        failure.code = error.code();
        failure.try_again = error.fault() == Fault::unavailable || error.fault() == Fault::internal ||
                            error.fault() == Fault::too_many;
        spdlog::warn("{} failed: {}", what, error.code());
    } catch (const std::exception& error) {
        spdlog::error("{} failed: {}", what, error.what());
    } catch (...) {
        spdlog::error("{} failed", what);
    }
    return failure;
}

std::chrono::seconds wait_before_attempt(std::int64_t attempts_made) {
    const auto doublings = std::clamp<std::int64_t>(attempts_made - 1, 0, 10);
    return std::min(std::chrono::seconds(1LL << doublings), std::chrono::seconds(600));
}

void require_kind(std::string_view kind) {
    EDU_ASSERT(!kind.empty() &&
               kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string_view::npos);
}

}  // namespace educard
