#include "modules/people/people.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/people/store.hpp"
#include "runtime/audit.hpp"

#include <boost/mp11/algorithm.hpp>

#include <algorithm>

namespace educard::people {

namespace {

crypto::FieldPlace place_of_number(PersonId person) {
    return {.table = "document_registry", .column = "sealed", .row = person.value};
}

}  // namespace

Bytes digest_of(const crypto::BlindIndex& index, const Document& document) {
    const char kind =
        code_of(bears_citizen_number(document.kind) ? DocumentKind::resident_id : document.kind);
    return index.of_document(std::string_view(&kind, 1), normalise(document).number);
}

std::vector<Bytes> digests_of(const crypto::BlindIndex& index, std::string_view number) {
    std::vector<Bytes> out;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<DocumentKind>>([&](auto kind) {
        out.push_back(digest_of(index, {.kind = kind.value, .number = std::string(number)}));
    });
    std::ranges::sort(out);
    const auto twice = std::ranges::unique(out);
    out.erase(twice.begin(), twice.end());
    return out;
}

FoundOrCreated People::find_or_create(sql::Tx& tx, const NewPerson& person) const {
    const auto id = ids_.next<PersonId>();
    const Time now = clock_.now();
    std::optional<Bytes> sealed;
    if (person.number) {
        sealed = cipher_.seal(*person.number, place_of_number(id));
    }
    const bool first = store::insert_document(
        tx,
        {.digest = person.digest, .person = id, .kind = person.document_kind, .sealed = sealed, .at = now});
    if (!first) {  // perhaps only now; then the engine made us wait for their commit
        const auto owner = store::find_owner(tx, person.digest);
        EDU_ASSERT(owner.has_value());
        return {.person = *owner, .origin = Origin::found};
    }
    store::insert_person(tx,
                         {.id = id,
                          .name = person.name,
                          .gender = person.gender,
                          .birth_date = person.birth_date,
                          .certified_at = now,
                          .version = 1});
    return {.person = id, .origin = Origin::created};
}

std::optional<Person> People::find(sql::Tx& tx, PersonId id) const {
    return store::find_person(tx, id);
}

Person People::get(sql::Tx& tx, PersonId id) const {
    auto person = find(tx, id);
    if (!person) {
        throw Error(Fault::not_found, "people.unknown");
    }
    return *person;
}

std::optional<PersonId> People::find_owner(sql::Tx& tx, const Bytes& digest) const {
    return store::find_owner(tx, digest);
}

std::vector<Bytes> People::documents_of(sql::Tx& tx, PersonId id) const {
    return store::documents_of(tx, id);
}

void People::add_document(sql::Tx& tx, PersonId id, const NewPerson& document) const {
    get(tx, id);
    std::optional<Bytes> sealed;
    if (document.number) {
        sealed = cipher_.seal(*document.number, place_of_number(id));
    }
    const bool first = store::insert_document(tx,
                                              {.digest = document.digest,
                                               .person = id,
                                               .kind = document.document_kind,
                                               .sealed = sealed,
                                               .at = clock_.now()});
    if (!first && store::find_owner(tx, document.digest) != id) {
        throw Error(Fault::conflict, "people.document_of_another");
    }
}

Person People::rename(sql::Tx& tx, PersonId id, std::int64_t version, std::string_view name) const {
    const std::string tidied = tidy_name(name);
    if (find_name_fault(tidied)) {
        throw Error::invalid("name", "people.name_character");
    }
    get(tx, id);
    if (!store::update_name(tx, id, version, tidied, clock_.now())) {
        throw Error(Fault::conflict, "people.changed_meanwhile");
    }
    return get(tx, id);
}

std::optional<std::string> People::reveal_number(sql::Tx& tx,
                                                 const Caller& caller,
                                                 PersonId id,
                                                 std::string_view organisation_path) const {
    get(tx, id);
    const auto sealed = store::find_sealed(tx, id);
    if (!sealed) {
        return std::nullopt;
    }
    audit_.record(tx,
                  caller,
                  {.action = "people.number_revealed",
                   .organisation_path = std::string(organisation_path),
                   .subject_kind = "person",
                   .subject = std::to_string(id.value),
                   .details = ""});
    return cipher_.open(*sealed, place_of_number(id));
}

}  // namespace educard::people
