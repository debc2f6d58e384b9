#include "modules/cards/fixture_test.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

namespace educard::cards {
namespace {

using namespace std::chrono_literals;

TEST_F(CardsTest, IssuesOneNumberPerPersonForLife) {
    const auto number = issue(1);
    EXPECT_TRUE(crypto::is_valid_card_number(number));
    EXPECT_EQ(issue(1), number);
    EXPECT_NE(issue(2), number);
    holders_.people[1].role = HolderRole::teacher;
    EXPECT_EQ(issue(1), number);
}

TEST_F(CardsTest, LeavesNothingOfAnIssueThatIsRolledBack) {
    EXPECT_THROW(write([&](sql::Tx& tx) -> int {
                     cards_.issue(tx, PersonId{1});
                     throw Error(Fault::conflict, "cards.wrong_state");
                 }),
                 Error);
    EXPECT_FALSE(database_->read([&](sql::Tx& tx) { return cards_.find_number(tx, PersonId{1}); }));
}

TEST_F(CardsTest, IssuesUnder64ThreadsEachNumberOnce) {
    std::vector<std::string> numbers(256);
    std::atomic<std::size_t> next = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 64; ++i) {
            threads.emplace_back([&] {
                for (auto at = next++; at < numbers.size(); at = next++) {
                    numbers[at] = issue(static_cast<std::int64_t>(at / 2) + 1);  // every person twice
                }
            });
        }
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < numbers.size(); i += 2) {
        EXPECT_EQ(numbers[i], numbers[i + 1]);
        EXPECT_TRUE(seen.insert(numbers[i]).second);
    }
}

TEST_F(CardsTest, BurnsSerialsButNeverGivesThemAgain) {
    std::set<std::string> seen;
    for (int round = 0; round < 5; ++round) {
        const Cards restarted(
            Parts{*database_, clock_, ids_, keys_, audit_, holders_, "http://localhost:8080"});
        for (int i = 0; i < 3; ++i) {
            const PersonId person{100 + round * 10 + i};
            EXPECT_TRUE(seen.insert(write([&](sql::Tx& tx) { return restarted.issue(tx, person); })).second);
        }
    }
}

/// A database as it was before some cards were issued, or one that has issued them.
class SerialMarkTest : public CardsTest {
protected:
    SerialMarkTest() {
        EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
        mark_ = folder_ + "/keys.json.serials";
    }
    ~SerialMarkTest() override {
        database_->write([](sql::Tx&) {});  // lets a block that is on its way arrive, and its mark be written
        std::filesystem::remove_all(folder_);
    }

    /// The numbers that a process on this database issues to `count` people.
    std::set<std::string> issue_on(sql::Database& database, int count) {
        const Cards cards(
            Parts{database, clock_, ids_, keys_, audit_, holders_, "http://localhost:8080", mark_});
        std::set<std::string> numbers;
        for (int i = 0; i < count; ++i) {
            numbers.insert(
                database.write([&](sql::Tx& tx) { return cards.issue(tx, PersonId{++last_person_}); }));
        }
        return numbers;
    }
    std::int64_t next_serial() {
        return database_->read([](sql::Tx& tx) {
            return *tx.find<std::int64_t>("SELECT next_serial FROM card_serial_block WHERE name = 'card'");
        });
    }
    static std::size_t count_of_both(const std::set<std::string>& one, const std::set<std::string>& other) {
        return static_cast<std::size_t>(
            std::ranges::count_if(one, [&](const auto& number) { return other.contains(number); }));
    }

    std::string folder_ = (std::filesystem::temp_directory_path() / "educard-mark-XXXXXX").string();
    std::filesystem::path mark_;
    std::int64_t last_person_ = 5000;
};

TEST_F(SerialMarkTest, ACopyOfTheDatabaseDoesNotGiveNumbersAgain) {
    SerialMark(mark_).begin();
    const educard::testing::TestDatabase copy;  // as it was before the first card
    const auto before = issue_on(*database_, 2500);
    EXPECT_EQ(count_of_both(before, issue_on(*copy, 2500)), 0U);
}

