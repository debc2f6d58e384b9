#pragma once
// What an installation can set: by file (--config), environment (EDUCARD_…) and flags, each overriding the
// one before. Filled by CLI11 in main.cpp before the chosen command runs; constant afterwards.

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace educard::cli {

struct Settings {
    std::string data = "var";  // database, keys, uploads
    std::string database;      // URL; empty means sqlite:<data>/educard.db
    std::string keys;          // key ring file; empty means <data>/keys.json
    std::string log_level = "info";
    std::string log_file;  // empty means standard error
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string public_url;  // what browsers see; empty means http://localhost:<port>
    std::vector<std::string> trusted_proxies;
    unsigned io_threads = 0;   // 0 means one per core
    unsigned cpu_threads = 0;  // 0 means one per core
    unsigned max_connections = 10'000;
    bool limit_networks = true;         // off where a proxy in front limits them
    bool reach_private = false;         // whether apps on private networks are told of sign-outs
    bool require_second_factor = true;  // of administrators
    std::string sms_gateway;            // URL with {to} and {text}, or "console"; empty: no short messages
    std::int64_t sms_per_hour = 2'000;  // this and the next: of the whole installation; 0: no cap
    std::int64_t sms_per_day = 20'000;
    unsigned recovery_hours = 24;  // how long a password that was reset by SMS waits before it is good
    unsigned escalation_days = 5;  // an undecided application goes to the next level after so many days

    unsigned problem_school_days = 3;  // working days after which a problem goes up from a school
    unsigned problem_level_days = 5;   // from a county or a city

    /// Whether the database is a file of this process.
    bool is_embedded() const { return database_url().starts_with("sqlite:"); }
    std::string database_url() const {
        return database.empty() ? "sqlite:" + data + "/educard.db" : database;
    }
    std::string keys_file() const { return keys.empty() ? data + "/keys.json" : keys; }
    std::string serials_file() const {
        return keys_file() + ".serials";
    }  // belongs to the key ring: it numbers the cards
    std::string origin() const {
        return public_url.empty() ? "http://localhost:" + std::to_string(port) : public_url;
    }
};

/// Declares every setting as an option of the program.
void add_settings(CLI::App& app, Settings& settings);

/// What is wrong with the settings, a line each, in words; empty when they fit together.
std::vector<std::string> faults_of(const Settings& settings);

}  // namespace educard::cli
