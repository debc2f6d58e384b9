#pragma once
// Draws a short text as a picture that people read without effort: letters made of our own strokes (no font,
// no third party), each a little turned, sheared and bent. What holds programs back is that a picture is good
// for one try and that tries are limited (sign_in.cpp), not that it is hard to read. Any thread.

#include "base/bytes.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace educard::accounts {

/// Letters and digits that cannot be taken for one another (no 0/O/D/Q, 1/I/L, 2/Z, 5/S, 8/B, 6/G, U/V).
constexpr std::string_view kPictureAlphabet = "ACEFHJKMNPRTUWXY3479";

/// A PNG (8 bits of grey) of `text`, which holds only letters of kPictureAlphabet. The same seed draws the
/// same picture. It has two pixels for each of the page's.
Bytes draw_captcha(std::string_view text, std::uint64_t seed);

}  // namespace educard::accounts
