// Lists of schools and classes: judging their rows against the tree, doing what was confirmed.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/organisations/import_list.hpp"
#include "modules/organisations/import_places.hpp"
#include "modules/organisations/import_store.hpp"
#include "modules/organisations/organisations.hpp"

#include <algorithm>
#include <set>

namespace educard::organisations {

namespace {

constexpr int kMostImportRows = 200;

/// Judges rows against the tree as it is.
class Judge {
public:
    Judge(sql::Tx& tx, const Organisations& organisations, Organisation scope, ImportKind kind)
        : tx_(tx), organisations_(organisations), scope_(std::move(scope)), kind_(kind) {}

    ImportRow judge(const Line& line) {
        row_ = ImportRow{};
        row_.line = line.number;
        row_.name = line.of(Column::school_name);
        row_.outcome = ImportOutcome::rejected;
        kind_ == ImportKind::schools ? judge_school(line) : judge_class(line);
        return row_;
    }

private:
    void reject(const char* field, const char* reason) {
        row_.field = field;
        row_.reason = reason;
    }

    void judge_school(const Line& line) {
        row_.school_code = line.of(Column::school_code);
        row_.school_kind = read_school_kind(line.of(Column::school_kind));
        const auto known = organisations_.find_school(tx_, *row_.school_code);
        if (!is_school_code(*row_.school_code)) {
            return reject("school_code", "organisations.school_code_form");
        }
        if (!seen_.insert(*row_.school_code).second) {
            return reject("school_code", "organisations.import_twice");
        }
        if (row_.name.empty()) {
            return reject("school_name", "required");
        }
        if (!row_.school_kind) {
            return reject("school_kind", line.of(Column::school_kind).empty() ? "required" : "value");
        }
        if (!fits_school_code(*row_.school_code, *row_.school_kind)) {
            return reject("school_code", "organisations.school_code_category");
        }
        if (const char* wrong = find_parent(line, known)) {
            return reject("parent", wrong);
        }
        if (!known) {
            row_.outcome = organisations_.was_school_code_used(tx_, *row_.school_code)
                               ? ImportOutcome::rejected
                               : ImportOutcome::fresh;
            if (row_.outcome == ImportOutcome::rejected) {
                return reject("school_code", "organisations.school_code_taken");
            }
        } else {
            compare_with(*known);
        }
        if (row_.outcome == ImportOutcome::fresh || row_.outcome == ImportOutcome::changed) {
            judge_name(known);
        }
    }

    /// As the confirmation will, row by row.
    void judge_name(const std::optional<Organisation>& known) {
        Organisation school;
        school.id = known ? known->id : OrganisationId{};
        school.kind = Kind::school;
        school.name = tidy(row_.name);
        const auto key = name_key(school.name);
        if (known && known->parent_id == row_.parent_id && name_key(known->name) == key) {
            return;
        }
        if (!names_.insert(std::to_string(row_.parent_id->value) + "/" + key).second ||
            organisations_.namesake(tx_, school, *row_.parent_id, organisations_.today())) {
            row_.outcome = ImportOutcome::rejected;
            reject("school_name", "organisations.name_taken");
        }
    }

    void compare_with(const Organisation& known) {
        if (!is_within(known.path, scope_.path) || known.valid_to) {
            return reject("school_code", "organisations.school_code_taken");
        }
        const bool same = known.name == row_.name && known.school_kind == row_.school_kind &&
                          known.parent_id == row_.parent_id;
        row_.organisation_id = known.id;
        row_.version = known.version;
        row_.outcome = same ? ImportOutcome::unchanged : ImportOutcome::changed;
    }

