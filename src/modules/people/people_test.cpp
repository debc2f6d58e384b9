#include "modules/people/people.hpp"

#include "base/error.hpp"
#include "runtime/audit.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace educard::people {
namespace {

constexpr auto kNumber = "11010519491231002X";

class PeopleTest : public ::testing::Test {
protected:
    NewPerson somebody(const std::string& number = kNumber, const std::string& name = "张三") const {
        const Document document{DocumentKind::resident_id, number};
        return {
            .digest = digest_of(index, document), .number = number, .name = name, .gender = Gender::female};
    }
    FoundOrCreated find_or_create(const NewPerson& person) {
        return database->write([&](sql::Tx& tx) { return people.find_or_create(tx, person); });
    }

    educard::testing::TestDatabase database;
    educard::testing::FakeClock clock;
    crypto::SeededRandom random{7};
    crypto::KeyRing ring = crypto::KeyRing::in_memory(clock, random);
    crypto::FieldCipher cipher{ring, random};
    crypto::BlindIndex index{ring};
    IdSource ids{clock, 1};
    Audit audit{clock, ids};
    People people{clock, ids, cipher, audit};
};

TEST_F(PeopleTest, ANumberHasOneOwnerHoweverItIsSpelled) {
    const auto first = find_or_create(somebody());
    EXPECT_EQ(first.origin, Origin::created);
    const auto second = find_or_create(somebody("１１０１０５ 19491231 002x", "李四"));
    EXPECT_EQ(second.origin, Origin::found);
    EXPECT_EQ(second.person, first.person);
    database->read([&](sql::Tx& tx) {
        EXPECT_EQ(people.get(tx, first.person).name, "张三");
        EXPECT_EQ(people.find_owner(tx, somebody().digest), first.person);
    });
}

TEST_F(PeopleTest, KindsOfDocumentsAreKeptApart) {
    const Document passport{DocumentKind::passport, kNumber};
    EXPECT_NE(digest_of(index, passport), somebody().digest);
}

TEST_F(PeopleTest, TheHouseholdRegisterBearsTheSameNumberAsTheCard) {
    const Document household{DocumentKind::household_register, kNumber};
    EXPECT_EQ(digest_of(index, household), somebody().digest);
    EXPECT_EQ(find_document_fault(household, parse_date("2026-11-23").value()), std::nullopt);
    const Document mistyped{DocumentKind::household_register, "110105194912310021"};
    EXPECT_EQ(find_document_fault(mistyped, parse_date("2026-11-23").value()), DocumentFault::check_digit);
}

TEST_F(PeopleTest, ManyAtOnceMakeOnePerson) {
    std::vector<FoundOrCreated> results(8);
    {
        std::vector<std::jthread> threads;
        for (auto& result : results) {
            threads.emplace_back([this, &result, person = somebody()] { result = find_or_create(person); });
        }
    }
    std::set<std::int64_t> persons;
    int created = 0;
    for (const auto& result : results) {
        persons.insert(result.person.value);
        created += result.origin == Origin::created ? 1 : 0;
    }
    EXPECT_EQ(persons.size(), 1U);
    EXPECT_EQ(created, 1);
}

TEST_F(PeopleTest, RevealingANumberIsAudited) {
    const auto person = find_or_create(somebody()).person;
    const auto number = database->write([&](sql::Tx& tx) {
        return people.reveal_number(tx, Caller{.account = AccountId{5}}, person, "/32/");
    });
    EXPECT_EQ(number, kNumber);
    const auto events =
        database->read([&](sql::Tx& tx) { return audit.list(tx, {.organisation_path = "/32/"}); });
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].action, "people.number_revealed");
    EXPECT_EQ(events[0].subject, std::to_string(person.value));
}

TEST_F(PeopleTest, NumbersLieSealed) {
    find_or_create(somebody());
    database->read([&](sql::Tx& tx) {
        tx.each("SELECT sealed, digest FROM document_registry", [](const sql::Row& row) {
            EXPECT_EQ(as_text(row.bytes(0)).find("19491231"), std::string_view::npos);
            EXPECT_EQ(row.bytes(1).size(), 32U);
        });
    });
}

TEST_F(PeopleTest, ASecondDocumentCannotBeTakenFromSomebodyElse) {
    const auto first = find_or_create(somebody()).person;
    const auto second = find_or_create(somebody("440524188001010014")).person;
    EXPECT_THROW(database->write([&](sql::Tx& tx) { people.add_document(tx, second, somebody()); }), Error);
    database->write(
        [&](sql::Tx& tx) { people.add_document(tx, first, somebody()); });  // its own: nothing to do
}

TEST_F(PeopleTest, RenamingNeedsThePresentVersion) {
    const auto id = find_or_create(somebody()).person;
    const auto renamed = database->write([&](sql::Tx& tx) { return people.rename(tx, id, 1, "张叁"); });
    EXPECT_EQ(renamed.name, "张叁");
    EXPECT_THROW(database->write([&](sql::Tx& tx) { people.rename(tx, id, 1, "张肆"); }), Error);
    EXPECT_THROW(database->write([&](sql::Tx& tx) { people.rename(tx, id, 2, "张3"); }), Error);
    EXPECT_THROW(database->read([&](sql::Tx& tx) { people.get(tx, PersonId{1}); }), Error);
}

}  // namespace
}  // namespace educard::people
