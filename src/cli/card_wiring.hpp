#pragma once
// Ties cards to the modules that do not know it: who holds a card (people, applications, organisations), who
// issues one (applications asks), and whose number somebody signs in with (accounts asks). What they refer to
// outlives them.

#include "modules/accounts/accounts.hpp"
#include "modules/applications/applications.hpp"
#include "modules/cards/cards.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/people/people.hpp"

namespace educard::cli {

/// What a card says: the person's name, and their latest affiliation that has not ended.
class CardHolders final : public cards::Holders {
public:
    CardHolders(const people::People& people, const organisations::Organisations& organisations)
        : people_(people), organisations_(organisations) {}

    /// Applications needs cards to issue, so it is made after them. Before serving starts.
    void know(const applications::Applications& applications) { applications_ = &applications; }

    std::optional<cards::Holder> find(sql::Tx& tx, PersonId person) const override;

private:
    const people::People& people_;
    const organisations::Organisations& organisations_;
    const applications::Applications* applications_ = nullptr;
};

class CardIssuer final : public applications::CardIssuer {
public:
    explicit CardIssuer(const cards::Cards& cards) : cards_(cards) {}
    std::string issue(sql::Tx& tx, PersonId person) const override { return cards_.issue(tx, person); }

private:
    const cards::Cards& cards_;
};

class CardNumbers final : public accounts::CardNumbers {
public:
    explicit CardNumbers(const cards::Cards& cards) : cards_(cards) {}
    std::optional<PersonId> find_holder(sql::Tx& tx, std::string_view number) const override {
        return cards_.find_holder(tx, number);
    }

private:
    const cards::Cards& cards_;
};

}  // namespace educard::cli