    /// The place that the row names; without one the place that the school has, or the scope itself. Gives
    /// what is wrong, or null.
    const char* find_parent(const Line& line, const std::optional<Organisation>& known) {
        const auto& text = line.of(Column::parent);
        if (text.empty()) {
            row_.parent_id = known                   ? known->parent_id
                             : can_hold(scope_.kind) ? std::optional(scope_.id)
                                                     : std::nullopt;
            return row_.parent_id ? nullptr : "required";
        }
        if (!places_) {
            places_.emplace(tx_, organisations_, scope_);
        }
        const auto found = places_->find(text);
        if (found.size() != 1) {
            return found.empty() ? "organisations.import_parent" : "organisations.import_parent_ambiguous";
        }
        row_.parent_id = found.front().id;
        return found.front().kind == Kind::province ? "organisations.import_parent_above" : nullptr;
    }

    static bool can_hold(Kind kind) { return kind == Kind::county || kind == Kind::unit; }

    void judge_class(const Line& line) {
        const auto school = school_of(line);
        if (!school) {
            return reject("school_code", "organisations.import_school");
        }
        const auto key = key_of(line, *school);
        row_.name = school->name;
        row_.parent_id = school->id;
        row_.school_code = school->school_code;
        if (!key) {
            return reject("class", "organisations.import_class");
        }
        row_.stage = key->stage;
        row_.entry_year = key->entry_year;
        row_.class_number = key->number;
        row_.name += " " + class_name(key->stage, key->entry_year, key->number, organisations_.today());
        if (!seen_.insert(row_.name + std::to_string(school->id.value)).second) {
            return reject("class", "organisations.import_twice");
        }
        const auto known = organisations_.find_class(tx_, school->id, *key);
        row_.outcome = known ? ImportOutcome::unchanged : ImportOutcome::fresh;
        row_.organisation_id = known ? std::optional(known->id) : std::nullopt;
    }

    std::optional<Organisation> school_of(const Line& line) {
        const auto& code = line.of(Column::school_code);
        if (code.empty()) {
            return scope_.kind == Kind::school ? std::optional(scope_) : std::nullopt;
        }
        auto school = organisations_.find_school(tx_, code);
        const bool usable = school && is_within(school->path, scope_.path) && !school->valid_to;
        return usable ? school : std::nullopt;
    }

    std::optional<ClassKey> key_of(const Line& line, const Organisation& school) const {
        auto grade = line.of(Column::grade);
        if (grade.empty() && !line.of(Column::entry_year).empty()) {
            grade = line.of(Column::stage) + line.of(Column::entry_year) + "级";
        }
        return read_class(grade, line.of(Column::class_name), *school.school_kind, organisations_.today());
    }

