#include "base/log.hpp"

#include "base/mask.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>

namespace educard {
namespace {

std::string logged(const std::string& message) {
    std::ostringstream out;
    spdlog::logger logger("", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
    logger.set_formatter(make_json_formatter());
    logger.warn(message);
    return out.str();
}

TEST(Log, ALineIsOneJsonObjectWhateverTheMessageHolds) {
    const std::string message = "first\nsecond \"quoted\" \x01 \\ 𬭊";
    const auto line = logged(message);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto value = boost::json::parse(line);
    EXPECT_EQ(value.at("message").as_string(), message);
    EXPECT_EQ(value.at("level").as_string(), "warning");
}

TEST(Log, IdNumbersAreMasked) {
    EXPECT_EQ(logged("number 320106201001011234").find("3201"), std::string::npos);
}

TEST(Mask, IdNumbersGoAndOtherNumbersStay) {
    EXPECT_EQ(mask_id_numbers("a 32010620100101123X b"), "a ****************** b");
    EXPECT_EQ(mask_id_numbers("320106201001011234"), "******************");
    EXPECT_EQ(mask_id_numbers("320106100101123,"), "***************,");
    EXPECT_EQ(mask_id_numbers("3212345678901234"), "3212345678901234");
    EXPECT_EQ(mask_id_numbers("12345678901234567890"), "12345678901234567890");
    EXPECT_EQ(mask_id_numbers(""), "");
}

}  // namespace
}  // namespace educard
