#include "modules/applications/test_world.hpp"

#include <map>
#include <set>

namespace educard::applications {
namespace {

constexpr auto kTurn = std::chrono::days(5);

class ReviewTest : public World {
protected:
    ReviewSlice queue(const Caller& caller, const Queue& queue = {}) {
        return read([&](sql::Tx& tx) { return applications_.queue(tx, caller, queue); });
    }
    std::size_t length(const Caller& caller, const Queue& wanted = {}) {
        return queue(caller, wanted).items.size();
    }
    BulkPreview preview(const Caller& caller) {
        return write([&](sql::Tx& tx) { return applications_.preview_bulk(tx, caller, BulkScope{}); });
    }
    BulkResult approve(const Caller& caller, const std::string& token) {
        write([&](sql::Tx& tx) { return applications_.approve_bulk(tx, caller, BulkOrder{token}); });
        jobs_.run_one();
        return read([&](sql::Tx& tx) { return applications_.bulk_result(tx, caller, BulkOrder{token}); });
    }
    NewDelegation to(const Caller& colleague, const organisations::Organisation& at, const char* until) {
        return NewDelegation{.to_account = colleague.account,
                             .organisation_id = at.id,
                             .starts_on = std::nullopt,
                             .ends_on = parse_date(until).value()};
    }
    std::string fault_of_delegation(const Caller& caller, const NewDelegation& delegation) {
        return fault([&] { write([&](sql::Tx& tx) { applications_.delegate(tx, caller, delegation); }); });
    }
    /// Certified as a teacher of the school.
    Caller colleague(const std::string& name) {
        const auto caller = make_account(name, "document of " + name);
        decide(head_, hand_in(caller, Kind::teacher, teacher_profile(name)), Verdict::approve);
        return caller;
    }
};

TEST_F(ReviewTest, EachSeesWhatIsTheirTurn) {
    hand_in_pupil("张三", "n1");
    hand_in(make_account("李四", "n2"), Kind::student, student_profile("李四", free_class_));
    hand_in(make_account("同事", "n3"), Kind::teacher, teacher_profile("同事"));
    EXPECT_EQ(length(teacher_), 1U);
    EXPECT_EQ(length(head_), 2U);
    EXPECT_EQ(length(county_), 0U);
    EXPECT_EQ(length(other_head_), 0U);
    Queue all;
    all.all = true;
    EXPECT_EQ(length(head_, all), 3U);
    EXPECT_EQ(length(county_, all), 3U);
    clock_.advance(kTurn);
    EXPECT_EQ(length(head_), 3U);
    EXPECT_EQ(length(county_), 2U);
    clock_.advance(kTurn * 3);
    EXPECT_EQ(length(province_), 3U);
}

TEST_F(ReviewTest, TheQueuePagesAndFilters) {
    for (int index = 0; index < 9; ++index) {
        clock_.advance(std::chrono::seconds(index % 2));
        hand_in_pupil("学生" + std::string(static_cast<std::size_t>(index) + 1, 'a'),
                      "n" + std::to_string(index));
    }
    std::set<std::int64_t> seen;
    Queue page;
    page.limit = 2;
    do {
        const auto slice = queue(teacher_, page);
        for (const auto& item : slice.items) {
            EXPECT_TRUE(seen.insert(item.id.value).second);
        }
        page.cursor = slice.next;
    } while (page.cursor);
    EXPECT_EQ(seen.size(), 9U);
    Queue named;
    named.query = "学生aaaaaaaa";
    EXPECT_EQ(length(teacher_, named), 2U);
    named.query = "%";
    EXPECT_EQ(length(teacher_, named), 0U);
    Queue matched;
    matched.match = RosterMatch::none;
    EXPECT_EQ(length(teacher_, matched), 0U);
    Queue forged;
    forged.cursor = "xyz";
    EXPECT_EQ(fault([&] { queue(teacher_, forged); }), "cursor value");
}

TEST_F(ReviewTest, TheDetailComparesAndMasks) {
    enrol("张璐", "n1");
    const auto application =
        hand_in(make_account("张潞", "n1"), Kind::student, student_profile("张潞", class_));
    make_account("冒名顶替", "n1");
    const auto detail = read([&](sql::Tx& tx) { return applications_.review(tx, teacher_, application.id); });
    EXPECT_EQ(detail.roster_match, RosterMatch::differs);
    EXPECT_EQ(detail.comparison.front().match, FieldMatch::look_alike);
    EXPECT_EQ(detail.application.profile.guardians->front().phone, "138****8000");
    ASSERT_EQ(detail.competing.size(), 1U);
    EXPECT_TRUE(detail.may_decide);
    const auto early = read([&](sql::Tx& tx) { return applications_.review(tx, head_, application.id); });
    EXPECT_FALSE(early.may_decide);
    EXPECT_EQ(early.may_decide_from, clock_.now() + kTurn);
}

TEST_F(ReviewTest, RevealingIsAudited) {
    const auto application = hand_in_pupil("张三", "n1");
    const auto shown = write([&](sql::Tx& tx) {
        return applications_.reveal(tx, teacher_, Reveal{application.id, RevealWhat::document});
    });
    EXPECT_TRUE(shown.number);
    EXPECT_FALSE(shown.guardians);
    const auto guardians = write([&](sql::Tx& tx) {
        return applications_.reveal(tx, teacher_, Reveal{application.id, RevealWhat::guardians});
    });
    EXPECT_EQ(guardians.guardians->front().phone, "13800138000");
    EXPECT_EQ(fault([&] {
                  write([&](sql::Tx& tx) {
                      applications_.reveal(tx, head_, Reveal{application.id, std::nullopt});
                  });
              }),
              "applications.not_your_turn");
    const auto audited = read([&](sql::Tx& tx) {
        AuditQuery query;
        query.organisation_path = class_.path;
        return audit_.list(tx, query);
    });
    std::multiset<std::string> actions;
    for (const auto& event : audited) {
        actions.insert(event.action);
        EXPECT_EQ(event.details.find("138"), std::string::npos);
    }
    EXPECT_EQ(actions.count("applications.number_revealed"), 1U);
    EXPECT_EQ(actions.count("applications.guardians_revealed"), 1U);
}

TEST_F(ReviewTest, AMovedCountyTakesItsApplicationsAlong) {
    organisations_.when_moved([&](sql::Tx& tx, std::string_view from, std::string_view to, int depth_change) {
        applications_.follow_move(tx, from, to, depth_change);
    });
    const auto application = hand_in_pupil("张三", "n1");
    write([&](sql::Tx& tx) {
        organisations::Change change;
        change.id = OrganisationId{320302};
        change.version = 1;
        change.parent_id = OrganisationId{32};
        return organisations_.change(tx, everywhere(), change);
    });
    const auto moved = place(class_.id.value);
    auto teacher = teacher_;
    teacher.grants.front().path = moved.path;
    EXPECT_EQ(length(teacher), 1U);
    EXPECT_EQ(fault_of_decision(city_, application), "applications.unknown") << "no longer in Xuzhou";
    EXPECT_EQ(fault_of_decision(teacher, application), "");
}

// ---- bulk ----

TEST_F(ReviewTest, BulkApprovesJustTheExactMatches) {
    for (int index = 0; index < 250; ++index) {
        hand_in_pupil("学生", "n" + std::to_string(index));
    }
    enrol("张璐", "d1");
    hand_in(make_account("张潞", "d1"), Kind::student, student_profile("张潞", class_));
    hand_in(make_account("无名册", "d2"), Kind::student, student_profile("无名册", class_));
    hand_in_pupil("有争议", "d3");
    make_account("冒名", "d3");
    const auto previewed = preview(teacher_);
    EXPECT_EQ(previewed.total, 250);
    EXPECT_EQ(previewed.items.size(), 200U);
    std::map<std::string, std::string> left_out;
    for (const auto& group : previewed.left_out) {
        EXPECT_EQ(group.total, 1) << group.reason;
        left_out[group.reason] = group.items.at(0).name;
    }
    EXPECT_EQ(left_out,
              (std::map<std::string, std::string>{{"applications.match_differs", "张潞"},
                                                  {"applications.match_none", "无名册"},
                                                  {"applications.contested", "有争议"}}));
    const auto result = approve(teacher_, previewed.token);
    EXPECT_EQ(result.state, BulkState::done);
    EXPECT_EQ(result.approved, 250);
    EXPECT_EQ(result.skipped, 0);
    EXPECT_EQ(count("test_card"), 250);
    EXPECT_EQ(length(teacher_), 3U);
    EXPECT_EQ(approve(teacher_, previewed.token).approved, 250) << "asking again approves nothing more";
}

TEST_F(ReviewTest, BulkSkipsWhatChangedMeanwhileAndSaysWhy) {
    const auto decided = hand_in_pupil("甲", "n1");
    hand_in_pupil("乙", "n2");
    hand_in_pupil("丙", "n3");
    hand_in_pupil("丁", "n4");
    const auto previewed = preview(teacher_);
    decide(teacher_, decided, Verdict::reject);
    write([&](sql::Tx& tx) { tx.execute("UPDATE test_roster SET fingerprint = 'f2' WHERE name = '乙'"); });
    make_account("冒名", "n3");
    const auto result = approve(teacher_, previewed.token);
    EXPECT_EQ(result.approved, 1);
    EXPECT_EQ(result.skipped, 3);
    std::multiset<std::string> reasons;
    for (const auto& skip : result.skips) {
        reasons.insert(skip.reason);
    }
    EXPECT_EQ(
        reasons,
        (std::multiset<std::string>{
            "applications.changed_meanwhile", "applications.contested", "applications.roster_changed"}));
}

TEST_F(ReviewTest, OneThatCannotBeApprovedDoesNotStopTheOthers) {
    for (int index = 0; index < 5; ++index) {
        hand_in_pupil("学生", "n" + std::to_string(index));
    }
    const auto previewed = preview(teacher_);
    write([&](sql::Tx& tx) {
        tx.execute(R"(UPDATE test_account SET person_id = 1 WHERE id = (SELECT account_id FROM application
                          ORDER BY id LIMIT 1))");
    });
    const auto result = approve(teacher_, previewed.token);
    EXPECT_EQ(result.approved, 4);
    ASSERT_EQ(result.skips.size(), 1U);
    EXPECT_EQ(result.skips[0].reason, "applications.account_is_someone_else");
}

TEST_F(ReviewTest, APreviewBelongsToWhoMadeIt) {
    hand_in_pupil("甲", "n1");
    const auto previewed = preview(teacher_);
    const auto use = [&](const Caller& caller, const std::string& token) {
        return fault(
            [&] { write([&](sql::Tx& tx) { applications_.approve_bulk(tx, caller, BulkOrder{token}); }); });
    };
    EXPECT_EQ(use(head_, previewed.token), "applications.bulk_unknown");
    EXPECT_EQ(use(teacher_, previewed.token + "A"), "applications.bulk_unknown");
    EXPECT_EQ(use(teacher_, ""), "applications.bulk_unknown");
    EXPECT_EQ(use(teacher_, "1.AAAA"), "applications.bulk_unknown");
}

TEST_F(ReviewTest, WhoLostTheOfficeMeanwhileApprovesNothing) {
    hand_in_pupil("甲", "n1");
    const auto previewed = preview(teacher_);
    write([&](sql::Tx& tx) { return applications_.approve_bulk(tx, teacher_, BulkOrder{previewed.token}); });
    write(
        [&](sql::Tx& tx) { tx.execute("DELETE FROM test_office WHERE account_id = $1", teacher_.account); });
    jobs_.run_one();
    const auto result = read(
        [&](sql::Tx& tx) { return applications_.bulk_result(tx, teacher_, BulkOrder{previewed.token}); });
    EXPECT_EQ(result.approved, 0);
    EXPECT_EQ(result.skips.front().reason, "applications.not_your_turn");
}

// ---- delegation ----

TEST_F(ReviewTest, ADelegateDecidesWithinTheDaysAndNoLonger) {
    const auto stand_in = colleague("代班老师");
    const auto first = hand_in_pupil("甲", "n1");
    EXPECT_EQ(fault_of_decision(stand_in, first), "applications.unknown");
    EXPECT_EQ(fault_of_delegation(teacher_, to(stand_in, class_, "2026-11-25")), "");
    EXPECT_EQ(length(stand_in), 1U);
    EXPECT_EQ(fault_of_decision(stand_in, first), "");
    const auto second = hand_in_pupil("乙", "n2");
    clock_.advance(std::chrono::days(3));
    EXPECT_EQ(fault_of_decision(stand_in, second), "applications.unknown");
    const auto history =
        read([&](sql::Tx& tx) { return applications_.review(tx, teacher_, second.id); }).history;
    EXPECT_EQ(history.size(), 2U);
}

TEST_F(ReviewTest, ADelegationEndsWithTheOfficeOrWhenItIsRevoked) {
    const auto stand_in = colleague("代班老师");
    const auto application = hand_in_pupil("甲", "n1");
    const auto given = write([&](sql::Tx& tx) {
        return applications_.delegate(tx, teacher_, to(stand_in, class_, "2026-12-25"));
    });
    EXPECT_TRUE(given.in_force);
    EXPECT_EQ(
        fault([&] { write([&](sql::Tx& tx) { applications_.revoke_delegation(tx, head_, given.id); }); }),
        "applications.delegation_unknown");
    write(
        [&](sql::Tx& tx) { tx.execute("DELETE FROM test_office WHERE account_id = $1", teacher_.account); });
    EXPECT_EQ(fault_of_decision(stand_in, application), "applications.unknown");
    appoint(teacher_, Role::class_teacher, class_);
    write([&](sql::Tx& tx) { applications_.revoke_delegation(tx, teacher_, given.id); });
    EXPECT_EQ(fault_of_decision(stand_in, application), "applications.unknown");
    EXPECT_TRUE(read([&](sql::Tx& tx) { return applications_.delegations(tx, teacher_); }).empty());
}

TEST_F(ReviewTest, DelegationsThatMakeNoSenseAreRefused) {
    const auto stand_in = colleague("代班老师");
    const auto stranger = make_account("外人", "n9");
    EXPECT_EQ(fault_of_delegation(teacher_, to(stranger, class_, "2026-11-25")),
              "to_account applications.not_a_colleague");
    EXPECT_EQ(fault_of_delegation(teacher_, to(teacher_, class_, "2026-11-25")),
              "to_account applications.not_a_colleague");
    EXPECT_EQ(fault_of_delegation(teacher_, to(stand_in, school_, "2026-11-25")), "scope.outside");
    EXPECT_EQ(fault_of_delegation(stand_in, to(teacher_, class_, "2026-11-25")), "scope.outside");
    EXPECT_EQ(fault_of_delegation(teacher_, to(stand_in, class_, "2026-11-22")),
              "ends_on applications.delegation_days");
    EXPECT_EQ(fault_of_delegation(teacher_, to(stand_in, class_, "2027-11-22")),
              "ends_on applications.delegation_days");
}

TEST_F(ReviewTest, TheSameDaysAreNotDelegatedToTheSameColleagueTwice) {
    const auto stand_in = colleague("代班老师");
    EXPECT_EQ(fault_of_delegation(teacher_, to(stand_in, class_, "2026-11-25")), "");
    EXPECT_EQ(fault_of_delegation(teacher_, to(stand_in, class_, "2026-11-30")),
              "applications.delegated_already");
    EXPECT_EQ(fault_of_delegation(teacher_, to(colleague("另一位"), class_, "2026-11-25")), "");
    auto later = to(stand_in, class_, "2026-11-30");
    later.starts_on = parse_date("2026-11-26");
    EXPECT_EQ(fault_of_delegation(teacher_, later), "");
}

TEST_F(ReviewTest, BulkApprovalLeavesOutAGuardianOfTheReviewersName) {
    hand_in_pupil("甲", "n1");
    enrol("乙", "n2");
    auto profile = student_profile("乙", class_);
    profile.guardians->front().name = "王老师";
    profile.guardians->front().phone = "13900000000";
    const auto named = hand_in(make_account("乙", "n2"), Kind::student, profile);
    const auto before = preview(teacher_);
    EXPECT_EQ(before.total, 1);
    ASSERT_EQ(before.left_out.size(), 1U);
    EXPECT_EQ(before.left_out.front().reason, "applications.guardian_same_name");
    ASSERT_EQ(before.left_out.front().items.size(), 1U);
    EXPECT_EQ(before.left_out.front().items.front().id, named.id);
}

TEST_F(ReviewTest, AReviewerRenamedAfterThePreviewIsStillAskedAboutTheGuardian) {
    hand_in_pupil("甲", "n1");
    const auto before = preview(teacher_);
    write([&](sql::Tx& tx) {
        tx.execute("UPDATE test_account SET name = '父亲甲' WHERE id = $1", teacher_.account);
    });
    const auto result = approve(teacher_, before.token);
    EXPECT_EQ(result.approved, 0);
    ASSERT_EQ(result.skips.size(), 1U);
    EXPECT_EQ(result.skips.front().reason, "applications.guardian_same_name");
}

TEST_F(ReviewTest, ADelegateIsAskedAboutTheNameOfWhoeverDelegated) {
    const auto stand_in = colleague("代班老师");
    write([&](sql::Tx& tx) {
        return applications_.delegate(tx, teacher_, to(stand_in, class_, "2026-12-25"));
    });
    auto profile = student_profile("甲", class_);
    profile.guardians->front().name = "王老师";
    profile.guardians->front().phone = "13900000000";
    const auto application = hand_in(make_account("甲", "n1"), Kind::student, profile);
    EXPECT_EQ(fault_of_decision(stand_in, application), "applications.guardian_same_name");
}

TEST_F(ReviewTest, ADelegateDoesNotDecideOnTheirOwnChildEither) {
    const auto stand_in = colleague("代班老师");
    write([&](sql::Tx& tx) {
        tx.execute("UPDATE test_account SET phone = '13800138000' WHERE id = $1", stand_in.account);
        return applications_.delegate(tx, teacher_, to(stand_in, class_, "2026-12-25"));
    });
    const auto application = hand_in_pupil("甲", "n1");
    EXPECT_EQ(fault_of_decision(stand_in, application), "applications.own_application");
}

TEST_F(ReviewTest, ADelegateDoesNotDecideOnTheChildOfWhoeverDelegated) {
    const auto stand_in = colleague("代班老师");
    write([&](sql::Tx& tx) {
        tx.execute("UPDATE test_account SET phone = '13800138000' WHERE id = $1", teacher_.account);
        return applications_.delegate(tx, teacher_, to(stand_in, class_, "2026-12-25"));
    });
    const auto application = hand_in_pupil("甲", "n1");
    EXPECT_EQ(fault_of_decision(stand_in, application), "applications.own_application");
    write(
        [&](sql::Tx& tx) { return applications_.delegate(tx, head_, to(stand_in, school_, "2026-12-25")); });
    EXPECT_EQ(fault_of_decision(stand_in, application), "");
}

TEST_F(ReviewTest, ColleaguesAreThoseOfTheSchool) {
    const auto stand_in = colleague("代班老师");
    const auto list = read([&](sql::Tx& tx) { return applications_.colleagues(tx, teacher_, class_.id); });
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0].account_id, stand_in.account);
    EXPECT_EQ(list[1].account_id, head_.account);
    EXPECT_EQ(fault([&] {
                  read([&](sql::Tx& tx) { return applications_.colleagues(tx, other_head_, class_.id); });
              }),
              "scope.outside");
}

}  // namespace
}  // namespace educard::applications
