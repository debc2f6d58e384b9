// A decoded value covers exactly the input, and everything in it lies within.

#include "base/error.hpp"
#include "crypto/cbor.hpp"

namespace {

using educard::crypto::cbor::Value;

void check(const Value& value, const std::uint8_t* begin, const std::uint8_t* end) {
    EDU_ASSERT(value.raw.data() >= begin && value.raw.data() + value.raw.size() <= end);
    value.find(1);
    value.find("x");
    for (const auto& item : value.items) {
        check(item, value.raw.data(), value.raw.data() + value.raw.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = educard::crypto::cbor::decode({data, size});
    if (value) {
        EDU_ASSERT(value->raw.size() == size);
        check(*value, data, data + size);
    }
    return 0;
}
