#include "modules/accounts/user_names.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

namespace educard::accounts {

namespace {

constexpr std::array<std::string_view, 26> kReserved{
    "admin",  "administrator", "root",  "system",  "educard", "support",  "help",   "security",  "api",
    "null",   "anonymous",     "guest", "service", "server",  "official", "office", "jiaoyu",    "moderator",
    "管理员", "系统",          "客服",  "教育厅",  "教育局",  "官方",     "匿名",   "超级管理员"};

enum class Sign { letter, digit, joint, other };

Sign sign_of(UChar32 c) {
    if (c >= 'a' && c <= 'z') {
        return Sign::letter;
    }
    if (c >= '0' && c <= '9') {
        return Sign::digit;
    }
    if (c == '.' || c == '_' || c == '-') {
        return Sign::joint;
    }
    UErrorCode fault = U_ZERO_ERROR;
    const bool han = uscript_getScript(c, &fault) == USCRIPT_HAN && U_SUCCESS(fault);
    return han && u_isalpha(c) ? Sign::letter : Sign::other;
}

bool is_reserved(std::string_view key) {
    return std::ranges::find(kReserved, key) != kReserved.end() || key.starts_with("educard");
}

}  // namespace

std::string user_name_key(std::string_view user_name) {
    return fold_case(tidy(user_name));
}

std::optional<std::string> find_user_name_fault(std::string_view user_name) {
    if (user_name.size() > 4 * kLongestUserName || !is_valid_utf8(user_name)) {
        return "accounts.user_name_length";
    }
    const auto key = user_name_key(user_name);
    std::size_t length = 0;
    Sign last = Sign::joint;
    for (int32_t i = 0; i < static_cast<int32_t>(key.size()); ++length) {
        UChar32 c = 0;
        U8_NEXT(key.data(), i, static_cast<int32_t>(key.size()), c);
        const Sign sign = c < 0 ? Sign::other : sign_of(c);
        if (sign == Sign::other || (sign == Sign::joint && last == Sign::joint && length > 0)) {
            return "accounts.user_name_characters";
        }
        if (length == 0 && sign != Sign::letter) {
            return "accounts.user_name_first";
        }
        last = sign;
    }
    if (length < kShortestUserName || length > kLongestUserName) {
        return "accounts.user_name_length";
    }
    if (last == Sign::joint) {
        return "accounts.user_name_characters";
    }
    return is_reserved(key) ? std::optional<std::string>("accounts.user_name_reserved") : std::nullopt;
}

}  // namespace educard::accounts
