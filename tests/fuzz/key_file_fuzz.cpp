// The key ring's file refuses with an Error or gives keys of the right form.

#include "base/error.hpp"
#include "crypto/key_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace educard;
    try {
        const auto stored = crypto::decode_key_file(as_text(ByteView(data, size)), std::nullopt);
        for (const auto& key : stored.keys) {
            EDU_ASSERT(key->id != 0 && !key->material.view().empty());
        }
    } catch (const Error& error) {
        EDU_ASSERT(error.fault() == Fault::internal);
    }
    return 0;
}
