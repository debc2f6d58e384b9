#pragma once
// A number with what it counts, as English says it.

#include <cstdint>
#include <string>
#include <string_view>

namespace educard::cli {

/// "1 row", "2 rows", "0 rows".
inline std::string counted(std::int64_t number, std::string_view one, std::string_view more) {
    return std::to_string(number).append(" ").append(number == 1 ? one : more);
}

}  // namespace educard::cli
