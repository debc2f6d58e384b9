#pragma once
// One row of a school's list, read and judged by itself: what it says, and what is wrong with it. Pure; any
// thread.

#include "base/time.hpp"
#include "modules/people/people.hpp"
#include "modules/roster/headings.hpp"
#include "spreadsheet/spreadsheet.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::roster {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

enum class Kind { student, teacher, staff };
BOOST_DESCRIBE_ENUM(Kind, student, teacher, staff)

struct Guardian {
    std::string name;
    std::string relation;
    std::string phone;

    bool operator==(const Guardian&) const = default;
};
BOOST_DESCRIBE_STRUCT(Guardian, (), (name, relation, phone))

/// One thing wrong with a row. `code` is a message key; `line` is another line of the list that it has to do
/// with; `message` says it in words, where it is shown to somebody.
struct RowFault {
    std::string field;
    std::string code;
    std::optional<std::size_t> line;
    std::optional<std::string> message = std::nullopt;

    bool operator==(const RowFault&) const = default;
};
BOOST_DESCRIBE_STRUCT(RowFault, (), (field, code, line, message))

struct Record {
    Kind kind{};
    std::string name;
    people::Document document;
    people::Gender gender = people::Gender::unknown;
    std::optional<Date> birth_date;
    std::string school_code;
    std::string school_name;
    std::string grade;
    std::string class_name;
    std::optional<int> entry_year;
    std::string student_number;
    std::vector<Guardian> guardians;
    std::vector<std::string> subjects;
    std::optional<Date> appointed_on;
};

struct ReadRow {
    Record record;
    std::vector<RowFault> faults;
};

/// What is the same for every row of a list.
struct RowContext {
    const Header& header;
    Kind kind{};  // what the list is said to hold; for teachers the post decides between teacher and staff
    Date today;
};
ReadRow read_row(const RowContext& context, const spreadsheet::Row& row);

/// A day as people write it: 2015-9-1, 2015/09/01, 2015.9.1, 2015年9月1日, 20150901, with or without a time
/// behind it, or the serial number of a spreadsheet (42248).
std::optional<Date> read_date(std::string_view text);

/// A year out of "2024", "2024级", "202409", "2024-09-01".
std::optional<int> read_year(std::string_view text);

}  // namespace educard::roster
