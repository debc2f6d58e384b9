#pragma once
// What makes a campaign: checking what was entered, and how it is written into a row.

#include "base/error.hpp"
#include "modules/campaigns/store.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>

#include <charconv>
#include <string>
#include <vector>

namespace educard::campaigns {

/// All that is wrong, by field; the content is tidied.
std::vector<FieldError> find_faults(Content& content);
/// Everything but whose it is, its state and its version.
void write_content(const Content& content, store::CampaignRow& row);

/// "primary,junior", and back; what is not known any more is left out.
template <class Enum>
std::string joined(const std::vector<Enum>& values) {
    std::string text;
    for (const auto value : values) {
        text += text.empty() ? "" : ",";
        text += boost::describe::enum_to_string(value, "");
    }
    return text;
}

template <class Use>
void each_part(std::string_view text, Use&& use) {
    while (!text.empty()) {
        const auto comma = text.find(',');
        use(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
}

template <class Enum>
std::vector<Enum> parted(std::string_view text) {
    std::vector<Enum> values;
    each_part(text, [&](std::string_view part) {
        Enum value{};
        if (boost::describe::enum_from_string(std::string(part).c_str(), value)) {
            values.push_back(value);
        }
    });
    return values;
}

std::string joined_days(const std::vector<std::int64_t>& days);
std::vector<std::int64_t> parted_days(std::string_view text);

}  // namespace educard::campaigns
