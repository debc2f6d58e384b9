// A shown code from outside, a credential without the Base45 around it, and a verifier's key file.

#include "base/error.hpp"
#include "modules/cards/cards.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace educard;
    const ByteView input(data, size);
    static const cards::Trust trust;
    static const cards::KnownLists lists;
    const Time now(std::chrono::seconds(1'795'000'000));
    const auto outcome = cards::verify(as_text(input), trust, now, lists);
    EDU_ASSERT(cards::result_of(outcome.reason) == cards::Result::refuse);
    static_cast<void>(cards::verify("EDU1:" + to_base45(input), trust, now, lists));
    if (const auto credential = cards::parse_credential(input)) {
        EDU_ASSERT(credential->claims.card_number.size() == 16);
        static_cast<void>(cards::mask_name(credential->claims.name));
    }
    static_cast<void>(cards::Trust::from_json(as_text(input)));
    return 0;
}
