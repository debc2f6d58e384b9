#pragma once
// Finds the city, county or unit that a list of schools names as the organisation above.

#include "modules/organisations/organisations.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace educard::organisations {

/// The places below (and at) one organisation, by what people call them. A picture of one moment: lives no
/// longer than the Tx it was made in. One thread.
class Places {
public:
    Places(sql::Tx& tx, const Organisations& organisations, const Organisation& scope);

    /// By division code ("320106"), name ("鼓楼区") or name with those above it, down to where it begins to
    /// be unique
    /// ("南京市鼓楼区", "江苏省/南京市/鼓楼区"). More than one when the name is ambiguous; none when there is
    /// no such place.
    std::vector<Organisation> find(std::string_view text) const;

private:
    void add(sql::Tx& tx, const Organisations& organisations, const Organisation& place);

    std::multimap<std::string, Organisation, std::less<>> by_name_;
};

}  // namespace educard::organisations
