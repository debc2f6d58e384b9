#include "cli/settings.hpp"

#include "cli/unknown_names.hpp"

#include <boost/url/parse.hpp>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace educard::cli {

namespace {

/// The settings file, less what the environment says: CLI11 would let the file win.
class FileBelowEnvironment : public CLI::ConfigTOML {
public:
    explicit FileBelowEnvironment(const CLI::App& app) : app_(app) {}

    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
        auto given = CLI::ConfigTOML::from_config(input);
        for (const auto& item : given) {
            require_known(item);
        }
        std::erase_if(given, [this](const CLI::ConfigItem& item) { return is_in_environment(item); });
        return given;
    }

private:
    void require_known(const CLI::ConfigItem& item) const {
        const bool known = item.parents.empty() && app_.get_option_no_throw("--" + item.name) != nullptr;
        if (known) {
            return;
        }
        std::vector<std::string> settings;
        for (const auto* option : app_.get_options()) {
            if (!option->get_envname().empty()) {
                settings.push_back(option->get_lnames().front());
            }
        }
        throw CLI::ConfigError(fmt::format("there is no setting \"{}\" ({}){}",
                                           item.fullname(),
                                           app_.get_config_ptr()->as<std::string>(),
                                           did_you_mean(item.name, settings)));
    }
    bool is_in_environment(const CLI::ConfigItem& item) const {
        const auto* option = item.parents.empty() ? app_.get_option_no_throw("--" + item.name) : nullptr;
        return option != nullptr && !option->get_envname().empty() &&
               std::getenv(option->get_envname().c_str()) != nullptr;
    }

    const CLI::App& app_;
};

}  // namespace

