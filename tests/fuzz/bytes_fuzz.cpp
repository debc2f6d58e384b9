// What is decoded from a spelling is written back the same way.

#include "base/bytes.hpp"
#include "base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace educard;
    const auto text = as_text(ByteView(data, size));
    if (const auto bytes = from_base45(text)) {
        EDU_ASSERT(to_base45(*bytes) == text);
    }
    if (const auto bytes = from_base64url(text)) {
        EDU_ASSERT(to_base64url(*bytes) == text);
    }
    if (const auto bytes = from_hex(text)) {
        EDU_ASSERT(from_hex(to_hex(*bytes)) == bytes);
    }
    EDU_ASSERT(from_base45(to_base45(ByteView(data, size))) == Bytes(data, data + size));
    return 0;
}
