// Rows of a roster a second, from the file to the roster (dry run, then confirmed), against `sqlite3 .import`
// of the same CSV into one table without indexes; with BENCH_DATABASE against COPY into that PostgreSQL
// database. Usage: bench_roster [ROWS] [FOLDER]

#include "bench/pupils.hpp"
#include "bench/report.hpp"
#include "modules/roster/roster.hpp"
#include "runtime/audit.hpp"
#include "runtime/bus.hpp"
#include "runtime/jobs.hpp"
#include "runtime/texts.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <string>

namespace {

using namespace educard;
constexpr OrganisationId kGulou{320106};

void write_list(const std::string& path, int rows) {
    std::ofstream out(path);
    out << "姓名,身份证号,性别,年级,班级,学籍号,监护人姓名,监护人关系,监护人电话\n";
    for (int i = 0; i < rows; ++i) {
        const auto id = bench::pupil(i).number;
        out << "张三丰," << id << "," << ((i / 1000) % 2 == 1 ? "男" : "女") << ",七年级," << i % 20 + 1
            << "班,G" << id << ",张大山,父亲," << 13800000000 + i << "\n";
    }
}

double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Seconds by the clock, and of processor time of the program that is run (not of a PostgreSQL server).
std::pair<double, double> load_bare(const std::string& list, const std::filesystem::path& folder) {
    const auto command =
        bench::postgresql().empty()
            ? fmt::format("sqlite3 {}/bare.db '.import --csv {} roster'", folder.string(), list)
            : fmt::format(
                  "psql -qX '{}' -c 'CREATE TABLE bare (a TEXT, b TEXT, c TEXT, d TEXT, e TEXT, f TEXT, g "
                  "TEXT, h TEXT, i TEXT)' -c \"\\copy bare FROM '{}' CSV HEADER\" -c 'DROP TABLE bare'",
                  bench::postgresql(),
                  list);
    const double cpu_begin = bench::seconds_of_children();
    const double taken = seconds([&] {
        if (std::system(command.c_str()) != 0) {
            std::abort();
        }
    });
    return {taken, bench::seconds_of_children() - cpu_begin};
}

Caller caller_of(Role role, const organisations::Organisation& place) {
    Caller caller;
    caller.grants.push_back({.role = role, .organisation = place.id, .path = place.path});
    return caller;
}

}  // namespace

int main(int argc, char** argv) {
    const int rows = argc > 1 ? std::atoi(argv[1]) : 100'000;
    const std::filesystem::path folder = argc > 2 ? argv[2] : "/tmp/educard-bench-roster";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const std::string list = folder / "list.csv";
    write_list(list, rows);
    const auto [bare, bare_cpu] = load_bare(list, folder);

    const SystemClock clock;
    crypto::SystemRandom random;
    const auto ring = crypto::KeyRing::in_memory(clock, random);
    const crypto::FieldCipher cipher(ring, random);
    const crypto::BlindIndex index(ring);
    IdSource ids(clock, 1);
    Audit audit(clock, ids);
    const organisations::Organisations organisations(clock, ids, audit);
    const auto database = sql::open(bench::postgresql().empty() ? "sqlite:" + (folder / "educard.db").string()
                                                                : bench::postgresql());
    sql::migrate(*database, sql::embedded_migrations(database->engine()));
    LocalBus bus;
    Jobs jobs(*database, clock, ids, bus);
    const Texts texts;
    roster::NoObserver nobody;
    roster::Roster roster({*database,
                           clock,
                           ids,
                           organisations,
                           cipher,
                           index,
                           audit,
                           jobs,
                           texts,
                           nobody,
                           folder / "imports"});
    roster.handle_jobs();
    const auto school = database->write([&](sql::Tx& tx) {
        organisations.seed(tx);
        organisations::Draft draft;
        draft.parent_id = kGulou;
        draft.kind = organisations::Kind::school;
        draft.name = "某实验学校";
        draft.school_code = "3132000001";
        draft.school_kind = organisations::SchoolKind::junior;
        draft.division_code = "320106";
        return organisations.create(tx, caller_of(Role::county_admin, organisations.get(tx, kGulou)), draft);
    });
    const auto admin = caller_of(Role::school_admin, school);
    const double import_begin = bench::cpu_seconds();
    roster::ImportId id;
    const double checked = seconds([&] {
        id = roster
                 .upload(
                     admin,
                     {.organisation_id = school.id, .kind = roster::Kind::student, .file_name = "list.csv"},
                     list)
                 .id;
        while (jobs.run_one()) {
        }
    });
    const double applied = seconds([&] {
        database->write([&](sql::Tx& tx) { roster.confirm(tx, admin, id, {.create_classes = true}); });
        while (jobs.run_one()) {
        }
    });
    const double import_cpu = bench::cpu_seconds() - import_begin;
    const auto import = database->read([&](sql::Tx& tx) { return roster.get_import(tx, admin, id); });
    fmt::print("rows written: {} of {}, rejected: {}\n", import.applied, rows, import.counts.rejected);
    const std::string peer = bench::postgresql().empty() ? "sqlite_import" : "postgresql_copy";
    fmt::print("{}: {:.0f} rows/s\ndry run: {:.0f} rows/s\nconfirmed: {:.0f} rows/s\n",
               peer,
               rows / bare,
               rows / checked,
               rows / applied);
    fmt::print("together: {:.0f} rows/s, ratio {:.3f} (the dry run alone {:.3f})\n",
               rows / (checked + applied),
               bare / (checked + applied),
               bare / checked);
    bench::report("roster.against_" + peer, "ratio", bare / (checked + applied), 0.25);
    bench::report("roster.dry_run_against_" + peer, "ratio", bare / checked);
    bench::report("roster.rows_per_second_beside_" + peer, "1/s", rows / (checked + applied));
    if (bench::postgresql().empty()) {  // a server's processor time is not ours to count
        bench::report("roster.against_sqlite_import_by_cpu_time", "ratio", bare_cpu / import_cpu, 0.25);
    }
    return import.applied == rows ? 0 : 1;
}
