#include "base/error.hpp"
#include "base/log.hpp"
#include "cli/commands.hpp"
#include "cli/unknown_names.hpp"
#include "runtime/texts.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace educard::cli {
namespace {

int report(const Error& error) {
    const Texts texts;
    const char* wanted = std::getenv("LANG");
    const auto language =
        wanted != nullptr && std::string_view(wanted).starts_with("zh") ? Language::zh_cn : Language::en;
    std::fprintf(stderr, "educard: %s\n", texts.text(language, error.code(), error.parameters()).c_str());
    for (const auto& field : error.fields()) {
        std::fprintf(stderr, "  %s: %s\n", field.path.c_str(), texts.text(language, field.code).c_str());
    }
    return 1;
}

bool is_of_port(const CLI::ParseError& error) {
    return dynamic_cast<const CLI::ConversionError*>(&error) != nullptr &&
           std::string_view(error.what()).find("port") != std::string_view::npos;
}

/// Help and version, which were asked for, or what is wrong with the command line or the settings file.
int report(const CLI::App& app, const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
        return app.exit(error);
    }
    const bool may_be_misspelt = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr ||
                                 dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    if (const auto unknown = may_be_misspelt ? find_unknown_word(app) : std::nullopt) {
        std::fprintf(stderr, "educard: %s\n", unknown->c_str());
    } else if (const auto link = find_service_link_for_port(); link && is_of_port(error)) {
        std::fprintf(stderr, "educard: %s\n", link->c_str());
    } else if (dynamic_cast<const CLI::ConfigError*>(&error) != nullptr) {
        std::fprintf(stderr, "educard: %s\n", error.what());
    } else {
        app.exit(error);
    }
    return kWrongUsage;
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
    add_app_command(app, settings, chosen);
    add_oneroster_command(app, settings, chosen);
    add_verify_command(app, settings, chosen);
    add_keys_command(app, settings, chosen);
    add_config_command(app, settings, chosen);
    add_openapi_command(app, settings, chosen);
    add_doctor_command(app, settings, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return report(app, error);
    }
    if (const auto wrong = find_unknown_variable(app)) {
        std::fprintf(stderr, "educard: %s\n", wrong->c_str());
        return kWrongUsage;
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
