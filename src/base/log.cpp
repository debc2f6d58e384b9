#include "base/log.hpp"

#include "base/error.hpp"
#include "base/mask.hpp"
#include "base/time.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <spdlog/formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace educard {

namespace {

constexpr std::size_t kFileSize = 100'000'000;
constexpr std::size_t kOlderFiles = 5;

class JsonFormatter final : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        const auto level = spdlog::level::to_string_view(line.level);
        const auto masked = mask_id_numbers({line.payload.data(), line.payload.size()});
        const auto text = R"({"time":")" + to_text(std::chrono::time_point_cast<Microseconds>(line.time)) +
                          R"(","level":")" + std::string(level.data(), level.size()) + R"(","thread":)" +
                          std::to_string(line.thread_id) + R"(,"message":)" +
                          boost::json::serialize(boost::json::string_view(masked)) + "}\n";
        out.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

spdlog::sink_ptr make_sink(const LogOptions& options) {
    if (options.file.empty()) {
        return std::make_shared<spdlog::sinks::stderr_sink_mt>();
    }
    try {
        return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file, kFileSize, kOlderFiles);
    } catch (const spdlog::spdlog_ex&) {
        throw Error::invalid("log_file", "value");
    }
}

}  // namespace

std::unique_ptr<spdlog::formatter> make_json_formatter() {
    return std::make_unique<JsonFormatter>();
}

void set_up_log(const LogOptions& options) {
    auto logger = std::make_shared<spdlog::logger>("", make_sink(options));
    logger->set_formatter(make_json_formatter());
    logger->set_level(spdlog::level::from_str(options.level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace educard
