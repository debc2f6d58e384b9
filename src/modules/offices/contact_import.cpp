// A list of contact persons: which column means what, what would become of its rows, and the confirmation
// that does all of it. Within an organisation a contact person is known by the name.

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/offices/fields.hpp"
#include "modules/offices/offices.hpp"
#include "modules/offices/store.hpp"
#include "spreadsheet/spreadsheet.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace educard::offices {

namespace {

constexpr std::size_t kMaxRows = 10'000;
constexpr std::size_t kHeaderWithin = 5;  // a title and a note may stand above the headings

enum class Column { code, organisation, name, duty, phone, mail };
constexpr std::size_t kWidth = 6;

struct KnownHeading {
    std::string_view text;
    Column column;
};
constexpr KnownHeading kHeadings[] = {
    {"学校标识码", Column::code},
    {"机构代码", Column::code},
    {"行政区划代码", Column::code},
    {"代码", Column::code},
    {"机构名称", Column::organisation},
    {"机构", Column::organisation},
    {"学校名称", Column::organisation},
    {"学校", Column::organisation},
    {"单位", Column::organisation},
    {"单位名称", Column::organisation},
    {"联系人", Column::name},
    {"联系人姓名", Column::name},
    {"姓名", Column::name},
    {"职务", Column::duty},
    {"岗位", Column::duty},
    {"联系电话", Column::phone},
    {"电话", Column::phone},
    {"手机", Column::phone},
    {"手机号", Column::phone},
    {"办公电话", Column::phone},
    {"邮箱", Column::mail},
    {"电子邮箱", Column::mail},
    {"邮件", Column::mail},
};

struct Line {
    std::int64_t number = 0;
    std::array<std::string, kWidth> texts;
    const std::string& of(Column column) const { return texts[static_cast<std::size_t>(column)]; }
};

std::optional<Column> column_of(std::string_view heading) {
    auto plain = tidy(heading);
    std::erase_if(plain, [](char c) { return c == ' ' || c == '*'; });
    if (plain.ends_with(')')) {
        plain = plain.substr(0, plain.rfind('('));
    }
    const auto* found = std::ranges::find(kHeadings, std::string_view(plain), &KnownHeading::text);
    return found == std::end(kHeadings) ? std::nullopt : std::optional(found->column);
}

class Reader {
public:
    std::vector<Line> read(const std::filesystem::path& file) {
        const auto workbook = spreadsheet::open(file);
        for (std::size_t index = 0; index < workbook->sheet_names().size(); ++index) {
            columns_.clear();
            read_sheet(*workbook->open_sheet(index));
        }
        if (lines_.empty()) {
            throw Error(Fault::invalid, found_header_ ? "offices.import_empty" : "offices.import_headings");
        }
        return std::move(lines_);
    }

private:
    void read_sheet(spreadsheet::Sheet& sheet) {
        spreadsheet::Row row;
        for (std::size_t seen = 0; sheet.next_row(row);) {
            if (row.is_blank()) {
                continue;
            }
            if (!columns_.empty()) {
                add(row);
            } else if (++seen > kHeaderWithin) {
                return;
            } else {
                find_header(row);
            }
        }
    }

    void find_header(const spreadsheet::Row& row) {
        std::vector<std::optional<Column>> columns;
        for (const auto& cell : row.cells) {
            columns.push_back(column_of(cell.text));
        }
        const auto has = [&](Column column) { return std::ranges::find(columns, column) != columns.end(); };
        if (has(Column::name) && (has(Column::code) || has(Column::organisation))) {
            columns_ = std::move(columns);
            found_header_ = true;
        }
    }

    void add(const spreadsheet::Row& row) {
        if (lines_.size() == kMaxRows) {
            throw Error(Fault::invalid, "offices.import_too_long");
        }
        Line line;
        line.number = static_cast<std::int64_t>(row.line);
        for (std::size_t index = 0; index < std::min(row.cells.size(), columns_.size()); ++index) {
            if (columns_[index]) {
                line.texts[static_cast<std::size_t>(*columns_[index])] = tidy(row.cells[index].text);
            }
        }
        lines_.push_back(std::move(line));
    }

