#include "base/log.hpp"

#include "base/error.hpp"
#include "base/mask.hpp"
#include "base/time.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <mutex>
#include <spdlog/formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <thread>
#include <utility>

namespace educard {

namespace {

constexpr std::size_t kFileSize = 100'000'000;
constexpr std::size_t kOlderFiles = 5;
constexpr std::size_t kMaxWaiting = 64 * 1024;  // octets; whoever fills it writes them
constexpr auto kMaxDelay = std::chrono::milliseconds(50);

void append(spdlog::memory_buf_t& out, std::string_view text) {
    out.append(text.data(), text.data() + text.size());
}

/// As JSON asks; a plain line is copied as it is.
void append_quoted(spdlog::memory_buf_t& out, std::string_view text) {
    const bool plain =
        std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
    if (!plain) {
        append(out, boost::json::serialize(boost::json::string_view(text)));
        return;
    }
    out.push_back('"');
    append(out, text);
    out.push_back('"');
}

class JsonFormatter final : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        const auto level = spdlog::level::to_string_view(line.level);
        append(out, R"({"time":")");
        append(out, to_text(std::chrono::time_point_cast<Microseconds>(line.time)));
        append(out, R"(","level":")");
        append(out, {level.data(), level.size()});
        append(out, R"(","thread":)");
        fmt::format_to(std::back_inserter(out), "{}", line.thread_id);
        append(out, R"(,"message":)");
        append_quoted(out, mask_id_numbers({line.payload.data(), line.payload.size()}));
        append(out, "}\n");
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

/// For the sink below: what it gets has its form already.
class AsItIs final : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& lines, spdlog::memory_buf_t& out) override {
        append(out, {lines.payload.data(), lines.payload.size()});
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<AsItIs>(); }
};

/// Gathers lines and writes them together: when there are many, when one is a warning or worse, and 50 ms
/// after the first at the latest. Nobody waits for the disk but whoever fills the buffer. A process that is
/// killed loses what those 50 ms held, and nothing else.
class GatheringSink final : public spdlog::sinks::sink {
public:
    explicit GatheringSink(spdlog::sink_ptr target) : target_(std::move(target)) {
        target_->set_formatter(std::make_unique<AsItIs>());
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are for threads that wait for them
        thread_ = std::thread([this] { write_in_time(); });
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    ~GatheringSink() override {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        changed_.notify_one();
        thread_.join();
        flush();
    }
    GatheringSink(const GatheringSink&) = delete;
    GatheringSink& operator=(const GatheringSink&) = delete;

    void log(const spdlog::details::log_msg& line) override {
        spdlog::memory_buf_t text;
        JsonFormatter().format(line, text);
        std::unique_lock lock(mutex_);
        const bool first = waiting_.empty();
        waiting_.append(text.data(), text.size());
        if (waiting_.size() >= kMaxWaiting || line.level >= spdlog::level::warn) {
            write(lock);
        } else if (first) {
            lock.unlock();
            changed_.notify_one();
        }
    }
    void flush() override {
        std::unique_lock lock(mutex_);
        write(lock);
    }
    void set_pattern(const std::string& /*pattern*/) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

private:
    void write_in_time() {
        std::unique_lock lock(mutex_);
        while (!ended_) {
            changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
            changed_.wait_for(lock, kMaxDelay, [this] { return ended_; });
            try {
                write(lock);
            } catch (const spdlog::spdlog_ex& fault) {  // a full disk, say; the log cannot tell it
                std::fprintf(stderr, "educard: lines of the log are lost: %s\n", fault.what());
            }
        }
    }

    /// In the order of logging: the next lines wait until these are written.
    void write(std::unique_lock<std::mutex>& /*held*/) {
        if (waiting_.empty()) {
            return;
        }
        writing_.clear();
        writing_.swap(waiting_);  // gone whatever happens, so that a full disk does not fill the memory
        spdlog::details::log_msg lines;
        lines.payload = {writing_.data(), writing_.size()};
        target_->log(lines);
        target_->flush();
    }

    const spdlog::sink_ptr target_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string waiting_;
    std::string writing_;
    bool ended_ = false;
    std::thread thread_;
};

spdlog::sink_ptr make_target(const LogOptions& options) {
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

spdlog::sink_ptr make_gathering_sink(spdlog::sink_ptr target) {
    return std::make_shared<GatheringSink>(std::move(target));
}

void set_up_log(const LogOptions& options) {
    auto logger = std::make_shared<spdlog::logger>("", make_gathering_sink(make_target(options)));
    logger->set_level(spdlog::level::from_str(options.level));
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace educard
