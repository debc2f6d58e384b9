#include <cstdio>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"

namespace educard::cli {

namespace {

int check(const CLI::App& app, const Settings& settings) {
    const auto faults = faults_of(settings);
    for (const auto& fault : faults) {
        std::fprintf(stderr, "%s\n", fault.c_str());
    }
    if (!faults.empty()) {
        return 1;
    }
    std::printf("%s", app.config_to_str(true, false).c_str());
    std::printf("# database in force: %s\n# key ring in force: %s\n", settings.database_url().c_str(),
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
