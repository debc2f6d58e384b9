#pragma once
// SQL of people, and nothing else.

#include "modules/people/people.hpp"

#include <optional>

namespace educard::people::store {

struct Registration {
    Bytes digest;
    PersonId person;
    DocumentKind kind{};
    std::optional<Bytes> sealed;
    Time at;
};
/// False when the document is registered already, for whomever.
bool insert_document(sql::Tx& tx, const Registration& registration);
std::optional<PersonId> find_owner(sql::Tx& tx, const Bytes& digest);
std::vector<Bytes> documents_of(sql::Tx& tx, PersonId person);
std::optional<Bytes> find_sealed(sql::Tx& tx, PersonId person);

void insert_person(sql::Tx& tx, const Person& person);
std::optional<Person> find_person(sql::Tx& tx, PersonId id);
/// False when the version is not the present one.
bool update_name(sql::Tx& tx, PersonId id, std::int64_t version, std::string_view name, Time at);

}  // namespace educard::people::store
