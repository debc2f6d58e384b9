#pragma once
// What cards.cpp, devices.cpp and verification online share.

#include "modules/cards/cards.hpp"
#include "modules/cards/store.hpp"

#include <optional>

namespace educard::cards {

/// A card and whose it is.
struct Cards::Found {
    store::CardRow card;
    std::optional<Holder> holder;

    CardView view() const;
};

}  // namespace educard::cards
