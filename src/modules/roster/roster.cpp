#include "modules/roster/roster.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/roster/import_job.hpp"
#include "modules/roster/kept_file.hpp"
#include "modules/roster/store.hpp"
#include "runtime/audit.hpp"
#include "runtime/jobs.hpp"
#include "runtime/texts.hpp"
#include "spreadsheet/spreadsheet.hpp"

#include <algorithm>
#include <array>
#include <system_error>

namespace educard::roster {

namespace {

constexpr int kImportsShown = 50;
constexpr int kMaxRows = 200;

/// What the audit log keeps of a confirmation.
struct Confirmation : Counts {
    bool create_classes = false;
    bool mark_missing_left = false;
};
BOOST_DESCRIBE_STRUCT(Confirmation, (Counts), (create_classes, mark_missing_left))

Import view_of(const store::ImportRecord& record) {
    return {.id = record.id,
            .organisation_id = record.organisation_id,
            .kind = record.kind,
            .file_name = record.file_name,
            .state = record.state,
            .error = record.error,
            .error_parameters = json::decode<std::map<std::string, std::string>>(record.error_parameters),
            .error_message = {},
            .job_id = record.job_id,
            .columns = json::decode<std::vector<ColumnView>>(record.columns),
            .counts = json::decode<Counts>(record.counts),
            .missing_classes = json::decode<std::vector<MissingClass>>(record.missing_classes),
            .applied = record.applied,
            .options = json::decode<Options>(record.options),
            .created_at = record.created_at,
            .finished_at = record.finished_at};
}

/// Without folders and control characters, at most 200 octets.
std::string safe_file_name(std::string_view name) {
    std::string tidied = tidy(name.substr(0, 400));
    if (const auto slash = tidied.find_last_of("/\\"); slash != std::string::npos) {
        tidied.erase(0, slash + 1);
    }
    while (tidied.size() > 200) {
        tidied.pop_back();
    }
    while (!is_valid_utf8(tidied)) {
        tidied.pop_back();
    }
    return tidied.empty() ? "roster" : tidied;
}

}  // namespace

Roster::Roster(const Needs& needs) : needs_(needs) {
    if (!needs_.folder.empty()) {
        std::filesystem::create_directories(needs_.folder);
        std::filesystem::permissions(needs_.folder, std::filesystem::perms::owner_all);
    }
}

void Roster::handle_jobs() {
    needs_.jobs.handle(kCheckJob, [this](JobRun& run) { check(run); });
    needs_.jobs.handle(kApplyJob, [this](JobRun& run) { apply(run); });
    needs_.jobs.handle(kInitialsJob, [this](JobRun& run) { fill_initials(run); });
}

store::ImportRecord Roster::require_import(sql::Tx& tx, const Caller& caller, ImportId id) const {
    auto import = store::find_import(tx, id);
    const auto organisation = import ? needs_.organisations.find(tx, import->organisation_id) : std::nullopt;
    if (!organisation || !may_act(caller, organisation->path, kAdministrators)) {
        throw Error(Fault::not_found, "roster.import_unknown");
    }
    return std::move(*import);
}

Import Roster::upload(const Caller& caller,
                      const NewImport& import,
                      const std::filesystem::path& file) const {
    needs_.database.read([&](sql::Tx& tx) {
        const auto organisation = needs_.organisations.get(tx, import.organisation_id);
        require_scope(caller, organisation.path, kAdministrators);
        if (organisation.kind == organisations::Kind::class_) {
            throw Error::invalid("organisation_id", "roster.for_schools");
        }
    });
    spreadsheet::open(file);  // throws what is wrong with it
    const auto id = needs_.ids.next<ImportId>();
    keep_file(needs_.database, needs_.cipher, id, needs_.clock.now(), file);
    return needs_.database.write([&](sql::Tx& tx) {
        store::ImportRecord record{.id = id,
                                   .organisation_id = import.organisation_id,
                                   .kind = import.kind,
                                   .file_name = safe_file_name(import.file_name),
                                   .state = ImportState::checking,
                                   .error = {},
                                   .error_parameters = "{}",
                                   .account_id = caller.account,
                                   .job_id = {},
                                   .columns = "[]",
                                   .counts = json::encode(Counts()),
                                   .missing_classes = "[]",
                                   .applied = 0,
                                   .options = json::encode(Options()),
                                   .created_at = needs_.clock.now(),
                                   .finished_at = {}};
        record.job_id = needs_.jobs.put(
            tx,
            {.kind = kCheckJob, .payload = json::encode(ImportJob{id}), .total = 0, .owner = caller.account});
        store::insert_import(tx, record);
        // The dry run alone says who of a list stands in a roster.
        needs_.audit.record(tx,
                            caller,
                            {.action = "roster.import_uploaded",
                             .organisation_path = needs_.organisations.get(tx, import.organisation_id).path,
                             .subject_kind = "roster_import",
                             .subject = std::to_string(id.value),
                             .details = ""});
        return view_of(record);
    });
}

Import Roster::get_import(sql::Tx& tx, const Caller& caller, ImportId id) const {
    auto import = view_of(require_import(tx, caller, id));
    if (import.error) {
        const Texts::Parameters parameters(import.error_parameters.begin(), import.error_parameters.end());
        import.error_message = needs_.texts.text(caller.language, *import.error, parameters);
    }
    return import;
}

std::vector<Import> Roster::list_imports(sql::Tx& tx,
                                         const Caller& caller,
                                         OrganisationId organisation) const {
    require_scope(caller, needs_.organisations.get(tx, organisation).path, kAdministrators);
    std::vector<Import> out;
    for (const auto& record : store::list_imports(tx, organisation, kImportsShown)) {
        out.push_back(view_of(record));
    }
    return out;
}

Import Roster::remap(sql::Tx& tx, const Caller& caller, ImportId id, const Mapping& mapping) const {
    const auto import = require_import(tx, caller, id);
    const bool anew = std::ranges::any_of(
        std::array{ImportState::checking, ImportState::ready, ImportState::failed},
        [&](ImportState state) { return store::move_import(tx, id, state, ImportState::checking); });
    if (!anew) {
        throw Error(Fault::conflict, "roster.import_over");
    }
    std::vector<ColumnView> placed;  // of this list only: the next one may have other columns there
    for (const auto& [key, field] : mapping) {
        if (const auto place = place_of_key(key)) {
            placed.push_back({.sheet = 0, .heading = letters_of_place(*place), .key = key, .field = field});
        } else {
            store::remember(tx, import.organisation_id, import.kind, key, field ? name_of(*field) : "");
        }
    }
    store::set_columns(tx, id, json::encode(placed));
    needs_.jobs.cancel(tx, import.job_id);
    store::set_finished(tx, id, needs_.clock.now(), std::nullopt, "{}");
    store::set_job(tx,
                   id,
                   needs_.jobs.put(tx,
                                   {.kind = kCheckJob,
                                    .payload = json::encode(ImportJob{id}),
                                    .total = 0,
                                    .owner = caller.account}));
    return view_of(*store::find_import(tx, id));
}

/// Schools outside of what the caller administers stay unnamed: a list of numbers must not tell where people
/// are.
std::vector<std::string> Roster::elsewhere_names(sql::Tx& tx,
                                                 const Caller& caller,
                                                 const store::RowRecord& row) const {
    std::vector<std::string> names;
    for (const auto& entry : store::list_of_document(tx, row.digest.value_or(Bytes()))) {
        const auto school = needs_.organisations.find(tx, entry.school_id);
        if (entry.kind == row.kind && entry.school_id != row.school_id && school &&
            may_act(caller,
                    school->path,
                    {Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin})) {
            names.push_back(school->name);
        }
    }
    return names;
}

std::vector<ImportRow> Roster::list_rows(sql::Tx& tx, const Caller& caller, const RowSearch& search) const {
    require_import(tx, caller, search.import);
    std::vector<ImportRow> out;
    for (auto& row : store::list_rows(tx,
                                      search.import,
                                      {.outcome = search.outcome, .elsewhere = search.elsewhere},
                                      {.after = search.after},
                                      std::clamp(search.limit, 1, kMaxRows))) {
        auto faults = json::decode<std::vector<RowFault>>(row.faults);
        for (auto& fault : faults) {
            fault.message = needs_.texts.text(
                caller.language, fault.code, {{"line", std::to_string(fault.line.value_or(0))}});
        }
        out.push_back({.ordinal = row.ordinal,
                       .sheet = row.sheet,
                       .line = row.line,
                       .outcome = row.outcome,
                       .faults = std::move(faults),
                       .changes = json::decode<std::vector<std::string>>(row.changes),
                       .name = std::move(row.name),
                       .number_mask = std::move(row.number_mask),
                       .school_id = row.school_id,
                       .class_id = row.class_id,
                       .elsewhere = row.elsewhere,
                       .elsewhere_names =
                           row.elsewhere ? elsewhere_names(tx, caller, row) : std::vector<std::string>()});
    }
    return out;
}

Import Roster::confirm(sql::Tx& tx, const Caller& caller, ImportId id, const Options& options) const {
    const auto import = require_import(tx, caller, id);
    if (!store::move_import(tx, id, ImportState::ready, ImportState::applying)) {
        const bool is_outdated =
            import.state == ImportState::failed && import.error == "roster.places_changed";
        throw Error(Fault::conflict,
                    import.state == ImportState::checking ? "roster.still_checking"
                    : is_outdated                         ? "roster.places_changed"
                                                          : "roster.import_over");
    }
    const auto organisation = needs_.organisations.get(tx, import.organisation_id);
    const auto last = store::last_ordinal(tx, id);
    if (!store::are_places_unchanged(tx, id, 0, last, organisation.path, date_in_china(needs_.clock.now()))) {
        throw Error(Fault::conflict, "roster.places_changed");
    }
    if (options.create_classes) {
        for (const auto& missing : json::decode<std::vector<MissingClass>>(import.missing_classes)) {
            const organisations::ClassKey key{
                .stage = missing.stage, .entry_year = missing.entry_year, .number = missing.number};
            auto made = needs_.organisations.find_class(tx, missing.school_id, key);
            if (!made) {
                organisations::Draft draft;
                draft.parent_id = missing.school_id;
                draft.kind = organisations::Kind::class_;
                draft.stage = missing.stage;
                draft.entry_year = missing.entry_year;
                draft.class_number = missing.number;
                made = needs_.organisations.create(tx, caller, draft);
            }
            const std::string text = std::string(boost::describe::enum_to_string(missing.stage, "")) + "/" +
                                     std::to_string(missing.entry_year) + "/" +
                                     std::to_string(missing.number);
            store::give_class(tx, id, missing.school_id, text, made->id);
        }
    }
    const std::vector<RowFault> faults = {
        {.field = std::string(name_of(Field::class_name)), .code = "roster.class_missing", .line = {}}};
    store::reject_classless(tx, id, json::encode(faults));
    store::set_options(tx, id, json::encode(options));
    store::set_job(tx,
                   id,
                   needs_.jobs.put(tx,
                                   {.kind = kApplyJob,
                                    .payload = json::encode(ImportJob{id}),
                                    .total = last,
                                    .owner = caller.account}));
    Confirmation confirmation;
    static_cast<Counts&>(confirmation) = json::decode<Counts>(import.counts);
    confirmation.create_classes = options.create_classes;
    confirmation.mark_missing_left = options.mark_missing_left;
    needs_.audit.record(tx,
                        caller,
                        {.action = "roster.import_confirmed",
                         .organisation_path = organisation.path,
                         .subject_kind = "roster_import",
                         .subject = std::to_string(id.value),
                         .details = json::encode(confirmation)});
    return view_of(*store::find_import(tx, id));
}

Import Roster::cancel(sql::Tx& tx, const Caller& caller, ImportId id) const {
    const auto import = require_import(tx, caller, id);
    const bool cancelled = std::ranges::any_of(
        std::array{ImportState::checking, ImportState::ready, ImportState::failed},
        [&](ImportState state) { return store::move_import(tx, id, state, ImportState::cancelled); });
    if (!cancelled) {
        throw Error(Fault::conflict, "roster.import_over");
    }
    needs_.jobs.cancel(tx, import.job_id);
    store::set_finished(tx, id, needs_.clock.now(), std::nullopt, "{}");
    store::remove_rows(tx, id);
    store::remove_file(tx, id);
    return view_of(*store::find_import(tx, id));
}

void Roster::fail(ImportId id, const Error& error) const {
    std::map<std::string, std::string> parameters(error.parameters().begin(), error.parameters().end());
    needs_.database.write([&](sql::Tx& tx) {
        if (store::move_import(tx, id, ImportState::checking, ImportState::failed)) {
            store::remove_rows(tx, id);
            store::set_finished(tx, id, needs_.clock.now(), error.code(), json::encode(parameters));
        }
    });
}

std::int64_t Roster::sweep(sql::Tx& tx, Time before) const {
    constexpr int kAtOnce = 20;
    std::int64_t removed = 0;
    for (const auto& import : store::list_finished(tx, before, kAtOnce)) {
        store::remove_import(tx, import.id);
        ++removed;
    }
    store::remove_orphaned_pieces(tx, before);
    return removed;
}

}  // namespace educard::roster
