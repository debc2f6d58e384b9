#include "modules/organisations/store.hpp"

#include "base/text.hpp"
#include "runtime/audit.hpp"

#include <fmt/format.h>
#include <string>

namespace educard::organisations::store {

namespace {

const std::string kColumns =
    "id, parent_id, kind, path, depth, name, division_code, direct, school_code, school_kind, stage, "
    "entry_year, "
    "class_number, valid_from, valid_to, version";

std::string sort_key_of(const Organisation& organisation, const Pinyin& pinyin) {
    switch (organisation.kind) {
        case Kind::province:
        case Kind::city:
        case Kind::county:
            return "1" + organisation.division_code.value_or("") + pinyin.full;
        case Kind::unit:
            return "2" + organisation.division_code.value_or("") + pinyin.full;
        case Kind::school:
            return "3" + pinyin.full;
        case Kind::class_:
            return fmt::format("4{}{:04}{:04}",
                               static_cast<int>(organisation.stage.value_or(Stage::primary)),
                               9999 - organisation.entry_year.value_or(0),
                               organisation.class_number.value_or(0));
    }
    return {};
}

}  // namespace

Keys keys_of(const Organisation& organisation) {
    const auto pinyin = educard::pinyin(organisation.name);
    return Keys{.sort_key = sort_key_of(organisation, pinyin),
                .name_key = name_key(organisation.name),
                .pinyin = pinyin.full,
                .initials = pinyin.initials};
}

std::optional<Organisation> find(sql::Tx& tx, OrganisationId id) {
    static const std::string kFind = "SELECT " + kColumns + " FROM organisation WHERE id = $1";
    return tx.find<Organisation>(kFind, id);
}

std::optional<Organisation> find_by_school_code(sql::Tx& tx, std::string_view code) {
    static const std::string kFind = "SELECT " + kColumns +
                                     " FROM organisation WHERE id = (SELECT organisation_id FROM school_code"
                                     " WHERE code = $1) AND school_code = $1";
    return tx.find<Organisation>(kFind, code);
}

std::optional<Organisation> find_class(sql::Tx& tx, OrganisationId school, const ClassKey& key) {
    static const std::string kFind =
        "SELECT " + kColumns +
        " FROM organisation WHERE parent_id = $1 AND stage = $2 AND entry_year = $3"
        " AND class_number = $4 AND kind = 'class' AND valid_to IS NULL";
    return tx.find<Organisation>(kFind, school, key.stage, key.entry_year, key.number);
}

std::vector<Organisation> classes_of(sql::Tx& tx, OrganisationId school, std::string_view today, int limit) {
    static const std::string kList =
        "SELECT " + kColumns +
        " FROM organisation WHERE parent_id = $1 AND kind = 'class'"
        " AND (valid_to IS NULL OR valid_to > $2) ORDER BY sort_key, id LIMIT $3";
    return tx.list<Organisation>(kList, school, today, limit);
}

std::vector<Ordered> children(sql::Tx& tx,
                              OrganisationId parent,
                              std::string_view today,
                              std::string_view after_key,
                              std::int64_t after_id,
                              int limit) {
    static const std::string kList = "SELECT " + kColumns +
                                     ", sort_key FROM organisation WHERE parent_id = $1"
                                     " AND (valid_to IS NULL OR valid_to > $2) AND (sort_key, id) > ($3, $4)"
                                     " ORDER BY sort_key, id LIMIT $5";
    return tx.list<Ordered>(kList, parent, today, after_key, after_id, limit);
}

std::vector<Ordered> closed_children(sql::Tx& tx,
                                     OrganisationId parent,
                                     std::string_view today,
                                     std::string_view after_key,
                                     std::int64_t after_id,
                                     int limit) {
    static const std::string kList = "SELECT " + kColumns +
                                     ", sort_key FROM organisation WHERE parent_id = $1"
                                     " AND valid_to <= $2 AND (sort_key, id) > ($3, $4)"
                                     " ORDER BY sort_key, id LIMIT $5";
    return tx.list<Ordered>(kList, parent, today, after_key, after_id, limit);
}

std::vector<Organisation> open_children(sql::Tx& tx, OrganisationId parent, int limit) {
    static const std::string kList = "SELECT " + kColumns +
                                     " FROM organisation WHERE parent_id = $1 AND valid_to IS NULL"
                                     " ORDER BY sort_key, id LIMIT $2";
    return tx.list<Organisation>(kList, parent, limit);
}

std::vector<Ranked> search(sql::Tx& tx, const Terms& terms) {
    static const std::string kSearch = "SELECT * FROM (SELECT " + kColumns +
                                       R"(, CASE WHEN name_key = $1 THEN 0
                  WHEN name_key LIKE $1 || '%' ESCAPE '\' THEN 1
                  WHEN $2 <> '' AND (pinyin LIKE $2 || '%' ESCAPE '\' OR initials LIKE $2 || '%' ESCAPE '\') THEN 1
                  ELSE 2 END AS rank
           FROM organisation
           WHERE kind <> 'class' AND path >= $3 AND path < $4 AND ($5 = '' OR kind = $5)
             AND (valid_to IS NULL OR valid_to > $6)
             AND (name_key LIKE '%' || $1 || '%' ESCAPE '\'
                  OR ($2 <> '' AND (pinyin LIKE '%' || $2 || '%' ESCAPE '\' OR initials LIKE '%' || $2 || '%' ESCAPE '\'
                                    OR division_code LIKE $2 || '%' ESCAPE '\' OR school_code LIKE $2 || '%' ESCAPE '\')))
          ) AS found
          WHERE (rank, id) > ($7, $8) ORDER BY rank, id LIMIT $9)";
    const std::string end = end_of_subtree(terms.path);
    return tx.list<Ranked>(kSearch,
                           terms.name,
                           terms.letters,
                           terms.path,
                           end,
                           terms.kind,
                           terms.today,
                           terms.after_rank,
                           terms.after_id,
                           terms.limit);
}

std::vector<Organisation> list_below(sql::Tx& tx, const ListBelow& below) {
    static const std::string kRange =
        " AND path >= $1 AND path < $2 AND path > $3 AND (valid_to IS NULL OR valid_to > $4)";
    static const std::string kOrder = " ORDER BY path LIMIT $5";
    static const std::string kAny =
        "SELECT " + kColumns + " FROM organisation WHERE kind <> 'class'" + kRange + kOrder;
    static const std::string kOfKind =
        "SELECT " + kColumns + " FROM organisation WHERE kind = $6" + kRange + kOrder;
    const std::string end = end_of_subtree(below.path);
    if (below.kind.empty()) {
        return tx.list<Organisation>(kAny, below.path, end, below.after, below.today, below.limit);
    }
    return tx.list<Organisation>(kOfKind, below.path, end, below.after, below.today, below.limit, below.kind);
}

bool insert(sql::Tx& tx, const Organisation& organisation, const Keys& keys) {
    return tx.execute(
               R"(INSERT INTO organisation (id, parent_id, kind, path, depth, sort_key, name, name_key, pinyin,
                             initials, division_code, direct, school_code, school_kind, stage, entry_year, class_number,
                             valid_from, valid_to, version)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                             $20)
                         ON CONFLICT DO NOTHING)",
               organisation.id,
               organisation.parent_id,
               organisation.kind,
               organisation.path,
               organisation.depth,
               keys.sort_key,
               organisation.name,
               keys.name_key,
               keys.pinyin,
               keys.initials,
               organisation.division_code,
               organisation.direct,
               organisation.school_code,
               organisation.school_kind,
               organisation.stage,
               organisation.entry_year,
               organisation.class_number,
               organisation.valid_from,
               organisation.valid_to,
               organisation.version) == 1;
}