void add_settings(CLI::App& app, Settings& settings) {
    app.config_formatter(std::make_shared<FileBelowEnvironment>(app));
    app.allow_config_extras(CLI::config_extras_mode::error);
    const char* file = std::getenv("EDUCARD_CONFIG");
    app.set_config("--config",
                   file != nullptr ? file : "",
                   "A file of settings: name = value, a line each (EDUCARD_CONFIG)",
                   file != nullptr);
    app.add_option("--data", settings.data, "Folder of the database, keys and uploads")
        ->envname("EDUCARD_DATA")
        ->capture_default_str();
    app.add_option("--database",
                   settings.database,
                   "sqlite:FILE or postgresql://user@host/name; by default an SQLite file in the data folder")
        ->envname("EDUCARD_DATABASE");
    app.add_option("--keys", settings.keys, "Key ring file; by default keys.json in the data folder")
        ->envname("EDUCARD_KEYS");
    app.add_option("--log-level", settings.log_level, "debug, info, warn or error")
        ->envname("EDUCARD_LOG_LEVEL")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
        ->capture_default_str();
    app.add_option("--log-file", settings.log_file, "Log file; by default standard error")
        ->envname("EDUCARD_LOG_FILE");
    app.add_option("--listen", settings.listen, "Address to listen on")
        ->envname("EDUCARD_LISTEN")
        ->capture_default_str();
    app.add_option("--port", settings.port, "Port to listen on; 0 lets the system choose")
        ->envname("EDUCARD_PORT")
        ->capture_default_str();
    app.add_option("--public-url", settings.public_url, "What browsers see, e.g. https://card.example.cn")
        ->envname("EDUCARD_PUBLIC_URL");
    app.add_option(
           "--trusted-proxies", settings.trusted_proxies, "Addresses whose X-Forwarded-For is believed")
        ->envname("EDUCARD_TRUSTED_PROXIES")
        ->delimiter(',');
    app.add_option("--io-threads", settings.io_threads, "0 means one per core")
        ->envname("EDUCARD_IO_THREADS")
        ->capture_default_str();
    app.add_option(
           "--cpu-threads", settings.cpu_threads, "Threads for password hashing; 0 means one per core")
        ->envname("EDUCARD_CPU_THREADS")
        ->capture_default_str();
    app.add_option("--max-connections", settings.max_connections, "Further connections are refused")
        ->envname("EDUCARD_MAX_CONNECTIONS")
        ->capture_default_str();
    app.add_option("--limit-networks",
                   settings.limit_networks,
                   "Whether one network may be refused for asking too often; false where a proxy does that")
        ->envname("EDUCARD_LIMIT_NETWORKS")
        ->capture_default_str();
    app.add_option(
           "--reach-private",
           settings.reach_private,
           "Whether apps on private networks, and without TLS, are told of sign-outs; false keeps the "
           "server from asking its neighbours")
        ->envname("EDUCARD_REACH_PRIVATE")
        ->capture_default_str();
    app.add_option("--require-second-factor",
                   settings.require_second_factor,
                   "Whether administrators have to set up a second factor before they may do anything")
        ->envname("EDUCARD_REQUIRE_SECOND_FACTOR")
        ->capture_default_str();
    app.add_option("--sms-gateway",
                   settings.sms_gateway,
                   "Where short messages leave: a URL with {to}, {text} and {report}, or \"console\" for the "
                   "log; empty: "
                   "none are sent")
        ->envname("EDUCARD_SMS_GATEWAY");
    app.add_option("--sms-per-hour",
                   settings.sms_per_hour,
                   "How many short messages the whole installation sends in an hour; 0: no cap")
        ->envname("EDUCARD_SMS_PER_HOUR")
        ->check(CLI::Range(0, 100'000'000))
        ->capture_default_str();
    app.add_option("--sms-per-day",
                   settings.sms_per_day,
                   "How many short messages the whole installation sends in a day; 0: no cap")
        ->envname("EDUCARD_SMS_PER_DAY")
        ->check(CLI::Range(0, 100'000'000))
        ->capture_default_str();
    app.add_option("--recovery-hours",
                   settings.recovery_hours,
                   "How long a password that was reset by SMS waits before it is good")
        ->envname("EDUCARD_RECOVERY_HOURS")
        ->check(CLI::Range(0, 720))
        ->capture_default_str();
    app.add_option("--escalation-days",
                   settings.escalation_days,
                   "After so many days the next level may decide an application")
        ->envname("EDUCARD_ESCALATION_DAYS")
        ->check(CLI::Range(1, 365))
        ->capture_default_str();
    app.add_option("--problem-school-days",
                   settings.problem_school_days,
                   "After so many working days a problem that a school has not solved goes up")
        ->envname("EDUCARD_PROBLEM_SCHOOL_DAYS")
        ->check(CLI::Range(1, 365))
        ->capture_default_str();
    app.add_option("--problem-level-days", settings.problem_level_days, "The same for a county or a city")
        ->envname("EDUCARD_PROBLEM_LEVEL_DAYS")
        ->check(CLI::Range(1, 365))
        ->capture_default_str();
}

std::vector<std::string> faults_of(const Settings& settings) {
    std::vector<std::string> faults;
    std::error_code error;
    if (std::filesystem::exists(settings.data, error) &&
        !std::filesystem::is_directory(settings.data, error)) {
        faults.push_back(fmt::format("data: {} is not a folder", settings.data));
    }
    const auto& gateway = settings.sms_gateway;
    const bool asks = gateway.starts_with("http://") || gateway.starts_with("https://");
    if (!gateway.empty() && gateway != "console" &&
        !(asks && gateway.contains("{to}") && gateway.contains("{text}"))) {
        faults.emplace_back("sms-gateway: must be a URL with {to} and {text} in it, or \"console\"");
    }
    if (const auto url = settings.database_url();
        !url.starts_with("sqlite:") && !url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
        faults.emplace_back("database: give sqlite:FILE or postgresql://user@host/name");
    }
    if (!settings.public_url.empty()) {
        const auto url = boost::urls::parse_uri(settings.public_url);
        if (!url || (url->scheme() != "https" && url->scheme() != "http") ||
            (!url->path().empty() && url->path() != "/")) {
            faults.emplace_back("public-url: give a scheme and a host only, such as https://card.example.cn");
        }
    }
    return faults;
}

}  // namespace educard::cli
