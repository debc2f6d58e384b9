#include "cli/commands.hpp"
#include "cli/foundation.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace educard::cli {

namespace {

int migrate(const Settings& settings) {
    make_data_folder(settings);
    const SystemClock clock;
    crypto::SystemRandom random;
    open_keys(settings, clock, random, when_keys_are_missing(settings));
    const auto database = sql::open(settings.database_url());
    const auto applied = sql::migrate(*database, sql::embedded_migrations(database->engine()));
    std::printf("%zu steps applied\n", applied.size());
    return 0;
}

}  // namespace

void add_migrate_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    app.add_subcommand("migrate", "Create or upgrade the schema")->callback([&] {
        chosen = [&settings] { return migrate(settings); };
    });
}

}  // namespace educard::cli
