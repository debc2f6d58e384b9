#include "spreadsheet/xlsx.hpp"

#include "base/error.hpp"
#include "spreadsheet/xml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace educard::spreadsheet {

namespace {

constexpr std::size_t kMaxMerged = 50'000;
constexpr std::size_t kMaxColumn = 16'384;

template <class T>
T to_number(std::string_view text, T otherwise) {
    T value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    return fault == std::errc() ? value : otherwise;
}

struct SheetEntry {
    std::string name;
    std::string relation;
};

/// xl/workbook.xml: the sheets and the system of dates.
class WorkbookPart final : public XmlReader {
public:
    std::vector<SheetEntry> sheets;
    bool since_1904 = false;

private:
    void start(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "workbookPr") {
            since_1904 = attributes["date1904"] == "1" || attributes["date1904"] == "true";
        } else if (name == "sheet" && (attributes["state"].empty() || attributes["state"] == "visible")) {
            sheets.push_back({std::string(attributes["name"]), std::string(attributes["id"])});
        }
    }
    void end(std::string_view /*name*/) override {}
    void text(std::string_view /*piece*/) override {}
};

/// xl/_rels/workbook.xml.rels: which part a relation means.
class RelationsPart final : public XmlReader {
public:
    std::map<std::string, std::string, std::less<>> targets;
    std::string shared_strings;
    std::string styles;

private:
    static std::string part_name(std::string_view target) {
        return target.starts_with('/') ? std::string(target.substr(1)) : "xl/" + std::string(target);
    }
    void start(std::string_view name, const XmlAttributes& attributes) override {
        if (name != "Relationship") {
            return;
        }
        const std::string_view type = attributes["Type"];
        if (type.ends_with("/worksheet")) {
            targets.emplace(attributes["Id"], part_name(attributes["Target"]));
        } else if (type.ends_with("/sharedStrings")) {
            shared_strings = part_name(attributes["Target"]);
        } else if (type.ends_with("/styles")) {
            styles = part_name(attributes["Target"]);
        }
    }
    void end(std::string_view /*name*/) override {}
    void text(std::string_view /*piece*/) override {}
};

bool is_builtin_date_format(int id) {
    return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
           (id >= 50 && id <= 54) || id == 57 || id == 58;
}

/// xl/styles.xml: which cell styles show a date.
class StylesPart final : public XmlReader {
public:
    std::vector<bool> is_date;

private:
    void start(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "numFmt") {
            formats_[to_number(attributes["numFmtId"], -1)] = is_date_format(attributes["formatCode"]);
        } else if (name == "cellXfs") {
            in_cell_styles_ = true;
        } else if (name == "xf" && in_cell_styles_) {
            const int id = to_number(attributes["numFmtId"], 0);
            const auto custom = formats_.find(id);
            is_date.push_back(custom == formats_.end() ? is_builtin_date_format(id) : custom->second);
        }
    }
    void end(std::string_view name) override { in_cell_styles_ = in_cell_styles_ && name != "cellXfs"; }
    void text(std::string_view /*piece*/) override {}

    std::map<int, bool> formats_;
    bool in_cell_styles_ = false;
};

/// xl/sharedStrings.xml; a rich text is its runs in a row, phonetic guides are left out.
class SharedStringsPart final : public XmlReader {
public:
    SharedStringsPart(SharedStrings& strings, const Limits& limits) : strings_(strings), limits_(limits) {}

private:
    void start(std::string_view name, const XmlAttributes& /*attributes*/) override {
        if (name == "si") {
            current_.clear();
        } else if (name == "rPh") {
            ++phonetic_;
        } else if (name == "t") {
            in_text_ = phonetic_ == 0;
        }
    }
    void end(std::string_view name) override {
        if (name == "si") {
            strings_.add(current_);
        } else if (name == "rPh") {
            --phonetic_;
        } else if (name == "t") {
            in_text_ = false;
        }
    }
    void text(std::string_view piece) override {
        if (!in_text_) {
            return;
        }
        if (current_.size() + piece.size() > limits_.cell_octets) {
            throw Error(Fault::invalid, "spreadsheet.cell_too_long");
        }
        current_ += piece;
    }

    SharedStrings& strings_;
    const Limits& limits_;
    std::string current_;
    int phonetic_ = 0;
    bool in_text_ = false;
};

std::optional<MergedRange> parse_range(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const auto from = parse_reference(text.substr(0, colon));
    const auto to = parse_reference(text.substr(colon + 1));
    if (from.row == 0 || to.row < from.row || to.column < from.column) {
        return std::nullopt;
    }
    return MergedRange{from.row, to.row, from.column, to.column};
}

