#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/counted.hpp"
#include "cli/platform.hpp"

#include <boost/describe/enum_from_string.hpp>

#include <chrono>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

namespace educard::cli {

namespace {

constexpr int kRejectedShown = 20;
constexpr const char* kExitStatus =
    "Exit status: 0 what could be written was written or, with --dry-run, could be, even when other rows "
    "were rejected; "
    "1 nothing could: the file is no such list, or every row was rejected; 2 wrong usage.";

struct ImportOptions {
    std::string file;
    std::string organisation;
    std::string kind = "student";
    std::string rejected_file;
    bool dry_run = false;
    bool yes = false;
    bool leave_classes_out = false;
    bool mark_missing_left = false;
};

/// By school code (ten digits) or division code; whoever may run commands on the installation may administer
/// it.
organisations::Organisation organisation_of_code(Platform& platform, const std::string& code) {
    return platform.foundation.database->read([&](sql::Tx& tx) {
        auto found = platform.organisations.find_school(tx, code);
        const auto id = parse_id(code);
        if (!found && id) {
            found = platform.organisations.find(tx, OrganisationId{*id});
        }
        if (!found) {
            throw Error(Fault::not_found, "organisations.unknown");
        }
        return *found;
    });
}

Caller operator_of(const organisations::Organisation& organisation) {
    Caller caller;
    caller.grants.push_back(
        {.role = Role::province_admin, .organisation = organisation.id, .path = organisation.path});
    caller.language = Language::en;
    return caller;
}

roster::Import get(Platform& platform, const Caller& caller, roster::ImportId id) {
    return platform.foundation.database->read(
        [&](sql::Tx& tx) { return platform.roster.get_import(tx, caller, id); });
}

/// Runs what is due here; a server on the same database may take it too.
roster::Import run_until(Platform& platform,
                         const Caller& caller,
                         roster::ImportId id,
                         roster::ImportState while_in) {
    auto import = get(platform, caller, id);
    while (import.state == while_in) {
        if (!platform.jobs.run_one()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        import = get(platform, caller, id);
    }
    return import;
}

void print_rejected(Platform& platform, const Caller& caller, roster::ImportId id) {
    const auto rows = platform.foundation.database->read([&](sql::Tx& tx) {
        return platform.roster.list_rows(
            tx, caller, {.import = id, .outcome = roster::Outcome::rejected, .limit = kRejectedShown});
    });
    for (const auto& row : rows) {
        for (const auto& fault : row.faults) {
            const auto line = std::to_string(fault.line.value_or(0));
            const auto words = platform.foundation.texts.text(caller.language, fault.code, {{"line", line}});
            fmt::print("  line {}: {}: {}\n", row.line, fault.field, words);
        }
    }
}

void print(const roster::Import& import) {
    const auto& counts = import.counts;
    fmt::print("{}: {} new, {} changed, {} unchanged, {} rejected; {} not in the list\n",
               counted(counts.rows, "row", "rows"),
               counts.fresh,
               counts.changed,
               counts.unchanged,
               counts.rejected,
               counted(counts.missing, "person is", "people are"));
    if (counts.elsewhere.value_or(0) > 0) {
        fmt::print("  {} in the roster of another school, too, and counted in both until one lets go\n",
                   counted(*counts.elsewhere, "of the new people is", "of the new people are"));
    }
    for (const auto& missing : import.missing_classes) {
        fmt::print("  no such class yet: {} {} ({})\n",
                   missing.school_name,
                   missing.name,
                   counted(missing.rows, "row", "rows"));
    }
}

bool ask_to_write() {
    std::fflush(stdout);  // what is asked about comes before the question
    std::fprintf(stderr, "Write this? [y/N] ");
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

/// Where nobody answered, that is a failure to a script.
int say_nothing_written() {
    std::fprintf(stderr, "%seducard: nothing was written\n", std::cin ? "" : "\n");
    return std::cin ? 0 : 1;
}

/// For scripts: a list of which nothing can be used is a failure.
int refuse_all_rejected() {
    std::fprintf(stderr, "educard: every row was rejected; nothing was written\n");
    return 1;
}

int import_roster(const Settings& settings, const ImportOptions& wanted) {
    Platform platform(existing(settings));
    const auto organisation = organisation_of_code(platform, wanted.organisation);
    const Caller caller = operator_of(organisation);
    roster::NewImport draft{.organisation_id = organisation.id, .kind = {}, .file_name = wanted.file};
    boost::describe::enum_from_string(wanted.kind.c_str(), draft.kind);
    const auto id = platform.roster.upload(caller, draft, wanted.file).id;
    auto& database = *platform.foundation.database;
    auto import = run_until(platform, caller, id, roster::ImportState::checking);
    if (import.state != roster::ImportState::ready) {
        const auto words = import.error_message.value_or(
            platform.foundation.texts.text(caller.language, "roster.import_over"));
        std::fprintf(stderr, "educard: %s\n", words.c_str());
        return 1;
    }
    print(import);
    print_rejected(platform, caller, id);
    if (!wanted.rejected_file.empty()) {
        std::ofstream(wanted.rejected_file, std::ios::binary) << platform.roster.rejected_csv(caller, id);
    }
    const bool all_rejected = import.counts.rows > 0 && import.counts.rejected == import.counts.rows;
    const bool silent = all_rejected || wanted.dry_run;
    if (silent || (!wanted.yes && !ask_to_write())) {
        database.write([&](sql::Tx& tx) { platform.roster.cancel(tx, caller, id); });
        if (!silent) {
            return say_nothing_written();
        }
        return all_rejected ? refuse_all_rejected() : 0;
    }
    const roster::Options options{.create_classes = !wanted.leave_classes_out,
                                  .mark_missing_left = wanted.mark_missing_left};
    database.write([&](sql::Tx& tx) { platform.roster.confirm(tx, caller, id, options); });
    import = run_until(platform, caller, id, roster::ImportState::applying);
    fmt::print("{} written\n", counted(import.applied, "entry", "entries"));
    return import.state == roster::ImportState::done ? 0 : 1;
}

void print_rejected(Platform& platform, const Caller& caller, organisations::ImportId id) {
    const auto rows = platform.foundation.database->read([&](sql::Tx& tx) {
        return platform.organisation_imports.rows(
            tx, caller, id, organisations::ImportOutcome::rejected, -1, kRejectedShown);
    });
    for (const auto& row : rows) {
        const auto words = platform.foundation.texts.text(caller.language, row.reason.value_or(""));
        fmt::print("  line {}: {}: {}\n", row.line, row.field.value_or(""), words);
    }
}

int import_organisations(const Settings& settings, const ImportOptions& wanted) {
    Platform platform(settings);
    const auto organisation = organisation_of_code(platform, wanted.organisation);
    const Caller caller = operator_of(organisation);
    organisations::NewImport draft{.organisation_id = organisation.id, .kind = {}, .file_name = wanted.file};
    boost::describe::enum_from_string(wanted.kind.c_str(), draft.kind);
    auto import = platform.organisation_imports.upload(caller, draft, wanted.file);
    fmt::print("{} new, {} changed, {} unchanged, {} rejected\n",
               import.fresh,
               import.changed,
               import.unchanged,
               import.rejected);
    for (const auto& heading : import.unknown_headings) {
        fmt::print("  column not used: {}\n", heading);
    }
    print_rejected(platform, caller, import.id);
    if (import.rejected > 0 && import.fresh + import.changed + import.unchanged == 0) {
        return refuse_all_rejected();
    }
    if (wanted.dry_run || import.fresh + import.changed == 0 || (!wanted.yes && !ask_to_write())) {
        return 0;
    }
    platform.foundation.database->write(
        [&](sql::Tx& tx) { platform.organisation_imports.confirm(tx, caller, import.id); });
    fmt::print("{} written\n", counted(import.fresh + import.changed, "organisation", "organisations"));
    return 0;
}

void add_dry_run_and_yes(CLI::App& command, ImportOptions& wanted) {
    auto* dry_run = command.add_flag("--dry-run", wanted.dry_run, "Only say what would be written");
    command.add_flag("--yes,--confirm", wanted.yes, "Write without asking")->excludes(dry_run);
}

void add_organisations_command(CLI::App& import, const Settings& settings, Chosen& chosen) {
    auto* command = import.add_subcommand(
        "organisations",
        "A list of schools or classes (.xlsx, .csv): dry run, then confirmation, all of it or nothing");
    const auto wanted = std::make_shared<ImportOptions>();
    wanted->kind = "schools";
    wanted->organisation = "32";
    command->add_option("file", wanted->file, "The list")->required()->check(CLI::ExistingFile);
    command->add_option(
        "--organisation",
        wanted->organisation,
        "All of it must lie below this school code or division code; the province when absent");
    command->add_option("--kind", wanted->kind, "What it lists; schools when absent")
        ->check(CLI::IsMember({"schools", "classes"}));
    add_dry_run_and_yes(*command, *wanted);
    command->footer(
        fmt::format("Headings, in any order below at most four other lines (= means either); further columns "
                    "are not used:\n"
                    "  schools: {}\n  classes: {}\n"
                    "The place above is a division code (320106), a name (鼓楼区) or, where several have it, "
                    "the name with those above "
                    "it (南京市鼓楼区).\n{}",
                    organisations::accepted_headings(organisations::ImportKind::schools),
                    organisations::accepted_headings(organisations::ImportKind::classes),
                    kExitStatus));
    command->callback([&settings, &chosen, wanted] {
        chosen = [&settings, wanted] { return import_organisations(settings, *wanted); };
    });
}

}  // namespace

void add_import_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* import = app.add_subcommand("import", "Bring lists that exist already");
    import->require_subcommand(1);
    add_organisations_command(*import, settings, chosen);
    auto* roster = import->add_subcommand(
        "roster", "A list of students or teachers (.xlsx, .csv): dry run, then confirmation");
    const auto wanted = std::make_shared<ImportOptions>();
    roster->add_option("file", wanted->file, "The list")->required()->check(CLI::ExistingFile);
    roster
        ->add_option(
            "--organisation", wanted->organisation, "School code, or the division code of a county or city")
        ->required();
    roster->add_option("--kind", wanted->kind, "Whom it lists")
        ->check(CLI::IsMember({"student", "teacher", "staff"}));
    roster->add_option(
        "--rejected", wanted->rejected_file, "Write the rejected rows with their reasons into this file");
    add_dry_run_and_yes(*roster, *wanted);
    roster->add_flag(
        "--leave-classes-out", wanted->leave_classes_out, "Do not create classes that do not exist yet");
    roster->add_flag("--mark-missing-left",
                     wanted->mark_missing_left,
                     "Mark people who are not in the list as having left");
    roster->footer(kExitStatus);
    roster->callback([&settings, &chosen, wanted] {
        chosen = [&settings, wanted] { return import_roster(settings, *wanted); };
    });
}

}  // namespace educard::cli