TEST_F(SerialMarkTest, ACopyThatLostTheMarkLeapsOverWhateverWasGivenOut) {
    SerialMark(mark_).begin();
    const educard::testing::TestDatabase copy;
    const auto before = issue_on(*database_, 10);
    std::filesystem::remove(mark_);
    EXPECT_EQ(count_of_both(before, issue_on(*copy, 2500)), 0U);
    issue_on(*copy, 10);  // once, not at every start
    EXPECT_LT(SerialMark(mark_).read()->at("card"), 2 * SerialMark::kLeap);
}

TEST_F(SerialMarkTest, AnOldMarkIsNotBelieved) {
    if (database_->engine() != "sqlite") {
        GTEST_SKIP() << "other machines move the mark of a shared database";
    }
    SerialMark(mark_).begin();
    issue_on(*database_, 10);
    SerialMark(mark_).begin();
    issue_on(*database_, 1);
    EXPECT_GE(next_serial(), SerialMark::kLeap);
}

TEST_F(SerialMarkTest, AmongMachinesAMarkBehindTheDatabaseIsAnOrdinaryOne) {
    const SerialMark one(mark_, SerialMark::Sharing::among_machines);
    one.begin();
    EXPECT_EQ(one.take("card", 5000, 1000), 5000);  // another machine took those before
    EXPECT_EQ(one.take("card", 7000, 1000), 7000);
    EXPECT_EQ(one.take("card", 100, 1000), 8000);  // and this is a copy
}

TEST_F(SerialMarkTest, ANewInstallationBeginsAtTheBeginning) {
    if (database_->engine() != "sqlite") {
        GTEST_SKIP() << "other machines move the mark of a shared database";
    }
    SerialMark(mark_).begin();
    issue_on(*database_, 10);
    EXPECT_LE(next_serial(), 3000);
    const auto state = [&] {
        return database_->read([&](sql::Tx& tx) {
            return Cards(
                       Parts{
                           *database_, clock_, ids_, keys_, audit_, holders_, "http://localhost:8080", mark_})
                .examine_serials(tx)
                .at(0)
                .state;
        });
    };
    EXPECT_EQ(state(), MarkState::fits);
    database_->write(
        [](sql::Tx& tx) { tx.execute("UPDATE card_serial_block SET next_serial = next_serial - 1"); });
    EXPECT_EQ(state(), MarkState::behind);
    database_->write(
        [](sql::Tx& tx) { tx.execute("UPDATE card_serial_block SET next_serial = next_serial + 5"); });
    EXPECT_EQ(state(), MarkState::outdated);
    std::filesystem::remove(mark_);
    EXPECT_EQ(state(), MarkState::missing);
}

TEST_F(SerialMarkTest, IssuesNothingWhileTheMarkCannotBeReadOrWritten) {
    std::ofstream(mark_) << "educard serials 1\ncard twelve\n";
    EXPECT_EQ(fault_of([&] { issue_on(*database_, 1); }), "cards.mark_unreadable");
    mark_ = folder_ + "/no-such-folder/keys.json.serials";
    EXPECT_EQ(fault_of([&] { issue_on(*database_, 1); }), "cards.mark_unwritable");
}

TEST_F(CardsTest, FindsTheHolderByTheInverse) {
    const auto number = issue(1);
    const auto find = [&](std::string_view text) {
        return database_->read([&](sql::Tx& tx) { return cards_.find_holder(tx, text); });
    };
    EXPECT_EQ(find(number), PersonId{1});
    EXPECT_EQ(find(crypto::group_card_number(number)), PersonId{1});
    const crypto::CardNumberPermutation permutation(
        keys_.active(crypto::Purpose::card_number).material.view());
    EXPECT_FALSE(find(permutation.number_of(999'999'999)));
    EXPECT_FALSE(find("3200000000000000"));
}

