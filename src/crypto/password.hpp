#pragma once
// Passwords as argon2id (RFC 9106) with the cost that OWASP recommends: 19 MiB, 2 passes, 1 lane. About 25 ms
// and 19 MiB per call: never on an I/O thread; run it on the bounded CPU pool. Any thread.

#include <cstddef>
#include <string>
#include <string_view>

namespace educard::crypto {

struct PasswordCost {
    std::size_t memory_kib = 19456;
    unsigned passes = 2;
};

/// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash" (PHC string format).
/// Throws Error(unavailable, "crypto.out_of_memory") when there is no room for the work.
std::string hash_password(std::string_view password, PasswordCost cost = {});

/// Whether the password fits. Anything that is not such a hash fits nothing.
bool verify_password(std::string_view hash, std::string_view password);

/// True when the hash was made at another cost or is not argon2id: hash again at the next successful sign-in.
bool needs_rehash(std::string_view hash, PasswordCost cost = {});

/// Costs what verify_password costs and fits nothing: for unknown user names, so that nobody learns which are
/// known.
void burn_password(std::string_view password);

}  // namespace educard::crypto
