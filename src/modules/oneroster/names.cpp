#include "modules/oneroster/names.hpp"

#include <algorithm>
#include <array>

namespace educard::oneroster {

namespace {

constexpr std::array<std::string_view, 36> kDouble = {
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯",
    "宇文", "长孙", "端木", "申屠", "南宫", "独孤", "万俟", "闻人", "轩辕", "钟离", "淳于", "单于",
    "太史", "濮阳", "呼延", "司空", "澹台", "赫连", "东郭", "西门", "百里", "公冶", "鲜于", "拓跋"};

/// Octets of the UTF-8 character that begins with this one.
std::size_t length_of(char first) {
    const auto octet = static_cast<unsigned char>(first);
    if (octet < 0x80) {
        return 1;
    }
    return octet < 0xE0 ? 2 : octet < 0xF0 ? 3 : 4;
}

NameParts parts(std::string_view family, std::string_view given) {
    return {.family = std::string(family), .given = std::string(given)};
}

}  // namespace

NameParts split_name(std::string_view name) {
    constexpr std::string_view kDot = "·";
    if (const auto dot = name.find(kDot);
        dot != std::string_view::npos && dot > 0 && dot + kDot.size() < name.size()) {
        return parts(name.substr(dot + kDot.size()), name.substr(0, dot));
    }
    if (const auto blank = name.rfind(' ');
        blank != std::string_view::npos && blank > 0 && blank + 1 < name.size()) {
        return parts(name.substr(blank + 1), name.substr(0, blank));
    }
    const auto* surname = std::ranges::find_if(
        kDouble, [&](std::string_view one) { return name.size() > one.size() && name.starts_with(one); });
    const auto length = surname != kDouble.end() ? surname->size()
                        : name.empty()           ? 0
                                                 : std::min(length_of(name.front()), name.size());
    if (length == name.size()) {
        return parts(name, name);
    }
    return parts(name.substr(0, length), name.substr(length));
}

}  // namespace educard::oneroster