TEST_F(CardsTest, AcceptsWhatTheEnrolledDeviceShows) {
    const auto view = verify(shown_code(1, device_));
    EXPECT_EQ(view.reason, Reason::valid);
    EXPECT_EQ(view.name, "张*明");
    EXPECT_EQ(view.school, "南京市第一小学");
    EXPECT_EQ(view.checked, Checked::code);
}

TEST_F(CardsTest, EnrolsNobodyWithoutACard) {
    EXPECT_EQ(fault_of([&] { enrol(1, device_); }), "cards.none");
    const Caller uncertified;
    EXPECT_EQ(fault_of([&] { write([&](sql::Tx& tx) { return cards_.card(tx, uncertified); }); }),
              "cards.none");
}

TEST_F(CardsTest, MakesNoCredentialWhileConsentIsWithdrawn) {
    const auto code = shown_code(1, device_);
    holders_.without_consent.insert(1);
    EXPECT_EQ(fault_of([&] { enrol(1, device_); }),
              "cards.no_consent");  // nor a longer life for the one there is
    EXPECT_EQ(fault_of([&] { enrol(1, crypto::P256PrivateKey::generate()); }), "cards.no_consent");
    EXPECT_EQ(verify(code).reason, Reason::valid);  // until it expires or is withdrawn
    holders_.without_consent.clear();
    EXPECT_EQ(fault_of([&] { enrol(1, device_); }), "");
}

TEST_F(CardsTest, RefusesProofsThatDoNotFit) {
    issue(1);
    const auto caller = caller_of(1);
    const auto fault = [&](const Enrolment& input) {
        return fault_of([&] { write([&](sql::Tx& tx) { return cards_.enrol(tx, caller, input); }); });
    };
    const auto good = enrolment(caller, device_);
    auto bad = good;
    bad.proof = to_base64url(Bytes(64));
    EXPECT_EQ(fault(bad), "proof cards.proof_wrong");
    bad.proof = "?";
    EXPECT_EQ(fault(bad), "proof cards.proof_wrong");
    EXPECT_EQ(fault(enrolment(caller_of(2), device_)),
              "proof cards.proof_wrong");  // made for another account
    bad = good;
    bad.public_key = crypto::P256PrivateKey::generate().public_key().to_jwk();
    EXPECT_EQ(fault(bad), "proof cards.proof_wrong");
    bad.public_key.crv = "P-384";
    EXPECT_EQ(fault(bad), "public_key cards.key_wrong");
    bad = good;
    bad.name.clear();
    EXPECT_EQ(fault(bad), "name required");
    bad.name.assign(101, 'x');
    EXPECT_EQ(fault(bad), "name too_long");
    clock_.advance(6min);
    EXPECT_EQ(fault(good), "time cards.clock_off");
    clock_.advance(-12min);
    EXPECT_EQ(fault(good), "time cards.clock_off");
}

TEST_F(CardsTest, RenewsTheSameDeviceInItsPlace) {
    issue(1);
    const auto first = enrol(1, device_);
    clock_.advance(24h);
    const auto second = enrol(1, device_);
    EXPECT_EQ(first.id, second.id);
    EXPECT_EQ(first.status_index, second.status_index);
    EXPECT_GT(second.expires_at, first.expires_at);
    EXPECT_NE(first.credential, second.credential);
}

TEST_F(CardsTest, HoldsABoundedNumberOfDevices) {
    issue(1);
    for (std::size_t i = 0; i < Cards::kMaxDevices; ++i) {
        enrol(1, crypto::P256PrivateKey::generate());
    }
    EXPECT_EQ(fault_of([&] { enrol(1, device_); }), "cards.too_many_devices");
    const auto devices = write([&](sql::Tx& tx) { return cards_.devices(tx, caller_of(1)); });
    write([&](sql::Tx& tx) { cards_.withdraw(tx, caller_of(1), devices.at(0).id); });
    EXPECT_EQ(fault_of([&] { enrol(1, device_); }), "");
}