/// The merged ranges stand behind all rows, so they are looked for beforehand, in the unpacked text.
std::vector<MergedRange> find_merged(ZipEntry entry) {
    constexpr std::string_view kTag = "mergeCell ";
    constexpr std::string_view kReference = "ref=\"";
    constexpr std::size_t kLongest = 200;  // of a tag
    std::vector<MergedRange> found;
    std::string window;
    std::vector<char> buffer(256UL * 1024);
    for (std::size_t count = entry.read(buffer); count > 0; count = entry.read(buffer)) {
        window.append(buffer.data(), count);
        std::size_t at = window.find(kTag);
        std::size_t done = window.size() - std::min(window.size(), kLongest);
        while (at != std::string::npos && window.find('>', at) != std::string::npos) {
            const auto tag = std::string_view(window).substr(at, window.find('>', at) - at);
            const auto start = tag.find(kReference);
            if (start != std::string_view::npos) {
                const auto value = tag.substr(start + kReference.size());
                if (const auto range = parse_range(value.substr(0, value.find('"')));
                    range && found.size() < kMaxMerged) {
                    found.push_back(*range);
                }
            }
            done = std::max(done, at + tag.size());
            at = window.find(kTag, at + tag.size());
        }
        window.erase(0, done);
    }
    std::ranges::sort(found, {}, &MergedRange::first_row);
    return found;
}

class XlsxWorkbook final : public Workbook {
public:
    XlsxWorkbook(const std::filesystem::path& path, const Limits& limits)
        : archive_(path, limits), strings_(limits.shared_strings_in_memory) {
        if (archive_.has("EncryptedPackage") || !archive_.has("xl/workbook.xml")) {
            throw Error(Fault::invalid, "spreadsheet.not_a_spreadsheet");
        }
        context_.archive = &archive_;
        context_.strings = &strings_;
        context_.limits = limits;
        WorkbookPart workbook;
        read_part(workbook, "xl/workbook.xml");
        RelationsPart relations;
        read_part(relations, "xl/_rels/workbook.xml.rels");
        context_.since_1904 = workbook.since_1904;
        if (!relations.styles.empty() && archive_.has(relations.styles)) {
            StylesPart styles;
            read_part(styles, relations.styles);
            context_.style_is_date = std::move(styles.is_date);
        }
        if (!relations.shared_strings.empty() && archive_.has(relations.shared_strings)) {
            SharedStringsPart reader(strings_, context_.limits);
            read_part(reader, relations.shared_strings);
        }
        strings_.finish();
        name_sheets(workbook.sheets, relations);
    }

    const std::vector<std::string>& sheet_names() const override { return names_; }
    std::unique_ptr<Sheet> open_sheet(std::size_t index) override {
        EDU_ASSERT(index < parts_.size());
        auto merged = find_merged(archive_.open(parts_[index]));
        return make_xlsx_sheet(context_, archive_.open(parts_[index]), std::move(merged));
    }

private:
    void read_part(XmlReader& reader, const std::string& name) {
        ZipEntry entry = archive_.open(name);
        reader.read(entry);
    }
    void name_sheets(const std::vector<SheetEntry>& sheets, const RelationsPart& relations) {
        if (sheets.size() > context_.limits.sheets) {
            throw Error(Fault::invalid, "spreadsheet.too_many_sheets");
        }
        for (const auto& sheet : sheets) {
            const auto target = relations.targets.find(sheet.relation);
            if (target != relations.targets.end() && archive_.has(target->second)) {  // charts are sheets too
                names_.push_back(sheet.name);
                parts_.push_back(target->second);
            }
        }
        if (names_.empty()) {
            throw Error(Fault::invalid, "spreadsheet.damaged");
        }
    }

    ZipArchive archive_;
    SharedStrings strings_;
    XlsxContext context_;
    std::vector<std::string> names_;
    std::vector<std::string> parts_;
};

}  // namespace

CellReference parse_reference(std::string_view text) {
    CellReference out;
    std::size_t i = 0;
    for (; i < text.size() && text[i] >= 'A' && text[i] <= 'Z' && out.column <= kMaxColumn; ++i) {
        out.column = out.column * 26 + static_cast<std::size_t>(text[i] - 'A' + 1);
    }
    out.row = to_number<std::size_t>(text.substr(i), 0);
    if (out.column == 0 || out.column > kMaxColumn || out.row == 0 || out.row > 1U << 20U) {
        return {};
    }
    return out;
}

bool is_date_format(std::string_view format) {
    bool day_or_year = false;
    bool month = false;
    bool time = false;
    for (std::size_t i = 0; i < format.size() && format[i] != ';'; ++i) {
        const char c = format[i];
        if (c == '"' || c == '[') {  // literal text, or a colour, locale or elapsed time
            const auto end = format.find(c == '"' ? '"' : ']', i + 1);
            time = time ||
                   (c == '[' && format.substr(i + 1, 1).find_first_of("hHmMsS") != std::string_view::npos);
            i = end == std::string_view::npos ? format.size() : end;
        } else if (c == '\\' || c == '_' || c == '*') {
            ++i;
        } else if (format.substr(i).starts_with("General")) {
            return false;
        } else {
            day_or_year = day_or_year || c == 'y' || c == 'Y' || c == 'd' || c == 'D';
            month = month || c == 'm' || c == 'M';
            time = time || c == 'h' || c == 'H' || c == 's' || c == 'S';
        }
    }
    return day_or_year || (month && !time);
}

std::unique_ptr<Workbook> open_xlsx(const std::filesystem::path& path, const Limits& limits) {
    return std::make_unique<XlsxWorkbook>(path, limits);
}

}  // namespace educard::spreadsheet
