#include "modules/applications/store.hpp"

#include "runtime/audit.hpp"

#include <algorithm>
#include <iterator>

namespace educard::applications::store {

namespace {

const std::string kColumns =
    "id, account_id, kind, state, name, school_id, class_id, entry_year, profile, guardians, digest, "
    "document_kind, "
    "document_mask, birth_date, gender, path, base_depth, roster_entry_id, roster_match, submitted_at, "
    "decided_by, "
    "decided_at, reason, created_at, updated_at, version";

}  // namespace

std::optional<Record> find(sql::Tx& tx, ApplicationId id) {
    static const std::string kFind = "SELECT " + kColumns + " FROM application WHERE id = $1";
    return tx.find<Record>(kFind, id);
}

std::optional<std::string> name_of(sql::Tx& tx, ApplicationId id) {
    return tx.find<std::string>("SELECT name FROM application WHERE id = $1", id);
}

std::vector<Record> of_account(sql::Tx& tx, AccountId account, int limit) {
    static const std::string kList =
        "SELECT " + kColumns + " FROM application WHERE account_id = $1 ORDER BY id DESC LIMIT $2";
    return tx.list<Record>(kList, account, limit);
}

bool insert(sql::Tx& tx, const Record& record) {
    return tx.execute(
               R"(INSERT INTO application (id, account_id, kind, state, name, name_key, profile, created_at,
                             updated_at, version)
                         VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $7, 1) ON CONFLICT DO NOTHING)",
               record.id,
               record.account_id,
               record.kind,
               record.name,
               name_key(record.name),
               record.profile,
               record.created_at) == 1;
}

void insert_past(sql::Tx& tx, const Record& record, std::optional<PersonId> person) {
    tx.execute(
        R"(INSERT INTO application (id, account_id, kind, state, name, name_key, school_id, class_id, entry_year,
                      profile, guardians, digest, document_kind, document_mask, birth_date, gender, path, base_depth,
                      roster_entry_id, roster_match, submitted_at, decided_by, decided_at, reason, person_id,
                      created_at, updated_at, version)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                      $21, $22, $23, $24, $25, $26, $27, $28))",
        record.id,
        record.account_id,
        record.kind,
        record.state,
        record.name,
        name_key(record.name),
        record.school_id,
        record.class_id,
        record.entry_year,
        record.profile,
        record.guardians,
        record.digest,
        record.document_kind,
        record.document_mask,
        record.birth_date,
        record.gender,
        record.path,
        record.base_depth,
        record.roster_entry_id,
        record.roster_match,
        record.submitted_at,
        record.decided_by,
        record.decided_at,
        record.reason,
        person,
        record.created_at,
        record.updated_at,
        record.version);
}

bool save(sql::Tx& tx, const Record& record) {
    return tx.execute(R"(UPDATE application
                         SET kind = $1, name = $2, name_key = $3, school_id = $4, class_id = $5, entry_year = $6,
                             profile = $7, guardians = $8, updated_at = $9, version = version + 1
                         WHERE id = $10 AND version = $11 AND state IN ('draft', 'returned', 'withdrawn'))",
                      record.kind,
                      record.name,
                      name_key(record.name),
                      record.school_id,
                      record.class_id,
                      record.entry_year,
                      record.profile,
                      record.guardians,
                      record.updated_at,
                      record.id,
                      record.version) == 1;
}

bool submit(sql::Tx& tx, const Record& record) {
    return tx.execute(R"(UPDATE application
                         SET state = 'submitted', digest = $1, document_kind = $2, document_mask = $3, birth_date = $4,
                             gender = $5, path = $6, base_depth = $7, roster_entry_id = $8, roster_match = $9,
                             submitted_at = $10, updated_at = $10, version = version + 1
                         WHERE id = $11 AND version = $12 AND state IN ('draft', 'returned', 'withdrawn'))",
                      record.digest,
                      record.document_kind,
                      record.document_mask,
                      record.birth_date,
                      record.gender,
                      record.path,
                      record.base_depth,
                      record.roster_entry_id,
                      record.roster_match,
                      record.submitted_at,
                      record.id,
                      record.version) == 1;
}

bool withdraw(sql::Tx& tx, const Record& record) {
    return tx.execute(R"(UPDATE application SET state = 'withdrawn', updated_at = $1, version = version + 1
                         WHERE id = $2 AND version = $3 AND state = 'submitted')",
                      record.updated_at,
                      record.id,
                      record.version) == 1;
}

bool discard(sql::Tx& tx, const Record& record) {
    return tx.execute("DELETE FROM application WHERE id = $1 AND version = $2 AND state = 'draft'",
                      record.id,
                      record.version) == 1;
}

