#include "modules/cards/fixture_test.hpp"

namespace educard::cards {
namespace {

using educard::testing::caller_with;

class CardAdministrationTest : public CardsTest {
protected:
    std::vector<CardView> search(const Caller& caller, const CardSearch& search) {
        return database_->read([&](sql::Tx& tx) { return cards_.search(tx, caller, search); });
    }
    std::vector<CardEvent> history(const std::string& number) {
        return database_->read([&](sql::Tx& tx) { return cards_.history(tx, administrator(), number); });
    }
    static Caller province() {
        return caller_with(Role::province_admin, OrganisationId{32}, "/32/", AccountId{8});
    }
    static Caller stranger() {
        return caller_with(Role::school_admin, OrganisationId{99}, "/32/3201/320104/99/", AccountId{7});
    }
};

TEST_F(CardAdministrationTest, FindsACardByItsNumberADocumentOrARosterEntryOnce) {
    const auto number = issue(1);
    holders_.documents["320102201601010017"] = 1;
    for (const auto& wanted : {CardSearch{.number = number, .roster_entry_id = {}},
                               CardSearch{.number = "320102201601010017", .roster_entry_id = {}},
                               CardSearch{.number = {}, .roster_entry_id = RosterEntryId{1}},
                               CardSearch{.number = number, .roster_entry_id = RosterEntryId{1}}}) {
        const auto found = search(administrator(), wanted);
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found[0].card_number, number);
        EXPECT_TRUE(search(stranger(), wanted).empty());
        EXPECT_TRUE(search(caller_of(1), wanted).empty());
    }
    EXPECT_TRUE(search(province(), {}).empty());
}

TEST_F(CardAdministrationTest, LeavesSomebodyWhoIsNothingAnywhereToTheProvince) {
    const CardSearch wanted{.number = issue(1), .roster_entry_id = {}};
    holders_.people.erase(1);
    EXPECT_TRUE(search(administrator(), wanted).empty());
    EXPECT_EQ(search(province(), wanted).size(), 1U);
}

TEST_F(CardAdministrationTest, FindsNoCardOfSomebodyWhoHasNone) {
    holders_.documents["320102201601010017"] = 1;
    EXPECT_TRUE(search(province(), {.number = "320102201601010017", .roster_entry_id = {}}).empty());
}

TEST_F(CardAdministrationTest, RemembersWhoChangedACardAndWhy) {
    const auto number = issue(1);
    write([&](sql::Tx& tx) { return cards_.report_lost(tx, caller_of(1)); });
    write([&](sql::Tx& tx) {
        return cards_.resume(tx, administrator(), {number, CardReason::found, "在书包里"});
    });
    write([&](sql::Tx& tx) { cards_.person_left(tx, PersonId{1}); });
    const auto events = history(number);
    ASSERT_EQ(events.size(), 4U);
    EXPECT_EQ(events[0].state, CardState::left);
    EXPECT_FALSE(events[0].account_id);
    EXPECT_EQ(events[1].state, CardState::active);
    EXPECT_EQ(events[1].reason, CardReason::found);
    EXPECT_EQ(events[1].note, "在书包里");
    EXPECT_EQ(events[1].account_name, "账户9");
    EXPECT_EQ(events[2].reason, CardReason::lost);
    EXPECT_EQ(events[2].account_id, AccountId{1001});
    EXPECT_EQ(events[3].state, CardState::active);
    EXPECT_FALSE(events[3].reason);
}

TEST_F(CardAdministrationTest, ARefusedActLeavesNoTrace) {
    const auto number = issue(1);
    const auto suspend = [&](CardReason reason) {
        return fault_of([&] {
            write([&](sql::Tx& tx) { return cards_.suspend(tx, administrator(), {number, reason, {}}); });
        });
    };
    EXPECT_EQ(suspend(CardReason::found), "reason value");
    EXPECT_EQ(suspend(CardReason::left), "reason value");
    EXPECT_EQ(history(number).size(), 1U);
    EXPECT_EQ(suspend(CardReason::misuse), "");
    EXPECT_EQ(suspend(CardReason::misuse), "cards.wrong_state");
    EXPECT_EQ(history(number).size(), 2U);
}

}  // namespace
}  // namespace educard::cards