bool update(sql::Tx& tx, const Organisation& organisation, const Keys& keys, Time at) {
    return tx.execute(R"(UPDATE organisation
                         SET parent_id = $1, path = $2, depth = $3, sort_key = $4, name = $5, name_key = $6,
                             pinyin = $7, initials = $8, division_code = $9, direct = $10, school_code = $11,
                             school_kind = $12, class_number = $13, valid_to = $14, version = $15,
                             changed_at = $17
                         WHERE id = $16 AND version = $15 - 1)",
                      organisation.parent_id,
                      organisation.path,
                      organisation.depth,
                      keys.sort_key,
                      organisation.name,
                      keys.name_key,
                      keys.pinyin,
                      keys.initials,
                      organisation.division_code,
                      organisation.direct,
                      organisation.school_code,
                      organisation.school_kind,
                      organisation.class_number,
                      organisation.valid_to,
                      organisation.version,
                      organisation.id,
                      at) == 1;
}

bool class_exists(sql::Tx& tx, const Organisation& organisation) {
    return tx
        .find<std::int64_t>(R"(SELECT id FROM organisation
                               WHERE parent_id = $1 AND stage = $2 AND entry_year = $3 AND class_number = $4
                                 AND kind = 'class' AND valid_to IS NULL AND id <> $5)",
                            organisation.parent_id,
                            organisation.stage,
                            organisation.entry_year,
                            organisation.class_number,
                            organisation.id)
        .has_value();
}