TEST_F(CardsTest, RefusesAWithdrawnDeviceAndNoOther) {
    const auto code = shown_code(1, device_);
    const auto other = crypto::P256PrivateKey::generate();
    const auto other_code = present(from_base64url(enrol(1, other).credential).value(), clock_.now(), other);
    const auto devices = write([&](sql::Tx& tx) { return cards_.devices(tx, caller_of(1)); });
    write([&](sql::Tx& tx) { cards_.withdraw(tx, caller_of(1), devices.at(0).id); });
    EXPECT_EQ(verify(code).reason, Reason::revoked);
    EXPECT_EQ(verify(other_code).reason, Reason::valid);
    EXPECT_EQ(
        fault_of([&] { write([&](sql::Tx& tx) { cards_.withdraw(tx, caller_of(1), devices.at(0).id); }); }),
        "cards.no_such_device");
}

TEST_F(CardsTest, LetsNobodyWithdrawAStrangersDevice) {
    issue(1);
    issue(2);
    const auto device = enrol(1, device_);
    EXPECT_EQ(fault_of([&] { write([&](sql::Tx& tx) { cards_.withdraw(tx, caller_of(2), device.id); }); }),
              "cards.no_such_device");
}

TEST_F(CardsTest, TellsADeviceThatItsCardSaysSomethingElse) {
    const auto old_code = shown_code(1, device_);
    holders_.people[1].school_code = "3132000002";
    const auto devices = [&] { return write([&](sql::Tx& tx) { return cards_.devices(tx, caller_of(1)); }); };
    EXPECT_TRUE(devices().at(0).outdated);
    const auto renewed = enrol(1, device_);
    EXPECT_FALSE(devices().at(0).outdated);
    EXPECT_EQ(devices().size(), 1U);
    EXPECT_EQ(verify(old_code).reason, Reason::revoked);
    const auto view = verify(present(from_base64url(renewed.credential).value(), clock_.now(), device_));
    EXPECT_EQ(view.reason, Reason::valid);
    EXPECT_EQ(view.school_code, "3132000002");
}

TEST_F(CardsTest, RefusesACredentialOfWhatItsHolderNoLongerIs) {
    const auto old_code = shown_code(1, device_);
    holders_.people[1] = holders_.people[2];
    holders_.people[1].name = "张小明";
    const auto view = verify(old_code);  // though nobody told
    EXPECT_EQ(view.reason, Reason::outdated);
    EXPECT_EQ(view.result, Result::refuse);
    EXPECT_EQ(view.role, "teacher");
    EXPECT_EQ(view.school, "南京市第二中学");
    EXPECT_EQ(view.school_code, "3132000002");
    EXPECT_EQ(view.name, "张*明");

    issue(1);  // as approval does
    EXPECT_EQ(verify(old_code).reason, Reason::outdated);
    holders_.people.erase(1);
    EXPECT_EQ(verify(old_code).reason, Reason::revoked);
}

TEST_F(CardsTest, VouchesForNobodyWhoIsNothingAnywhere) {
    const auto code = shown_code(1, device_);
    holders_.people.erase(1);
    EXPECT_EQ(verify(code).reason, Reason::revoked);
}

TEST_F(CardsTest, TellsOfflineVerifiersThatACredentialIsOutdated) {
    issue(1);
    const auto old = enrol(1, device_);
    const auto old_code = present(from_base64url(old.credential).value(), clock_.now(), device_);
    const auto offline = [&] {
        KnownLists lists;
        EXPECT_TRUE(lists.add(database_->read([&](sql::Tx& tx) { return cards_.status_list(tx, 0); }).token,
                              trust_in(keys_)));
        return cards::verify(old_code, trust_in(keys_), clock_.now(), lists).reason;
    };
    const auto changed = [&] { write([&](sql::Tx& tx) { cards_.holder_changed(tx, PersonId{1}); }); };
    EXPECT_EQ(offline(), Reason::valid);
    changed();
    EXPECT_EQ(offline(), Reason::valid);  // nothing had changed
    holders_.people[1].role = HolderRole::teacher;
    changed();
    EXPECT_EQ(offline(), Reason::revoked);
    holders_.people[1] = pupil();  // and it was a mistake
    changed();
    EXPECT_EQ(offline(), Reason::valid);
}