bool decide(sql::Tx& tx, const Outcome& outcome) {
    return tx.execute(R"(UPDATE application
                         SET state = $1, decided_by = $2, decided_at = $3, updated_at = $3, reason = $4,
                             person_id = $5, version = version + 1
                         WHERE id = $6 AND version = $7 AND state = 'submitted')",
                      outcome.state,
                      outcome.by,
                      outcome.at,
                      outcome.reason,
                      outcome.person,
                      outcome.id,
                      outcome.version) == 1;
}

void clear_marks(sql::Tx& tx, ApplicationId id) {
    tx.post("DELETE FROM application_guardian WHERE application_id = $1", id);
}

void insert_mark(sql::Tx& tx, ApplicationId id, const Bytes& mark) {
    tx.post("INSERT INTO application_guardian (application_id, mark) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            id,
            mark);
}

bool has_mark(sql::Tx& tx, ApplicationId id, const Bytes& document, const Bytes& phone) {
    return tx
        .find<std::int64_t>(R"(SELECT 1 FROM application_guardian
                               WHERE application_id = $1 AND (mark = $2 OR mark = $3) LIMIT 1)",
                            id,
                            document,
                            phone)
        .has_value();
}

void insert_event(
    sql::Tx& tx, std::int64_t id, ApplicationId application, std::int64_t version, const EventRow& event) {
    tx.post(
        R"(INSERT INTO application_event (id, application_id, kind, account_id, role, on_behalf_of, reason,
                      version, at)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))",
        id,
        application,
        event.kind,
        event.account_id,
        event.role,
        event.on_behalf_of,
        event.reason,
        version,
        event.at);
}

std::vector<EventRow> events(sql::Tx& tx, ApplicationId application) {
    return tx.list<EventRow>(R"(SELECT kind, account_id, role, on_behalf_of, reason, at FROM application_event
                                WHERE application_id = $1 ORDER BY id LIMIT 1000)",
                             application);
}

void clear_events(sql::Tx& tx, ApplicationId application) {
    tx.execute("DELETE FROM application_event WHERE application_id = $1", application);
}

namespace {

const std::string kStandings =
    "SELECT id, kind, state, school_id, person_id, roster_entry_id FROM application "
    "WHERE state IN ('approved', 'submitted', 'returned') AND ";

}  // namespace

std::vector<Standing> standings_of_entry(sql::Tx& tx, std::int64_t roster_entry_id) {
    static const std::string kOfEntry = kStandings + "roster_entry_id = $1 ORDER BY id";
    return tx.list<Standing>(kOfEntry, roster_entry_id);
}

std::vector<Standing> standings_of_document(sql::Tx& tx, const Bytes& digest, Kind kind) {
    static const std::string kOfDocument = kStandings + "digest = $1 AND kind = $2 ORDER BY id";
    return tx.list<Standing>(kOfDocument, digest, kind);
}

void set_entry(sql::Tx& tx,
               ApplicationId id,
               std::int64_t roster_entry_id,
               std::optional<RosterMatch> match) {
    tx.execute(R"(UPDATE application SET roster_entry_id = $2, roster_match = COALESCE($3, roster_match)
                  WHERE id = $1)",
               id,
               roster_entry_id,
               match);
}

namespace {

constexpr int kDeepest = 6;  // a class lies at 4: province, city, county, school, class

const std::string kListed =
    R"(SELECT id, account_id, kind, state, name, school_id, class_id, roster_match, roster_entry_id, digest,
              submitted_at, version
       FROM application )";

/// What is due for a place above the schools, from all that waits in a province: for each depth at which
/// turns begin it is what was handed in before some moment, which an index has as a range.
std::vector<Listed> due(sql::Tx& tx, const Filter& filter) {
    static const std::string kStatement = kListed +
                                          R"(
        WHERE state = 'submitted' AND base_depth = $1 AND submitted_at <= $2 AND (submitted_at, id) > ($3, $4)
          AND path >= $5 AND path < $6 AND ($7 = '' OR kind = $7) AND ($8 = '' OR roster_match = $8)
          AND ($9 = '' OR name_key LIKE '%' || $9 || '%' ESCAPE '\')
        ORDER BY submitted_at, id LIMIT $10)";
    const auto end = end_of_subtree(filter.path);
    std::vector<Listed> found;
    for (auto depth = filter.reach; depth <= kDeepest; ++depth) {
        const Time before = filter.now - Microseconds(filter.step_us) * (depth - filter.reach);
        std::ranges::move(tx.list<Listed>(kStatement,
                                          depth,
                                          before,
                                          filter.after_time,
                                          filter.after_id,
                                          filter.path,
                                          end,
                                          filter.kind,
                                          filter.match,
                                          filter.name,
                                          filter.limit),
                          std::back_inserter(found));
    }
    return found;
}

}  // namespace

