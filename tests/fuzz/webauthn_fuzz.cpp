#include "modules/accounts/webauthn.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace educard::accounts::webauthn;
    static const auto party = party_of("https://card.example.test");
    const educard::ByteView input(data, size);
    static_cast<void>(read_challenge(party, Ceremony::get, educard::as_text(input)));
    static_cast<void>(read_attestation(party, input));
    // The first half as the key, the second as what it may have signed.
    const auto half = size / 2;
    static_cast<void>(
        check_assertion(party, input.first(half), input.subspan(half), "{}", input.subspan(half)));
    return 0;
}
