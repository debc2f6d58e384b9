#pragma once
// The SQL of imports of schools and classes.

#include "modules/organisations/organisations.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace educard::organisations::store {

void insert_import(sql::Tx& tx,
                   ImportId id,
                   const NewImport& import,
                   const std::vector<std::string>& unknown_headings,
                   AccountId by,
                   Time now);
void insert_import_row(sql::Tx& tx, ImportId id, std::int64_t ordinal, const ImportRow& row);
/// With the counts of its rows.
std::optional<ImportView> find_import(sql::Tx& tx, ImportId id);
/// `outcome` empty: all.
std::vector<ImportRow> import_rows(
    sql::Tx& tx, ImportId id, std::string_view outcome, std::int64_t after, int limit);
std::vector<ImportRow> rows_to_apply(sql::Tx& tx, ImportId id);
/// False when it was confirmed before.
bool confirm_import(sql::Tx& tx, ImportId id, Time now);

}  // namespace educard::organisations::store
