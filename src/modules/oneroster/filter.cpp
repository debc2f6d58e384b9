#include "modules/oneroster/filter.hpp"

#include "base/time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace educard::oneroster {

namespace {

constexpr std::size_t kMaxField = 100;

bool is_field_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string folded(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

class Parser {
public:
    explicit Parser(std::string_view text) : rest_(text) {}

    std::expected<Filter, FilterFault> parse() {
        Filter filter;
        skip_blanks();
        if (rest_.empty()) {
            return std::unexpected(FilterFault::empty);
        }
        for (;;) {
            auto condition = parse_condition();
            if (!condition) {
                return std::unexpected(condition.error());
            }
            filter.conditions.push_back(std::move(*condition));
            const bool blank = skip_blanks();
            if (rest_.empty()) {
                return filter;
            }
            if (!blank || filter.conditions.size() == 2 || !parse_joint(filter)) {
                return std::unexpected(FilterFault::joint);
            }
        }
    }

private:
    bool skip_blanks() {
        const auto before = rest_.size();
        while (rest_.starts_with(' ')) {
            rest_.remove_prefix(1);
        }
        return rest_.size() < before;
    }

    bool take(std::string_view word) {
        const bool there = rest_.size() >= word.size() &&
                           std::ranges::equal(rest_.substr(0, word.size()), word, {}, lower, lower);
        if (there) {
            rest_.remove_prefix(word.size());
        }
        return there;
    }

    bool parse_joint(Filter& filter) {
        filter.any = take("or");
        return (filter.any || take("and")) && skip_blanks();
    }

    std::expected<Condition, FilterFault> parse_condition() {
        Condition condition;
        const auto end =
            static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_field_character) - rest_.begin());
        condition.field = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (end == 0 || end > kMaxField || condition.field.front() == '.' || condition.field.back() == '.') {
            return std::unexpected(FilterFault::field);
        }
        skip_blanks();
        if (!parse_comparison(condition.comparison)) {
            return std::unexpected(FilterFault::comparison);
        }
        skip_blanks();
        if (!parse_value(condition.value)) {
            return std::unexpected(FilterFault::value);
        }
        return condition;
    }

    bool parse_comparison(Comparison& comparison) {
        constexpr std::array<std::pair<std::string_view, Comparison>, 7> kSigns = {
            {{"!=", Comparison::not_equal},
             {">=", Comparison::not_less},
             {"<=", Comparison::not_greater},
             {"=", Comparison::equal},
             {">", Comparison::greater},
             {"<", Comparison::less},
             {"~", Comparison::contains}}};
        const auto* found = std::ranges::find_if(kSigns, [&](const auto& sign) { return take(sign.first); });
        if (found == kSigns.end()) {
            return false;
        }
        comparison = found->second;
        return true;
    }

    bool parse_value(std::string& value) {
        if (!take("'")) {
            return false;
        }
        for (;;) {
            const auto quote = rest_.find('\'');
            if (quote == std::string_view::npos) {
                return false;
            }
            value += rest_.substr(0, quote);
            rest_.remove_prefix(quote + 1);
            if (!take("'")) {
                return true;
            }
            value += '\'';
        }
    }

    std::string_view rest_;
};

void gather(const boost::json::value& value, std::string_view path, std::vector<std::string>& out) {
    if (const auto* list = value.if_array()) {
        for (const auto& item : *list) {
            gather(item, path, out);
        }
        return;
    }
    if (path.empty()) {
        if (const auto* text = value.if_string()) {
            out.emplace_back(std::string_view(*text));
        }
        return;
    }
    const auto dot = std::min(path.find('.'), path.size());
    const auto* object = value.if_object();
    if (const auto* member = object == nullptr ? nullptr : object->if_contains(path.substr(0, dot))) {
        gather(*member, path.substr(std::min(dot + 1, path.size())), out);
    }
}

bool holds(Comparison comparison, const std::string& found, const std::string& wanted) {
    switch (comparison) {
        case Comparison::equal:
        case Comparison::not_equal:
            return found == wanted;
        case Comparison::greater:
            return found > wanted;
        case Comparison::not_less:
            return found >= wanted;
        case Comparison::less:
            return found < wanted;
        case Comparison::not_greater:
            return found <= wanted;
        case Comparison::contains:
            return found.find(wanted) != std::string::npos;
    }
    return false;
}

bool holds(const Condition& condition, const boost::json::object& record) {
    const bool moment = condition.field == "dateLastModified" && condition.comparison != Comparison::contains;
    const auto wanted = folded(moment ? moment_text(condition.value) : condition.value);
    const bool one = std::ranges::any_of(values_at(record, condition.field), [&](const std::string& value) {
        return holds(condition.comparison, folded(value), wanted);
    });
    return condition.comparison == Comparison::not_equal ? !one : one;
}

}  // namespace

std::expected<Filter, FilterFault> parse_filter(std::string_view text) {
    return Parser(text).parse();
}

bool matches(const Filter& filter, const boost::json::object& record) {
    const auto one = [&](const Condition& condition) { return holds(condition, record); };
    return filter.any ? std::ranges::any_of(filter.conditions, one)
                      : std::ranges::all_of(filter.conditions, one);
}

std::vector<std::string> values_at(const boost::json::object& record, std::string_view field) {
    std::vector<std::string> out;
    const auto dot = std::min(field.find('.'), field.size());
    if (const auto* member = record.if_contains(field.substr(0, dot))) {
        gather(*member, field.substr(std::min(dot + 1, field.size())), out);
    }
    return out;
}

std::string moment_text(std::string_view text) {
    if (const auto time = parse_time(text)) {
        return to_text(*time);
    }
    const auto day = parse_date(text);
    return day ? to_text(Time(std::chrono::sys_days(*day))) : std::string();
}

}  // namespace educard::oneroster