std::vector<Organisation> namesakes(
    sql::Tx& tx, OrganisationId parent, Kind kind, std::string_view name_key, std::string_view day) {
    static const std::string kList = "SELECT " + kColumns +
                                     " FROM organisation WHERE parent_id = $1 AND kind = $2 AND name_key = $3"
                                     " AND (valid_to IS NULL OR valid_to > $4) ORDER BY id LIMIT 100";
    return tx.list<Organisation>(kList, parent, kind, name_key, day);
}

std::int64_t count_namesakes(sql::Tx& tx, Kind kind, std::string_view name_key, std::string_view day) {
    return tx
        .find<std::int64_t>(R"(SELECT count(*) FROM organisation
                               WHERE kind <> 'class' AND kind = $1 AND name_key = $2
                                 AND (valid_to IS NULL OR valid_to > $3))",
                            kind,
                            name_key,
                            day)
        .value_or(0);
}

Below count_below(sql::Tx& tx, std::string_view path, std::string_view day) {
    return tx
        .find<Below>(
            R"(SELECT CAST(COALESCE(SUM(CASE WHEN kind = 'school' THEN 1 ELSE 0 END), 0) AS BIGINT) AS schools,
                      CAST(COALESCE(SUM(CASE WHEN kind = 'class' THEN 1 ELSE 0 END), 0) AS BIGINT) AS classes,
                      CAST(COALESCE(SUM(CASE WHEN kind IN ('school', 'class') THEN 0 ELSE 1 END), 0) AS BIGINT)
                          AS others
               FROM organisation
               WHERE path > $1 AND path < $2 AND (valid_to IS NULL OR valid_to > $3))",
            path,
            end_of_subtree(path),
            day)
        .value_or(Below());
}

bool is_school_code_claimed(sql::Tx& tx, std::string_view code) {
    return tx.find<std::int64_t>("SELECT organisation_id FROM school_code WHERE code = $1", code).has_value();
}

bool claim_school_code(sql::Tx& tx, std::string_view code, OrganisationId owner) {
    return tx.execute(
               "INSERT INTO school_code (code, organisation_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
               code,
               owner) == 1;
}

std::int64_t count_subtree(sql::Tx& tx, std::string_view path) {
    const std::string end = end_of_subtree(path);
    return tx
        .find<std::int64_t>("SELECT count(*) FROM organisation WHERE path >= $1 AND path < $2", path, end)
        .value_or(0);
}

void move_subtree(sql::Tx& tx, std::string_view from_path, std::string_view to_path, int depth_change) {
    const std::string end = end_of_subtree(from_path);
    tx.execute(R"(UPDATE organisation
                  SET path = $1 || substr(path, $2), depth = depth + $3, version = version + 1
                  WHERE path > $4 AND path < $5)",
               to_path,
               static_cast<std::int64_t>(from_path.size() + 1),
               depth_change,
               from_path,
               end);
}

