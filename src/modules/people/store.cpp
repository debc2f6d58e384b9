#include "modules/people/store.hpp"

namespace educard::people::store {

bool insert_document(sql::Tx& tx, const Registration& registration) {
    return tx.execute(R"(
        INSERT INTO document_registry (digest, person_id, kind, sealed, registered_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (digest) DO NOTHING)",
                      registration.digest,
                      registration.person,
                      registration.kind,
                      registration.sealed,
                      registration.at) == 1;
}

std::optional<PersonId> find_owner(sql::Tx& tx, const Bytes& digest) {
    return tx.find<PersonId>("SELECT person_id FROM document_registry WHERE digest = $1", digest);
}

std::vector<Bytes> documents_of(sql::Tx& tx, PersonId person) {
    return tx.list<Bytes>("SELECT digest FROM document_registry WHERE person_id = $1 ORDER BY digest",
                          person);
}

std::optional<Bytes> find_sealed(sql::Tx& tx, PersonId person) {
    return tx.find<Bytes>(R"(
        SELECT sealed FROM document_registry
        WHERE person_id = $1 AND sealed IS NOT NULL
        ORDER BY kind = 'resident_id' DESC, registered_at DESC LIMIT 1)",
                          person);
}

void insert_person(sql::Tx& tx, const Person& person) {
    tx.post(R"(
        INSERT INTO person (id, name, gender, birth_date, certified_at, version)
        VALUES ($1, $2, $3, $4, $5, $6))",
            person.id,
            person.name,
            person.gender,
            person.birth_date,
            person.certified_at,
            person.version);
}

std::optional<Person> find_person(sql::Tx& tx, PersonId id) {
    return tx.find<Person>(
        "SELECT id, name, gender, birth_date, certified_at, version FROM person WHERE id = $1", id);
}

bool update_name(sql::Tx& tx, PersonId id, std::int64_t version, std::string_view name, Time at) {
    return tx.execute(
               "UPDATE person SET name = $3, version = version + 1, changed_at = $4 WHERE id = $1 AND "
               "version = $2",
               id,
               version,
               name,
               at) == 1;
}

}  // namespace educard::people::store
