#include "base/log.hpp"

#include "base/mask.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>
#include <thread>
#include <vector>

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

/// Counts how often it is written to.
class Target final : public spdlog::sinks::sink {
public:
    void log(const spdlog::details::log_msg& lines) override {
        const std::lock_guard lock(mutex_);
        text_.append(lines.payload.data(), lines.payload.size());
        ++writes_;
        changed_.notify_all();
    }
    void flush() override {}
    void set_pattern(const std::string&) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

    void wait_for(std::string_view text) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return text_.find(text) != std::string::npos; });
    }
    std::string text() {
        const std::lock_guard lock(mutex_);
        return text_;
    }
    int writes() {
        const std::lock_guard lock(mutex_);
        return writes_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string text_;
    int writes_ = 0;
};

TEST(Log, LinesAreGatheredAndNoneIsLostAtTheEnd) {
    const auto target = std::make_shared<Target>();
    constexpr int kLines = 5'000;
    {
        spdlog::logger logger("", make_gathering_sink(target));
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 2; ++thread) {
            threads.emplace_back([&] {
                for (int i = 0; i < kLines; ++i) {
                    logger.info("line {}", i);
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
    }
    std::istringstream lines(target->text());
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        EXPECT_TRUE(boost::json::parse(line).is_object()) << line;
    }
    EXPECT_EQ(count, 2 * kLines);
    EXPECT_LT(target->writes(), kLines / 5);
}

TEST(Log, AWarningIsWrittenAtOnceWithWhatWaitedBeforeIt) {
    const auto target = std::make_shared<Target>();
    spdlog::logger logger("", make_gathering_sink(target));
    logger.info("before");
    logger.warn("now");
    const auto text = target->text();
    EXPECT_LT(text.find("before"), text.find("now"));
    EXPECT_NE(text.find("now"), std::string::npos);
}

TEST(Log, ALineDoesNotWaitForTheNext) {
    const auto target = std::make_shared<Target>();
    spdlog::logger logger("", make_gathering_sink(target));
    logger.info("the only one");
    target->wait_for("the only one");
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
