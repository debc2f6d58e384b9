#include "cli/foundation.hpp"

#include "base/error.hpp"
#include "modules/cards/cards.hpp"
#include "runtime/unfinished.hpp"

#include <cstdlib>
#include <filesystem>
#include <spdlog/spdlog.h>

namespace educard::cli {

namespace {

/// Another process took our node number while this one was suspended: going on could make ids twice.
void end_at_once() {
    spdlog::critical("the lease of this node's number is lost; ending");
    spdlog::shutdown();
    std::_Exit(1);
}

const Settings& with_data_folder(const Settings& settings) {
    make_data_folder(settings);
    return settings;
}

}  // namespace

crypto::WhenMissing when_keys_are_missing(const Settings& settings) {
    const bool is_new = settings.is_embedded() ? !std::filesystem::exists(settings.data + "/educard.db")
                                               : sql::is_empty(*sql::open(settings.database_url()));
    return is_new ? crypto::WhenMissing::create : crypto::WhenMissing::refuse;
}

void make_data_folder(const Settings& settings) {
    std::error_code fault;
    if (std::filesystem::create_directories(settings.data, fault); fault) {
        throw Error(Fault::internal, "cli.data_folder")
            .with("folder", settings.data)
            .with("fault", fault.message());
    }
    std::filesystem::permissions(settings.data, std::filesystem::perms::owner_all, fault);
}

crypto::KeyRing open_keys(const Settings& settings,
                          const Clock& clock,
                          crypto::Random& random,
                          crypto::WhenMissing missing) {
    std::optional<std::string> passphrase;
    if (const char* given = std::getenv("EDUCARD_KEYS_PASSPHRASE"); given != nullptr && *given != '\0') {
        passphrase = given;
    }
    const bool is_new = !std::filesystem::exists(settings.keys_file());
    auto keys = crypto::KeyRing::open(settings.keys_file(), clock, random, missing, passphrase);
    if (is_new) {
        cards::SerialMark(settings.serials_file()).begin();
    }
    return keys;
}

bool has_live_nodes(sql::Database& database, const Clock& clock) {
    if (!sql::has_table(database, "node")) {
        return false;  // whoever began to make the schema was stopped before that
    }
    const auto live = database.read([&](sql::Tx& tx) {
        return tx.find<std::int64_t>("SELECT COUNT(*) FROM node WHERE lease_until > $1", clock.now());
    });
    return live.value_or(0) > 0;
}

std::vector<int> bring_up_to_date(const Settings& settings, sql::Database& database) {
    const auto migrations = sql::embedded_migrations(database.engine());
    // An embedded database has no other nodes; the lease in it may be that of a server that was killed.
    if (!settings.is_embedded()) {
        const auto disruptive = sql::disruptive_steps(database, migrations);
        if (!disruptive.empty() && has_live_nodes(database, SystemClock())) {
            throw Error(Fault::conflict, "cli.stop_nodes").with("step", disruptive.front());
        }
    }
    return sql::migrate(database, migrations);
}

std::unique_ptr<sql::Database> open_database(const Settings& settings) {
    auto database = sql::open(settings.database_url());
    const auto applied = bring_up_to_date(settings, *database);
    if (!applied.empty()) {
        spdlog::info("schema brought up to date: {} steps, up to {}", applied.size(), applied.back());
    }
    require_finished(*database);
    return database;
}

const Settings& existing(const Settings& settings) {
    if (!std::filesystem::exists(settings.keys_file())) {
        throw Error(Fault::not_found, "cli.no_installation").with("folder", settings.data);
    }
    if (!settings.is_embedded() && !sql::has_table(*sql::open(settings.database_url()), "node")) {
        throw Error(Fault::not_found, "cli.no_installation_in_database");
    }
    return settings;
}

Foundation::Foundation(const Settings& settings)
    : keys(open_keys(with_data_folder(settings), clock, random, when_keys_are_missing(settings))),
      database_metrics(metrics),
      database(open_database(settings)),
      node(*database, clock, random, end_at_once),
      ids(clock, node.number()),
      bus(*database),
      limits(clock),
      audit(clock, ids),
      cipher(keys, random),
      blind_index(keys),
      kept_answers(cipher, clock) {
    database->watch(database_metrics);
}

}  // namespace educard::cli
