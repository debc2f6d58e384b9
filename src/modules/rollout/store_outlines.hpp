#pragma once
// The SQL of outlines, and nothing else.

#include "modules/rollout/outlines.hpp"

#include <optional>
#include <string>
#include <vector>

namespace educard::rollout::store {

struct OutlineRow {
    std::string credit;
    std::optional<std::string> approval_number;
    Time replaced_at;
    std::int64_t places = 0;
};
BOOST_DESCRIBE_STRUCT(OutlineRow, (), (credit, approval_number, replaced_at, places))

std::optional<OutlineRow> find_outline(sql::Tx& tx, MapName name);
std::optional<std::string> outline_content(sql::Tx& tx, MapName name);
void put_outline(sql::Tx& tx, MapName name, std::string_view content, const OutlineRow& row);
/// Whether there was one.
bool remove_outline(sql::Tx& tx, MapName name);
/// Of the places that such a map shows, in six digits.
std::vector<std::string> division_codes(sql::Tx& tx, MapName name);

}  // namespace educard::rollout::store
