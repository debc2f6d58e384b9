#include "base/error.hpp"

#include <cstdlib>
#include <spdlog/spdlog.h>

namespace educard {

void assertion_failed(const char* expression, const char* file, int line) {
    spdlog::critical("assertion failed: {} at {}:{}", expression, file, line);
    spdlog::shutdown();
    std::abort();
}

}  // namespace educard
