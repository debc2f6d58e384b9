#pragma once
// Merkle tree hash as in RFC 6962, 2.1: SHA-256 with a prefix that keeps leaves and nodes apart.

#include "base/bytes.hpp"
#include "crypto/digest.hpp"

#include <vector>

namespace educard {

crypto::Digest merkle_leaf(ByteView content);
/// The root over leaves in order; of none, the hash of nothing.
crypto::Digest merkle_root(std::vector<crypto::Digest> leaves);

}  // namespace educard
