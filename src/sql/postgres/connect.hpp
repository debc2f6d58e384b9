#pragma once
// Making a libpq connection, and owning what libpq gives.

#include "sql/postgres/options.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string>

namespace educard::sql::postgres {

struct Closer {
    void operator()(PGconn* handle) const { PQfinish(handle); }
    void operator()(PGresult* result) const { PQclear(result); }
};
using ConnectionHandle = std::unique_ptr<PGconn, Closer>;
using ResultHandle = std::unique_ptr<PGresult, Closer>;

/// A pooler that hands out connections by transaction cannot be listened through.
enum class Via { as_configured, directly };

/// Never null; look at PQstatus. Gives up after three seconds for each host.
ConnectionHandle connect(const Options& options, Via via);

}  // namespace educard::sql::postgres
