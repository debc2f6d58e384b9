#pragma once
// What every command that opens the installation stands on: clock, randomness, key ring, migrated database,
// node number, ids, and the services of runtime. Members are built in this order and die in the reverse one.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "cli/metrics.hpp"
#include "cli/settings.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/field_cipher.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/random.hpp"
#include "http/kept_answers.hpp"
#include "runtime/audit.hpp"
#include "runtime/bus.hpp"
#include "runtime/metrics.hpp"
#include "runtime/node.hpp"
#include "runtime/rate_limit.hpp"
#include "runtime/texts.hpp"
#include "sql/sql.hpp"

#include <memory>
#include <vector>

namespace educard::cli {

/// Makes the data folder (mode 0700) if need be. Throws Error(internal, "cli.data_folder").
void make_data_folder(const Settings& settings);

/// New keys beside an old database would leave everything that is sealed in it unreadable: only an
/// installation without a database may get new ones.
crypto::WhenMissing when_keys_are_missing(const Settings& settings);

/// Opens the key ring, with the passphrase of EDUCARD_KEYS_PASSPHRASE when it is set.
crypto::KeyRing open_keys(const Settings& settings,
                          const Clock& clock,
                          crypto::Random& random,
                          crypto::WhenMissing missing);

/// Whether a process holds a node number of this database: a server, or a command that writes. A killed one
/// does so for half a minute more.
bool has_live_nodes(sql::Database& database, const Clock& clock);

/// Takes the steps of the schema that are missing and gives their numbers. Throws conflict "cli.stop_nodes"
/// when nodes run that may be of an earlier version and could not go on after one of them
/// (docs/decisions/0007).
std::vector<int> bring_up_to_date(const Settings& settings, sql::Database& database);

/// Opens the database and brings its schema up to date. Throws conflict "runtime.unfinished" when something
/// began to fill it and has not come to its end.
std::unique_ptr<sql::Database> open_database(const Settings& settings);

/// The same settings, of an installation that is there: what only works with one must not begin another where
/// a folder was mistyped. Throws not_found "cli.no_installation", "cli.no_installation_in_database".
const Settings& existing(const Settings& settings);

class Foundation {
public:
    explicit Foundation(const Settings& settings);

    SystemClock clock;
    crypto::SystemRandom random;
    crypto::KeyRing keys;
    Metrics metrics;
    DatabaseMetrics database_metrics;
    std::unique_ptr<sql::Database> database;
    NodeLease node;
    IdSource ids;
    SharedBus bus;
    RateLimits limits;
    Audit audit;
    Texts texts;
    crypto::FieldCipher cipher;
    crypto::BlindIndex blind_index;
    http::KeptAnswers kept_answers;
};

}  // namespace educard::cli
