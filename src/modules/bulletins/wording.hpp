#pragma once
// The text of a bulletin: prose with placeholders that only the figures fill. Nobody types a number. Pure
// functions. Part of bulletins.hpp, which includes it.

#include "modules/bulletins/figures.hpp"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace educard::bulletins {

struct Text {
    std::string title;
    json::Text<16384> body;  // a line is a paragraph

    bool operator==(const Text&) const = default;
};
BOOST_DESCRIBE_STRUCT(Text, (), (title, body))

struct Wording {
    Text zh_cn;
    Text en;

    bool operator==(const Wording&) const = default;
};
BOOST_DESCRIBE_STRUCT(Wording, (), (zh_cn, en))

/// Filled in, for readers.
struct Shown {
    std::string title;
    std::vector<std::string> paragraphs;
};
BOOST_DESCRIBE_STRUCT(Shown, (), (title, paragraphs))

/// What an organisation begins with.
Wording usual_wording();
std::string usual_pattern(const organisations::Organisation& organisation);

/// The names that may stand in braces.
const std::vector<std::string>& placeholders();
std::set<std::string> placeholders_in(std::string_view text);

/// Each placeholder with what the figures say.
std::vector<std::pair<std::string, std::string>> values_of(const Figures& figures, Language language);
std::string fill(std::string_view text, const std::vector<std::pair<std::string, std::string>>& values);
Shown show(const Wording& wording, const Figures& figures, Language language);

/// What is wrong with a text, by field below `path`: "wording.zh_cn.body bulletins.typed_figure". What stood
/// in braces in `before` has to stay.
std::vector<FieldError> faults_of(const Wording& wording, const std::string& path, const Wording* before);
/// A pattern has {year} and {number}, may have {organisation}, and nothing else in braces.
bool is_pattern(std::string_view pattern);
std::string number_text(std::string_view pattern,
                        std::string_view organisation,
                        int year,
                        std::int64_t number);

/// "83.1%"; "—" of nobody.
std::string percent_text(std::optional<std::int64_t> rate);
/// "2026年11月27日", "27 November 2026".
std::string day_text(Date day, Language language);
/// "1842"; "1,842" in English.
std::string count_text(std::int64_t count, Language language);
std::string_view people_text(People people, Language language);

}  // namespace educard::bulletins
