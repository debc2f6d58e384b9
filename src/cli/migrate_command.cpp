#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/counted.hpp"
#include "cli/foundation.hpp"
#include "sql/transfer.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <unistd.h>

namespace educard::cli {

namespace {

int migrate(const Settings& settings) {
    make_data_folder(settings);
    const SystemClock clock;
    crypto::SystemRandom random;
    open_keys(settings, clock, random, when_keys_are_missing(settings));
    const auto database = sql::open(settings.database_url());
    const auto applied = bring_up_to_date(settings, *database);
    const auto steps = static_cast<std::int64_t>(applied.size());
    std::printf("%s applied\n", counted(steps, "step", "steps").c_str());
    return 0;
}

void show(const sql::TransferProgress& progress) {
    if (::isatty(STDERR_FILENO) == 0) {
        return;
    }
    constexpr int kWidth = 40;
    const auto share =
        progress.total == 0 ? 1.0 : static_cast<double>(progress.done) / static_cast<double>(progress.total);
    const auto filled = static_cast<int>(share * kWidth);
    std::fprintf(stderr,
                 "\r%-8s [%.*s%*s] %3d %%  %lld of %lld rows  %-28s",
                 progress.checking ? "checking" : "moving",
                 filled,
                 "########################################",
                 kWidth - filled,
                 "",
                 static_cast<int>(share * 100),
                 static_cast<long long>(progress.done),
                 static_cast<long long>(progress.total),
                 progress.table.c_str());
}

int move_to(const Settings& settings, const std::string& url) {
    if (settings.is_embedded() && !std::filesystem::exists(settings.data + "/educard.db")) {
        throw Error(Fault::not_found, "cli.no_installation").with("folder", settings.data);
    }
    const auto from = open_database(settings);
    if (has_live_nodes(*from,
                       SystemClock())) {  // what a server writes while rows are moved would be left behind
        throw Error(Fault::conflict, "cli.still_running");
    }
    const auto to = sql::open(url);
    sql::migrate(*to, sql::embedded_migrations(to->engine()));
    const auto sums = sql::transfer(*from, *to, show);
    if (::isatty(STDERR_FILENO) != 0) {
        std::fprintf(stderr, "\n");
    }
    std::int64_t rows = 0;
    for (const auto& sum : sums) {
        std::printf("%-28s %12lld %-4s  %016llx\n",
                    sum.table.c_str(),
                    static_cast<long long>(sum.rows),
                    sum.rows == 1 ? "row" : "rows",
                    static_cast<unsigned long long>(sum.sum));
        rows += sum.rows;
    }
    std::printf(
        "%lld rows moved; each table was read again from the target and has the same sum.\n"
        "Set `database` to the new place, keep the key ring (%s), and put the old database away.\n",
        static_cast<long long>(rows),
        settings.keys_file().c_str());
    return 0;
}

}  // namespace

void add_migrate_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* command =
        app.add_subcommand("migrate", "Create or upgrade the schema, or move all data to another database");
    auto target = std::make_shared<std::string>();
    command->add_option("--to", *target, "Move all data to this empty database: postgresql://user@host/name")
        ->envname("EDUCARD_MIGRATE_TO");
    command->callback([&settings, &chosen, target] {
        chosen = [&settings, target] {
            return target->empty() ? migrate(settings) : move_to(settings, *target);
        };
    });
}

}  // namespace educard::cli
