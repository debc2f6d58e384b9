#include "runtime/unfinished.hpp"

#include "base/error.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>

namespace educard {

namespace {

struct Mark {
    std::string what;
    Time begun_at;
};
BOOST_DESCRIBE_STRUCT(Mark, (), (what, begun_at))

}  // namespace

bool mark_unfinished(sql::Tx& tx, std::string_view what, Time now) {
    return tx.execute("INSERT INTO unfinished (what, begun_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                      what,
                      now) == 1;
}

void mark_finished(sql::Tx& tx, std::string_view what) {
    tx.execute("DELETE FROM unfinished WHERE what = $1", what);
}

void require_finished(sql::Database& database) {
    const auto mark = database.read(
        [](sql::Tx& tx) { return tx.find<Mark>("SELECT what, begun_at FROM unfinished LIMIT 1"); });
    if (mark) {
        throw Error(Fault::conflict, "runtime.unfinished")
            .with("what", mark->what)
            .with("since", to_text(mark->begun_at));
    }
}

}  // namespace educard
