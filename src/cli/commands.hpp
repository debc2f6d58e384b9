#pragma once
// The commands of the program, one file each. A command declares its options on the program and, when it was
// the one given, leaves what is to be done in `chosen`; main() runs it after all settings are read.

#include "base/ids.hpp"
#include "cli/settings.hpp"

#include <functional>

namespace educard::sql {
class Tx;
}
namespace educard::organisations {
class Organisations;
}

namespace educard::cli {

/// What the chosen command does; gives the exit status (0 done, 1 refused or failed, 2 wrong usage).
using Chosen = std::function<int()>;

inline constexpr int kWrongUsage = 2;

void add_serve_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_migrate_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_backup_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_config_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_doctor_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_openapi_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_demo_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_admin_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_app_command(CLI::App& app, const Settings& settings, Chosen& chosen);
/// Below `educard app`.
void add_webhook_commands(CLI::App& apps, const Settings& settings, Chosen& chosen);
void add_oneroster_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_import_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_verify_command(CLI::App& app, const Settings& settings, Chosen& chosen);
void add_keys_command(CLI::App& app, const Settings& settings, Chosen& chosen);

/// By its id, its division code or its school code. Throws Error::invalid.
OrganisationId find_organisation(sql::Tx& tx,
                                 const organisations::Organisations& organisations,
                                 const std::string& text);

}  // namespace educard::cli
