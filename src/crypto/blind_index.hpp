#pragma once
// The keyed digest under which an ID document is found without being readable (look-up, uniqueness). Any
// thread.

#include "base/bytes.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_ring.hpp"

#include <string>
#include <string_view>

namespace educard::crypto {

/// Full-width letters and digits to ASCII, lower case to upper, white space and hyphens dropped.
std::string normalise_document_number(std::string_view number);

class BlindIndex {
public:
    explicit BlindIndex(const KeyRing& ring) : hmac_(ring.active(Purpose::blind_index).material.view()) {}

    /// HMAC-SHA-256 of "educard/document/1" 0 kind 0 normalised number. `kind` is a code of JY/T 1001 ("1",
    /// "A", …).
    Bytes of_document(std::string_view kind, std::string_view number) const;
    /// The same for anything else that must be found blindly; `domain` keeps the uses apart ("phone").
    Bytes of(std::string_view domain, std::string_view value) const;

private:
    Hmac hmac_;
};

}  // namespace educard::crypto
