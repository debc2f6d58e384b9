#include "modules/people/documents.hpp"

#include "base/error.hpp"
#include "base/resources.hpp"
#include "base/text.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace educard::people {

namespace {

constexpr std::string_view kCodes = "123456789ABZ";
constexpr std::size_t kNationalIdLength = 18;
constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
constexpr std::string_view kCheckDigits = "10X98765432";

struct KindName {
    std::string_view name;
    DocumentKind kind;
};
constexpr std::array<KindName, 38> kKindNames = {{
    {"居民身份证", DocumentKind::resident_id},
    {"身份证", DocumentKind::resident_id},
    {"二代身份证", DocumentKind::resident_id},
    {"居住证", DocumentKind::resident_id},
    {"港澳台居民居住证", DocumentKind::resident_id},
    {"军官证", DocumentKind::officer},
    {"士兵证", DocumentKind::soldier},
    {"文职干部证", DocumentKind::military_civilian},
    {"部队离退休证", DocumentKind::military_retired},
    {"香港特区护照/身份证明", DocumentKind::hong_kong},
    {"香港特区护照", DocumentKind::hong_kong},
    {"香港身份证", DocumentKind::hong_kong},
    {"香港居民身份证", DocumentKind::hong_kong},
    {"香港", DocumentKind::hong_kong},
    {"港澳居民来往内地通行证", DocumentKind::hong_kong},
    {"澳门特区护照/身份证明", DocumentKind::macao},
    {"澳门特区护照", DocumentKind::macao},
    {"澳门身份证", DocumentKind::macao},
    {"澳门居民身份证", DocumentKind::macao},
    {"澳门", DocumentKind::macao},
    {"台湾居民来往大陆通行证", DocumentKind::taiwan_travel_permit},
    {"台胞证", DocumentKind::taiwan_travel_permit},
    {"境外永久居住证", DocumentKind::permanent_residence},
    {"外国人永久居留身份证", DocumentKind::permanent_residence},
    {"外国人永久居留证", DocumentKind::permanent_residence},
    {"永久居留证", DocumentKind::permanent_residence},
    {"护照", DocumentKind::passport},
    {"外国护照", DocumentKind::passport},
    {"户口簿", DocumentKind::household_register},
    {"户口本", DocumentKind::household_register},
    {"其他", DocumentKind::other},
    {"其它", DocumentKind::other},
    {"id card", DocumentKind::resident_id},
    {"resident id", DocumentKind::resident_id},
    {"resident identity card", DocumentKind::resident_id},
    {"passport", DocumentKind::passport},
    {"household register", DocumentKind::household_register},
    {"other", DocumentKind::other},
}};

struct Division {
    std::string_view code;
    std::string_view name;
};

/// The embedded list, sorted by code. Constant once read.
const std::vector<Division>& divisions() {
    static const std::vector<Division> list = [] {
        const auto file = find_resource("data/divisions.txt");
        EDU_ASSERT(file.has_value());
        std::vector<Division> read;
        for (std::string_view rest = *file; !rest.empty();) {
            const auto end = std::min(rest.find('\n'), rest.size());
            const auto line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const auto space = line.find(' ');
            if (!line.starts_with('#') && space != std::string_view::npos) {
                const auto name = line.substr(space + 1);
                read.push_back({line.substr(0, space), name.substr(0, name.find(' '))});
            }
        }
        std::ranges::sort(read, {}, &Division::code);
        return read;
    }();
    return list;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z');
}

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, is_digit);
}

int number_of(std::string_view digits) {
    int value = 0;
    for (const char c : digits) {
        value = value * 10 + (c - '0');
    }
    return value;
}

bool is_known_division(std::string_view code) {
    // Cities without counties (东莞, 中山, 嘉峪关) give their own code.
    return find_division(code) ||
           (code.ends_with("00") && !code.ends_with("0000") && find_division(code.substr(0, 4)));
}

/// 3.20106E+17
bool is_damaged(std::string_view number) {
    return is_digit(number[0]) &&
           (number.find("E+") != std::string_view::npos || number.find('.') != std::string_view::npos);
}

/// One character over and over. Digits that count up are not refused: 1234567(8) is a resident card of Macao.
bool is_filler(std::string_view number) {
    return std::ranges::all_of(number, [&](char c) { return c == number.front(); });
}

bool fits(std::string_view number, std::size_t shortest, std::size_t longest) {
    return number.size() >= shortest && number.size() <= longest &&
           std::ranges::all_of(number, is_alphanumeric) && std::ranges::any_of(number, is_digit);
}

/// One or two letters, six digits, a check character: "A1234563" (brackets were dropped before).
bool is_hong_kong_identity(std::string_view number) {
    const auto letters = static_cast<std::size_t>(std::ranges::find_if(number, is_digit) - number.begin());
    return letters >= 1 && letters <= 2 && number.size() == letters + 7 &&
           all_digits(number.substr(letters, 6));
}