TEST_F(CardsTest, ResumingACardDoesNotBringBackWhatIsOutdated) {
    const auto number = issue(1);
    const auto old_code = shown_code(1, device_);
    holders_.people[1].role = HolderRole::teacher;
    issue(1);
    write([&](sql::Tx& tx) { return cards_.report_lost(tx, caller_of(1)); });
    EXPECT_EQ(verify(old_code).reason, Reason::suspended);
    write([&](sql::Tx& tx) {
        return cards_.resume(tx, administrator(), {number, CardReason::other, std::nullopt});
    });
    EXPECT_EQ(verify(old_code).reason, Reason::outdated);
    EXPECT_EQ(verify(shown_code(1, device_)).reason, Reason::valid);
    EXPECT_EQ(verify(old_code).reason, Reason::revoked);  // the device has another in its place
}

TEST_F(CardsTest, SomebodyWhoLeftAndBeganElsewhereDoesNotShowTheFormerSchool) {
    const auto old_code = shown_code(1, device_);
    write([&](sql::Tx& tx) { cards_.person_left(tx, PersonId{1}); });
    EXPECT_EQ(verify(old_code).reason, Reason::revoked);
    holders_.people[1].school_code = "3132000002";
    issue(1);
    EXPECT_EQ(verify(old_code).reason, Reason::outdated);
}

TEST_F(CardsTest, SuspendsAtOnceWhenReportedLost) {
    const auto code = shown_code(1, device_);
    const auto report = [&] {
        return write([&](sql::Tx& tx) { return cards_.report_lost(tx, caller_of(1)); });
    };
    EXPECT_EQ(report().state, CardState::suspended);
    EXPECT_EQ(report().reason, CardReason::lost);  // saying it twice is no error
    EXPECT_EQ(verify(code).reason, Reason::suspended);
    EXPECT_EQ(fault_of([&] { enrol(1, device_); }), "cards.not_active");
}

TEST_F(CardsTest, MovesBetweenItsStatesOnlyAlongTheWay) {
    const auto code = shown_code(1, device_);
    const CardChange input{.number = issue(1), .reason = CardReason::misuse, .note = std::nullopt};
    const auto suspend = [&] {
        write([&](sql::Tx& tx) { return cards_.suspend(tx, administrator(), input); });
    };
    const auto resume = [&] {
        write([&](sql::Tx& tx) { return cards_.resume(tx, administrator(), input); });
    };
    const auto revoke = [&] {
        write([&](sql::Tx& tx) { return cards_.revoke(tx, administrator(), input); });
    };
    EXPECT_EQ(fault_of(resume), "cards.wrong_state");
    EXPECT_EQ(fault_of(suspend), "");
    EXPECT_EQ(fault_of(suspend), "cards.wrong_state");
    EXPECT_EQ(verify(code).reason, Reason::suspended);
    EXPECT_EQ(fault_of(resume), "");
    EXPECT_EQ(verify(code).reason, Reason::valid);
    EXPECT_EQ(fault_of(revoke), "");
    EXPECT_EQ(verify(code).reason, Reason::revoked);
    EXPECT_EQ(fault_of(revoke), "cards.wrong_state");
    EXPECT_EQ(fault_of(resume), "cards.wrong_state");
    EXPECT_EQ(fault_of(suspend), "cards.wrong_state");
    EXPECT_EQ(issue(1), input.number);  // the number stays the person's, the card stays revoked
    EXPECT_EQ(verify(code).reason, Reason::revoked);
}

