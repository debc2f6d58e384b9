#pragma once
// Documents that say who somebody is: the resident ID number (GB 11643-1999) and the other kinds of JY/T
// 1001, their rules, and how they are shown. Pure functions over constants; any thread. Include
// modules/people/people.hpp.

#include "base/time.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace educard::people {

/// 性别 of JY/T 1001: 0 未知, 1 男, 2 女, 9 未说明.
enum class Gender { unknown, male, female, not_stated };
BOOST_DESCRIBE_ENUM(Gender, unknown, male, female, not_stated)

/// 身份证件类型 of JY/T 1001, in the order of its codes 1 to 9, A, B, Z.
enum class DocumentKind {
    resident_id,           // 1 居民身份证
    officer,               // 2 军官证
    soldier,               // 3 士兵证
    military_civilian,     // 4 文职干部证
    military_retired,      // 5 部队离退休证
    hong_kong,             // 6 香港特区护照/身份证明
    macao,                 // 7 澳门特区护照/身份证明
    taiwan_travel_permit,  // 8 台湾居民来往大陆通行证
    permanent_residence,   // 9 境外永久居住证
    passport,              // A 护照
    household_register,    // B 户口簿
    other                  // Z 其他
};
BOOST_DESCRIBE_ENUM(DocumentKind,
                    resident_id,
                    officer,
                    soldier,
                    military_civilian,
                    military_retired,
                    hong_kong,
                    macao,
                    taiwan_travel_permit,
                    permanent_residence,
                    passport,
                    household_register,
                    other)

/// Whether a document of this kind bears the citizen number (公民身份号码) of GB 11643-1999: the resident ID
/// card and the household register show the same number of the same person.
bool bears_citizen_number(DocumentKind kind);

/// The code of JY/T 1001: '1' … '9', 'A', 'B', 'Z'.
char code_of(DocumentKind kind);
/// By the code or by a usual Chinese name ("居民身份证", "身份证", "护照", …).
std::optional<DocumentKind> find_document_kind(std::string_view code_or_name);

struct Document {
    DocumentKind kind = DocumentKind::resident_id;
    std::string number;

    bool operator==(const Document&) const = default;
};
BOOST_DESCRIBE_STRUCT(Document, (), (kind, number))

/// What is wrong with a number; the message key is "people.document_" and this name.
enum class DocumentFault {
    empty,
    length,       // a resident ID number has 18 characters
    old_form,     // 15 digits: the form that was valid until 2013
    damaged,      // a spreadsheet turned it into 3.20106E+17, or its end into zeros
    characters,   // other than digits and a last X
    division,     // no division of China ever had this code
    date,         // no such day
    future_date,  // born later than today
    check_digit,
    implausible  // not a number that a document of this kind can have
};
BOOST_DESCRIBE_ENUM(DocumentFault,
                    empty,
                    length,
                    old_form,
                    damaged,
                    characters,
                    division,
                    date,
                    future_date,
                    check_digit,
                    implausible)

/// "people.document_check_digit": the message key of a fault.
std::string code_of(DocumentFault fault);

struct NationalId {
    std::string number;  // 18 characters, X in upper case
    Date birth_date;
    Gender gender = Gender::unknown;
    std::string_view division;  // six digits, part of `number` when that lives
};

/// Reads a resident ID number of GB 11643-1999. Full-width forms, spaces inside and lower-case x are
/// accepted; division codes are accepted whether or not they are still in force. `today` in China.
std::expected<NationalId, DocumentFault> parse_national_id(std::string_view text, Date today);

/// The number as it is stored and compared: full-width folded, spaces and dashes dropped, upper case.
Document normalise(Document document);

/// What is wrong with a (normalised or not) document.
std::optional<DocumentFault> find_document_fault(const Document& document, Date today);

/// "320***********123X": three characters, stars, four characters; short numbers show less.
std::string mask(std::string_view number);

/// Names of a division code of two, four or six digits in any era: "320102" → "玄武区".
std::optional<std::string_view> find_division(std::string_view code);

}  // namespace educard::people