bool is_plausible(DocumentKind kind, std::string_view number) {
    switch (kind) {
        case DocumentKind::hong_kong:  // identity card, passport, or the permit to enter the mainland (H + 8
                                       // or 10 digits)
            return is_hong_kong_identity(number) || fits(number, 8, 11);
        case DocumentKind::macao:
            return fits(number, 8, 11);
        case DocumentKind::taiwan_travel_permit:  // 8 digits, 10 with the number of the issue, or a letter
                                                  // before
            return fits(number, 8, 12);
        case DocumentKind::permanent_residence:  // 15 characters, or 18 since 2023
            return fits(number, 15, 15) || fits(number, 18, 18);
        case DocumentKind::passport:
            return fits(number, 6, 12);
        default:
            break;
    }
    // Military and other documents carry Chinese words ("军字第1234567号").
    const auto length = count_characters(number);
    return length >= 4 && length <= 30 && std::ranges::any_of(number, is_digit) &&
           std::ranges::none_of(number, [](char c) { return c == '<' || c == '>' || c == '"'; });
}

}  // namespace

bool bears_citizen_number(DocumentKind kind) {
    return kind == DocumentKind::resident_id || kind == DocumentKind::household_register;
}

char code_of(DocumentKind kind) {
    return kCodes[static_cast<std::size_t>(kind)];
}

std::optional<DocumentKind> find_document_kind(std::string_view code_or_name) {
    const std::string text = fold_case(tidy(code_or_name));
    if (text.size() == 1) {
        const auto at =
            kCodes.find(static_cast<char>(text[0] >= 'a' && text[0] <= 'z' ? text[0] - 'a' + 'A' : text[0]));
        return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<DocumentKind>(at));
    }
    const auto* found = std::ranges::find(kKindNames, std::string_view(text), &KindName::name);
    return found == kKindNames.end() ? std::nullopt : std::optional(found->kind);
}

std::string code_of(DocumentFault fault) {
    return std::string("people.document_") + boost::describe::enum_to_string(fault, "");
}

Document normalise(Document document) {
    std::string kept;
    for (const char c : tidy(document.number)) {
        const bool dropped = c == ' ' || c == '-' || c == '(' || c == ')' || c == '\'' || c == '`';
        if (!dropped) {
            kept.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
        }
    }
    document.number = std::move(kept);
    return document;
}

std::expected<NationalId, DocumentFault> parse_national_id(std::string_view text, Date today) {
    NationalId id;
    id.number = normalise({DocumentKind::resident_id, std::string(text)}).number;
    const std::string_view number = id.number;
    if (number.empty()) {
        return std::unexpected(DocumentFault::empty);
    }
    if (is_damaged(number)) {
        return std::unexpected(DocumentFault::damaged);
    }
    if (!std::ranges::all_of(number, is_alphanumeric)) {
        return std::unexpected(DocumentFault::characters);
    }
    if (number.size() == 15 && all_digits(number)) {
        return std::unexpected(DocumentFault::old_form);
    }
    if (number.size() != kNationalIdLength) {
        return std::unexpected(DocumentFault::length);
    }
    if (!all_digits(number.substr(0, 17)) || (!is_digit(number[17]) && number[17] != 'X')) {
        return std::unexpected(DocumentFault::characters);
    }
    if (!is_known_division(number.substr(0, 6))) {
        return std::unexpected(DocumentFault::division);
    }
    id.birth_date = Date(std::chrono::year(number_of(number.substr(6, 4))),
                         std::chrono::month(static_cast<unsigned>(number_of(number.substr(10, 2)))),
                         std::chrono::day(static_cast<unsigned>(number_of(number.substr(12, 2)))));
    if (!id.birth_date.ok() || id.birth_date.year() < std::chrono::year(1850)) {
        return std::unexpected(DocumentFault::date);
    }
    if (id.birth_date > today) {
        return std::unexpected(DocumentFault::future_date);
    }
    int sum = 0;
    for (std::size_t i = 0; i < kWeights.size(); ++i) {
        sum += (number[i] - '0') * kWeights[i];
    }
    if (number[17] != kCheckDigits[static_cast<std::size_t>(sum % 11)]) {
        // A spreadsheet keeps fifteen digits of a number and writes zeros for the rest.
        return std::unexpected(number.ends_with("000") ? DocumentFault::damaged : DocumentFault::check_digit);
    }
    id.gender = (number[16] - '0') % 2 == 1 ? Gender::male : Gender::female;
    return id;
}

std::optional<DocumentFault> find_document_fault(const Document& document, Date today) {
    if (bears_citizen_number(document.kind)) {
        const auto id = parse_national_id(document.number, today);
        return id ? std::nullopt : std::optional(id.error());
    }
    const Document normal = normalise(document);
    if (normal.number.empty()) {
        return DocumentFault::empty;
    }
    if (is_damaged(normal.number)) {
        return DocumentFault::damaged;
    }
    if (is_filler(normal.number) || !is_plausible(normal.kind, normal.number)) {
        return DocumentFault::implausible;
    }
    return std::nullopt;
}

std::string mask(std::string_view number) {
    constexpr std::size_t kFront = 3;
    constexpr std::size_t kBack = 4;
    if (number.size() <= kFront + kBack + 1) {
        const std::size_t shown = number.size() > 4 ? 2 : 0;
        return std::string(number.size() - shown, '*') + std::string(number.substr(number.size() - shown));
    }
    return std::string(number.substr(0, kFront)) + std::string(number.size() - kFront - kBack, '*') +
           std::string(number.substr(number.size() - kBack));
}

std::optional<std::string_view> find_division(std::string_view code) {
    const auto& list = divisions();
    const auto found = std::ranges::lower_bound(list, code, {}, &Division::code);
    return found == list.end() || found->code != code ? std::nullopt : std::optional(found->name);
}

}  // namespace educard::people