TEST_F(CardsTest, KeepsAdministratorsWithinTheirScope) {
    const CardChange input{.number = issue(2), .reason = CardReason::misuse, .note = std::nullopt};
    const auto suspend_as = [&](const Caller& caller) {
        return fault_of([&] { write([&](sql::Tx& tx) { return cards_.suspend(tx, caller, input); }); });
    };
    EXPECT_EQ(suspend_as(administrator()), "cards.unknown");
    EXPECT_EQ(suspend_as(caller_of(1)), "cards.unknown");
    const auto county = educard::testing::caller_with(
        Role::county_admin, OrganisationId{320104}, "/32/3201/320104/", AccountId{9});
    auto self = county;
    self.person = PersonId{2};
    EXPECT_EQ(suspend_as(self), "cards.own_card");
    EXPECT_EQ(suspend_as(county), "");
    const auto teacher = educard::testing::caller_with(
        Role::class_teacher, OrganisationId{78}, "/32/3201/320102/77/78/", AccountId{9});
    const CardChange pupils{.number = issue(1), .reason = CardReason::lost, .note = std::nullopt};
    EXPECT_EQ(fault_of([&] { write([&](sql::Tx& tx) { return cards_.suspend(tx, teacher, pupils); }); }), "");
    EXPECT_EQ(fault_of([&] { write([&](sql::Tx& tx) { return cards_.revoke(tx, teacher, pupils); }); }),
              "cards.unknown");
}

TEST_F(CardsTest, SleepsWhileItsHolderIsNothingAndWakesWithTheSameNumber) {
    const auto code = shown_code(1, device_);
    const auto number = issue(1);
    write([&](sql::Tx& tx) { cards_.person_left(tx, PersonId{1}); });
    EXPECT_EQ(verify(code).reason, Reason::revoked);
    EXPECT_EQ(issue(1), number);
    EXPECT_EQ(verify(code).reason, Reason::valid);
}

TEST_F(CardsTest, WhoLeftStillSeesTheirNameOnTheCard) {
    issue(1);
    write([&](sql::Tx& tx) { cards_.person_left(tx, PersonId{1}); });
    holders_.people.erase(1);
    const auto view = write([&](sql::Tx& tx) { return cards_.card(tx, caller_of(1)); });
    EXPECT_EQ(view.state, CardState::left);
    EXPECT_EQ(view.name, "账户1001");
    EXPECT_EQ(view.school, std::nullopt);
}

TEST_F(CardsTest, LeavingAndReturningDoesNotResumeASuspendedCard) {
    const CardChange input{.number = issue(1), .reason = CardReason::misuse, .note = std::nullopt};
    write([&](sql::Tx& tx) { return cards_.suspend(tx, administrator(), input); });
    write([&](sql::Tx& tx) { cards_.person_left(tx, PersonId{1}); });
    issue(1);
    EXPECT_EQ(write([&](sql::Tx& tx) { return cards_.card(tx, caller_of(1)); }).state, CardState::suspended);
    holders_.people.erase(1);  // who is nothing anywhere has no active card to go back to
    const auto province =
        educard::testing::caller_with(Role::province_admin, OrganisationId{32}, "/32/", AccountId{9});
    EXPECT_EQ(
        fault_of([&] { write([&](sql::Tx& tx) { return cards_.resume(tx, administrator(), input); }); }),
        "cards.unknown");
    EXPECT_EQ(write([&](sql::Tx& tx) { return cards_.resume(tx, province, input); }).state, CardState::left);
}

