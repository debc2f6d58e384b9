#include "modules/organisations/import_places.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace educard::organisations {

namespace {

constexpr int kPage = 200;

/// Without what people put between the parts of a path.
std::string key_of(std::string_view text) {
    std::string key = name_key(text);
    for (const std::string_view mark : {"/", "\\", ">", "-", "、", "→", "|", ","}) {
        for (auto at = key.find(mark); at != std::string::npos; at = key.find(mark)) {
            key.erase(at, mark.size());
        }
    }
    return key;
}

}  // namespace

Places::Places(sql::Tx& tx, const Organisations& organisations, const Organisation& scope) {
    if (scope.kind != Kind::school && scope.kind != Kind::class_) {
        add(tx, organisations, scope);
    }
    for (const auto kind : {Kind::city, Kind::county, Kind::unit}) {
        Search search;
        search.kind = kind;
        search.under = scope.id;
        search.limit = kPage;
        do {
            auto slice = organisations.search(tx, search);
            for (const auto& place : slice.items) {
                if (place.id != scope.id) {
                    add(tx, organisations, place);
                }
            }
            search.cursor = std::move(slice.next);
        } while (search.cursor);
    }
}

void Places::add(sql::Tx& tx, const Organisations& organisations, const Organisation& place) {
    if (place.division_code) {
        by_name_.emplace(*place.division_code, place);
    }
    std::string name;
    auto line = organisations.line(tx, place);
    std::ranges::reverse(line);
    for (const auto& above : line) {
        name.insert(0, key_of(above.name));
        by_name_.emplace(name, place);
    }
}

std::vector<Organisation> Places::find(std::string_view text) const {
    std::vector<Organisation> found;
    const auto [first, last] = by_name_.equal_range(key_of(text));
    for (auto at = first; at != last; ++at) {
        found.push_back(at->second);
    }
    return found;
}

}  // namespace educard::organisations
