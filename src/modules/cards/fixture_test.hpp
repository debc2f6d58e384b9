#pragma once
// What the tests of cards share: an installation in memory, people whom the test invents, and their devices.

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/cards/cards.hpp"
#include "runtime/audit.hpp"
#include "testing/call.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace educard::cards {

/// Holders as the test says.
class FakeHolders final : public Holders {
public:
    std::optional<Holder> find(sql::Tx&, PersonId person) const override {
        const auto found = people.find(person.value);
        return found == people.end() ? std::nullopt : std::optional(found->second);
    }
    bool has_consent(sql::Tx&, PersonId person) const override {
        return !without_consent.contains(person.value);
    }
    std::vector<PersonId> owners_of(sql::Tx&, std::string_view number) const override {
        const auto found = documents.find(std::string(number));
        return found == documents.end() ? std::vector<PersonId>() : std::vector{PersonId{found->second}};
    }
    std::optional<PersonId> in_roster(sql::Tx&, RosterEntryId entry) const override {
        return PersonId{entry.value};
    }
    std::optional<std::string> name_of(sql::Tx&, AccountId account) const override {
        return "账户" + std::to_string(account.value);
    }
    std::map<std::string, std::int64_t> documents;
    std::map<std::int64_t, Holder> people;
    std::set<std::int64_t> without_consent;
};

inline Holder pupil() {
    return Holder{.name = "张小明",
                  .role = HolderRole::student,
                  .school = "南京市第一小学",
                  .school_code = "2132000001",
                  .stage = "primary",
                  .class_name = "三年级（2）班",
                  .entry_year = 2024,
                  .path = "/32/3201/320102/77/78/"};
}

class CardsTest : public ::testing::Test {
protected:
    CardsTest() {
        holders_.people[1] = pupil();
        holders_.people[2] = Holder{.name = "李雷",
                                    .role = HolderRole::teacher,
                                    .school = "南京市第二中学",
                                    .school_code = "3132000002",
                                    .stage = std::nullopt,
                                    .class_name = std::nullopt,
                                    .entry_year = std::nullopt,
                                    .path = "/32/3201/320104/99/"};
    }

    static Caller caller_of(std::int64_t person) {
        Caller caller;
        caller.account = AccountId{person + 1000};
        caller.person = PersonId{person};
        return caller;
    }
    static Caller administrator() {
        return educard::testing::caller_with(
            Role::school_admin, OrganisationId{77}, "/32/3201/320102/77/", AccountId{9});
    }

    template <class F>
    auto write(F&& function) {
        return database_->write(std::forward<F>(function));
    }
    std::string issue(std::int64_t person) {
        return write([&](sql::Tx& tx) { return cards_.issue(tx, PersonId{person}); });
    }
    Enrolment enrolment(const Caller& caller, const crypto::P256PrivateKey& key) const {
        const auto seconds =
            std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
        const auto message = enrolment_message(caller.account, seconds, key.public_key());
        return Enrolment{.public_key = key.public_key().to_jwk(),
                         .name = "手机",
                         .time = seconds,
                         .proof = to_base64url(key.sign(as_bytes(message)))};
    }
    Enrolled enrol(std::int64_t person, const crypto::P256PrivateKey& key) {
        const auto caller = caller_of(person);
        return write([&](sql::Tx& tx) { return cards_.enrol(tx, caller, enrolment(caller, key)); });
    }
    /// Issues, enrols and draws the code that the client would draw now.
    std::string shown_code(std::int64_t person, const crypto::P256PrivateKey& key) {
        issue(person);
        return present(from_base64url(enrol(person, key).credential).value(), clock_.now(), key);
    }
    VerificationView verify(const std::string& code) {
        return database_->read([&](sql::Tx& tx) { return cards_.verify(tx, code); });
    }
    /// The code of the Error that the function throws; empty when it throws none.
    template <class F>
    static std::string fault_of(F&& function) {
        try {
            function();
        } catch (const Error& error) {
            return error.fields().empty() ? error.code()
                                          : error.fields()[0].path + " " + error.fields()[0].code;
        }
        return "";
    }

    educard::testing::TestDatabase database_;
    educard::testing::FakeClock clock_;
    IdSource ids_{clock_, 1};
    crypto::SystemRandom random_;
    crypto::KeyRing keys_ = crypto::KeyRing::in_memory(clock_, random_);
    Audit audit_{clock_, ids_};
    FakeHolders holders_;
    Cards cards_{Parts{*database_, clock_, ids_, keys_, audit_, holders_, "http://localhost:8080"}};
    crypto::P256PrivateKey device_ = crypto::P256PrivateKey::generate();
};

}  // namespace educard::cards
