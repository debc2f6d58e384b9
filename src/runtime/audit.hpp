#pragma once
// Who saw or changed what (G2): events written in the transaction of what they record, so that neither is
// without the other. Every second a sealer puts the new ones into a block (audit_seal.hpp), after which a
// change, a removal, an insertion or another order is found. Any thread may call any member.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace educard {

using AuditEventId = Id<struct AuditEventTag>;

/// What a module says about an act. `details` is a JSON object or empty, and holds no ID number; what looks
/// like one is masked.
struct AuditEntry {
    std::string action;             // "applications.approved", "people.number_revealed"
    std::string organisation_path;  // whose administrators may see it; "" for none but the province's
    std::string subject_kind;       // "application", "person", "account"; may be empty
    std::string subject;            // its id or public number, never an ID number; may be empty
    std::string details;
};

struct AuditEvent {
    AuditEventId id;
    Time at;
    std::optional<AccountId> account;  // none: the system itself, or somebody not signed in
    std::optional<PersonId> person;
    std::string action;
    std::string organisation_path;
    std::string subject_kind;
    std::string subject;
    std::string details;
    std::string network;
    std::optional<std::int64_t> block;  // none until it is sealed
};
BOOST_DESCRIBE_STRUCT(
    AuditEvent,
    (),
    (id, at, account, person, action, organisation_path, subject_kind, subject, details, network, block))

struct AuditQuery {
    std::string organisation_path;  // this one and all below; "" for everything, for who may see everything
    std::optional<AuditEventId> before;
    int limit = 50;
    std::optional<std::string> action;
    std::optional<AccountId> account;
    std::optional<std::string> subject;
    std::optional<Time> from;
    std::optional<Time> until;
};

class Audit {
public:
    Audit(const Clock& clock, IdSource& ids) : clock_(clock), ids_(ids) {}

    void record(sql::Tx& tx, const Caller& caller, const AuditEntry& entry);
    /// Newest first. The next page begins before the last event's id.
    std::vector<AuditEvent> list(sql::Tx& tx, const AuditQuery& query) const;

private:
    const Clock& clock_;
    IdSource& ids_;
};

/// The smallest text that is greater than every text beginning with `path` (which ends with a slash): for
/// `path >= $1 AND path < $2`, which is a range of an index on every engine.
std::string end_of_subtree(std::string_view path);

}  // namespace educard
