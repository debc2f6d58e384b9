// The dry run: reads the list row by row and writes down what would become of each.
#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/roster/footing.hpp"
#include "modules/roster/import_job.hpp"
#include "modules/roster/judge.hpp"
#include "modules/roster/kept_file.hpp"
#include "modules/roster/roster.hpp"
#include "modules/roster/store.hpp"
#include "runtime/jobs.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace educard::roster {

namespace {

constexpr std::size_t kRowsAtOnce = 1000;
constexpr std::size_t kMaxColumnsShown = 1000;
constexpr std::int64_t kWholeProgress = 1000;

void count(Counts& counts, Outcome outcome) {
    switch (outcome) {
        case Outcome::fresh:
            ++counts.fresh;
            break;
        case Outcome::changed:
            ++counts.changed;
            break;
        case Outcome::unchanged:
            ++counts.unchanged;
            break;
        case Outcome::rejected:
            ++counts.rejected;
            break;
        case Outcome::missing:
            ++counts.missing;
            return;  // no row of the list
    }
    ++counts.rows;
}

class Check {
public:
    Check(const Needs& needs, JobRun& run, store::ImportRecord import)
        : needs_(needs), run_(run), import_(std::move(import)), judge_(needs_, import_) {}
    ~Check() { wait_quietly(); }
    Check(const Check&) = delete;
    Check& operator=(const Check&) = delete;

    void perform() {
        begin();
        const OpenedFile file(needs_.database, needs_.cipher, import_.id, needs_.folder);
        const auto book = spreadsheet::open(file.path());
        sheets_ = book->sheet_names().size();
        for (std::size_t sheet = 0; sheet < sheets_; ++sheet) {
            sheet_ = sheet;
            read_sheet(*book->open_sheet(sheet));
        }
        if (columns_.empty()) {
            throw Error(Fault::invalid, "roster.no_header");
        }
        flush();
        wait();
        finish();
    }

private:
    void begin();
    void recall(sql::Tx& tx);
    void read_sheet(spreadsheet::Sheet& sheet);
    std::optional<Header> header_by_places(const std::vector<spreadsheet::Row>& first) const;
    void take(const RowContext& context, const spreadsheet::Row& row);
    void require_columns(const Header& header) const;
    void show_columns(const Header& header);
    void flush();
    void finish();

    /// Waits for the batch that is being written; throws what its writing threw.
    void wait() {
        if (writing_.valid()) {
            writing_.get();
        }
    }
    void wait_quietly() {
        if (writing_.valid()) {
            writing_.wait();
        }
    }

