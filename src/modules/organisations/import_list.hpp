#pragma once
// A list of schools or classes as it stands in a file: which column means what, and its rows as text. Pure
// but for reading the file; any thread. Part of the import; include modules/organisations/imports.hpp for the
// rest.

#include "modules/organisations/imports.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace educard::organisations {

enum class Column { school_code, school_name, school_kind, parent, stage, grade, entry_year, class_name };
constexpr std::size_t kColumns = 8;

/// What one row says, by column; tidied.
struct Line {
    std::int64_t number = 0;
    std::array<std::string, kColumns> texts;

    const std::string& of(Column column) const { return texts[static_cast<std::size_t>(column)]; }
};

struct List {
    std::vector<Line> lines;
    std::vector<std::string> unknown_headings;  // as they stand in the file, each once, at most 50
};

/// Reads all sheets. Throws Error(invalid): "organisations.import_headings" with what was found and what is
/// accepted, "organisations.import_empty", "organisations.import_too_long", and those of spreadsheet::open.
List read_list(ImportKind kind, const std::filesystem::path& file);

}  // namespace educard::organisations
