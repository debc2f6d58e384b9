// A token from outside, and a key from outside: either may be anything. The first line is the token, the rest
// the key.

#include "base/error.hpp"
#include "crypto/jwt.hpp"

#include <boost/json/parse.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace educard;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.substr(0, text.find('\n'));
    const auto token = crypto::read_jwt(line);
    boost::system::error_code fault;
    const auto value = boost::json::parse(text.substr(std::min(line.size() + 1, text.size())), fault);
    const auto key = !fault && value.is_object() ? crypto::JwtKey::from_jwk(value.as_object()) : std::nullopt;
    if (key) {
        EDU_ASSERT(key->thumbprint().size() == 43);
    }
    if (token) {
        token->seconds("exp");
        token->is_for("a");
        EDU_ASSERT(token->signed_part.size() < line.size());
        if (key) {
            token->is_signed_by(*key);
        }
    }
    return 0;
}
