#pragma once
// One human being, one record for life (人员), and the register of ID documents that decides who owns which
// number. A number is owned from certification on; before that an account only claims it (modules/accounts).
// Owns person and document_registry; numbers are kept sealed, and found by their blind index. What the
// constructor is given outlives it; any thread may call any member.

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/field_cipher.hpp"
#include "modules/people/documents.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard {
class Audit;
}

namespace educard::people {

/// The blind index of a document; the same however the number was spelled.
Bytes digest_of(const crypto::BlindIndex& index, const Document& document);
/// Of every kind of document that could have the number.
std::vector<Bytes> digests_of(const crypto::BlindIndex& index, std::string_view number);

struct Person {
    PersonId id;
    std::string name;
    Gender gender = Gender::unknown;
    std::optional<Date> birth_date;
    Time certified_at;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Person, (), (id, name, gender, birth_date, certified_at, version))

struct NewPerson {
    Bytes digest;  // digest_of() the document
    DocumentKind document_kind = DocumentKind::resident_id;
    std::optional<std::string> number;  // in clear; is sealed
    std::string name;
    Gender gender = Gender::unknown;
    std::optional<Date> birth_date;
};

enum class Origin { found, created };

struct FoundOrCreated {
    PersonId person;
    Origin origin = Origin::found;
};

class People {
public:
    People(const Clock& clock, IdSource& ids, const crypto::FieldCipher& cipher, Audit& audit)
        : clock_(clock), ids_(ids), cipher_(cipher), audit_(audit) {}

    /// The person who owns the document, made when nobody does yet; also when many ask at the same time. A
    /// person who is there already keeps name, gender and birth date.
    FoundOrCreated find_or_create(sql::Tx& tx, const NewPerson& person) const;

    std::optional<Person> find(sql::Tx& tx, PersonId id) const;
    /// Throws not_found "people.unknown".
    Person get(sql::Tx& tx, PersonId id) const;
    std::optional<PersonId> find_owner(sql::Tx& tx, const Bytes& digest) const;
    /// Digests of all documents that the person owns.
    std::vector<Bytes> documents_of(sql::Tx& tx, PersonId id) const;

    /// Another document of the same person (a passport beside the ID number). Throws conflict
    /// "people.document_of_another" when somebody else owns it.
    void add_document(sql::Tx& tx, PersonId id, const NewPerson& document) const;

    /// Puts a certified correction of the name in force; the version must be the present one, else conflict
    /// "people.changed_meanwhile".
    Person rename(sql::Tx& tx, PersonId id, std::int64_t version, std::string_view name) const;

    /// The number in clear: an audited act. `organisation_path` is where the caller's right to it comes from;
    /// the caller of this function has checked that right. Nothing when the number is not kept here.
    std::optional<std::string> reveal_number(sql::Tx& tx,
                                             const Caller& caller,
                                             PersonId id,
                                             std::string_view organisation_path) const;

private:
    const Clock& clock_;
    IdSource& ids_;
    const crypto::FieldCipher& cipher_;
    Audit& audit_;
};

}  // namespace educard::people
