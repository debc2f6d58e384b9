// Compressed bits from outside, and whole claims under a good signature (the signature itself would stop the
// fuzzer).

#include "base/error.hpp"
#include "crypto/status_list.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace educard::crypto;
    const educard::ByteView input(data, size);
    if (const auto bits = StatusBits::decompress(input)) {
        EDU_ASSERT(!bits->at(bits->size()));
        EDU_ASSERT(StatusBits::decompress(bits->compress()) == bits);
    }
    static const auto key = P256PrivateKey::generate();
    const auto token = cose::sign(input, key, 1, "application/statuslist+cwt");
    static_cast<void>(read_status_list(token, key.public_key()));
    static_cast<void>(read_status_list(input, key.public_key()));
    return 0;
}
