#pragma once
// Turns rows into what people see.

#include "modules/applications/applications.hpp"
#include "modules/applications/reach.hpp"
#include "modules/applications/store.hpp"

#include <map>
#include <string>
#include <vector>

namespace educard::applications {

/// The profile as it was filled in, guardians opened.
Profile profile_of(const Needs& needs, const store::Record& record);
/// Guardians' phones and documents masked.
Profile masked(Profile profile);
/// Splits a profile into what is stored in clear and the sealed guardians.
void put_profile(const Needs& needs, const Profile& profile, store::Record& record);

ApplicationView view_of(
    sql::Tx& tx, const Needs& needs, const Settings& settings, const store::Record& record, Profile profile);

/// Names of organisations, each looked up once.
class Names {
public:
    Names(sql::Tx& tx, const organisations::Organisations& organisations)
        : tx_(tx), organisations_(organisations) {}
    std::optional<std::string> of(std::optional<OrganisationId> id);

private:
    sql::Tx& tx_;
    const organisations::Organisations& organisations_;
    std::map<std::int64_t, std::string> known_;
};

ReviewItem item_of(const store::Listed& row, Names& names);

}  // namespace educard::applications
