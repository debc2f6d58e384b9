#include "cli/commands.hpp"
#include "cli/platform.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <sys/stat.h>

namespace educard::cli {

namespace {

struct OneRosterOptions {
    std::int64_t app = 0;
    std::string organisation;
    std::string file;
};

constexpr mode_t kOthersNothing = 077;

int write_export(const Settings& settings, const OneRosterOptions& wanted) {
    ::umask(kOthersNothing);  // names of people, from the first octet on
    const Platform platform(existing(settings));
    if (wanted.organisation.empty()) {
        platform.oneroster.export_for_app(oidc::AppId{wanted.app}, wanted.file);
    } else {
        const auto id = platform.foundation.database->read(
            [&](sql::Tx& tx) { return find_organisation(tx, platform.organisations, wanted.organisation); });
        platform.oneroster.export_for_organisation(id, wanted.file);
    }
    std::printf("written        %s\n", wanted.file.c_str());
    return 0;
}

}  // namespace

void add_oneroster_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* command = app.add_subcommand("oneroster", "Rosters for other programs (OneRoster 1.2)");
    command->require_subcommand(1);
    const auto wanted = std::make_shared<OneRosterOptions>();
    auto* exporting =
        command->add_subcommand("export", "Write a zip of CSV files with everything that is there now");
    auto* of_app =
        exporting->add_option("--app", wanted->app, "What this app may see, with its names of people");
    auto* of_organisation =
        exporting
            ->add_option(
                "--organisation",
                wanted->organisation,
                "An organisation and all below it, for its own use: id, division code or school code")
            ->excludes(of_app);
    exporting->add_option("--out", wanted->file, "The file to write")->required();
    exporting->callback([&settings, &chosen, wanted, of_app, of_organisation] {
        if (of_app->count() + of_organisation->count() == 0) {
            throw CLI::RequiredError("--app or --organisation");
        }
        chosen = [&settings, wanted] { return write_export(settings, *wanted); };
    });
}

}  // namespace educard::cli