    const Needs& needs_;
    JobRun& run_;
    const store::ImportRecord import_;
    Judge judge_;
    Mapping mapping_;
    Mapping places_;            // what somebody said of a list without headings
    std::int64_t already_ = 0;  // rows that an earlier attempt wrote
    std::int64_t ordinal_ = 0;
    std::size_t sheets_ = 1;
    std::size_t sheet_ = 0;
    double progress_ = 0;
    std::vector<ColumnView> columns_;
    FieldSet said_;  // of the sheet that is read
    std::vector<Candidate> batch_;
    Counts counts_;
    std::future<void> writing_;
};

void Check::begin() {
    needs_.database.write([&](sql::Tx& tx) {
        if (run_.job().position.empty()) {
            store::remove_rows(tx, import_.id);
            run_.save(tx, "0", 0, kWholeProgress);
        }
    });
    needs_.database.read([&](sql::Tx& tx) {
        mapping_ = store::mapping(tx, import_.organisation_id, import_.kind);
        for (const auto& column : json::decode<std::vector<ColumnView>>(import_.columns)) {
            if (place_of_key(column.key)) {
                places_[column.key] = column.field;
            }
        }
        already_ = run_.job().position.empty() ? 0 : store::last_ordinal(tx, import_.id);
        if (already_ > 0) {
            recall(tx);
            counts_ = store::count_outcomes(tx, import_.id);
        }
    });
}

/// Tells the judge, some rows at a time, what an earlier attempt has read.
void Check::recall(sql::Tx& tx) {
    std::int64_t after = 0;
    for (bool more = true; more;) {
        const auto rows = store::list_seen(tx, import_.id, after, static_cast<int>(kRowsAtOnce));
        judge_.recall(rows);
        more = rows.size() == kRowsAtOnce;
        after = rows.empty() ? after : rows.back().ordinal;
    }
}

void Check::require_columns(const Header& header) const {
    if (!header.column_of(Field::name)) {
        throw Error(Fault::invalid, "roster.no_name_column");
    }
    if (!header.column_of(Field::document_number)) {
        throw Error(Fault::invalid, "roster.no_number_column");
    }
}

void Check::show_columns(const Header& header) {
    for (const auto& column : header.columns) {
        if (!column.heading.empty() && columns_.size() < kMaxColumnsShown) {
            columns_.push_back({.sheet = static_cast<std::int64_t>(sheet_),
                                .heading = column.heading,
                                .key = column.key,
                                .field = column.field});
        }
    }
    needs_.database.write([&](sql::Tx& tx) { store::set_columns(tx, import_.id, json::encode(columns_)); });
}

/// Nothing when nobody said what the places mean, or when no number stands where they should.
std::optional<Header> Check::header_by_places(const std::vector<spreadsheet::Row>& first) const {
    if (places_.empty() || first.empty()) {
        return std::nullopt;
    }
    std::size_t width = *place_of_key(places_.begin()->first) + 1;
    for (const auto& row : first) {
        width = std::max(width, row.cells.size());
    }
    auto header = header_of_places(width, places_);
    const auto number = header.column_of(Field::document_number);
    const bool beside = number && std::ranges::none_of(first, [&](const spreadsheet::Row& row) {
                            return *number < row.cells.size() && !row.cells[*number].text.empty();
                        });
    return beside ? std::nullopt : std::optional(std::move(header));
}

void Check::read_sheet(spreadsheet::Sheet& sheet) {
    std::vector<spreadsheet::Row> first;
    spreadsheet::Row row;
    while (first.size() < kHeaderRows && sheet.next_row(row)) {
        if (!row.is_blank()) {
            first.push_back(row);
        }
    }
    const auto placed = header_by_places(first);
    const auto header = placed ? placed : find_header(first, mapping_);
    if (!header) {
        return;  // an empty sheet, or notes beside the list
    }
    show_columns(*header);
    require_columns(*header);
    said_ = header->fields();
    const RowContext context{
        .header = *header, .kind = import_.kind, .today = date_in_china(needs_.clock.now())};
    for (const auto& early : first) {
        if (early.line > header->last_line) {
            take(context, early);
        }
    }
    while (first.size() == kHeaderRows && sheet.next_row(row)) {
        if (!row.is_blank()) {
            progress_ = (static_cast<double>(sheet_) + sheet.progress()) / static_cast<double>(sheets_);
            take(context, row);
        }
    }
}

void Check::take(const RowContext& context, const spreadsheet::Row& row) {
    if (is_footing(context.header, row)) {
        return;
    }
    if (++ordinal_ <= already_) {
        return;
    }
    auto read = read_row(context, row);
    Candidate candidate{
        .row = {}, .record = std::move(read.record), .said = said_, .faults = std::move(read.faults)};
    candidate.row.ordinal = ordinal_;
    candidate.row.sheet = static_cast<std::int64_t>(sheet_);
    candidate.row.line = static_cast<std::int64_t>(row.line);
    batch_.push_back(std::move(candidate));
    if (batch_.size() == kRowsAtOnce) {
        flush();
    }
}

/// Judges the batch while the one before it is being written, then hands it to the writer.
void Check::flush() {
    if (batch_.empty()) {
        return;
    }
    auto batch = std::exchange(batch_, {});
    judge_.judge(batch);
    auto rows = std::make_shared<sql::Rows>(store::no_rows());
    for (const auto& candidate : batch) {
        count(counts_, candidate.row.outcome);
        store::add_row(*rows, import_.id, candidate.row);
    }
    wait();
    auto written = std::make_shared<std::promise<void>>();
    writing_ = written->get_future();
    const auto permille = static_cast<std::int64_t>(progress_ * kWholeProgress);
    const store::Ordinals range{.after = batch.front().row.ordinal - 1, .up_to = batch.back().row.ordinal};
    needs_.database.submit_write(
        [this, rows, counts = json::encode(counts_), range, permille](sql::Tx& tx) {
            tx.insert(*rows);
            store::mark_elsewhere(tx, import_.id, range);
            store::set_counts(tx, import_.id, counts);
            run_.save(tx, std::to_string(range.up_to), permille, kWholeProgress);
        },
        [written](std::exception_ptr fault) {
            if (fault) {
                written->set_exception(fault);
            } else {
                written->set_value();
            }
        });
}

void Check::finish() {
    needs_.database.write([&](sql::Tx& tx) {
        store::insert_missing(tx, import_.id, import_.kind, judge_.own_school(), ordinal_);
        const auto counts = store::count_outcomes(tx, import_.id);
        std::vector<MissingClass> missing;
        for (const auto& group : store::count_missing_classes(tx, import_.id)) {
            const auto school = needs_.organisations.get(tx, group.school_id);
            const auto first = group.class_key.find('/');
            const auto second = group.class_key.find('/', first + 1);
            MissingClass item{.school_id = group.school_id,
                              .school_name = school.name,
                              .stage = {},
                              .entry_year = std::stoi(group.class_key.substr(first + 1)),
                              .number = std::stoi(group.class_key.substr(second + 1)),
                              .name = {},
                              .rows = group.count};
            boost::describe::enum_from_string(group.class_key.substr(0, first).c_str(), item.stage);
            item.name = organisations::class_name(
                item.stage, item.entry_year, item.number, needs_.organisations.today());
            missing.push_back(std::move(item));
        }
        store::set_checked(tx, import_.id, json::encode(counts), json::encode(missing));
        store::move_import(tx, import_.id, ImportState::checking, ImportState::ready);
        run_.save(tx, std::to_string(ordinal_), kWholeProgress, kWholeProgress);
    });
}

}  // namespace

void Roster::check(JobRun& run) const {
    const auto id = json::decode<ImportJob>(run.job().payload).import_id;
    const auto import = needs_.database.read([&](sql::Tx& tx) { return store::find_import(tx, id); });
    if (!import || import->state != ImportState::checking || import->job_id != run.job().id) {
        return;  // cancelled, or begun anew with another mapping
    }
    try {
        Check(needs_, run, *import).perform();
    } catch (const Error& error) {
        if (error.fault() != Fault::invalid && error.fault() != Fault::gone) {
            throw;
        }
        fail(id, error);
    }
}

}  // namespace educard::roster
