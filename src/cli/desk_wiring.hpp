#pragma once
// What questions and problems need of other modules; see wiring.hpp. Built and owned by Platform.

#include "modules/accounts/accounts.hpp"
#include "modules/applications/applications.hpp"
#include "modules/families/families.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/problems/problems.hpp"
#include "modules/questions/questions.hpp"

#include <optional>
#include <string>
#include <vector>

namespace educard::cli {

/// Where people learn or work, or have applied to; and where their children learn.
class PlacesOfPeople final : public questions::Places {
public:
    PlacesOfPeople(const accounts::Accounts& accounts,
                   const applications::Applications& applications,
                   const families::Families& families,
                   const organisations::Organisations& organisations)
        : accounts_(accounts),
          applications_(applications),
          families_(families),
          organisations_(organisations) {}

    std::vector<questions::Place> of(sql::Tx& tx, const Caller& caller) const override;
    std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const override;

private:
    std::optional<questions::Place> place(sql::Tx& tx, OrganisationId school, questions::Audience as) const;

    const accounts::Accounts& accounts_;
    const applications::Applications& applications_;
    const families::Families& families_;
    const organisations::Organisations& organisations_;
};

/// An organisation's administrators answer for it.
class OfficersOfDesks final : public problems::Officers {
public:
    explicit OfficersOfDesks(const accounts::Accounts& accounts) : accounts_(accounts) {}

    bool has_any(sql::Tx& tx, const organisations::Organisation& organisation) const override;

private:
    const accounts::Accounts& accounts_;
};

}  // namespace educard::cli
