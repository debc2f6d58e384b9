#include "modules/problems/picture.hpp"
#include "modules/problems/working_days.hpp"

#include <gtest/gtest.h>

namespace educard::problems {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

Date on(int number) {  // 2026-09-01 is a Tuesday
    return year(2026) / month(9) / day(static_cast<unsigned>(number));
}

TEST(WorkingDays, PassOverWeekends) {
    EXPECT_EQ(add_working_days(on(3), 3), on(8));  // Thursday: Friday, Monday, Tuesday
    EXPECT_EQ(add_working_days(on(4), 1), on(7));  // Friday
    EXPECT_EQ(add_working_days(on(5), 1), on(7));  // Saturday
    EXPECT_EQ(add_working_days(on(1), 5), on(8));
}

TEST(WorkingDays, AreCountedAsTheyWereAdded) {
    for (int from = 1; from <= 14; ++from) {
        for (int days = 1; days <= 10; ++days) {
            EXPECT_EQ(working_days_between(on(from), add_working_days(on(from), days)), days);
        }
    }
    EXPECT_EQ(working_days_between(on(8), on(1)), 0);
    EXPECT_EQ(working_days_between(on(4), on(6)), 0);
}

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
}  // namespace educard::problems
