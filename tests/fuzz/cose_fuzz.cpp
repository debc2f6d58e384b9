#include "crypto/cose.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace educard::crypto;
    const educard::ByteView input(data, size);
    if (const auto value = cbor::decode(input)) {
        if (const auto key = cose::decode_key(*value)) {
            static_cast<void>(key->thumbprint());
        }
    }
    if (const auto message = cose::parse(input)) {
        static const auto key = P256PrivateKey::generate();
        static_cast<void>(message->verify(key.public_key()));
        static_cast<void>(cose::key_id_from(message->key_id));
    }
    static_cast<void>(signature_from_der(input));
    return 0;
}
