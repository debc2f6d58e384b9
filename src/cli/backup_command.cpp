#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/counted.hpp"
#include "cli/foundation.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

namespace educard::cli {

namespace {

int back_up(const Settings& settings, const std::string& target) {
    if (std::filesystem::exists(target)) {
        throw Error(Fault::conflict, "cli.backup_exists").with("target", target);
    }
    if (!std::filesystem::exists(settings.data)) {
        throw Error(Fault::not_found, "cli.no_installation").with("folder", settings.data);
    }
    const auto database = sql::open(settings.database_url());
    database->backup(target);
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(target));
    std::printf("%s: %s\nThe key ring (%s) is not in it: keep a copy of that in another place.\n",
                target.c_str(),
                counted(size, "byte", "bytes").c_str(),
                settings.keys_file().c_str());
    return 0;
}

}  // namespace

void add_backup_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* command = app.add_subcommand(
        "backup", "Write a consistent copy of the database, also while it is being served");
    auto target = std::make_shared<std::string>();
    command->add_option("target", *target, "The file to write; must not exist")->required();
    command->callback([&settings, &chosen, target] {
        chosen = [&settings, target] { return back_up(settings, *target); };
    });
}

}  // namespace educard::cli
