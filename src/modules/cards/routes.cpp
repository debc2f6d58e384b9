#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/cards/cards.hpp"

namespace educard::cards {

namespace {

struct DeviceInput {
    DeviceId id;
};
BOOST_DESCRIBE_STRUCT(DeviceInput, (), (id))

struct NumberInput {
    std::string number;
};
BOOST_DESCRIBE_STRUCT(NumberInput, (), (number))

struct ListInput {
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(ListInput, (), (id))

struct CodeInput {
    std::string code;
};
BOOST_DESCRIBE_STRUCT(CodeInput, (), (code))

void add_holder_routes(http::Routes& routes, Cards& cards) {
    using http::read, http::write;
    routes
        .get("/api/v1/card",
             read([&cards](sql::Tx& tx, const Caller& caller) { return cards.card(tx, caller); }))
        .summary("The own card: number, state and what it says")
        .signed_in()
        .errors({"cards.none"});
    routes
        .post("/api/v1/card/devices",
              write([&cards](sql::Tx& tx, const Caller& caller, const Enrolment& input) {
                  return http::Created<Enrolled>{cards.enrol(tx, caller, input)};
              }))
        .summary("Enrol this device's key, or renew its credential")
        .signed_in()
        .rate(http::Rate::costly)
        .errors({"cards.none", "cards.not_active", "cards.too_many_devices", "cards.enrolled_meanwhile"});
    routes
        .get("/api/v1/card/devices",
             read([&cards](sql::Tx& tx, const Caller& caller) { return cards.devices(tx, caller); }))
        .summary("Devices that may show the own card")
        .signed_in()
        .errors({"cards.none"});
    routes
        .del("/api/v1/card/devices/{id}",
             write([&cards](sql::Tx& tx, const Caller& caller, const DeviceInput& input) {
                 cards.withdraw(tx, caller, input.id);
             }))
        .summary("Withdraw a device: what it shows is refused from now on")
        .signed_in()
        .errors({"cards.none", "cards.no_such_device"});
    routes
        .post("/api/v1/card/report-lost",
              write([&cards](sql::Tx& tx, const Caller& caller) { return cards.report_lost(tx, caller); }))
        .summary("Suspend the own card at once")
        .signed_in()
        .errors({"cards.none"});
}

void add_administration_routes(http::Routes& routes, Cards& cards) {
    using http::read, http::write;
    const auto everyone = {
        Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin, Role::class_teacher};
    const auto administrators = {
        Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin};
    routes
        .get("/api/v1/cards/{number}",
             read([&cards](sql::Tx& tx, const Caller& caller, const NumberInput& input) {
                 return cards.find(tx, caller, input.number);
             }))
        .summary("A card within the own scope")
        .allow(everyone)
        .rate(http::Rate::guessable)
        .errors({"cards.unknown", "cards.never_issued", "cards.number_wrong"});
    routes
        .get("/api/v1/cards/{number}/history",
             read([&cards](sql::Tx& tx, const Caller& caller, const NumberInput& input) {
                 return cards.history(tx, caller, input.number);
             }))
        .summary("What became of a card, by whom and why, newest first")
        .allow(everyone)
        .rate(http::Rate::guessable)
        .errors({"cards.unknown", "cards.never_issued", "cards.number_wrong"});
    routes
        .post("/api/v1/card-searches",
              read([&cards](sql::Tx& tx, const Caller& caller, const CardSearch& input) {
                  return cards.search(tx, caller, input);
              }))
        .summary("Cards within the own scope by a whole card or document number, or of somebody in a roster")
        .allow(everyone)
        .reading()
        .rate(http::Rate::guessable);
    routes
        .post("/api/v1/cards/{number}/suspend",
              write([&cards](sql::Tx& tx, const Caller& caller, const CardChange& input) {
                  return cards.suspend(tx, caller, input);
              }))
        .summary("Suspend a card for the time being")
        .allow(everyone)
        .errors({"cards.unknown", "cards.never_issued", "cards.wrong_state", "cards.own_card"});
    routes
        .post("/api/v1/cards/{number}/resume",
              write([&cards](sql::Tx& tx, const Caller& caller, const CardChange& input) {
                  return cards.resume(tx, caller, input);
              }))
        .summary("Let a suspended card be good again")
        .allow(everyone)
        .errors({"cards.unknown", "cards.never_issued", "cards.wrong_state", "cards.own_card"});
    routes
        .post("/api/v1/cards/{number}/revoke",
              write([&cards](sql::Tx& tx, const Caller& caller, const CardChange& input) {
                  return cards.revoke(tx, caller, input);
              }))
        .summary("Revoke a card for good; the number stays the person's")
        .allow(administrators)
        .errors({"cards.unknown", "cards.never_issued", "cards.wrong_state", "cards.own_card"});
}

void add_public_routes(http::Routes& routes, Cards& cards) {
    using http::read;
    routes
        .post("/api/v1/verifications", read([&cards](sql::Tx& tx, const Caller&, const CodeInput& input) {
                  return cards.verify(tx, input.code);
              }))
        .summary("Check a shown code or a typed card number")
        .anyone()
        .rate(http::Rate::costly)
        .max_body(16U << 10U);
    routes.get("/api/v1/issuer-keys", read([&cards](sql::Tx&, const Caller&) { return cards.published(); }))
        .summary("Public keys that credentials and status lists are signed with")
        .anyone();
    routes
        .get("/api/v1/status-lists",
             read([&cards](sql::Tx& tx, const Caller&) { return cards.status_lists(tx); }))
        .summary("Which status lists there are, newest first")
        .anyone();
    routes
        .get("/api/v1/status-lists/{id}", read([&cards](sql::Tx& tx, const Caller&, const ListInput& input) {
                 auto list = cards.status_list(tx, input.id);
                 return http::Download{.content_type = "application/statuslist+cwt",
                                       .body = std::string(as_text(list.token)),
                                       .file_name = std::nullopt,
                                       .cache_seconds = static_cast<int>(Cards::kListTtl.count()),
                                       .etag = std::move(list.etag)};
             }))
        .summary("Signed state of credentials, two bits each")
        .anyone()
        .errors({"cards.no_such_list"});
}

}  // namespace

void add_routes(http::Routes& routes, Cards& cards) {
    add_holder_routes(routes, cards);
    add_administration_routes(routes, cards);
    add_public_routes(routes, cards);
}

}  // namespace educard::cards
