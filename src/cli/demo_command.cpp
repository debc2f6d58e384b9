#include "cli/commands.hpp"
#include "cli/demonstration.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace educard::cli {

namespace {

namespace fs = std::filesystem;

/// Moves what was filled to where it is served from; the database last, for its presence says that the rest is there.
void move_into_place(const fs::path& from, const fs::path& to) {
    for (const char* name : {"demonstration.txt", "keys.json", "keys.json.serials", "uploads", "educard.db"}) {
        if (fs::exists(from / name)) {
            fs::remove_all(to / name);
            fs::rename(from / name, to / name);
        }
    }
    fs::remove_all(from);
}

/// Fills a folder beside the real place, so that a crash leaves nothing half done.
int fill(const Settings& settings, bool if_empty) {
    if (!settings.database.empty()) {
        throw Error(Fault::invalid, "cli.demo_needs_own_database");
    }
    if (fs::exists(settings.data + "/educard.db")) {
        if (if_empty) {
            return 0;
        }
        throw Error(Fault::conflict, "cli.not_empty").with("folder", settings.data);
    }
    std::fprintf(stderr, "filling %s with the demonstration province\n", settings.data.c_str());
    make_data_folder(settings);
    Settings scratch = settings;
    scratch.data = settings.data + "/.demonstration";
    scratch.keys.clear();
    fs::remove_all(scratch.data);
    {
        Platform platform(scratch);
        const auto text = Demonstration(platform, scratch.data).fill();
        platform.sealer.seal();
        std::ofstream(scratch.data + "/demonstration.txt", std::ios::binary) << text;
    }
    move_into_place(scratch.data, settings.data);
    return 0;
}

}  // namespace

void add_demo_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* command = app.add_subcommand("demo", "Fill a new installation with a demonstration province");
    auto if_empty = std::make_shared<bool>(false);
    command->add_flag("--if-empty", *if_empty, "Do nothing when there is an installation already");
    command->callback([&settings, &chosen, if_empty] {
        chosen = [&settings, if_empty] { return fill(settings, *if_empty); };
    });
}

}  // namespace educard::cli
