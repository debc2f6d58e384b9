#include "modules/bulletins/wording.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <regex>

namespace educard::bulletins {

namespace {

constexpr std::size_t kMostTitle = 300;  // octets
constexpr std::size_t kMostPattern = 120;
constexpr std::int64_t kTen = 10;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view without_blanks(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// Calls `prose` with what stands outside of braces and `name` with what stands in them; false when a brace
/// has no other.
template <class Prose, class Name>
bool walk(std::string_view text, Prose&& prose, Name&& name) {
    while (!text.empty()) {
        const auto open = text.find_first_of("{}");
        prose(text.substr(0, open));
        if (open == std::string_view::npos) {
            return true;
        }
        const auto close = text.find('}', open);
        if (text[open] == '}' || close == std::string_view::npos) {
            return false;
        }
        name(text.substr(open + 1, close - open - 1));
        text = text.substr(close + 1);
    }
    return true;
}

/// Figures are counted, never typed: a number of people or places, a share, a rate, in digits or in words.
/// Days, numbers of documents and telephones are none, and neither is "一名联系人".
bool has_typed_figure(const std::string& prose) {
    static const std::string kNumeral = "(?:〇|零|一|二|三|四|五|六|七|八|九|十|百|千|万|亿|两)";
    static const std::string kAbout = " {0,3}(?:余|多|几|来)? {0,3}";
    static const auto kOptions = std::regex::ECMAScript | std::regex::optimize;
    static const std::array kFigures{
        std::regex("[0-9][0-9.,]{0,20}" + kAbout +
                       "(?:%|％|‰|人|名|所|位|户|个|万|千|百|per "
                       "?cent|people|pupils|students|teachers|schools|points)",
                   kOptions | std::regex::icase),
        std::regex("(?:" + kNumeral + "{2,20}|十|百|千|万|亿)" + kAbout + "(?:人|名|所|位|户)", kOptions),
        std::regex(kNumeral + "分之", kOptions),
        std::regex("(?:二|三|四|五|六|七|八|九|[2-9])成(?!立|员|为|果|功|就|绩|长|本)", kOptions),
        std::regex("率(?:为|达到|达|是|约|超过|：|:| ){0,3}[0-9]", kOptions),
        std::regex("(?:共|合计|总计|累计) {0,3}[0-9]", kOptions),
        std::regex("\\b(?:(?:twen|thir|for|fif|six|seven|eigh|nine)(?:ty|teen)|ten|eleven|twelve|one|two|"
                   "three|four|five|"
                   "six|seven|eight|nine|half|hundred)(?:[- ][a-z]{3,6})?[- ]per ?cent",
                   kOptions | std::regex::icase)};
    return std::ranges::any_of(kFigures,
                               [&](const std::regex& figure) { return std::regex_search(prose, figure); });
}

/// With full-width digits (U+FF10 to U+FF19) and full stops, and numbers in circles (U+2460 to U+2473), as
/// the plain ones.
std::string plain_digits(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto third = at + 2 < text.size() && text[at] == '\xEF' && text[at + 1] == '\xBC'
                               ? static_cast<unsigned char>(text[at + 2])
                               : 0U;
        const bool circled = at + 2 < text.size() && text[at] == '\xE2' && text[at + 1] == '\x91' &&
                             static_cast<unsigned char>(text[at + 2]) >= 0xA0 &&
                             static_cast<unsigned char>(text[at + 2]) <= 0xB3;
        if (circled) {
            out += std::to_string(static_cast<unsigned char>(text[at + 2]) - 0xA0 + 1);
            at += 2;
        } else if (third >= 0x90 && third <= 0x99) {
            out += static_cast<char>('0' + (third - 0x90));
            at += 2;
        } else if (third == 0x8E) {
            out += '.';
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

bool is_mark(char c) {
    return c == '.' || c == ',';
}

/// "9", "9." and "-".
bool ends_like_figure(std::string_view prose) {
    if (prose.empty()) {
        return false;
    }
    const bool marked = is_mark(prose.back()) && prose.size() > 1 && is_digit(prose[prose.size() - 2]);
    return is_digit(prose.back()) || marked || prose.back() == '-';
}

/// "9" and ".9".
bool begins_like_figure(std::string_view prose) {
    return !prose.empty() &&
           (is_digit(prose.front()) || (is_mark(prose.front()) && prose.size() > 1 && is_digit(prose[1])));
}

void look_at(std::string_view text,
             const std::string& path,
             const std::string* before,
             std::vector<FieldError>& faults) {
    bool typed = false;
    std::set<std::string> names;
    std::string before_name;
    bool after_name = false;
    // A digit that touches a placeholder would change the figure that comes there.
    const bool whole = walk(
        text,
        [&](std::string_view piece) {
            before_name = plain_digits(piece);
            typed |= has_typed_figure(before_name) || (after_name && begins_like_figure(before_name));
        },
        [&](std::string_view name) {
            typed |= ends_like_figure(before_name);
            after_name = true;
            names.emplace(name);
        });
    const auto& known = placeholders();
    const auto is_known = [&](const std::string& name) {
        return std::ranges::find(known, name) != known.end();
    };
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        faults.push_back({path, "required"});
    } else if (!whole || !std::ranges::all_of(names, is_known)) {
        faults.push_back({path, "bulletins.placeholder_unknown"});
    } else if (typed) {
        faults.push_back({path, "bulletins.typed_figure"});
    } else if (before != nullptr && !std::ranges::includes(names, placeholders_in(*before))) {
        faults.push_back({path, "bulletins.placeholder_missing"});
    }
}

std::string kept(const std::vector<std::pair<std::string, std::string>>& values, std::string_view name) {
    const auto found = std::ranges::find(values, name, &std::pair<std::string, std::string>::first);
    return found == values.end() ? "{" + std::string(name) + "}" : found->second;
}

}  // namespace

Wording usual_wording() {
    return {{"关于{organisation}教育卡认证进度的通报",
             {"截至{as_of}，{organisation}应认证{people}{total}人，已认证{certified}人，认证率为{rate}；"
              "审核中{in_review}人，已退回{returned}人，未开始{not_begun}人。\n"
              "本次通报的{units}个单位中，{complete}个已全部完成认证，{on_time}"
              "个按期完成；截止日期已过仍未认证的共{"
              "overdue}人。\n"
              "请各单位对照附表查找不足，尽快完成剩余人员的认证工作。"}},
            {"Progress of certification in {organisation}",
             {"On {as_of}, {organisation} had {total} {people} to certify. {certified} were certified, a "
              "rate of {rate}; "
              "{in_review} were in review, {returned} had been returned and {not_begun} had not begun.\n"
              "Of the {units} organisations in this bulletin, {complete} are complete and {on_time} were so "
              "on time; {overdue} "
              "people are not certified although their deadline has passed.\n"
              "Everybody is asked to compare themselves with the table and to finish what is left."}}};
}

std::string usual_pattern(const organisations::Organisation& organisation) {
    return organisation.kind == organisations::Kind::province
               ? "苏教卡通报〔{year}〕{number}号"
               : "{organisation}教育卡通报〔{year}〕{number}号";
}

const std::vector<std::string>& placeholders() {
    static const std::vector<std::string> kNames = {"organisation",
                                                    "as_of",
                                                    "day",
                                                    "people",
                                                    "units",
                                                    "total",
                                                    "certified",
                                                    "rate",
                                                    "in_review",
                                                    "returned",
                                                    "not_begun",
                                                    "overdue",
                                                    "complete",
                                                    "on_time"};
    return kNames;
}

std::set<std::string> placeholders_in(std::string_view text) {
    std::set<std::string> names;
    walk(text, [](std::string_view) {}, [&](std::string_view name) { names.emplace(name); });
    return names;
}

std::string percent_text(std::optional<std::int64_t> rate) {
    return rate ? fmt::format("{}.{}%", *rate / kTen, *rate % kTen) : "—";
}

std::string day_text(Date day, Language language) {
    static constexpr std::array<std::string_view, 12> kMonths = {"January",
                                                                 "February",
                                                                 "March",
                                                                 "April",
                                                                 "May",
                                                                 "June",
                                                                 "July",
                                                                 "August",
                                                                 "September",
                                                                 "October",
                                                                 "November",
                                                                 "December"};
    const auto year = static_cast<int>(day.year());
    const auto month = static_cast<unsigned>(day.month());
    const auto number = static_cast<unsigned>(day.day());
    return language == Language::en ? fmt::format("{} {} {}", number, kMonths.at(month - 1), year)
                                    : fmt::format("{}年{}月{}日", year, month, number);
}

std::string count_text(std::int64_t count, Language language) {
    auto text = std::to_string(count);
    if (language == Language::en) {
        for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (count < 0 ? 1 : 0); at -= 3) {
            text.insert(static_cast<std::size_t>(at), 1, ',');
        }
    }
    return text;
}

std::string_view people_text(People people, Language language) {
    const bool english = language == Language::en;
    switch (people) {
        case People::everybody:
            return english ? "people" : "人员";
        case People::student:
            return english ? "students" : "学生";
        case People::teacher:
            return english ? "teachers" : "教师";
        case People::staff:
            return english ? "members of staff" : "机构人员";
    }
    return "";
}

std::vector<std::pair<std::string, std::string>> values_of(const Figures& figures, Language language) {
    const auto& all = figures.organisation;
    const auto& rows = figures.rows.items;
    const auto counted = [&](auto is) {
        return count_text(
            std::ranges::count_if(rows, [&](const FigureRow& row) { return !row.rest && is(row); }),
            language);
    };
    const auto number = [&](std::int64_t count) { return count_text(count, language); };
    auto as_of = day_text(figures.day, language);
    if (figures.live) {
        const auto local = figures.as_of + std::chrono::hours(8);
        const auto minutes =
            std::chrono::floor<std::chrono::minutes>(local - std::chrono::floor<std::chrono::days>(local))
                .count();
        as_of +=
            fmt::format("{}{:02}:{:02}", language == Language::en ? ", " : "", minutes / 60, minutes % 60);
    }
    return {{"organisation", all.name},
            {"as_of", as_of},
            {"day", day_text(figures.day, language)},
            {"people", std::string(people_text(figures.people, language))},
            {"units", counted([](const FigureRow&) { return true; })},
            {"total", number(all.total)},
            {"certified", number(all.certified)},
            {"rate", percent_text(rate_of(all))},
            {"in_review", number(all.in_review)},
            {"returned", number(all.returned)},
            {"not_begun", number(all.not_begun)},
            {"overdue", number(all.overdue)},
            {"complete", counted([](const FigureRow& row) { return row.complete; })},
            {"on_time", counted([](const FigureRow& row) { return row.on_time.value_or(false); })}};
}

std::string fill(std::string_view text, const std::vector<std::pair<std::string, std::string>>& values) {
    std::string filled;
    walk(
        text,
        [&](std::string_view prose) { filled += prose; },
        [&](std::string_view name) { filled += kept(values, name); });
    return filled;
}

Shown show(const Wording& wording, const Figures& figures, Language language) {
    const auto& text = language == Language::en ? wording.en : wording.zh_cn;
    const auto values = values_of(figures, language);
    Shown shown{fill(text.title, values), {}};
    std::string_view rest = text.body.value;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        if (const auto line = without_blanks(rest.substr(0, end)); !line.empty()) {
            shown.paragraphs.push_back(fill(line, values));
        }
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return shown;
}

std::vector<FieldError> faults_of(const Wording& wording, const std::string& path, const Wording* before) {
    std::vector<FieldError> faults;
    const auto one = [&](const Text& text, const std::string& name, const Text* earlier) {
        const auto title = path + "." + name + ".title";
        look_at(text.title, title, nullptr, faults);
        if (text.title.size() > kMostTitle) {
            faults.push_back({title, "too_long"});
        } else if (text.title.contains('\n')) {
            faults.push_back({title, "value"});
        }
        look_at(text.body.value,
                path + "." + name + ".body",
                earlier == nullptr ? nullptr : &earlier->body.value,
                faults);
    };
    one(wording.zh_cn, "zh_cn", before == nullptr ? nullptr : &before->zh_cn);
    one(wording.en, "en", before == nullptr ? nullptr : &before->en);
    return faults;
}

bool is_pattern(std::string_view pattern) {
    std::set<std::string> names;
    const bool whole =
        walk(pattern, [](std::string_view) {}, [&](std::string_view name) { names.emplace(name); });
    const bool needed = names.contains("year") && names.contains("number");
    names.erase("year");
    names.erase("number");
    names.erase("organisation");
    return whole && needed && names.empty() && pattern.size() <= kMostPattern && !pattern.contains('\n');
}

std::string number_text(std::string_view pattern,
                        std::string_view organisation,
                        int year,
                        std::int64_t number) {
    return fill(pattern,
                {{"organisation", std::string(organisation)},
                 {"year", std::to_string(year)},
                 {"number", std::to_string(number)}});
}

}  // namespace educard::bulletins