std::int64_t count_open_children(sql::Tx& tx, OrganisationId parent) {
    return tx
        .find<std::int64_t>("SELECT count(*) FROM organisation WHERE parent_id = $1 AND valid_to IS NULL",
                            parent)
        .value_or(0);
}

void close_with(sql::Tx& tx, OrganisationId school, std::string_view day, Time at) {
    tx.execute(
        R"(UPDATE organisation SET valid_to = $2, closed_with = $1, version = version + 1, changed_at = $3
                  WHERE parent_id = $1 AND valid_to IS NULL)",
        school,
        day,
        at);
}

std::vector<Organisation> closed_with(sql::Tx& tx, OrganisationId school) {
    static const std::string kList =
        "SELECT " + kColumns + " FROM organisation WHERE parent_id = $1 AND closed_with = $1 ORDER BY id";
    return tx.list<Organisation>(kList, school);
}

void open_again(sql::Tx& tx, OrganisationId school, Time at) {
    tx.execute(
        R"(UPDATE organisation SET valid_to = NULL, closed_with = NULL, version = version + 1, changed_at = $2
                  WHERE parent_id = $1 AND closed_with = $1)",
        school,
        at);
}

std::vector<State> history(sql::Tx& tx, OrganisationId id) {
    return tx.list<State>(
        R"(SELECT parent_id, kind, name, division_code, school_code, school_kind, stage, entry_year,
                                 class_number, change, successor_id, valid_from, valid_to
                             FROM organisation_history WHERE organisation_id = $1
                             ORDER BY valid_from, id LIMIT 1000)",
        id);
}

std::optional<State> state_on(sql::Tx& tx, OrganisationId id, std::string_view day) {
    return tx.find<State>(
        R"(SELECT parent_id, kind, name, division_code, school_code, school_kind, stage, entry_year,
                                 class_number, change, successor_id, valid_from, valid_to
                             FROM organisation_history
                             WHERE organisation_id = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
                             ORDER BY valid_from DESC, id DESC LIMIT 1)",
        id,
        day);
}

std::optional<State> last_state(sql::Tx& tx, OrganisationId id) {
    return tx.find<State>(
        R"(SELECT parent_id, kind, name, division_code, school_code, school_kind, stage, entry_year,
                                 class_number, change, successor_id, valid_from, valid_to
                             FROM organisation_history WHERE organisation_id = $1
                             ORDER BY valid_from DESC, id DESC LIMIT 1)",
        id);
}

void end_last_state(sql::Tx& tx,
                    OrganisationId id,
                    std::string_view day,
                    std::optional<OrganisationId> successor) {
    tx.execute(R"(UPDATE organisation_history SET valid_to = $2, successor_id = $3
                  WHERE organisation_id = $1 AND valid_to IS NULL)",
               id,
               day,
               successor);
}

void end_states_by(sql::Tx& tx, OrganisationId id, std::string_view day) {
    tx.execute(
        R"(UPDATE organisation_history SET valid_to = $2 WHERE organisation_id = $1 AND valid_to > $2)",
        id,
        day);
}

void end_states_of_children(sql::Tx& tx, OrganisationId parent, std::string_view day) {
    tx.execute(R"(UPDATE organisation_history SET valid_to = $2 WHERE parent_id = $1 AND valid_to IS NULL)",
               parent,
               day);
}

void insert_state(sql::Tx& tx,
                  std::int64_t id,
                  OrganisationId organisation,
                  const State& state,
                  Time recorded_at,
                  std::optional<AccountId> recorded_by) {
    tx.execute(R"(INSERT INTO organisation_history (id, organisation_id, parent_id, kind, name, division_code,
                      school_code, school_kind, stage, entry_year, class_number, change, successor_id, valid_from,
                      valid_to, recorded_at, recorded_by)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17))",
               id,
               organisation,
               state.parent_id,
               state.kind,
               state.name,
               state.division_code,
               state.school_code,
               state.school_kind,
               state.stage,
               state.entry_year,
               state.class_number,
               state.change,
               state.successor_id,
               state.valid_from,
               state.valid_to,
               recorded_at,
               recorded_by);
}

}  // namespace educard::organisations::store
