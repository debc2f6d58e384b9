#include "http/routes.hpp"

#include "modules/cards/fixture_test.hpp"

#include <boost/json.hpp>

namespace educard::cards {
namespace {

class CardRoutesTest : public CardsTest {
protected:
    CardRoutesTest() { add_routes(routes_, cards_); }

    http::Routes routes_;
};

TEST_F(CardRoutesTest, LeadFromEnrolmentToVerification) {
    educard::testing::Api api(*database_, routes_);
    const auto number = issue(1);
    const auto caller = caller_of(1);
    const auto card = api.get("/api/v1/card", caller);
    EXPECT_EQ(card.status, 200) << card.body;
    EXPECT_EQ(card.json().at("card_number").as_string(), number);
    EXPECT_EQ(card.json().at("name").as_string(), "张小明");

    const auto enrolled = api.post("/api/v1/card/devices", json::encode(enrolment(caller, device_)), caller);
    ASSERT_EQ(enrolled.status, 201) << enrolled.body;
    const auto credential = from_base64url(std::string(enrolled.json().at("credential").as_string())).value();

    const auto body = R"({"code":")" + present(credential, clock_.now(), device_) + R"("})";
    const auto verified = api.post("/api/v1/verifications", body);
    EXPECT_EQ(verified.status, 200) << verified.body;
    EXPECT_EQ(verified.json().at("result").as_string(), "accept");
    EXPECT_EQ(verified.json().at("reason").as_string(), "valid");
}

TEST_F(CardRoutesTest, NeedSomebodySignedIn) {
    educard::testing::Api api(*database_, routes_);
    const auto number = issue(1);
    EXPECT_EQ(api.get("/api/v1/card").status, 401);
    EXPECT_EQ(api.get("/api/v1/card/devices").status, 401);
    EXPECT_EQ(api.post("/api/v1/card/report-lost", "").status, 401);
    EXPECT_EQ(api.get("/api/v1/cards/" + number).status, 401);
    EXPECT_EQ(api.get("/api/v1/cards/" + number, caller_of(2)).status, 403);
    EXPECT_EQ(api.post("/api/v1/cards/" + number + "/suspend", R"({"reason":"lost"})", caller_of(2)).status,
              403);
}

TEST_F(CardRoutesTest, GiveListsAndKeysToAnybody) {
    educard::testing::Api api(*database_, routes_);
    issue(1);
    enrol(1, device_);
    const auto keys = api.get("/api/v1/issuer-keys");
    EXPECT_EQ(keys.status, 200);
    EXPECT_TRUE(Trust::from_json(keys.body));
    const auto list = api.get("/api/v1/status-lists/0");
    EXPECT_EQ(list.status, 200);
    EXPECT_EQ(list.content_type, "application/statuslist+cwt");
    KnownLists lists;
    EXPECT_TRUE(lists.add(as_bytes(list.body), trust_in(keys_)));
    EXPECT_EQ(api.get("/api/v1/status-lists/9").code(), "cards.no_such_list");
}

TEST_F(CardRoutesTest, AnswerBadInputWithWhatIsWrong) {
    educard::testing::Api api(*database_, routes_);
    issue(1);
    EXPECT_EQ(api.post("/api/v1/card/devices", "{}", caller_of(1)).status, 422);
    EXPECT_EQ(api.post("/api/v1/verifications", "{}").status, 422);
    EXPECT_EQ(api.post("/api/v1/verifications", R"({"code":"nonsense"})").json().at("reason").as_string(),
              "unreadable");
    EXPECT_EQ(api.get("/api/v1/cards/3200000000000000", administrator()).code(), "cards.number_wrong");
}

TEST_F(CardRoutesTest, LetAdministratorsAct) {
    educard::testing::Api api(*database_, routes_);
    const auto path = "/api/v1/cards/" + issue(1);
    EXPECT_EQ(api.get(path, administrator()).json().at("state").as_string(), "active");
    const auto suspended =
        api.post(path + "/suspend", R"({"reason":"lost","note":"电话挂失"})", administrator());
    EXPECT_EQ(suspended.status, 200) << suspended.body;
    EXPECT_EQ(suspended.json().at("state").as_string(), "suspended");
    EXPECT_EQ(api.post(path + "/suspend", R"({"reason":"lost"})", administrator()).code(),
              "cards.wrong_state");
    EXPECT_EQ(api.post(path + "/suspend", R"({"reason":"sold"})", administrator()).status, 422);
}

}  // namespace
}  // namespace educard::cards