    bool found_header_ = false;
    std::vector<std::optional<Column>> columns_;
    std::vector<Line> lines_;
};

class Judge {
public:
    Judge(sql::Tx& tx,
          const organisations::Organisations& organisations,
          const organisations::Organisation& scope)
        : tx_(tx), organisations_(organisations), scope_(scope) {}

    ContactRow judge(const Line& line) {
        const auto fields = tidy_fields(
            line.of(Column::name), line.of(Column::duty), line.of(Column::phone), line.of(Column::mail));
        ContactRow row;
        row.line = line.number;
        row.outcome = RowOutcome::rejected;
        row.organisation =
            line.of(Column::organisation).empty() ? line.of(Column::code) : line.of(Column::organisation);
        row.name = fields.name;
        row.duty = fields.duty;
        row.phone = fields.phone;
        row.mail = fields.mail;
        if (const auto faults = faults_of(fields); !faults.empty()) {
            return rejected(row, faults.front().path, faults.front().code);
        }
        const auto place = find_place(line, row);
        if (!place) {
            return row;
        }
        row.organisation_id = place->id;
        row.organisation = organisations::display_name(*place, organisations_.today());
        if (!seen_.emplace(place->id.value, name_key(fields.name)).second) {
            return rejected(row, "name", "offices.import_twice");
        }
        row.outcome = RowOutcome::fresh;
        for (const auto& known : store::contacts_of(tx_, place->id)) {
            if (name_key(known.name) == name_key(fields.name)) {
                row.contact_id = known.id;
                const ContactFields before{
                    .name = known.name, .duty = known.duty, .phone = known.phone, .mail = known.mail};
                row.outcome = before == fields ? RowOutcome::unchanged : RowOutcome::changed;
            }
        }
        return row;
    }

private:
    static ContactRow rejected(ContactRow& row, const std::string& field, const std::string& reason) {
        row.outcome = RowOutcome::rejected;
        row.field = field;
        row.reason = reason;
        return row;
    }

    std::optional<organisations::Organisation> find_place(const Line& line, ContactRow& row) {
        const auto& code = line.of(Column::code);
        std::optional<organisations::Organisation> found;
        if (organisations::is_school_code(code)) {
            found = organisations_.find_school(tx_, code);
        } else {
            const auto text = code.empty() ? line.of(Column::organisation) : code;
            if (name_key(text) == name_key(scope_.name)) {
                found = scope_;
            } else if (!text.empty()) {
                found = find_by_text(text, row);
                if (row.reason) {
                    return std::nullopt;
                }
            }
        }
        const bool fits = found && is_within(found->path, scope_.path) && !found->valid_to &&
                          found->kind != organisations::Kind::class_;
        if (!fits) {
            rejected(row, "organisation", "offices.import_organisation");
            return std::nullopt;
        }
        return found;
    }

    /// By its whole name, or its division code.
    std::optional<organisations::Organisation> find_by_text(const std::string& text, ContactRow& row) {
        organisations::Search search;
        search.text = text;
        search.under = scope_.id;
        search.limit = 10;
        if (count_characters(text) > 60) {
            return std::nullopt;
        }
        std::optional<organisations::Organisation> found;
        for (auto& one : organisations_.search(tx_, search).items) {
            if (name_key(one.name) != name_key(text) && one.division_code != text) {
                continue;
            }
            if (found) {
                rejected(row, "organisation", "offices.import_ambiguous");
                return std::nullopt;
            }
            found = std::move(one);
        }
        return found;
    }

