#pragma once
// Records as rows of the files of the OneRoster 1.2 CSV binding. Inside of the module.

#include "modules/oneroster/oneroster.hpp"

#include <boost/json/object.hpp>

#include <span>

namespace educard::oneroster {

/// A column: its header, and where its value stands in a record. A record with several roles makes several
/// rows of roles.csv.
struct CsvColumn {
    std::string_view header;
    std::string_view
        field;  // dotted; of a list all values, joined by commas. Empty: the platform has no such thing
};

struct CsvFile {
    std::string_view name;
    Collection collection{};
    std::span<const CsvColumn> columns;
    bool of_roles = false;

    std::string header() const;
    /// Rows end with CRLF (RFC 4180). `status` and `dateLastModified` are empty in bulk mode.
    void add(const boost::json::object& record, std::string& out) const;
};

std::span<const CsvFile> csv_files();

/// One cell by RFC 4180.
void add_cell(std::string_view text, std::string& out);

}  // namespace educard::oneroster
