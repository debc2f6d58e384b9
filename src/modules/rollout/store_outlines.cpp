#include "modules/rollout/store_outlines.hpp"

namespace educard::rollout::store {

std::optional<OutlineRow> find_outline(sql::Tx& tx, MapName name) {
    return tx.find<OutlineRow>(
        "SELECT credit, approval_number, replaced_at, places FROM map_outline WHERE name = $1", name);
}

std::optional<std::string> outline_content(sql::Tx& tx, MapName name) {
    return tx.find<std::string>("SELECT content FROM map_outline WHERE name = $1", name);
}

void put_outline(sql::Tx& tx, MapName name, std::string_view content, const OutlineRow& row) {
    tx.execute(
        R"(INSERT INTO map_outline (name, content, places, credit, approval_number, replaced_at)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (name) DO UPDATE SET content = excluded.content, places = excluded.places,
                  credit = excluded.credit, approval_number = excluded.approval_number,
                  replaced_at = excluded.replaced_at)",
        name,
        content,
        row.places,
        row.credit,
        row.approval_number,
        row.replaced_at);
}

bool remove_outline(sql::Tx& tx, MapName name) {
    return tx.execute("DELETE FROM map_outline WHERE name = $1", name) > 0;
}

std::vector<std::string> division_codes(sql::Tx& tx, MapName name) {
    std::vector<std::string> codes;
    tx.each(
        R"(SELECT kind, direct, division_code FROM organisation
           WHERE kind IN ('city', 'county') AND division_code IS NOT NULL)",
        [&](const sql::Row& row) {
            const bool is_city = row.text(0) == "city";
            if (name == MapName::cities ? is_city || row.get<bool>(1) : !is_city) {
                auto code = row.get<std::string>(2);
                code.resize(6, '0');
                codes.push_back(std::move(code));
            }
        });
    return codes;
}

}  // namespace educard::rollout::store
