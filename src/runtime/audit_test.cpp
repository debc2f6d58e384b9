#include "runtime/audit.hpp"

#include "crypto/signature.hpp"
#include "runtime/audit_seal.hpp"
#include "runtime/merkle.hpp"
#include "sql/gathering.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

namespace educard {
namespace {

using namespace std::chrono_literals;

class AuditLog : public ::testing::Test {
protected:
    AuditLog() {
        caller.account = AccountId{5};
        caller.network = "192.0.2.1";
    }
    void record(const std::string& path,
                const std::string& subject = "1",
                const std::string& details = "{}") {
        database->write([&](sql::Tx& tx) {
            audit.record(tx, caller, {"cards.issued", path, "person", subject, details});
        });
        clock.advance(1ms);
    }
    void fill(int blocks, int events) {
        for (int block = 0; block < blocks; ++block) {
            for (int event = 0; event < events; ++event) {
                record("/1/2/");
            }
            EXPECT_EQ(sealer.seal(), events);
        }
    }
    std::vector<AuditFault> faults() {
        return database->read([&](sql::Tx& tx) {
            return verify_audit(
                tx, clock.now(), [&](std::string_view id, ByteView message, ByteView signature) {
                    const auto parsed = crypto::to_signature(signature);
                    return id == "k1" && parsed && key.public_key().verify(message, *parsed);
                });
        });
    }
    void tamper(std::string_view statement) {
        database->write([&](sql::Tx& tx) { EXPECT_GT(tx.execute(statement), 0); });
    }
    std::vector<std::string> subjects(const AuditQuery& query) {
        std::vector<std::string> found;
        for (const auto& event : database->read([&](sql::Tx& tx) { return audit.list(tx, query); })) {
            found.push_back(event.subject);
        }
        return found;
    }

