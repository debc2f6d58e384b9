#include <cstdio>
#include <cstdlib>
#include <exception>

#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "base/log.hpp"
#include "cli/commands.hpp"
#include "runtime/texts.hpp"

namespace educard::cli {
namespace {

int report(const Error& error) {
    const Texts texts;
    const char* wanted = std::getenv("LANG");
    const auto language = wanted != nullptr && std::string_view(wanted).starts_with("zh") ? Language::zh_cn : Language::en;
    std::fprintf(stderr, "educard: %s\n", texts.text(language, error.code(), error.parameters()).c_str());
    for (const auto& field : error.fields()) {
        std::fprintf(stderr, "  %s: %s\n", field.path.c_str(), texts.text(language, field.code).c_str());
    }
    return 1;
}

int run(int argc, char** argv) {
    CLI::App app{"educard: the platform behind a province's education card", "educard"};
    app.set_version_flag("--version", EDUCARD_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    Settings settings;
    Chosen chosen;
    add_settings(app, settings);
    add_serve_command(app, settings, chosen);
    add_demo_command(app, settings, chosen);
    add_migrate_command(app, settings, chosen);
    add_backup_command(app, settings, chosen);
    add_import_command(app, settings, chosen);
    add_admin_command(app, settings, chosen);
    add_verify_command(app, settings, chosen);
    add_keys_command(app, settings, chosen);
    add_config_command(app, settings, chosen);
    add_openapi_command(app, settings, chosen);
    add_doctor_command(app, settings, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    set_up_log({.level = settings.log_level, .file = settings.log_file});
    return chosen();
}

}  // namespace
}  // namespace educard::cli

int main(int argc, char** argv) {
    try {
        return educard::cli::run(argc, argv);
    } catch (const educard::Error& error) {
        return educard::cli::report(error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "educard: %s\n", error.what());
        return 1;
    }
}
