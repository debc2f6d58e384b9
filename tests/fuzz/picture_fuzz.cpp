// Pictures from outside: what is taken is clean, and stays as it is when it is cleaned again.
#include "base/error.hpp"
#include "base/picture.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using educard::clean_picture;
    const auto cleaned = clean_picture({reinterpret_cast<const char*>(data), size});
    if (cleaned) {
        const auto again = clean_picture(cleaned->octets);
        EDU_ASSERT(again && again->octets == cleaned->octets && again->width == cleaned->width);
    }
    return 0;
}
