#include "runtime/audit.hpp"

#include "base/error.hpp"
#include "base/mask.hpp"

#include <algorithm>
#include <limits>

namespace educard {

namespace {

template <class AnyId>
std::optional<AnyId> unless_none(AnyId id) {
    return id ? std::optional<AnyId>(id) : std::nullopt;
}

// Few events belong to a school, many to a county: below this depth the path's index finds them and they are
// sorted; above it the newest of all are walked through until enough of them match.
constexpr std::ptrdiff_t kSlashesOfASchool = 5;  // "/province/city/county/school/"

constexpr std::string_view kByTime = R"(
    SELECT id, at, account, person, action, organisation_path, subject_kind, subject, details, network, block
    FROM audit_event WHERE id < $1 AND organisation_path >= $2 AND organisation_path < $3
    AND (CAST($4 AS TEXT) IS NULL OR action = $4) AND (CAST($5 AS BIGINT) IS NULL OR account = $5)
    AND (CAST($6 AS TEXT) IS NULL OR subject = $6)
    AND at >= $7 AND at < $8 ORDER BY id DESC LIMIT $9)";

constexpr std::string_view kByPath = R"(
    SELECT id, at, account, person, action, organisation_path, subject_kind, subject, details, network, block
    FROM audit_event WHERE id + 0 < $1 AND organisation_path >= $2 AND organisation_path < $3
    AND (CAST($4 AS TEXT) IS NULL OR action = $4) AND (CAST($5 AS BIGINT) IS NULL OR account = $5)
    AND (CAST($6 AS TEXT) IS NULL OR subject = $6)
    AND at >= $7 AND at < $8 ORDER BY id + 0 DESC LIMIT $9)";

}  // namespace

std::string end_of_subtree(std::string_view path) {
    EDU_ASSERT(path.ends_with('/'));
    std::string end(path);
    end.back() = '/' + 1;
    return end;
}

void Audit::record(sql::Tx& tx, const Caller& caller, const AuditEntry& entry) {
    tx.post(
        R"(INSERT INTO audit_event (id, at, account, person, action, organisation_path, subject_kind, subject,
                  details, network, block) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL))",
        ids_.next<AuditEventId>(),
        clock_.now(),
        unless_none(caller.account),
        unless_none(caller.person),
        entry.action,
        entry.organisation_path,
        entry.subject_kind,
        entry.subject,
        mask_id_numbers(entry.details),
        caller.network);
}

std::vector<AuditEvent> Audit::list(sql::Tx& tx, const AuditQuery& query) const {
    const auto& path = query.organisation_path;
    const bool deep = std::ranges::count(path, '/') >= kSlashesOfASchool;
    return tx.list<AuditEvent>(deep ? kByPath : kByTime,
                               query.before.value_or(AuditEventId{std::numeric_limits<std::int64_t>::max()}),
                               path,
                               path.empty() ? "~" : end_of_subtree(path),
                               query.action,
                               query.account,
                               query.subject,
                               query.from.value_or(Time::min()),
                               query.until.value_or(Time::max()),
                               std::clamp(query.limit, 1, 200));
}

}  // namespace educard
