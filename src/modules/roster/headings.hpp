#pragma once
// From what stands at the top of a school's list to what its columns mean. Pure functions; any thread.

#include "spreadsheet/spreadsheet.hpp"

#include <boost/describe/enum.hpp>

#include <bitset>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::roster {

/// What a column can hold.
enum class Field {
    name,
    document_number,
    document_kind,
    gender,
    birth_date,
    school_code,
    school_name,
    grade,
    class_name,
    entry_year,
    student_number,
    guardian_name,
    guardian_relation,
    guardian_phone,
    guardian2_name,
    guardian2_relation,
    guardian2_phone,
    father_name,
    father_phone,
    mother_name,
    mother_phone,
    post,
    subjects,
    appointed_on
};
BOOST_DESCRIBE_ENUM(Field,
                    name,
                    document_number,
                    document_kind,
                    gender,
                    birth_date,
                    school_code,
                    school_name,
                    grade,
                    class_name,
                    entry_year,
                    student_number,
                    guardian_name,
                    guardian_relation,
                    guardian_phone,
                    guardian2_name,
                    guardian2_relation,
                    guardian2_phone,
                    father_name,
                    father_phone,
                    mother_name,
                    mother_phone,
                    post,
                    subjects,
                    appointed_on)

/// The fields that a list has columns for, by their places among the enumerators.
using FieldSet = std::bitset<32>;
inline bool has(const FieldSet& fields, Field field) {
    return fields.test(static_cast<std::size_t>(field));
}

std::string_view name_of(Field field);
std::optional<Field> find_field(std::string_view name);

/// A heading as it is compared and remembered: folded, without spaces, brackets with remarks, stars and line
/// numbers.
std::string heading_key(std::string_view heading);

/// What a usual Chinese or English heading means.
std::optional<Field> field_of_heading(std::string_view heading);

/// What somebody said the headings mean, by heading_key; no field: the column is not used.
using Mapping = std::map<std::string, std::optional<Field>, std::less<>>;

struct Column {
    std::string heading;  // as it stands in the list; the parts of two lines joined
    std::string key;      // heading_key, with "#2" for the second of the same
    std::optional<Field> field;
};

struct Header {
    std::size_t last_line = 0;  // the line of the spreadsheet behind which the data begins
    std::vector<Column> columns;

    std::optional<std::size_t> column_of(Field field) const;
    std::size_t recognised() const;
    FieldSet fields() const;
};

/// How many rows at the beginning may be titles and headings.
constexpr std::size_t kHeaderRows = 20;

/// Finds the line, or the two lines, of headings among the first rows: one with names and numbers before one
/// without, then the one with most headings that are known. Nothing when no line names at least two columns.
std::optional<Header> find_header(const std::vector<spreadsheet::Row>& first_rows, const Mapping& mapping);

/// The columns if that row is the headings.
Header header_of(const spreadsheet::Row& row, const Mapping& mapping);

/// A column of a list without headings is called by its place, "@/0" for the first; no heading_key is such.
std::string key_of_place(std::size_t column);
/// Nothing for the key of a heading.
std::optional<std::size_t> place_of_key(std::string_view key);
/// As spreadsheets call it: A, B, … Z, AA.
std::string letters_of_place(std::size_t column);
/// Columns by their places: the data begins with the first row.
Header header_of_places(std::size_t width, const Mapping& mapping);

}  // namespace educard::roster
