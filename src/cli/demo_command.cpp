#include "base/durable_file.hpp"
#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/demonstration.hpp"
#include "cli/province.hpp"
#include "runtime/unfinished.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace educard::cli {

namespace {

namespace fs = std::filesystem;

struct DemoOptions {
    bool if_empty = false;
    std::int64_t people = 0;  // 0: the small demonstration
    std::uint64_t seed = 1;
};

/// Moves what was filled to where it is served from; the database last, for its presence says that the rest
/// is there.
void move_into_place(const fs::path& from, const fs::path& to) {
    for (const char* name :
         {"demonstration.txt", "keys.json", "keys.json.serials", "uploads", "educard.db"}) {
        if (fs::is_directory(from / name)) {
            fs::remove_all(to / name);
            fs::rename(from / name, to / name);
        } else if (fs::exists(from / name)) {
            move_durably(from / name, to / name);
        }
    }
    fs::remove_all(from);
}

/// Fills the platform's database; `folder` is for what is written on the way and for the accounts to try.
void fill(Platform& platform, const DemoOptions& options, const fs::path& folder, const fs::path& accounts) {
    std::string text;
    if (options.people == 0) {
        text = Demonstration(platform, folder).fill();
    } else {
        text = Province(platform, {.people = options.people, .seed = options.seed}).fill();
        std::fputs(text.c_str(), stdout);
    }
    platform.sealer.seal();
    std::ofstream(accounts, std::ios::binary) << text;
}

/// Fills a folder beside the real place, so that a crash leaves nothing half done.
int fill_folder(const Settings& settings, const DemoOptions& options) {
    if (fs::exists(settings.data + "/educard.db")) {
        if (options.if_empty) {
            return 0;
        }
        throw Error(Fault::conflict, "cli.not_empty").with("folder", settings.data);
    }
    std::fprintf(stderr, "filling %s with the demonstration province\n", settings.data.c_str());
    make_data_folder(settings);
    Settings scratch = settings;
    scratch.data = settings.data + "/.demonstration";
    scratch.keys.clear();
    if (options.people > 0) {  // it is thrown away if anything goes wrong
        scratch.database =
            fmt::format("sqlite:{}/educard.db?durable=no&sort=disk&cache_mb=256&mmap_mb=0", scratch.data);
    }
    fs::remove_all(scratch.data);
    {
        Platform platform(scratch);
        fill(platform, options, scratch.data, scratch.data + "/demonstration.txt");
    }
    move_into_place(scratch.data, settings.data);
    return 0;
}

/// Whether nobody uses the installation yet: there is the schema, and the tree that it comes with.
bool is_unused(sql::Tx& tx) {
    for (const auto* question : {"SELECT 1 FROM account LIMIT 1",
                                 "SELECT 1 FROM roster_entry LIMIT 1",
                                 "SELECT 1 FROM organisation WHERE kind = 'school' LIMIT 1"}) {
        if (tx.find<std::int64_t>(question)) {
            return false;
        }
    }
    return true;
}

/// Fills a database where it is. Until that has come to its end a mark in it keeps everything else out.
int fill_database(const Settings& settings, const DemoOptions& options) {
    constexpr std::string_view kMark = "demonstration";
    Platform platform(settings);
    auto& database = *platform.foundation.database;
    const auto now = platform.foundation.clock.now();
    const bool begun =
        database.write([&](sql::Tx& tx) { return is_unused(tx) && mark_unfinished(tx, kMark, now); });
    if (!begun) {
        require_finished(database);  // somebody else has just begun
        if (options.if_empty) {
            return 0;
        }
        throw Error(Fault::conflict, "cli.database_not_empty");
    }
    std::fprintf(stderr, "filling the database with the demonstration province\n");
    const fs::path folder = settings.data + "/.demonstration";
    fs::create_directories(folder);
    fill(platform, options, folder, settings.data + "/demonstration.txt");
    fs::remove_all(folder);
    database.write([&](sql::Tx& tx) { mark_finished(tx, kMark); });
    return 0;
}

}  // namespace

void add_demo_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* command = app.add_subcommand("demo", "Fill a new installation with a demonstration province");
    auto options = std::make_shared<DemoOptions>();
    command->add_flag("--if-empty", options->if_empty, "Do nothing when there is an installation already");
    command
        ->add_option(
            "--people", options->people, "How many people stand in the rosters; without it a few hundred")
        ->check(CLI::Range(Province::kFewest, Province::kMost));
    command->add_option("--seed", options->seed, "Another number makes other people");
    command->callback([&settings, &chosen, options] {
        chosen = [&settings, options] {
            return settings.database.empty() ? fill_folder(settings, *options)
                                             : fill_database(settings, *options);
        };
    });
}

}  // namespace educard::cli
