#include "base/picture.hpp"

#include <gtest/gtest.h>

namespace educard {
namespace {

TEST(Pictures, AreToldByTheirOctets) {
    EXPECT_EQ(clean_picture("").error(), PictureFault::unknown_type);
    EXPECT_EQ(clean_picture("<svg>").error(), PictureFault::unknown_type);
    EXPECT_EQ(clean_picture("GIF89a").error(), PictureFault::unknown_type);
    EXPECT_EQ(clean_picture(std::string(kLargestPicture + 1, 'x')).error(), PictureFault::too_large);
    EXPECT_EQ(clean_picture("\x89PNG\r\n\x1A\n").error(), PictureFault::damaged);
    EXPECT_EQ(clean_picture("\xFF\xD8\xFF").error(), PictureFault::damaged);
    EXPECT_EQ(clean_picture(std::string("RIFF\x04\0\0\0WEBP", 12)).error(), PictureFault::damaged);
}

std::string small_jpeg(std::string_view beside) {
    std::string jpeg("\xFF\xD8", 2);
    if (!beside.empty()) {
        jpeg +=
            std::string("\xFF\xFE", 2) + '\0' + static_cast<char>(beside.size() + 2) + std::string(beside);
    }
    jpeg += std::string("\xFF\xC0\x00\x0B\x08\x00\x04\x00\x03\x01\x01\x11\x00", 13);
    jpeg += std::string("\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00", 10);
    return jpeg + std::string("\x12\xFF\x00\x34\xFF\xD3\x56\xFF\xD9", 9);
}

TEST(Pictures, KeepNothingBesideThePicture) {
    const auto cleaned = clean_picture(small_jpeg("where it was taken") + "behind the end");
    ASSERT_TRUE(cleaned.has_value());
    EXPECT_EQ(cleaned->octets, small_jpeg(""));
    EXPECT_EQ(cleaned->width, 3U);
    EXPECT_EQ(cleaned->height, 4U);
}

TEST(Pictures, CleanOnesStayAsTheyAre) {
    const auto cleaned = clean_picture(small_jpeg(""));
    ASSERT_TRUE(cleaned.has_value());
    EXPECT_EQ(cleaned->octets, small_jpeg(""));
}

TEST(Pictures, CutAnywhereAreDamaged) {
    const auto whole = small_jpeg("comment");
    for (std::size_t length = 3; length < whole.size(); ++length) {
        EXPECT_FALSE(clean_picture(std::string_view(whole).substr(0, length)).has_value()) << length;
    }
}

}  // namespace
}  // namespace educard
