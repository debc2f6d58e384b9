#include "crypto/secret.hpp"

#include <sodium.h>

namespace educard::crypto {

void Secret::wipe() {
    if (!bytes_.empty()) {
        sodium_memzero(bytes_.data(), bytes_.size());
    }
}

}  // namespace educard::crypto