    sql::Tx& tx_;
    const organisations::Organisations& organisations_;
    const organisations::Organisation& scope_;
    std::set<std::pair<std::int64_t, std::string>> seen_;
};

ContactImport summary_of(const store::ImportRecord& record, const std::vector<ContactRow>& rows) {
    const auto count = [&](RowOutcome outcome) {
        return std::ranges::count(rows, outcome, &ContactRow::outcome);
    };
    return {.id = record.id,
            .organisation_id = record.organisation_id,
            .file_name = record.file_name,
            .fresh = count(RowOutcome::fresh),
            .changed = count(RowOutcome::changed),
            .unchanged = count(RowOutcome::unchanged),
            .rejected = count(RowOutcome::rejected),
            .created_at = record.created_at,
            .confirmed_at = record.confirmed_at};
}

store::ImportRecord require_import(sql::Tx& tx,
                                   const Parts& parts,
                                   const Caller& caller,
                                   ContactImportId id) {
    auto record = store::find_import(tx, id);
    const auto scope = record ? parts.organisations.find(tx, record->organisation_id) : std::nullopt;
    if (!scope || !may_administer(caller, scope->path)) {
        throw Error(Fault::not_found, "offices.import_unknown");
    }
    return *std::move(record);
}

}  // namespace

ContactImport Offices::upload(const Caller& caller,
                              const NewContactImport& import,
                              const std::filesystem::path& file) const {
    const auto scope = parts_.database.read(
        [&](sql::Tx& tx) { return require_administered(tx, caller, import.organisation_id); });
    if (import.file_name.size() > 255) {
        throw Error::invalid("file_name", "too_long");
    }
    const auto lines = Reader().read(file);
    const auto rows = parts_.database.read([&](sql::Tx& tx) {
        Judge judge(tx, parts_.organisations, scope);
        std::vector<ContactRow> judged;
        for (const auto& line : lines) {
            judged.push_back(judge.judge(line));
            judged.back().ordinal = static_cast<std::int64_t>(judged.size());
        }
        return judged;
    });
    const store::ImportRecord record{.id = parts_.ids.next<ContactImportId>(),
                                     .organisation_id = scope.id,
                                     .file_name = import.file_name,
                                     .rows = json::encode(rows),
                                     .created_by = caller.account,
                                     .created_at = parts_.clock.now(),
                                     .confirmed_at = std::nullopt};
    parts_.database.write([&](sql::Tx& tx) { store::insert_import(tx, record); });
    return summary_of(record, rows);
}

ContactImport Offices::import(sql::Tx& tx, const Caller& caller, ContactImportId id) const {
    const auto record = require_import(tx, parts_, caller, id);
    return summary_of(record, json::decode<std::vector<ContactRow>>(record.rows));
}

std::vector<ContactRow> Offices::rows(sql::Tx& tx,
                                      const Caller& caller,
                                      ContactImportId id,
                                      std::optional<RowOutcome> outcome,
                                      std::int64_t after,
                                      int limit) const {
    const auto record = require_import(tx, parts_, caller, id);
    std::vector<ContactRow> page;
    for (auto& row : json::decode<std::vector<ContactRow>>(record.rows)) {
        if (row.ordinal > after && (!outcome || row.outcome == *outcome) &&
            page.size() < static_cast<std::size_t>(limit)) {
            page.push_back(std::move(row));
        }
    }
    return page;
}

ContactImport Offices::confirm(sql::Tx& tx, const Caller& caller, ContactImportId id) const {
    auto record = require_import(tx, parts_, caller, id);
    if (!store::confirm_import(tx, id, parts_.clock.now())) {
        throw Error(Fault::conflict, "offices.import_confirmed");
    }
    const auto rows = json::decode<std::vector<ContactRow>>(record.rows);
    for (const auto& row : rows) {
        if (row.outcome == RowOutcome::fresh) {
            add_contact(tx,
                        caller,
                        ContactInput{.organisation_id = row.organisation_id.value_or(OrganisationId{}),
                                     .name = row.name,
                                     .duty = row.duty,
                                     .phone = row.phone,
                                     .mail = row.mail,
                                     .user_name = std::nullopt});
        } else if (row.outcome == RowOutcome::changed) {
            const auto contact = require_contact(tx, caller, row.contact_id.value_or(ContactId{}));
            change_contact(tx,
                           caller,
                           ContactChange{.id = contact.id,
                                         .version = contact.version,
                                         .name = row.name,
                                         .duty = row.duty,
                                         .phone = row.phone,
                                         .mail = row.mail});
        }
    }
    record.confirmed_at = parts_.clock.now();
    return summary_of(record, rows);
}

}  // namespace educard::offices