    sql::Tx& tx_;
    const Organisations& organisations_;
    const Organisation scope_;
    const ImportKind kind_;
    ImportRow row_;
    std::set<std::string> seen_;
    std::set<std::string> names_;  // that rows of the list give, each with the place
    std::optional<Places> places_;
};

Organisation require_scope_of(sql::Tx& tx,
                              const Organisations& organisations,
                              const Caller& caller,
                              OrganisationId id) {
    auto scope = organisations.get(tx, id);
    if (!may_administer(caller, scope.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    return scope;
}

ImportView require_import(sql::Tx& tx,
                          const Organisations& organisations,
                          const Caller& caller,
                          ImportId id) {
    auto view = store::find_import(tx, id);
    const auto scope = view ? organisations.find(tx, view->organisation_id) : std::nullopt;
    if (!scope || !may_administer(caller, scope->path)) {
        throw Error(Fault::not_found, "organisations.import_unknown");
    }
    return *std::move(view);
}

/// What a row wants of the tree.
Request request_of(ImportKind kind, const ImportRow& row) {
    if (row.outcome == ImportOutcome::changed) {
        Change change;
        change.id = row.organisation_id.value_or(OrganisationId{});
        change.version = row.version.value_or(0);
        change.name = row.name;
        change.school_kind = row.school_kind;
        change.parent_id = row.parent_id;
        return change;
    }
    Draft draft;
    draft.parent_id = row.parent_id.value_or(OrganisationId{});
    draft.kind = kind == ImportKind::schools ? Kind::school : Kind::class_;
    draft.name = row.name;
    draft.school_code = row.school_code;
    draft.school_kind = row.school_kind;
    draft.stage = row.stage;
    draft.entry_year = row.entry_year;
    draft.class_number = row.class_number;
    return draft;
}

/// Rows that an open plan speaks against.
void reject_planned(sql::Tx& tx,
                    const Organisations& organisations,
                    const Caller& caller,
                    ImportKind kind,
                    std::vector<ImportRow>& rows) {
    std::vector<Request> requests;
    std::vector<ImportRow*> wanting;
    for (auto& row : rows) {
        if (row.outcome == ImportOutcome::fresh || row.outcome == ImportOutcome::changed) {
            requests.push_back(request_of(kind, row));
            wanting.push_back(&row);
        }
    }
    const auto refusals = organisations.refusals_by_plans(tx, caller, requests);
    for (std::size_t at = 0; at < refusals.size(); ++at) {
        if (refusals[at]) {
            wanting[at]->outcome = ImportOutcome::rejected;
            wanting[at]->field = "school_name";
            wanting[at]->reason = "organisations.import_planned";
        }
    }
}

}  // namespace

ImportView Imports::upload(const Caller& caller,
                           const NewImport& import,
                           const std::filesystem::path& file) const {
    const auto scope = database_.read(
        [&](sql::Tx& tx) { return require_scope_of(tx, organisations_, caller, import.organisation_id); });
    if (import.file_name.size() > 255) {
        throw Error::invalid("file_name", "too_long");
    }
    const auto list = read_list(import.kind, file);
    const auto rows = database_.read([&](sql::Tx& tx) {
        Judge judge(tx, organisations_, scope, import.kind);
        std::vector<ImportRow> judged;
        for (const auto& line : list.lines) {
            judged.push_back(judge.judge(line));
        }
        reject_planned(tx, organisations_, caller, import.kind, judged);
        return judged;
    });
    const auto id = organisations_.ids().next<ImportId>();
    return database_.write([&](sql::Tx& tx) {
        store::insert_import(
            tx, id, import, list.unknown_headings, caller.account, organisations_.clock().now());
        for (std::size_t index = 0; index < rows.size(); ++index) {
            store::insert_import_row(tx, id, static_cast<std::int64_t>(index), rows[index]);
        }
        return store::find_import(tx, id).value();
    });
}

ImportView Imports::get(sql::Tx& tx, const Caller& caller, ImportId id) const {
    return require_import(tx, organisations_, caller, id);
}

std::vector<ImportRow> Imports::rows(sql::Tx& tx,
                                     const Caller& caller,
                                     ImportId id,
                                     std::optional<ImportOutcome> outcome,
                                     std::int64_t after,
                                     int limit) const {
    require_import(tx, organisations_, caller, id);
    const char* wanted = outcome ? boost::describe::enum_to_string(*outcome, "") : "";
    return store::import_rows(tx, id, wanted, after, std::clamp(limit, 1, kMostImportRows));
}

ImportView Imports::confirm(sql::Tx& tx, const Caller& caller, ImportId id) const {
    const auto view = require_import(tx, organisations_, caller, id);
    if (!store::confirm_import(tx, id, organisations_.clock().now())) {
        throw Error(Fault::conflict, "organisations.import_confirmed");
    }
    std::vector<Request> requests;
    for (const auto& row : store::rows_to_apply(tx, id)) {
        requests.push_back(request_of(view.kind, row));
    }
    const auto refusals = organisations_.refusals_by_plans(tx, caller, requests);
    for (std::size_t at = 0; at < requests.size(); ++at) {
        if (const auto* change = std::get_if<Change>(&requests[at])) {
            organisations_.change(tx, caller, *change);
        } else {
            organisations_.create(tx, caller, std::get<Draft>(requests[at]));
        }
        if (refusals[at]) {
            throw *refusals[at];  // planned after the dry run
        }
    }
    return store::find_import(tx, id).value();
}

}  // namespace educard::organisations
