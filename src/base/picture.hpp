#pragma once
// Pictures from outside: told by their octets, never by what they are called, and kept without what they
// say beside the picture (place, device, comments) and without anything behind it. Nothing is decoded. Pure
// functions; any thread.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace educard {

constexpr std::size_t kLargestPicture = 5U << 20U;  // octets
constexpr std::uint32_t kLongestSide = 16'384;      // pixels

enum class PictureFault { too_large, unknown_type, animated, damaged };

struct CleanPicture {
    std::string_view content_type;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::string octets;
};

/// PNG, JPEG or WebP, each a single picture. Clean ones come back as they are.
std::expected<CleanPicture, PictureFault> clean_picture(std::string_view octets);

}  // namespace educard
