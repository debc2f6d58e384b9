// The filter of a OneRoster request. What is taken says the same when it is written out and read again, and
// can be asked of any record.

#include "base/error.hpp"
#include "modules/oneroster/filter.hpp"
#include "modules/oneroster/walk.hpp"

#include <boost/json/parse.hpp>

#include <array>
#include <cstdint>

namespace {

using namespace educard;

std::string quoted(const std::string& value) {
    std::string out = "'";
    for (const char c : value) {
        out += c == '\'' ? std::string("''") : std::string(1, c);
    }
    return out + "'";
}

std::string text_of(const oneroster::Filter& filter) {
    constexpr std::array kSigns = {"=", "!=", ">", ">=", "<", "<=", "~"};
    std::string out;
    for (const auto& condition : filter.conditions) {
        out += out.empty() ? "" : filter.any ? " OR " : " AND ";
        out += condition.field + kSigns.at(static_cast<std::size_t>(condition.comparison)) +
               quoted(condition.value);
    }
    return out;
}

const boost::json::object& record() {
    static const auto value = boost::json::parse(
        R"({"sourcedId": "1", "dateLastModified": "2026-09-01T00:00:00.000000Z", "grades": ["01", "02"],
            "roles": [{"role": "student", "org": {"sourcedId": "7"}}], "primary": true, "none": null})");
    return value.as_object();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto place = oneroster::parse_cursor(text)) {
        EDU_ASSERT(oneroster::parse_cursor(oneroster::to_cursor(*place)) == place);
    }
    const auto filter = oneroster::parse_filter(text);
    if (!filter) {
        return 0;
    }
    EDU_ASSERT(filter->conditions.size() == 1 || filter->conditions.size() == 2);
    EDU_ASSERT(oneroster::parse_filter(text_of(*filter)) == *filter);
    static_cast<void>(oneroster::matches(*filter, record()));
    return 0;
}
