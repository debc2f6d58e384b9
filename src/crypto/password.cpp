#include "crypto/password.hpp"

#include "base/error.hpp"
#include "crypto/random.hpp"

#include <array>
#include <sodium.h>

namespace educard::crypto {

std::string hash_password(std::string_view password, PasswordCost cost) {
    ensure_sodium();
    std::array<char, crypto_pwhash_STRBYTES> text{};
    const int failed = crypto_pwhash_str_alg(text.data(),
                                             password.data(),
                                             password.size(),
                                             cost.passes,
                                             cost.memory_kib * 1024,
                                             crypto_pwhash_ALG_ARGON2ID13);
    if (failed != 0) {
        throw Error(Fault::unavailable, "crypto.out_of_memory").retry_after(std::chrono::seconds(5));
    }
    return text.data();
}

bool verify_password(std::string_view hash, std::string_view password) {
    ensure_sodium();
    const std::string terminated(hash);
    return hash.size() < crypto_pwhash_STRBYTES && hash.starts_with(crypto_pwhash_STRPREFIX) &&
           crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

bool needs_rehash(std::string_view hash, PasswordCost cost) {
    ensure_sodium();
    const std::string terminated(hash);
    return hash.size() >= crypto_pwhash_STRBYTES ||
           crypto_pwhash_str_needs_rehash(terminated.c_str(), cost.passes, cost.memory_kib * 1024) != 0;
}

void burn_password(std::string_view password) {
    ensure_sodium();
    const PasswordCost cost;
    constexpr std::array<unsigned char, crypto_pwhash_SALTBYTES> kSalt{};
    std::array<unsigned char, 32> out{};
    const int failed = crypto_pwhash(out.data(),
                                     out.size(),
                                     password.data(),
                                     password.size(),
                                     kSalt.data(),
                                     cost.passes,
                                     cost.memory_kib * 1024,
                                     crypto_pwhash_ALG_ARGON2ID13);
    if (failed != 0) {
        throw Error(Fault::unavailable, "crypto.out_of_memory").retry_after(std::chrono::seconds(5));
    }
}

}  // namespace educard::crypto
