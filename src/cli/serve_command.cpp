#include "base/durable_file.hpp"
#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/database_watch.hpp"
#include "cli/demonstration.hpp"
#include "cli/foundation.hpp"
#include "cli/metrics.hpp"
#include "cli/platform.hpp"
#include "http/server.hpp"
#include "http/system_pages.hpp"

#include <atomic>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <spdlog/spdlog.h>

namespace educard::cli {

namespace {

using namespace std::chrono_literals;

/// What one network may do. A whole school often shares one address, so the rules stop floods, not classes;
/// guessing at a password has narrower rules of its own (modules/accounts).
RateRule rule_of(http::Rate rate) {
    switch (rate) {
        case http::Rate::normal:
            return {.burst = 2'000, .refill = 10ms};
        case http::Rate::costly:
            return {.burst = 300, .refill = 100ms};
        case http::Rate::guessable:
            return {.burst = 300, .refill = 200ms};
    }
    return {};
}

/// Signals of this set come to wait() and nowhere else; made before there are other threads.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGINT);
        sigaddset(&set_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
    }
    void wait() const {
        int signal = 0;
        sigwait(&set_, &signal);
    }

private:
    sigset_t set_{};
};

/// Two servers on one data folder would take each other's uploads and serials, so the second one is refused.
/// Throws Error "cli.already_served".
std::unique_ptr<FileLock> own_data_folder(const Settings& settings) {
    make_data_folder(settings);
    try {
        return std::make_unique<FileLock>(settings.data + "/serve", FileLock::WhenHeld::give_up);
    } catch (const std::system_error& error) {
        if (error.code() == std::errc::operation_would_block) {
            throw Error(Fault::conflict, "cli.already_served").with("folder", settings.data);
        }
        throw;
    }
}

/// The folder for request bodies on their way in; what an earlier process left there is of no use.
std::string fresh_upload_folder(const Settings& settings) {
    const auto folder = settings.data + "/incoming";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    return folder;
}

/// Whether the person whose ID number ends the line still has no account.
bool is_newcomer(Platform& platform, const std::string& line) {
    const people::Document document{people::DocumentKind::resident_id, line.substr(line.rfind(' ') + 1)};
    const auto digest = people::digest_of(platform.foundation.blind_index, document);
    return platform.foundation.database->read(
        [&](sql::Tx& tx) { return platform.accounts.claimants(tx, digest).empty(); });
}

void print_demonstration_accounts(Platform& platform, const Settings& settings) {
    std::ifstream file(settings.data + "/demonstration.txt");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(kNewcomer) || is_newcomer(platform, line)) {
            std::cout << line << '\n';
        }
    }
}

http::Services services_of(Platform& platform,
                           const Settings& settings,
                           MemoryRateLimits& limits,
                           const RefusalMetrics& refusals) {
    http::Services services{.database = *platform.foundation.database,
                            .texts = platform.foundation.texts,
                            .authenticate =
                                [&platform](sql::Tx& tx, std::string_view token) {
                                    return platform.accounts.authenticate(tx, token);
                                },
                            .run_on_cpu =
                                [&platform](std::move_only_function<void()> work) {
                                    platform.cpu.submit(std::move(work), [](const std::exception_ptr&) {});
                                }};
    if (settings.limit_networks) {
        services.limit = [&limits](http::Rate rate, const std::string& network) {
            return limits.take(std::to_string(static_cast<int>(rate)) + ":" + network, rule_of(rate));
        };
    }
    services.kept_answers = &platform.foundation.kept_answers;
    services.on_refused = [&refusals](const Error& error) { refusals.count(error); };
    services.origin = settings.origin();
    services.trusted_proxies = settings.trusted_proxies;
    return services;
}

int serve(const Settings& settings) {
    if (const auto faults = faults_of(settings); !faults.empty()) {
        std::fprintf(stderr, "educard: %s\n", faults.front().c_str());
        return 2;
    }
    const StopSignals signals;
    const auto lock = own_data_folder(settings);
    Platform platform(settings);
    http::Routes routes;
    add_all_routes(routes, platform.modules());
    MemoryRateLimits limits(platform.foundation.clock, 100'000);
    const RefusalMetrics refusals(platform.foundation.metrics);
    http::Router router(routes, services_of(platform, settings, limits, refusals));
    const http::StaticFiles files("web/");
    router.set_static_files(files);
    std::atomic<bool> ready = false;
    const DatabaseWatch watch(*platform.foundation.database);
    http::add_system_pages(
        router,
        routes,
        platform.foundation.texts,
        {.version = EDUCARD_VERSION,
         .ready = [&] { return ready.load() && watch.answers() && !platform.foundation.database->is_full(); },
         .metrics = [&platform] { return platform.foundation.metrics.text(); }});
    AnswerMetrics answers(platform.foundation.metrics);
    http::ServerOptions options;
    options.address = settings.listen;
    options.port = settings.port;
    options.threads = settings.io_threads;
    options.upload_folder = fresh_upload_folder(settings);
    options.trusted_proxies = settings.trusted_proxies;
    options.limits.connections = settings.max_connections;
    options.on_served = [&answers](const http::Served& served) {
        answers.count(served);
        http::log_served(served);
    };
    http::Server server(router, platform.foundation.bus, options);
    add_gauges(platform, server);
    platform.start();
    server.start();
    ready = true;
    spdlog::info("serving on port {}", server.port());
    std::printf("ready: http://%s:%u\n",
                settings.listen == "127.0.0.1" ? "localhost" : settings.listen.c_str(),
                static_cast<unsigned>(server.port()));
    std::fflush(stdout);
    print_demonstration_accounts(platform, settings);
    std::cout.flush();
    signals.wait();
    spdlog::info("stopping");
    ready = false;
    server.stop();
    platform.stop();
    return 0;
}

}  // namespace

void add_serve_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    app.add_subcommand("serve", "Serve the platform")->callback([&] {
        chosen = [&settings] { return serve(settings); };
    });
}

}  // namespace educard::cli