std::vector<Listed> queue(sql::Tx& tx,
                          const Filter& filter,
                          organisations::Kind place_kind,
                          OrganisationId place) {
    const bool is_school = place_kind == organisations::Kind::school;
    const bool is_class = place_kind == organisations::Kind::class_;
    if (!is_school && !is_class && filter.step_us != 0) {
        return due(tx, filter);
    }
    static const std::string kBegin = kListed +
                                      R"(
        WHERE state = $1 AND path >= $2 AND path < $3 AND ($4 = '' OR kind = $4) AND ($5 = '' OR roster_match = $5)
          AND ($6 = '' OR name_key LIKE '%' || $6 || '%' ESCAPE '\')
          AND (CAST($7 AS BIGINT) = 0 OR submitted_at + $7 * (base_depth - $8) <= $9)
          AND (submitted_at, id) > ($10, $11))";
    static const std::string kEnd = " ORDER BY submitted_at, id LIMIT $12";
    static const std::string kAbove = kBegin + kEnd;
    static const std::string kSchool = kBegin + " AND school_id = $13" + kEnd;
    static const std::string kClass = kBegin + " AND class_id = $13" + kEnd;
    const auto end = end_of_subtree(filter.path);
    const auto run = [&](const std::string& statement, const auto&... more) {
        return tx.list<Listed>(statement,
                               filter.state,
                               filter.path,
                               end,
                               filter.kind,
                               filter.match,
                               filter.name,
                               filter.step_us,
                               filter.reach,
                               filter.now,
                               filter.after_time,
                               filter.after_id,
                               filter.limit,
                               more...);
    };
    if (is_school) {
        return run(kSchool, place);
    }
    return is_class ? run(kClass, place) : run(kAbove);
}

void insert_affiliation(sql::Tx& tx, std::int64_t id, PersonId person, const Record& record, Date from) {
    tx.post(
        R"(INSERT INTO affiliation (id, person_id, account_id, kind, school_id, class_id, entry_year, details,
                      application_id, starts_on)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))",
        id,
        person,
        record.account_id,
        record.kind,
        record.school_id,
        record.class_id,
        record.entry_year,
        record.profile,
        record.id,
        from);
}

void end_affiliations(sql::Tx& tx, PersonId person, Kind kind, Time at) {
    tx.execute(R"(UPDATE affiliation SET ends_on = $1, changed_at = $4
                  WHERE person_id = $2 AND kind = $3 AND ends_on IS NULL)",
               date_in_china(at),
               person,
               kind,
               at);
}

std::vector<PersonId> certified_people(sql::Tx& tx, const Bytes& digest) {
    return tx.list<PersonId>(R"(SELECT DISTINCT person_id FROM application
                                WHERE digest = $1 AND state = 'approved' AND person_id IS NOT NULL)",
                             digest);
}

bool end_affiliations_at(sql::Tx& tx, PersonId person, Kind kind, OrganisationId school, Time at) {
    return tx.execute(R"(UPDATE affiliation SET ends_on = $4, changed_at = $5
                         WHERE person_id = $1 AND kind = $2 AND school_id = $3 AND ends_on IS NULL)",
                      person,
                      kind,
                      school,
                      date_in_china(at),
                      at) > 0;
}

std::optional<OrganisationId> latest_school(sql::Tx& tx, PersonId person, Kind kind) {
    return tx.find<OrganisationId>(
        "SELECT school_id FROM affiliation WHERE person_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1",
        person,
        kind);
}

std::optional<OrganisationId> open_school(sql::Tx& tx, PersonId person, Kind kind) {
    return tx.find<OrganisationId>(
        "SELECT school_id FROM affiliation WHERE person_id = $1 AND kind = $2 AND ends_on IS NULL LIMIT 1",
        person,
        kind);
}

bool has_open_affiliation(sql::Tx& tx, PersonId person) {
    return tx
        .find<std::int64_t>("SELECT id FROM affiliation WHERE person_id = $1 AND ends_on IS NULL LIMIT 1",
                            person)
        .has_value();
}

bool reopen_affiliation(sql::Tx& tx, PersonId person, Kind kind, OrganisationId school, Time at) {
    return tx.execute(R"(UPDATE affiliation SET ends_on = NULL, changed_at = $4
                         WHERE id = (SELECT MAX(id) FROM affiliation WHERE person_id = $1 AND kind = $2)
                           AND person_id = $1 AND school_id = $3 AND ends_on IS NOT NULL)",
                      person,
                      kind,
                      school,
                      at) == 1;
}

std::vector<Affiliation> affiliations(sql::Tx& tx, PersonId person) {
    return tx.list<Affiliation>(R"(SELECT kind, school_id, class_id, entry_year, starts_on, ends_on
                                   FROM affiliation WHERE person_id = $1 ORDER BY id DESC LIMIT 100)",
                                person);
}