TEST_F(CardsTest, ForgetsDevicesLongAfterTheirCredentialsExpired) {
    const auto code = shown_code(1, device_);
    write([&](sql::Tx& tx) { cards_.report_lost(tx, caller_of(1)); });
    const auto sweep = [&] {
        write([&](sql::Tx& tx) { cards_.sweep(tx); });
        return database_->read(
            [](sql::Tx& tx) { return *tx.find<std::int64_t>("SELECT count(*) FROM card_device"); });
    };
    const auto version = [&] {
        return database_->read(
            [](sql::Tx& tx) { return *tx.find<std::int64_t>("SELECT version FROM status_list"); });
    };
    const auto before = version();
    clock_.advance(Cards::kCredentialLife + std::chrono::days(29));
    EXPECT_EQ(sweep(), 1);
    clock_.advance(std::chrono::days(2));
    EXPECT_EQ(sweep(), 0);
    EXPECT_GT(version(), before);
    EXPECT_EQ(verify(code).reason, Reason::expired);
}

TEST_F(CardsTest, SaysOfATypedNumberOnlyWhetherItIsOne) {
    const auto number = issue(1);
    auto view = verify(crypto::group_card_number(number));
    EXPECT_EQ(view.reason, Reason::number_only);
    EXPECT_EQ(view.result, Result::caution);
    EXPECT_EQ(view.checked, Checked::number);
    EXPECT_EQ(view.name, "张*明");
    EXPECT_FALSE(view.school || view.school_code || view.card_number);
    write([&](sql::Tx& tx) { cards_.report_lost(tx, caller_of(1)); });
    EXPECT_EQ(verify(number).reason, Reason::suspended);
    const crypto::CardNumberPermutation permutation(
        keys_.active(crypto::Purpose::card_number).material.view());
    EXPECT_EQ(verify(permutation.number_of(999'999'999)).reason, Reason::never_issued);
    EXPECT_EQ(verify("3200000000000000").reason, Reason::bad_check_digits);
    EXPECT_EQ(verify("320000000000000").reason, Reason::unreadable);
}

TEST_F(CardsTest, PublishesItsStateForOfflineVerifiers) {
    const auto code = shown_code(1, device_);
    const auto trust = trust_in(keys_);
    const auto offline = [&] {
        KnownLists lists;
        const auto list = database_->read([&](sql::Tx& tx) { return cards_.status_list(tx, 0); });
        EXPECT_TRUE(lists.add(list.token, trust));
        return educard::cards::verify(code, trust, clock_.now(), lists).reason;
    };
    const auto etag = [&] {
        return database_->read([&](sql::Tx& tx) { return cards_.status_list(tx, 0); }).etag;
    };
    EXPECT_EQ(offline(), Reason::valid);
    const auto before = etag();
    EXPECT_EQ(etag(), before);
    write([&](sql::Tx& tx) { cards_.report_lost(tx, caller_of(1)); });
    EXPECT_NE(etag(), before);
    EXPECT_EQ(offline(), Reason::suspended);
    EXPECT_EQ(fault_of([&] { database_->read([&](sql::Tx& tx) { return cards_.status_list(tx, 1); }); }),
              "cards.no_such_list");
}

TEST_F(CardsTest, StaysGoodWhenTheIssuersKeyIsRotated) {
    const auto code = shown_code(1, device_);
    keys_.rotate(crypto::Purpose::issuer_signature, clock_, random_);
    const Cards restarted(Parts{*database_, clock_, ids_, keys_, audit_, holders_, "http://localhost:8080"});
    EXPECT_EQ(database_->read([&](sql::Tx& tx) { return restarted.verify(tx, code); }).reason, Reason::valid);
}

TEST_F(CardsTest, RecordsWhoDidWhat) {
    const CardChange input{.number = issue(1), .reason = CardReason::misuse, .note = "门口冒用"};
    write([&](sql::Tx& tx) { return cards_.suspend(tx, administrator(), input); });
    const auto events = database_->read([&](sql::Tx& tx) {
        AuditQuery query;
        query.action = "cards.suspended";
        return audit_.list(tx, query);
    });
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].account, AccountId{9});
    EXPECT_EQ(events[0].subject, input.number);
    EXPECT_EQ(events[0].organisation_path, holders_.people[1].path);
    EXPECT_NE(events[0].details.find("misuse"), std::string::npos);
}

}  // namespace
}  // namespace educard::cards
