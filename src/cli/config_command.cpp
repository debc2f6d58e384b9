#include "cli/commands.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <regex>

namespace educard::cli {

namespace {

/// A database URL may hold a password: before the "@", or as libpq's option.
std::string masked(std::string text) {
    static const std::regex kBeforeHost("(://[^/@:]*:)[^@]*@");
    static const std::regex kOption("([?&]password=)[^&]*");
    return std::regex_replace(std::regex_replace(text, kBeforeHost, "$1***@"), kOption, "$1***");
}

int check(const CLI::App& app, const Settings& settings) {
    const auto faults = faults_of(settings);
    for (const auto& fault : faults) {
        std::fprintf(stderr, "%s\n", fault.c_str());
    }
    if (!faults.empty()) {
        return 1;
    }
    for (const auto* option : app.get_options()) {
        if (!option->get_envname().empty() && option->get_name() != "--config") {
            const auto value =
                option->count() > 0 ? CLI::detail::join(option->results(), ",") : option->get_default_str();
            std::printf("%s = \"%s\"\n", option->get_lnames().front().c_str(), masked(value).c_str());
        }
    }
    std::printf("# database in force: %s\n# key ring in force: %s\n",
                masked(settings.database_url()).c_str(),
                settings.keys_file().c_str());
    return 0;
}

}  // namespace

void add_config_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* config = app.add_subcommand("config", "Settings of this installation");
    config->require_subcommand(1);
    config->add_subcommand("check", "Check the settings and print those in force")->callback([&] {
        chosen = [&app, &settings] { return check(app, settings); };
    });
}

}  // namespace educard::cli
