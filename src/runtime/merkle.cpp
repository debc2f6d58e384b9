#include "runtime/merkle.hpp"

namespace educard {

namespace {

constexpr std::array<std::uint8_t, 1> kLeaf = {0};
constexpr std::array<std::uint8_t, 1> kNode = {1};

}  // namespace

crypto::Digest merkle_leaf(ByteView content) {
    return crypto::Sha256().add(kLeaf).add(content).finish();
}

/// Level by level from the leaves, a last one without a partner going up as it is: the same tree as the
/// RFC's, which cuts from the top at the largest power of two.
crypto::Digest merkle_root(std::vector<crypto::Digest> leaves) {
    if (leaves.empty()) {
        return crypto::sha256(ByteView());
    }
    crypto::Sha256 hash;
    while (leaves.size() > 1) {
        std::size_t made = 0;
        for (std::size_t i = 0; i < leaves.size(); i += 2) {
            leaves[made++] = i + 1 < leaves.size()
                                 ? hash.add(kNode).add(leaves[i]).add(leaves[i + 1]).finish()
                                 : leaves[i];
        }
        leaves.resize(made);
    }
    return leaves.front();
}

}  // namespace educard