bool works_at(sql::Tx& tx, AccountId account, OrganisationId school) {
    return tx
        .find<std::int64_t>(R"(SELECT id FROM affiliation
                               WHERE school_id = $1 AND kind IN ('teacher', 'staff') AND account_id = $2
                                 AND ends_on IS NULL LIMIT 1)",
                            school,
                            account)
        .has_value();
}

std::vector<Colleague> staff_of(sql::Tx& tx, OrganisationId school, int limit) {
    return tx.list<Colleague>(R"(SELECT DISTINCT a.account_id AS account_id, p.name AS name
                                 FROM affiliation a JOIN application p ON p.id = a.application_id
                                 WHERE a.school_id = $1 AND a.kind IN ('teacher', 'staff') AND a.ends_on IS NULL
                                 ORDER BY p.name, a.account_id LIMIT $2)",
                              school,
                              limit);
}

void insert_bulk(
    sql::Tx& tx, std::int64_t id, AccountId account, const Bytes& token, std::int64_t total, Time now) {
    tx.execute(R"(INSERT INTO bulk_review (id, account_id, token, state, total, approved, skipped, created_at)
                  VALUES ($1, $2, $3, 'previewed', $4, 0, 0, $5))",
               id,
               account,
               token,
               total,
               now);
}

void insert_bulk_item(sql::Tx& tx,
                      std::int64_t bulk,
                      ApplicationId application,
                      std::int64_t version,
                      std::string_view fingerprint) {
    tx.post(R"(INSERT INTO bulk_review_item (bulk_id, application_id, version, fingerprint, outcome)
                  VALUES ($1, $2, $3, $4, 'waiting'))",
            bulk,
            application,
            version,
            fingerprint);
}

std::optional<BulkRow> find_bulk(sql::Tx& tx, std::int64_t id, const Bytes& token) {
    return tx.find<BulkRow>(R"(SELECT id, account_id, state, total, approved, skipped, job_id
                               FROM bulk_review WHERE id = $1 AND token = $2)",
                            id,
                            token);
}

std::optional<BulkRow> find_bulk(sql::Tx& tx, std::int64_t id) {
    return tx.find<BulkRow>(R"(SELECT id, account_id, state, total, approved, skipped, job_id
                               FROM bulk_review WHERE id = $1)",
                            id);
}

bool start_bulk(sql::Tx& tx, std::int64_t id, JobId job) {
    return tx.execute(
               "UPDATE bulk_review SET state = 'running', job_id = $1 WHERE id = $2 AND state = 'previewed'",
               job,
               id) == 1;
}

std::vector<BulkItem> waiting_items(sql::Tx& tx, std::int64_t bulk, int limit) {
    return tx.list<BulkItem>(R"(SELECT application_id, version, fingerprint FROM bulk_review_item
                                WHERE bulk_id = $1 AND outcome = 'waiting' ORDER BY application_id LIMIT $2)",
                             bulk,
                             limit);
}

void finish_item(sql::Tx& tx,
                 std::int64_t bulk,
                 ApplicationId application,
                 const std::optional<std::string>& reason) {
    tx.post(
        R"(UPDATE bulk_review_item SET outcome = $1, reason = $2 WHERE bulk_id = $3 AND application_id = $4)",
        reason ? "skipped" : "approved",
        reason,
        bulk,
        application);
}

void count_bulk(sql::Tx& tx, std::int64_t bulk, std::int64_t approved, std::int64_t skipped) {
    tx.post("UPDATE bulk_review SET approved = approved + $1, skipped = skipped + $2 WHERE id = $3",
            approved,
            skipped,
            bulk);
}

void finish_bulk(sql::Tx& tx, std::int64_t bulk) {
    tx.execute("UPDATE bulk_review SET state = 'done' WHERE id = $1", bulk);
}

std::vector<Skipped> skipped_items(sql::Tx& tx, std::int64_t bulk, int limit) {
    return tx.list<Skipped>(R"(SELECT application_id AS id, reason FROM bulk_review_item
                               WHERE bulk_id = $1 AND outcome = 'skipped' ORDER BY application_id LIMIT $2)",
                            bulk,
                            limit);
}

void move_paths(sql::Tx& tx, std::string_view from, std::string_view to, int depth_change) {
    tx.execute(R"(UPDATE application SET path = $1 || substr(path, $2), base_depth = base_depth + $3
                  WHERE path >= $4 AND path < $5)",
               to,
               static_cast<std::int64_t>(from.size() + 1),
               depth_change,
               from,
               end_of_subtree(from));
}

}  // namespace educard::applications::store