    testing::FakeClock clock;
    IdSource ids{clock, 1};
    testing::TestDatabase database;
    Audit audit{clock, ids};
    Caller caller;
    crypto::Ed25519PrivateKey key{Bytes(32, 7)};
    AuditSealer sealer{*database, clock, {"k1", [this](ByteView message) {
                                              const auto signature = key.sign(message);
                                              return Bytes(signature.begin(), signature.end());
                                          }}};
};

using Faults = std::vector<AuditFault>;

TEST_F(AuditLog, AnUntouchedLogIsSound) {
    EXPECT_EQ(faults(), Faults());
    fill(3, 5);
    EXPECT_EQ(faults(), Faults());
    EXPECT_EQ(sealer.seal(), 0);
}

TEST_F(AuditLog, GatheredEventsAreWrittenSealed) {
    fill(1, 2);
    constexpr int kEvents = 10'500;  // more than go into one block
    sql::GatheringTx gathering;
    for (int event = 0; event < kEvents; ++event) {
        audit.record(gathering, caller, {"cards.issued", "/1/2/", "person", "7", "{}"});
    }
    const auto rows = gathering.take("audit_event");
    ASSERT_TRUE(rows);
    EXPECT_EQ(gathering.rows(), 0U);
    std::vector<AuditEvent> events;
    for (std::size_t row = rows->size(); row > 0; --row) {
        events.push_back(rows->as<AuditEvent>(row - 1));
    }
    database->write([&](sql::Tx& tx) { sealer.insert_sealed(tx, events); });
    clock.advance(1min);
    EXPECT_EQ(faults(), Faults());
    EXPECT_EQ(sealer.seal(), 0);
    tamper("UPDATE audit_event SET subject = '8' WHERE id = (SELECT MAX(id) FROM audit_event)");
    EXPECT_EQ(faults(), Faults({{AuditFaultKind::wrong_root, 3}}));
}

TEST_F(AuditLog, AChangedEventIsFound) {
    fill(3, 5);
    tamper(
        "UPDATE audit_event SET details = '{\"x\":1}' WHERE id = (SELECT MAX(id) FROM audit_event WHERE "
        "block = 2)");
    EXPECT_EQ(faults(), Faults({{AuditFaultKind::wrong_root, 2}}));
}

TEST_F(AuditLog, ARemovedEventIsFound) {
    fill(3, 5);
    tamper("DELETE FROM audit_event WHERE id = (SELECT MIN(id) FROM audit_event WHERE block = 2)");
    EXPECT_EQ(faults(), Faults({{AuditFaultKind::wrong_count, 2}}));
}

TEST_F(AuditLog, AnEventPutIntoABlockIsFound) {
    fill(3, 5);
    record("/1/2/");
    tamper("UPDATE audit_event SET block = 2 WHERE block IS NULL");
    EXPECT_EQ(faults(), Faults({{AuditFaultKind::wrong_count, 2}}));
}

TEST_F(AuditLog, EventsThatChangePlacesAreFound) {
    fill(1, 2);
    tamper("UPDATE audit_event SET id = -id");
    EXPECT_EQ(faults(), Faults({{AuditFaultKind::wrong_root, 1}}));
}

TEST_F(AuditLog, AnEventMovedToAnotherBlockIsFound) {
    fill(2, 2);
    tamper("UPDATE audit_event SET block = 2 WHERE id = (SELECT MAX(id) FROM audit_event WHERE block = 1)");
    EXPECT_EQ(faults(), Faults({{AuditFaultKind::wrong_count, 1}, {AuditFaultKind::wrong_count, 2}}));
}

TEST_F(AuditLog, ARemovedBlockIsFound) {
    fill(3, 2);
    tamper("DELETE FROM audit_block WHERE number = 2");
    EXPECT_EQ(faults(),
              Faults({{AuditFaultKind::missing_block, 2},
                      {AuditFaultKind::broken_chain, 3},
                      {AuditFaultKind::unknown_block, 2}}));
}

TEST_F(AuditLog, AChangedBlockIsFound) {
    fill(3, 2);
    tamper("UPDATE audit_block SET sealed_at = sealed_at + 1 WHERE number = 2");
    EXPECT_EQ(faults(), Faults({{AuditFaultKind::bad_signature, 2}, {AuditFaultKind::broken_chain, 3}}));
}

TEST_F(AuditLog, ABlockSignedByAStrangerIsFound) {
    fill(1, 1);
    tamper("UPDATE audit_block SET signature = root");
    EXPECT_EQ(faults(), Faults({{AuditFaultKind::bad_signature, 1}}));
}

TEST_F(AuditLog, EventsThatStayUnsealedAreFound) {
    record("/1/");
    EXPECT_EQ(faults(), Faults());
    clock.advance(11s);
    EXPECT_EQ(faults(), Faults({{AuditFaultKind::unsealed_events, 0}}));
}

TEST_F(AuditLog, RolledBackWorkLeavesNoEvent) {
    EXPECT_THROW(database->write([&](sql::Tx& tx) {
        audit.record(tx, caller, {"cards.issued", "/1/", "person", "1", ""});
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_TRUE(subjects({}).empty());
}

TEST_F(AuditLog, IdNumbersDoNotGetIn) {
    record("/1/", "17", R"({"reason":"number 32010620100101123X is wrong"})");
    const auto events = database->read([&](sql::Tx& tx) { return audit.list(tx, {}); });
    EXPECT_EQ(events.at(0).details, R"({"reason":"number ****************** is wrong"})");
}

TEST_F(AuditLog, AListShowsTheSubtreeOnlyAtEveryDepth) {
    record("/1/2/3/4/", "school");
    record("/1/2/3/40/", "other school");
    record("/1/2/3/4/5/", "class");
    record("/1/20/", "other city");
    record("", "nobody's");
    EXPECT_EQ(subjects({.organisation_path = "/1/2/3/4/"}), std::vector<std::string>({"class", "school"}));
    EXPECT_EQ(subjects({.organisation_path = "/1/2/"}),
              std::vector<std::string>({"class", "other school", "school"}));
    EXPECT_EQ(subjects({.organisation_path = "/1/"}).size(), 4U);
    EXPECT_EQ(subjects({}).size(), 5U);
}

TEST_F(AuditLog, PagesFollowEachOtherAndFiltersHold) {
    for (int i = 0; i < 5; ++i) {
        record("/1/2/3/4/", std::to_string(i));
    }
    AuditQuery query{.organisation_path = "/1/2/3/4/", .limit = 2};
    EXPECT_EQ(subjects(query), std::vector<std::string>({"4", "3"}));
    query.before = database->read([&](sql::Tx& tx) { return audit.list(tx, query).back().id; });
    EXPECT_EQ(subjects(query), std::vector<std::string>({"2", "1"}));
    EXPECT_EQ(subjects({.subject = "3"}), std::vector<std::string>({"3"}));
    EXPECT_TRUE(subjects({.action = "other"}).empty());
    EXPECT_TRUE(subjects({.account = AccountId{6}}).empty());
}

TEST_F(AuditLog, TheSealerSealsWhatIsLeftWhenItStops) {
    sealer.start();
    record("/1/");
    sealer.stop();
    clock.advance(1h);
    EXPECT_EQ(faults(), Faults());
    EXPECT_EQ(database->read([](sql::Tx& tx) { return audit_head(tx); }).substr(0, 2), "1 ");
}

TEST(Merkle, MatchesTheVectorsOfCertificateTransparency) {
    const auto root_of = [](const std::vector<std::string>& contents) {
        std::vector<crypto::Digest> leaves;
        for (const auto& content : contents) {
            leaves.push_back(merkle_leaf(*from_hex(content)));
        }
        return to_hex(merkle_root(leaves));
    };
    std::vector<std::string> contents;
    EXPECT_EQ(root_of(contents), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    contents.emplace_back("");
    EXPECT_EQ(root_of(contents), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    contents.emplace_back("00");
    EXPECT_EQ(root_of(contents), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    contents.emplace_back("10");
    EXPECT_EQ(root_of(contents), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    for (const auto* content : {"2021", "3031", "40414243", "5051525354555657"}) {
        contents.emplace_back(content);
    }
    EXPECT_EQ(root_of(contents), "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
    contents.emplace_back("606162636465666768696a6b6c6d6e6f");
    EXPECT_EQ(root_of(contents), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

}  // namespace
}  // namespace educard
