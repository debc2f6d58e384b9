#include "modules/roster/record.hpp"

#include "base/text.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace educard::roster {

namespace {

/// The groups of digits of a text, at most four; anything else separates them.
struct DigitGroups {
    std::array<std::string_view, 4> groups;
    std::size_t count = 0;
};
DigitGroups digit_groups(std::string_view text) {
    DigitGroups out;
    for (std::size_t i = 0; i < text.size() && out.count < out.groups.size();) {
        std::size_t end = i;
        while (end < text.size() && is_digit(text[end])) {
            ++end;
        }
        if (end > i) {
            out.groups[out.count++] = text.substr(i, end - i);
        }
        i = std::max(end, i + 1);
    }
    return out;
}

int number_of(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::optional<Date> make_date(int year, int month, int day) {
    const Date date(std::chrono::year(year),
                    std::chrono::month(static_cast<unsigned>(month)),
                    std::chrono::day(static_cast<unsigned>(day)));
    return date.ok() && year >= 1850 && year <= 2200 ? std::optional(date) : std::nullopt;
}

bool is_phone(std::string_view text) {
    const auto digits = static_cast<std::size_t>(std::ranges::count_if(text, is_digit));
    return digits >= 7 && digits <= 15 && std::ranges::all_of(text, [](char c) {
               return is_digit(c) || c == '-' || c == '+' || c == ' ' || c == '(' || c == ')';
           });
}

/// What schools write where a child has no father or mother: 无, /, —.
bool says_nothing(std::string_view text) {
    constexpr std::array<std::string_view, 6> kNothing = {"无", "/", "\\", "-", "—", "——"};
    return std::ranges::find(kNothing, text) != kNothing.end();
}

/// Subjects stand behind one another with any of these between them.
std::vector<std::string> split_subjects(std::string text) {
    for (const std::string_view mark : {"、", "，", "；", ",", ";", "/", "|"}) {
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
            text.replace(at, mark.size(), "\n");
        }
    }
    std::vector<std::string> out;
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto subject = trim(rest.substr(0, end));
        if (!subject.empty() && std::ranges::find(out, subject) == out.end()) {
            out.emplace_back(subject);
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

constexpr int kLongestSchooling = 20;                // years at one school, with interruptions
constexpr auto kMostAhead = std::chrono::days(366);  // that an appointment is known before it begins

class RowReader {
public:
    RowReader(const RowContext& context, const spreadsheet::Row& row) : context_(context), row_(row) {}

    ReadRow read() {
        out_.record.kind = context_.kind;
        read_name();
        read_document();
        read_gender();
        read_birth_date();
        out_.record.school_code = text(Field::school_code);
        out_.record.school_name = text(Field::school_name);
        if (context_.kind == Kind::student) {
            read_enrolment();
            add_guardian(Field::guardian_name, Field::guardian_relation, Field::guardian_phone);
            add_guardian(Field::guardian2_name, Field::guardian2_relation, Field::guardian2_phone);
            add_parent(Field::father_name, "父亲", Field::father_phone);
            add_parent(Field::mother_name, "母亲", Field::mother_phone);
        } else {
            read_work();
        }
        return std::move(out_);
    }

private:
    const spreadsheet::Cell* cell(Field field) const {
        const auto column = context_.header.column_of(field);
        return column && *column < row_.cells.size() ? &row_.cells[*column] : nullptr;
    }
    std::string text(Field field) const {
        const auto* found = cell(field);
        return found != nullptr ? tidy(found->text) : std::string();
    }
    void fault(Field field, std::string code) {
        out_.faults.push_back({.field = std::string(name_of(field)), .code = std::move(code), .line = {}});
    }
    /// Text that is kept as it is, if it is not too long and is text at all.
    std::string plain(Field field, std::size_t most) {
        std::string value = text(field);
        if (count_characters(value) > most) {
            fault(field, "roster.too_long");
        } else if (value.find("\xEF\xBF\xBD") != std::string::npos) {
            fault(field, "roster.unreadable");
        }
        return value;
    }

    /// Otherwise a slip of the pen. The bounds are wide, for adults learn a trade and teachers stay on.
    bool is_plausible_age(Date birth) const {
        const int age = static_cast<int>(context_.today.year()) - static_cast<int>(birth.year());
        return age >= (context_.kind == Kind::student ? 2 : 15) && age <= 100;
    }

    void read_name();
    void read_document();
    void read_gender();
    void read_birth_date();
    void read_enrolment();
    void read_work();
    void add_guardian(Field name, Field relation, Field phone);
    void add_parent(Field name, std::string_view relation, Field phone);
    void check_guardian(const Guardian& guardian, Field name, Field phone);

    const RowContext& context_;
    const spreadsheet::Row& row_;
    ReadRow out_;
    std::optional<people::NationalId> national_id_;
};

void RowReader::read_name() {
    const auto* found = cell(Field::name);
    out_.record.name = found != nullptr ? tidy_name(found->text) : std::string();
    if (const auto wrong = find_name_fault(out_.record.name)) {
        fault(Field::name, std::string("people.name_") + boost::describe::enum_to_string(*wrong, ""));
    }
}

void RowReader::read_document() {
    const std::string kind = text(Field::document_kind);
    if (!kind.empty()) {
        const auto known = people::find_document_kind(kind);
        if (!known) {
            fault(Field::document_kind, "roster.document_kind");
            return;
        }
        out_.record.document.kind = *known;
    }
    const auto* found = cell(Field::document_number);
    if (found != nullptr && found->lost_digits) {
        fault(Field::document_number, people::code_of(people::DocumentFault::damaged));
        return;
    }
    out_.record.document.number = found != nullptr ? found->text : std::string();
    out_.record.document = people::normalise(std::move(out_.record.document));
    if (people::bears_citizen_number(out_.record.document.kind)) {
        auto id = people::parse_national_id(out_.record.document.number, context_.today);
        if (id) {
            national_id_ = std::move(*id);
        } else {
            fault(Field::document_number, people::code_of(id.error()));
        }
    } else if (const auto wrong = people::find_document_fault(out_.record.document, context_.today)) {
        fault(Field::document_number, people::code_of(*wrong));
    }
}

void RowReader::read_gender() {
    const std::string said = fold_case(text(Field::gender));
    people::Gender& gender = out_.record.gender;
    if (said == "男" || said == "男性" || said == "1" || said == "m" || said == "male") {
        gender = people::Gender::male;
    } else if (said == "女" || said == "女性" || said == "2" || said == "f" || said == "female") {
        gender = people::Gender::female;
    } else if (said == "9" || said == "未说明的性别" || said == "未说明") {
        gender = people::Gender::not_stated;
    } else if (!said.empty() && said != "0" && said != "未知" && said != "未知的性别") {
        fault(Field::gender, "roster.gender");
    }
    if (!national_id_) {
        return;
    }
    const bool stated = gender == people::Gender::male || gender == people::Gender::female;
    if (stated && gender != national_id_->gender) {
        fault(Field::gender, "roster.gender_conflict");
    }
    gender = national_id_->gender;
}

void RowReader::read_birth_date() {
    const std::string said = text(Field::birth_date);
    if (!said.empty()) {
        out_.record.birth_date = read_date(said);
        const bool month_only =
            national_id_ && said.size() <= 9 && !out_.record.birth_date;  // 2015-09, 2015年9月
        if (!out_.record.birth_date && !month_only) {
            fault(Field::birth_date, "roster.date");
        } else if (out_.record.birth_date && *out_.record.birth_date > context_.today) {
            fault(Field::birth_date, "roster.future_date");
        } else if (national_id_ && out_.record.birth_date &&
                   *out_.record.birth_date != national_id_->birth_date) {
            fault(Field::birth_date, "roster.birth_date_conflict");
        }
    }
    if (national_id_) {
        out_.record.birth_date = national_id_->birth_date;
    }
    if (out_.record.birth_date && *out_.record.birth_date <= context_.today &&
        !is_plausible_age(*out_.record.birth_date)) {
        fault(said.empty() ? Field::document_number : Field::birth_date, "roster.birth_date_implausible");
    }
}

void RowReader::read_enrolment() {
    out_.record.grade = plain(Field::grade, 50);
    out_.record.class_name = plain(Field::class_name, 50);
    const std::string year = text(Field::entry_year);
    if (!year.empty()) {
        out_.record.entry_year = read_year(year);
        const int this_year = static_cast<int>(context_.today.year());
        if (!out_.record.entry_year) {
            fault(Field::entry_year, "roster.year");
        } else if (*out_.record.entry_year > this_year + 1 ||
                   *out_.record.entry_year < this_year - kLongestSchooling) {
            fault(Field::entry_year, "roster.year_implausible");
        }
    }
    const auto* number = cell(Field::student_number);
    std::string& kept = out_.record.student_number;
    kept = text(Field::student_number);
    std::ranges::transform(kept, kept.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    const bool plain_text =
        std::ranges::all_of(kept, [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
    if (!kept.empty() && (kept.size() > 30 || !plain_text || (number != nullptr && number->lost_digits))) {
        fault(Field::student_number, "roster.student_number");
    }
}

void RowReader::add_guardian(Field name, Field relation, Field phone) {
    const auto* named = cell(name);
    Guardian guardian{.name = named != nullptr ? tidy_name(named->text) : std::string(),
                      .relation = plain(relation, 20),
                      .phone = text(phone)};
    if (!guardian.name.empty() || !guardian.phone.empty()) {
        check_guardian(guardian, name, phone);
        out_.record.guardians.push_back(std::move(guardian));
    }
}

void RowReader::add_parent(Field name, std::string_view relation, Field phone) {
    const auto* named = cell(name);
    Guardian parent{.name = named != nullptr ? tidy_name(named->text) : std::string(),
                    .relation = std::string(relation),
                    .phone = text(phone)};
    for (auto* said : {&parent.name, &parent.phone}) {
        if (says_nothing(*said)) {
            said->clear();
        }
    }
    if (parent.name.empty() && parent.phone.empty()) {
        return;
    }
    check_guardian(parent, name, phone);
    // The column "guardian", or a telephone number without a name, usually repeats the father or the mother.
    auto& guardians = out_.record.guardians;
    const auto same = std::ranges::find_if(guardians, [&](const Guardian& known) {
        return known.name.empty() ? !parent.phone.empty() && known.phone == parent.phone
                                  : known.name == parent.name;
    });
    if (same == guardians.end()) {
        guardians.push_back(std::move(parent));
        return;
    }
    same->name = parent.name;
    same->relation = same->relation.empty() ? parent.relation : same->relation;
    same->phone = same->phone.empty() ? parent.phone : same->phone;
}

void RowReader::check_guardian(const Guardian& guardian, Field name, Field phone) {
    // Most class lists have a telephone number without saying whose.
    if (guardian.name.empty()) {
        if (cell(name) != nullptr) {
            fault(name, "people.name_empty");
        }
    } else if (const auto wrong = find_name_fault(guardian.name)) {
        fault(name, std::string("people.name_") + boost::describe::enum_to_string(*wrong, ""));
    }
    if (!guardian.phone.empty() && !is_phone(guardian.phone)) {
        fault(phone, "roster.phone");
    }
}

void RowReader::read_work() {
    const std::string post = plain(Field::post, 50);
    out_.record.subjects = split_subjects(plain(Field::subjects, 200));
    constexpr std::array<std::string_view, 14> kStaff = {"行政",
                                                         "教辅",
                                                         "工勤",
                                                         "图书",
                                                         "医护",
                                                         "校医",
                                                         "财务",
                                                         "会计",
                                                         "后勤",
                                                         "保安",
                                                         "餐饮",
                                                         "食堂",
                                                         "处室",
                                                         "职员"};
    const bool staff =
        std::ranges::any_of(kStaff, [&](auto word) { return post.find(word) != std::string::npos; });
    if (staff && post.find("教师") == std::string::npos) {
        out_.record.kind = Kind::staff;
    }
    const std::string date = text(Field::appointed_on);
    if (!date.empty()) {
        out_.record.appointed_on = read_date(date);
        const auto groups = digit_groups(date);
        if (!out_.record.appointed_on && groups.count == 2 && groups.groups[0].size() == 4) {
            out_.record.appointed_on = make_date(number_of(groups.groups[0]), number_of(groups.groups[1]), 1);
        }
        if (!out_.record.appointed_on && groups.count == 1 && groups.groups[0].size() == 6) {  // 201509
            out_.record.appointed_on =
                make_date(number_of(groups.groups[0].substr(0, 4)), number_of(groups.groups[0].substr(4)), 1);
        }
        if (!out_.record.appointed_on) {
            fault(Field::appointed_on, "roster.date");
        } else if (*out_.record.appointed_on > Date(std::chrono::sys_days(context_.today) + kMostAhead)) {
            fault(Field::appointed_on, "roster.future_date");
        }
    }
}

}  // namespace

ReadRow read_row(const RowContext& context, const spreadsheet::Row& row) {
    return RowReader(context, row).read();
}

std::optional<Date> read_date(std::string_view text) {
    const auto found = digit_groups(text);
    if (found.count == 0) {
        return std::nullopt;
    }
    const auto& groups = found.groups;
    if (groups[0].size() == 8 && groups[0].size() == text.substr(0, text.find(' ')).size()) {  // 20150901
        return make_date(number_of(groups[0].substr(0, 4)),
                         number_of(groups[0].substr(4, 2)),
                         number_of(groups[0].substr(6)));
    }
    if (found.count >= 3 && groups[0].size() == 4 && groups[1].size() <= 2 && groups[2].size() <= 2) {
        return make_date(number_of(groups[0]), number_of(groups[1]), number_of(groups[2]));
    }
    double serial = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), serial);
    if (wrong == std::errc() && end == text.data() + text.size() && serial >= 10'000 && serial < 100'000) {
        return parse_date(std::string_view(spreadsheet::text_of_serial(serial, false)).substr(0, 10));
    }
    return std::nullopt;
}

std::optional<int> read_year(std::string_view text) {
    const auto found = digit_groups(text);
    if (found.count == 0) {
        return std::nullopt;
    }
    const auto first = found.groups[0];
    const bool year_first = first.size() == 4 || first.size() == 6 || first.size() == 8;
    if (!year_first) {
        const auto date = read_date(text);
        return date ? std::optional(static_cast<int>(date->year())) : std::nullopt;
    }
    const int year = number_of(first.substr(0, 4));
    return year >= 1950 && year <= 2100 ? std::optional(year) : std::nullopt;
}

}  // namespace educard::roster
