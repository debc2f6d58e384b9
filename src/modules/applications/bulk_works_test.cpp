#include "modules/applications/bulk_works.hpp"

#include "modules/applications/test_world.hpp"
#include "runtime/texts.hpp"

namespace educard::applications {

namespace {

class BulkWorksTest : public World {
protected:
    BulkWorksTest() { works_.handle_jobs(); }

    void run_jobs() {
        while (jobs_.run_one()) {
        }
    }
    BulkWork dry_run(const Caller& caller, const NewBulkWork& wanted) {
        const auto made = write([&](sql::Tx& tx) { return works_.begin(tx, caller, wanted); });
        run_jobs();
        return get(caller, made.id);
    }
    BulkWork get(const Caller& caller, BulkWorkId id) {
        return read([&](sql::Tx& tx) { return works_.get(tx, caller, id); });
    }
    void confirm(const Caller& caller, BulkWorkId id) {
        write([&](sql::Tx& tx) {
            return works_.confirm(tx, caller, BulkConfirmation{.id = id, .reason = "没有再提交"});
        });
    }
    BulkWork carry_out(const Caller& caller, BulkWorkId id) {
        confirm(caller, id);
        run_jobs();
        return get(caller, id);
    }
    ApplicationView returned_pupil(const std::string& number) {
        auto pupil = hand_in_pupil("张三", number);
        pupil.version = decide(teacher_, pupil, Verdict::send_back).version;
        return pupil;
    }
    NewBulkWork closing() {
        clock_.advance(std::chrono::days(10));
        return NewBulkWork{.action = BulkAction::close,
                           .organisation_id = school_.id,
                           .state = State::returned,
                           .kind = std::nullopt,
                           .since = std::nullopt,
                           .before = date_in_china(clock_.now())};
    }
    State state_of(ApplicationId id) {
        return read([&](sql::Tx& tx) {
            return tx.find<State>("SELECT state FROM application WHERE id = $1", id).value();
        });
    }

    Texts texts_;
    BulkWorks works_{applications_, *database_, texts_};
};

TEST_F(BulkWorksTest, WhoLostTheOfficeTouchesNothingAnyMore) {
    const auto pupil = returned_pupil("1");
    const auto ready = dry_run(head_, closing());
    ASSERT_EQ(ready.total, 1);
    confirm(head_, ready.id);
    write([&](sql::Tx& tx) { tx.execute("DELETE FROM test_office WHERE account_id = $1", head_.account); });
    run_jobs();
    const auto done = get(head_, ready.id);
    EXPECT_EQ(done.done, 0);
    ASSERT_EQ(done.why.size(), 1U);
    EXPECT_EQ(done.why.front().reason, "applications.bulk_outside");
    EXPECT_EQ(state_of(pupil.id), State::returned);
}

TEST_F(BulkWorksTest, SavingADraftMeanwhileKeepsItFromBeingClosed) {
    const auto pupil = returned_pupil("1");
    const auto other = returned_pupil("2");
    const auto ready = dry_run(head_, closing());
    write([&](sql::Tx& tx) {
        tx.execute("UPDATE application SET version = version + 1 WHERE id = $1", pupil.id);
    });
    const auto done = carry_out(head_, ready.id);
    EXPECT_EQ(done.done, 1);
    EXPECT_EQ(done.skipped, 1);
    EXPECT_EQ(state_of(pupil.id), State::returned);
    EXPECT_EQ(state_of(other.id), State::rejected);
}

TEST_F(BulkWorksTest, AWorkLargerThanAChunkTurnsEachOnceAndIsUndone) {
    constexpr int kPupils = 250;  // more than one step of either job
    std::vector<ApplicationId> pupils;
    for (int number = 0; number < kPupils; ++number) {
        pupils.push_back(returned_pupil(std::to_string(number)).id);
    }
    const auto ready = dry_run(head_, closing());
    EXPECT_EQ(ready.total, kPupils);
    const auto done = carry_out(head_, ready.id);
    EXPECT_EQ(done.state, BulkWorkState::done);
    EXPECT_EQ(done.done, kPupils);
    EXPECT_EQ(count("test_roster WHERE certification = 'not_begun'"), kPupils);
    EXPECT_EQ(count("application_event WHERE kind = 'rejected'"), kPupils);
    const auto undo = write([&](sql::Tx& tx) { return works_.begin_undo(tx, head_, ready.id); });
    run_jobs();
    EXPECT_EQ(get(head_, undo.id).total, kPupils);
    EXPECT_EQ(carry_out(head_, undo.id).done, kPupils);
    EXPECT_EQ(count("test_roster WHERE certification = 'returned'"), kPupils);
    EXPECT_EQ(count("application WHERE state = 'returned' AND reason = '原因'"), kPupils);
}

TEST_F(BulkWorksTest, AWorkWhoseJobWasGivenUpSaysSoAndCanBeUndone) {
    returned_pupil("1");
    const auto ready = dry_run(head_, closing());
    const auto done = carry_out(head_, ready.id);
    write([&](sql::Tx& tx) {
        tx.execute("UPDATE bulk_work SET state = 'running', finished_at = NULL");
        tx.execute("UPDATE job SET state = 'failed', error = 'sql.statement' WHERE id = $1", *done.job_id);
    });
    const auto failed = get(head_, ready.id);
    EXPECT_EQ(failed.state, BulkWorkState::failed);
    EXPECT_EQ(failed.error, "sql.statement");
    EXPECT_TRUE(failed.may_undo);
}

TEST_F(BulkWorksTest, DryRunsAreForgottenAfterADay) {
    returned_pupil("1");
    const auto forgotten = dry_run(head_, closing());
    const auto kept = dry_run(head_, closing());
    carry_out(head_, kept.id);
    clock_.advance(std::chrono::days(2));
    write([&](sql::Tx& tx) { works_.sweep(tx); });
    EXPECT_EQ(fault([&] { get(head_, forgotten.id); }), "applications.bulk_work_unknown");
    EXPECT_EQ(get(head_, kept.id).done, 1);
    EXPECT_EQ(count("bulk_work_item"), 1);
}

}  // namespace

}  // namespace educard::applications
