#include "modules/applications/test_world.hpp"
#include "runtime/texts.hpp"

#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

namespace educard::applications {
namespace {

constexpr auto kEscalation = std::chrono::days(5);

class ApplicationsTest : public World {};

// ---- the applicant ----

TEST_F(ApplicationsTest, ADraftIsKeptHoweverIncomplete) {
    const auto caller = make_account("张三", "n1");
    Profile half;
    half.name = "张三";
    half.guardians = {
        Guardian{.name = "父", .relation = std::nullopt, .phone = std::nullopt, .document = std::nullopt}};
    const auto saved = draft(caller, Kind::student, half);
    const auto back = read([&](sql::Tx& tx) { return applications_.get(tx, caller, saved.id); });
    EXPECT_EQ(back.state, State::draft);
    EXPECT_EQ(back.profile.guardians->front().name, "父");
    EXPECT_EQ(back.version, 2);
    EXPECT_FALSE(back.turn);
}

TEST_F(ApplicationsTest, OneOpenApplicationForEachAccount) {
    const auto caller = make_account("张三", "n1");
    draft(caller, Kind::student, Profile{});
    EXPECT_EQ(fault([&] { draft(caller, Kind::teacher, Profile{}); }), "applications.open_already");
}

TEST_F(ApplicationsTest, OthersApplicationsDoNotExist) {
    const auto made = draft(make_account("张三", "n1"), Kind::student, Profile{});
    const auto stranger = make_account("李四", "n2");
    const auto nobody = Caller{};
    EXPECT_EQ(fault([&] { read([&](sql::Tx& tx) { return applications_.get(tx, stranger, made.id); }); }),
              "applications.unknown");
    EXPECT_EQ(
        fault([&] { write([&](sql::Tx& tx) { applications_.submit(tx, stranger, Step{made.id, 2}); }); }),
        "applications.unknown");
    EXPECT_EQ(fault([&] { read([&](sql::Tx& tx) { return applications_.history(tx, stranger, made.id); }); }),
              "applications.unknown");
    EXPECT_EQ(fault([&] { read([&](sql::Tx& tx) { return applications_.get(tx, nobody, made.id); }); }),
              "http.sign_in_required");
    EXPECT_EQ(
        fault([&] { read([&](sql::Tx& tx) { return applications_.get(tx, stranger, ApplicationId{1}); }); }),
        "applications.unknown");
}

TEST_F(ApplicationsTest, SavingOverAnotherSaveIsRefused) {
    const auto caller = make_account("张三", "n1");
    const auto made = draft(caller, Kind::student, Profile{});
    const auto save = [&](std::int64_t version) {
        return fault([&] {
            write([&](sql::Tx& tx) {
                applications_.save(tx, caller, Saving{made.id, version, std::nullopt, Profile{}});
            });
        });
    };
    EXPECT_EQ(save(made.version), "");
    EXPECT_EQ(save(made.version), "applications.changed_meanwhile");
}

TEST_F(ApplicationsTest, HandingInAnIncompleteProfileNamesTheFields) {
    const auto caller = make_account("张三", "n1");
    const auto made = draft(caller, Kind::student, Profile{});
    try {
        write([&](sql::Tx& tx) { applications_.submit(tx, caller, Step{made.id, made.version}); });
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.fields().size(), 5U);
        EXPECT_EQ(error.fields().front().path, "profile.name");
    }
    EXPECT_EQ(read([&](sql::Tx& tx) { return applications_.get(tx, caller, made.id); }).state, State::draft);
}

TEST_F(ApplicationsTest, SchoolAndClassMustExistAndBelongTogether) {
    const auto caller = make_account("张三", "n1");
    auto profile = student_profile("张三", class_);
    profile.school_id = other_school_.id;
    auto made = draft(caller, Kind::student, profile);
    const auto submit = [&] {
        return fault([&] {
            write([&](sql::Tx& tx) { applications_.submit(tx, caller, Step{made.id, made.version}); });
        });
    };
    EXPECT_EQ(submit(), "profile.class_id applications.class_unknown");
    const auto save = [&] {
        made = write([&](sql::Tx& tx) {
            return applications_.save(tx, caller, Saving{made.id, made.version, std::nullopt, profile});
        });
    };
    profile.school_id = OrganisationId{320302};
    save();
    EXPECT_EQ(submit(), "profile.school_id applications.school_unknown") << "a county is no school";
    profile.school_id = OrganisationId{404};
    save();
    EXPECT_EQ(submit(), "profile.school_id applications.school_unknown");
}

TEST_F(ApplicationsTest, TheAnswerToHandingInDoesNotTellWhetherTheRosterKnowsTheNumber) {
    enrol("张三", "n1");
    const auto known = hand_in(make_account("张三", "n1"), Kind::student, student_profile("张三", class_));
    const auto unknown = hand_in(make_account("张三", "n2"), Kind::student, student_profile("张三", class_));
    auto left = json::encode(known);
    auto right = json::encode(unknown);
    const auto neutral = [](std::string text, ApplicationId id) {
        const auto digits = std::to_string(id.value);
        for (auto at = text.find(digits); at != std::string::npos; at = text.find(digits)) {
            text.replace(at, digits.size(), "ID");
        }
        return text;
    };
    EXPECT_EQ(neutral(left, known.id), neutral(right, unknown.id));
}

TEST_F(ApplicationsTest, WhatIsSensitiveIsSealedInTheDatabase) {
    hand_in_pupil("张三", "n1");
    read([&](sql::Tx& tx) {
        tx.each("SELECT profile, guardians FROM application", [](const sql::Row& row) {
            EXPECT_EQ(row.text(0).find("13800138000"), std::string_view::npos);
            EXPECT_EQ(as_text(row.bytes(1)).find("13800138000"), std::string_view::npos);
        });
    });
}

TEST_F(ApplicationsTest, ReturnedIsCorrectedAndHandedInAgainWithItsWholeHistory) {
    const auto entry = enrol("张三", "n1");
    const auto caller = make_account("张三", "n1");
    const auto handed = hand_in(caller, Kind::student, student_profile("张三", class_));
    EXPECT_EQ(certification(entry), "in_review");
    decide(teacher_, handed, Verdict::send_back, "请改入学年份");
    EXPECT_EQ(certification(entry), "returned");
    auto view = read([&](sql::Tx& tx) { return applications_.get(tx, caller, handed.id); });
    EXPECT_EQ(view.state, State::returned);
    EXPECT_EQ(view.reason, "请改入学年份");
    view = write([&](sql::Tx& tx) {
        const auto saved = applications_.save(
            tx, caller, Saving{view.id, view.version, std::nullopt, student_profile("张三", class_)});
        return applications_.submit(tx, caller, Step{saved.id, saved.version});
    });
    decide(teacher_, view, Verdict::approve);
    EXPECT_EQ(certification(entry), "certified");
    std::vector<EventKind> kinds;
    for (const auto& event : read([&](sql::Tx& tx) { return applications_.history(tx, caller, view.id); })) {
        kinds.push_back(event.kind);
        EXPECT_FALSE(event.by) << "the applicant is told the office, not the name";
    }
    EXPECT_EQ(kinds,
              (std::vector<EventKind>{EventKind::created,
                                      EventKind::submitted,
                                      EventKind::returned,
                                      EventKind::submitted,
                                      EventKind::approved}));
}

TEST_F(ApplicationsTest, WithdrawingFreesTheRosterEntryAndOnlyWorksInReview) {
    const auto entry = enrol("张三", "n1");
    const auto caller = make_account("张三", "n1");
    const auto handed = hand_in(caller, Kind::student, student_profile("张三", class_));
    const auto withdraw = [&](std::int64_t version) {
        return fault([&] {
            write([&](sql::Tx& tx) { applications_.withdraw(tx, caller, Step{handed.id, version}); });
        });
    };
    EXPECT_EQ(fault([&] {
                  write([&](sql::Tx& tx) {
                      applications_.save(
                          tx, caller, Saving{handed.id, handed.version, std::nullopt, Profile{}});
                  });
              }),
              "applications.handed_in");
    EXPECT_EQ(withdraw(1), "applications.changed_meanwhile");
    EXPECT_EQ(withdraw(handed.version), "");
    EXPECT_EQ(certification(entry), "not_begun");
    EXPECT_EQ(withdraw(handed.version + 1), "applications.not_handed_in");
    EXPECT_EQ(fault_of_decision(teacher_, handed), "applications.withdrawn_meanwhile");
}

// ---- the wrong kind, and drafts that are not wanted ----

class WrongKindTest : public World {
protected:
    std::string change(const Caller& caller, const ApplicationView& made, Kind kind, const Profile& profile) {
        return fault([&] {
            write([&](sql::Tx& tx) {
                applications_.save(tx, caller, Saving{made.id, made.version, kind, profile});
            });
        });
    }
    std::string discard(const Caller& caller, const ApplicationView& made) {
        return fault([&] {
            write([&](sql::Tx& tx) { applications_.discard(tx, caller, Step{made.id, made.version}); });
        });
    }
    ApplicationView now(const Caller& caller, const ApplicationView& made) {
        return read([&](sql::Tx& tx) { return applications_.get(tx, caller, made.id); });
    }
    std::vector<AuditEvent> audited(const std::string& action) {
        AuditQuery query;
        query.action = action;
        return read([&](sql::Tx& tx) { return audit_.list(tx, query); });
    }
};

TEST_F(WrongKindTest, ADraftBecomesAnotherKindAndLosesWhatThatDoesNotHave) {
    const auto caller = make_account("张三", "n1");
    const auto made = draft(caller, Kind::student, student_profile("张三", class_));
    EXPECT_EQ(change(caller, made, Kind::teacher, made.profile), "");
    const auto saved = now(caller, made);
    EXPECT_EQ(saved.kind, Kind::teacher);
    EXPECT_EQ(saved.profile.name, "张三");
    EXPECT_EQ(saved.profile.school_id, school_.id);
    EXPECT_FALSE(saved.profile.class_id || saved.profile.entry_year || saved.profile.guardians);
    EXPECT_EQ(count("application WHERE class_id IS NULL AND entry_year IS NULL AND guardians IS NULL"), 1);
}

TEST_F(WrongKindTest, AWithdrawnApplicationIsHandedInAsAnotherKind) {
    const auto caller = make_account("张三", "n1");
    const auto handed = hand_in(caller, Kind::student, student_profile("张三", class_));
    write([&](sql::Tx& tx) {
        const auto back = applications_.withdraw(tx, caller, Step{handed.id, handed.version});
        const auto saved = applications_.save(
            tx, caller, Saving{back.id, back.version, Kind::teacher, teacher_profile("张三")});
        applications_.submit(tx, caller, Step{saved.id, saved.version});
    });
    EXPECT_EQ(count("application_guardian"), 0);
    EXPECT_EQ(fault_of_decision(teacher_, now(caller, handed)), "applications.unknown")
        << "a class teacher decides on no teacher";
    EXPECT_EQ(fault_of_decision(head_, now(caller, handed)), "");
}

TEST_F(WrongKindTest, AReturnedApplicationOfAnotherKindLeavesThePupilsEntry) {
    const auto entry = enrol("张三", "n1");
    const auto caller = make_account("张三", "n1");
    const auto handed = hand_in(caller, Kind::student, student_profile("张三", class_));
    decide(teacher_, handed, Verdict::send_back, "您是教师");
    EXPECT_EQ(change(caller, now(caller, handed), Kind::teacher, teacher_profile("张三")), "");
    EXPECT_EQ(certification(entry), "returned");
    write([&](sql::Tx& tx) {
        const auto saved = applications_.get(tx, caller, handed.id);
        applications_.submit(tx, caller, Step{saved.id, saved.version});
    });
    EXPECT_EQ(certification(entry), "not_begun");
}

TEST_F(WrongKindTest, APupilWithAStrayDraftBecomesATeacher) {
    const auto entry = enrol("张三", "n1");
    const auto caller = make_account("张三", "n1");
    decide(teacher_, hand_in(caller, Kind::student, student_profile("张三", class_)), Verdict::approve);
    const auto stray = draft(caller, Kind::student, Profile{});
    EXPECT_EQ(change(caller, stray, Kind::teacher, teacher_profile("张三")), "");
    const auto handed = write([&](sql::Tx& tx) {
        const auto saved = applications_.get(tx, caller, stray.id);
        return applications_.submit(tx, caller, Step{saved.id, saved.version});
    });
    EXPECT_EQ(fault_of_decision(head_, handed), "");
    EXPECT_EQ(certification(entry), "certified");
    EXPECT_EQ(count("test_person"), 1);
}

TEST_F(WrongKindTest, WhatIsHandedInOrDecidedKeepsItsKind) {
    const auto caller = make_account("张三", "n1");
    const auto handed = hand_in(caller, Kind::student, student_profile("张三", class_));
    EXPECT_EQ(change(caller, handed, Kind::teacher, Profile{}), "applications.handed_in");
    decide(teacher_, handed, Verdict::approve);
    EXPECT_EQ(change(caller, now(caller, handed), Kind::teacher, Profile{}), "applications.handed_in");
    EXPECT_EQ(now(caller, handed).kind, Kind::student);
}

TEST_F(WrongKindTest, TheKindIsTheOwnersAndOfWhatTheySaw) {
    const auto caller = make_account("张三", "n1");
    const auto made = draft(caller, Kind::student, Profile{});
    EXPECT_EQ(change(make_account("李四", "n2"), made, Kind::staff, Profile{}), "applications.unknown");
    EXPECT_EQ(change(head_, made, Kind::staff, Profile{}), "applications.unknown");
    EXPECT_EQ(change(Caller{}, made, Kind::staff, Profile{}), "http.sign_in_required");
    EXPECT_EQ(change(caller, made, Kind::staff, Profile{}), "");
    EXPECT_EQ(change(caller, made, Kind::teacher, Profile{}), "applications.changed_meanwhile");
    EXPECT_EQ(now(caller, made).kind, Kind::staff);
}

TEST_F(WrongKindTest, ADiscardedDraftLeavesNothingButALineInTheAuditLog) {
    const auto caller = make_account("张三", "n1");
    const auto made = draft(caller, Kind::teacher, teacher_profile("张三"));
    EXPECT_EQ(discard(caller, made), "");
    EXPECT_EQ(count("application"), 0);
    EXPECT_EQ(count("application_event"), 0);
    EXPECT_EQ(fault([&] { now(caller, made); }), "applications.unknown");
    const auto events = audited("applications.discarded");
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events.front().subject, std::to_string(made.id.value));
    EXPECT_EQ(events.front().account, caller.account);
    EXPECT_EQ(events.front().organisation_path, "");
    EXPECT_EQ(draft(caller, Kind::student, Profile{}).kind, Kind::student);
}

TEST_F(WrongKindTest, ADraftIsDiscardedOnceByItsOwnerAsItWasSeen) {
    const auto caller = make_account("张三", "n1");
    const auto made = draft(caller, Kind::teacher, Profile{});
    EXPECT_EQ(discard(Caller{}, made), "http.sign_in_required");
    EXPECT_EQ(discard(make_account("李四", "n2"), made), "applications.unknown");
    EXPECT_EQ(discard(province_, made), "applications.unknown");
    EXPECT_EQ(change(caller, made, Kind::student, Profile{}), "");
    EXPECT_EQ(discard(caller, made), "applications.changed_meanwhile");
    EXPECT_EQ(audited("applications.discarded").size(), 0U);
    const auto seen = now(caller, made);
    EXPECT_EQ(discard(caller, seen), "");
    EXPECT_EQ(discard(caller, seen), "applications.unknown");
    EXPECT_EQ(audited("applications.discarded").size(), 1U);
}

TEST_F(WrongKindTest, WhatWasHandedInOnceIsKept) {
    const auto caller = make_account("张三", "n1");
    const auto handed = hand_in(caller, Kind::student, student_profile("张三", class_));
    EXPECT_EQ(discard(caller, handed), "applications.handed_in_once");
    decide(teacher_, handed, Verdict::send_back);
    EXPECT_EQ(discard(caller, now(caller, handed)), "applications.handed_in_once");
    write([&](sql::Tx& tx) {
        const auto returned = applications_.get(tx, caller, handed.id);
        const auto again = applications_.submit(tx, caller, Step{returned.id, returned.version});
        applications_.withdraw(tx, caller, Step{again.id, again.version});
    });
    EXPECT_EQ(discard(caller, now(caller, handed)), "applications.handed_in_once");
    EXPECT_EQ(change(caller, now(caller, handed), Kind::staff, Profile{}), "");
    EXPECT_EQ(discard(caller, now(caller, handed)), "applications.handed_in_once");
    EXPECT_EQ(count("application"), 1);
    EXPECT_EQ(audited("applications.discarded").size(), 0U);
}

TEST_F(WrongKindTest, DiscardingAndHandingInAtOnceDoesOneOfThem) {
    for (int round = 0; round < 10; ++round) {
        const auto caller = make_account("张三", "n" + std::to_string(round));
        const auto made = draft(caller, Kind::student, student_profile("张三", class_));
        std::string discarded;
        std::string handed_in;
        {
            std::jthread one([&] { discarded = discard(caller, made); });
            std::jthread two([&] {
                handed_in = fault([&] {
                    write(
                        [&](sql::Tx& tx) { applications_.submit(tx, caller, Step{made.id, made.version}); });
                });
            });
        }
        EXPECT_NE(discarded.empty(), handed_in.empty());
        EXPECT_EQ(read([&](sql::Tx& tx) { return applications_.mine(tx, caller); }).size(),
                  discarded.empty() ? 0U : 1U);
    }
}

TEST_F(ApplicationsTest, TheApplicantSeesWhoReviewsAndUntilWhen) {
    const auto caller = make_account("张三", "n1");
    const auto handed = hand_in(caller, Kind::student, student_profile("张三", class_));
    const auto turn = [&] {
        return read([&](sql::Tx& tx) { return applications_.get(tx, caller, handed.id); }).turn.value();
    };
    EXPECT_EQ(turn().role, Role::class_teacher);
    EXPECT_EQ(turn().due_at, clock_.now() + kEscalation);
    clock_.advance(kEscalation);
    EXPECT_EQ(turn().role, Role::school_admin);
    EXPECT_EQ(turn().since, clock_.now());
    clock_.advance(kEscalation);
    EXPECT_EQ(turn().role, Role::county_admin);
    clock_.advance(kEscalation * 50);
    EXPECT_EQ(turn().role, Role::province_admin);
    EXPECT_FALSE(turn().due_at);
}

// ---- who may decide ----

TEST_F(ApplicationsTest, TheClassTeacherDecidesOnOwnPupilsOnly) {
    const auto own = hand_in_pupil("张三", "n1");
    const auto other =
        hand_in(make_account("李四", "n2"), Kind::student, student_profile("李四", free_class_));
    const auto colleague = hand_in(make_account("同事", "n3"), Kind::teacher, teacher_profile("同事"));
    EXPECT_EQ(fault_of_decision(teacher_, other), "applications.unknown");
    EXPECT_EQ(fault_of_decision(teacher_, colleague), "applications.unknown");
    EXPECT_EQ(fault_of_decision(teacher_, own), "");
}

TEST_F(ApplicationsTest, TheSchoolDecidesOnTeachersAndOnClassesWithoutATeacher) {
    const auto with_teacher = hand_in_pupil("张三", "n1");
    const auto without =
        hand_in(make_account("李四", "n2"), Kind::student, student_profile("李四", free_class_));
    const auto teacher = hand_in(make_account("同事", "n3"), Kind::teacher, teacher_profile("同事"));
    EXPECT_EQ(fault_of_decision(head_, with_teacher), "applications.not_your_turn");
    EXPECT_EQ(fault_of_decision(head_, without), "");
    EXPECT_EQ(fault_of_decision(head_, teacher), "");
    clock_.advance(kEscalation);
    EXPECT_EQ(fault_of_decision(head_, with_teacher), "");
}

TEST_F(ApplicationsTest, EachLevelStepsInAfterItsDays) {
    const auto application = hand_in(make_account("同事", "n3"), Kind::staff, [&] {
        auto profile = teacher_profile("同事");
        profile.post = Post::library;
        return profile;
    }());
    EXPECT_EQ(fault_of_decision(county_, application), "applications.not_your_turn");
    EXPECT_EQ(fault_of_decision(city_, application), "applications.not_your_turn");
    clock_.advance(kEscalation - std::chrono::seconds(1));
    EXPECT_EQ(fault_of_decision(county_, application), "applications.not_your_turn");
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(fault_of_decision(city_, application), "applications.not_your_turn");
    EXPECT_EQ(fault_of_decision(county_, application), "");
}

TEST_F(ApplicationsTest, OutsideTheSubtreeNothingExists) {
    const auto application = hand_in_pupil("张三", "n1");
    clock_.advance(kEscalation * 20);
    for (const auto& stranger : {other_head_, make_account("外人", "n9"), Caller{}}) {
        EXPECT_EQ(fault_of_decision(stranger, application), "applications.unknown");
        EXPECT_EQ(fault([&] {
                      read([&](sql::Tx& tx) { return applications_.review(tx, stranger, application.id); });
                  }),
                  "applications.unknown");
        EXPECT_EQ(fault([&] {
                      write([&](sql::Tx& tx) {
                          return applications_.reveal(tx, stranger, Reveal{application.id, std::nullopt});
                      });
                  }),
                  "applications.unknown");
    }
    EXPECT_EQ(fault([&] {
                  read([&](sql::Tx& tx) {
                      Queue queue;
                      queue.organisation_id = school_.id;
                      return applications_.queue(tx, other_head_, queue);
                  });
              }),
              "applications.nothing_to_review");
}

TEST_F(ApplicationsTest, DraftsAreNobodysBusiness) {
    const auto made = draft(make_account("张三", "n1"), Kind::student, student_profile("张三", class_));
    EXPECT_EQ(fault_of_decision(province_, made), "applications.unknown");
    EXPECT_EQ(fault([&] { read([&](sql::Tx& tx) { return applications_.review(tx, province_, made.id); }); }),
              "applications.unknown");
    EXPECT_EQ(fault([&] {
                  read([&](sql::Tx& tx) {
                      Queue queue;
                      queue.state = State::draft;
                      return applications_.queue(tx, province_, queue);
                  });
              }),
              "state value");
}

TEST_F(ApplicationsTest, NobodyDecidesOnThemselves) {
    const auto application = hand_in(head_, Kind::teacher, teacher_profile("李校长"));
    EXPECT_EQ(fault_of_decision(head_, application), "applications.own_application");
    EXPECT_EQ(
        fault([&] { read([&](sql::Tx& tx) { return applications_.review(tx, head_, application.id); }); }),
        "applications.own_application");
    auto second = make_account("李校长二号", "document of 李校长");
    appoint(second, Role::school_admin, school_);
    EXPECT_EQ(fault_of_decision(second, application), "applications.own_application")
        << "the same number, another account";
}

TEST_F(ApplicationsTest, NobodyDecidesOnTheirOwnChild) {
    auto parent = make_account("张老师", "32010119800101001X", "+86 138 0013 8000");
    appoint(parent, Role::school_admin, school_);
    const auto by_phone =
        hand_in(make_account("张三", "n1"), Kind::student, student_profile("张三", free_class_));
    EXPECT_EQ(fault_of_decision(parent, by_phone), "applications.own_application");
    auto profile = student_profile("李四", free_class_);
    profile.guardians->front().phone = "13900000000";
    profile.guardians->front().document =
        people::Document{.kind = people::DocumentKind::resident_id, .number = "110105 194912 31002x"};
    auto mother = make_account("母亲", "11010519491231002X");
    appoint(mother, Role::school_admin, school_);
    const auto by_document = hand_in(make_account("李四", "n2"), Kind::student, profile);
    EXPECT_EQ(fault_of_decision(mother, by_document), "applications.own_application");
    EXPECT_EQ(fault_of_decision(head_, by_document), "");
}

TEST_F(ApplicationsTest, AGuardianWithTheReviewersNameNeedsAStatement) {
    enrol("张三", "n1");
    auto profile = student_profile("张三", class_);
    profile.guardians->front().name = "王 老师";
    profile.guardians->front().phone = "13900000000";
    const auto application = hand_in(make_account("张三", "n1"), Kind::student, profile);
    const auto seen = read([&](sql::Tx& tx) { return applications_.review(tx, teacher_, application.id); });
    EXPECT_TRUE(seen.guardian_same_name);
    EXPECT_EQ(fault_of_decision(teacher_, application), "applications.guardian_same_name");
    const auto approve = [&](std::optional<bool> statement) {
        return fault([&] {
            write([&](sql::Tx& tx) {
                return applications_.decide(
                    tx,
                    teacher_,
                    Decision{application.id, application.version, Verdict::approve, std::nullopt, statement});
            });
        });
    };
    EXPECT_EQ(approve(false), "applications.guardian_same_name");
    EXPECT_EQ(approve(true), "");
    const auto audited = read([&](sql::Tx& tx) {
        AuditQuery query;
        query.organisation_path = school_.path;
        query.action = "applications.approved";
        return audit_.list(tx, query);
    });
    ASSERT_EQ(audited.size(), 1U);
    EXPECT_EQ(audited[0].details, R"({"stated":"guardian_is_not_me"})");
}

TEST_F(ApplicationsTest, AGuardianWithTheReviewersNameIsNoReasonNotToReturn) {
    auto profile = student_profile("张三", class_);
    profile.guardians->front().name = "王老师";
    profile.guardians->front().phone = "13900000000";
    const auto application = hand_in(make_account("张三", "n1"), Kind::student, profile);
    EXPECT_EQ(fault_of_decision(teacher_, application, Verdict::send_back), "");
}

TEST_F(ApplicationsTest, AStatementDoesNotOpenOnesOwnChild) {
    auto profile = student_profile("张三", class_);
    profile.guardians->front().name = "王老师";
    const auto application = hand_in(make_account("张三", "n1"), Kind::student, profile);
    write([&](sql::Tx& tx) {
        tx.execute("UPDATE test_account SET phone = '13800138000' WHERE id = $1", teacher_.account);
    });
    EXPECT_EQ(
        fault([&] {
            write([&](sql::Tx& tx) {
                return applications_.decide(
                    tx,
                    teacher_,
                    Decision{application.id, application.version, Verdict::approve, std::nullopt, true});
            });
        }),
        "applications.own_application");
}

TEST_F(ApplicationsTest, AReviewerWithoutADocumentIsKnownAsAParentByThePhone) {
    write([&](sql::Tx& tx) {
        tx.execute("UPDATE test_account SET digest = NULL, phone = '+86 138 0013 8000' WHERE id = $1",
                   head_.account);
    });
    const auto application =
        hand_in(make_account("张三", "n1"), Kind::student, student_profile("张三", free_class_));
    EXPECT_EQ(fault_of_decision(head_, application), "applications.own_application");
    write([&](sql::Tx& tx) {
        tx.execute("UPDATE test_account SET phone = '13900000000' WHERE id = $1", head_.account);
    });
    EXPECT_EQ(fault_of_decision(head_, application), "");
}

TEST_F(ApplicationsTest, WhoLeavesTheLastRosterHasNoCardUntilListedAgain) {
    const auto pupil = hand_in_pupil("张三", "n1");
    decide(teacher_, pupil, Verdict::approve);
    const auto digest = digest_of("n1");
    const auto leave = [&](OrganisationId school) {
        write([&](sql::Tx& tx) { applications_.left_school(tx, digest, Kind::student, school); });
        return count("test_card");
    };
    const auto come_back = [&](OrganisationId school) {
        write([&](sql::Tx& tx) { applications_.returned_to_school(tx, digest, Kind::student, school); });
        return count("test_card");
    };
    EXPECT_EQ(leave(other_school_.id), 1) << "nothing to them";
    EXPECT_EQ(leave(school_.id), 0);
    EXPECT_EQ(come_back(other_school_.id), 0);
    EXPECT_EQ(come_back(school_.id), 1);
    EXPECT_EQ(count("affiliation WHERE ends_on IS NULL"), 1);
}

TEST_F(ApplicationsTest, APupilWhoLeavesAndTeachesKeepsTheCard) {
    const auto person = make_account("张三", "n1");
    decide(teacher_, hand_in(person, Kind::student, student_profile("张三", class_)), Verdict::approve);
    decide(head_, hand_in(person, Kind::teacher, teacher_profile("张三")), Verdict::approve);
    write([&](sql::Tx& tx) { applications_.left_school(tx, digest_of("n1"), Kind::student, school_.id); });
    EXPECT_EQ(count("test_card"), 1);
    write([&](sql::Tx& tx) { applications_.left_school(tx, digest_of("n1"), Kind::teacher, school_.id); });
    EXPECT_EQ(count("test_card"), 0);
}

TEST_F(ApplicationsTest, WithoutConsentNothingIsHandedInOrApprovedUntilItIsGivenAgain) {
    const auto consent = [&](const Caller& child, int given) {
        write([&](sql::Tx& tx) {
            tx.execute("UPDATE test_account SET consent = $2 WHERE id = $1", child.account, given);
        });
    };
    const auto child = make_account("张三", "n1");
    consent(child, 0);
    const auto made = draft(child, Kind::student, student_profile("张三", class_));
    const auto submit = [&] {
        return write(
            [&](sql::Tx& tx) { return applications_.submit(tx, child, Step{made.id, made.version}); });
    };
    EXPECT_EQ(fault(submit), "applications.no_consent");
    consent(child, 1);
    const auto handed_in = submit();
    consent(child, 0);
    EXPECT_EQ(fault_of_decision(teacher_, handed_in), "applications.no_consent");
    EXPECT_EQ(count("test_person"), 0);
    consent(child, 1);
    EXPECT_EQ(fault_of_decision(teacher_, handed_in), "");
}

TEST_F(ApplicationsTest, WhoseTeacherIsAParentGoesToTheSchoolAtOnce) {
    write([&](sql::Tx& tx) {
        tx.execute("UPDATE test_account SET phone = '13800138000' WHERE id = $1", teacher_.account);
    });
    const auto application = hand_in_pupil("张三", "n1");
    EXPECT_EQ(fault_of_decision(teacher_, application), "applications.own_application");
    EXPECT_EQ(fault_of_decision(head_, application), "");
}

// ---- decisions ----

TEST_F(ApplicationsTest, ApprovalMakesPersonAffiliationCertificationAndCardTogether) {
    const auto entry = enrol("张三", "n1");
    const auto caller = make_account("张三", "n1");
    const auto heard = bus_.subscribe({"account:" + std::to_string(caller.account.value)}, [] {});
    const auto application = hand_in(caller, Kind::student, student_profile("张三", class_));
    const auto decided = decide(teacher_, application, Verdict::approve);
    EXPECT_EQ(decided.state, State::approved);
    EXPECT_EQ(count("test_person"), 1);
    EXPECT_EQ(count("test_card"), 1);
    EXPECT_EQ(certification(entry), "certified");
    const auto person =
        read([&](sql::Tx& tx) { return accounts_.find_claim(tx, caller.account)->person_id.value(); });
    const auto affiliations = read([&](sql::Tx& tx) { return applications_.affiliations_of(tx, person); });
    ASSERT_EQ(affiliations.size(), 1U);
    EXPECT_EQ(affiliations[0].school_id, school_.id);
    const auto events = heard->take();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NE(events[0].json.find("approved"), std::string::npos);
    const auto audited = read([&](sql::Tx& tx) {
        AuditQuery query;
        query.organisation_path = school_.path;
        query.action = "applications.approved";
        return audit_.list(tx, query);
    });
    ASSERT_EQ(audited.size(), 1U);
    EXPECT_EQ(audited[0].account, teacher_.account);
}

TEST_F(ApplicationsTest, ARefusalNeedsAReason) {
    const auto application = hand_in_pupil("张三", "n1");
    EXPECT_EQ(fault([&] { decide(teacher_, application, Verdict::send_back, "  "); }), "reason required");
    EXPECT_EQ(fault([&] { decide(teacher_, application, Verdict::reject, ""); }), "reason required");
    EXPECT_EQ(fault([&] { decide(teacher_, application, Verdict::reject, std::string(501, 'x')); }),
              "reason too_long");
    EXPECT_EQ(fault([&] { decide(teacher_, application, Verdict::reject, "不是本班学生"); }), "");
}

TEST_F(ApplicationsTest, TheAuditLogSaysWhyAndNoIdNumber) {
    const auto first = hand_in_pupil("张三", "n1");
    decide(teacher_, first, Verdict::send_back, "证件号 32010620160203123X 与\"名册\"不符");
    const auto second = hand_in_pupil("李四", "n2");
    decide(teacher_, second, Verdict::reject, "不是本班学生　３２０１０６２０１６０２０３１２３Ｘ");
    decide(teacher_, hand_in_pupil("王五", "n3"), Verdict::approve, "看过");
    const auto events = read([&](sql::Tx& tx) { return audit_.list(tx, AuditQuery{}); });
    const auto details = [&](const std::string& action) {
        const auto found = std::ranges::find(events, action, &AuditEvent::action);
        return found == events.end() ? "nothing" : found->details;
    };
    EXPECT_EQ(details("applications.returned"), R"({"reason":"证件号 ****************** 与\"名册\"不符"})");
    EXPECT_EQ(details("applications.rejected"), R"({"reason":"不是本班学生 ******************"})");
    EXPECT_EQ(details("applications.approved"), "");
}

TEST_F(ApplicationsTest, AnApplicationIsCalledByItsApplicant) {
    const auto application = hand_in_pupil("张三", "n1");
    const auto name = [&](ApplicationId id) {
        return read([&](sql::Tx& tx) { return applications_.name_of(tx, id); });
    };
    EXPECT_EQ(name(application.id), "张三");
    EXPECT_FALSE(name(ApplicationId{404}));
}

TEST_F(ApplicationsTest, TheSecondReviewerIsToldWhoAndWhen) {
    const auto application = hand_in_pupil("张三", "n1");
    decide(teacher_, application, Verdict::approve);
    clock_.advance(kEscalation);
    const Texts texts;
    const auto told = [&](const Caller& reviewer, Language language) {
        try {
            decide(reviewer, application, Verdict::reject, "晚了");
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "applications.already_decided");
            return texts.text(language, error.code(), error.parameters());
        }
        return std::string("nothing");
    };
    EXPECT_EQ(told(head_, Language::zh_cn), "班主任已于 2026-11-23 09:00 处理该申请：已通过。");
    EXPECT_EQ(told(head_, Language::en),
              "The class teacher decided this application at 2026-11-23 09:00: approved.");
    EXPECT_EQ(told(teacher_, Language::zh_cn), "您已于 2026-11-23 09:00 处理该申请：已通过。");
    EXPECT_EQ(told(teacher_, Language::en), "You decided this application at 2026-11-23 09:00: approved.");
}

TEST_F(ApplicationsTest, EveryOfficeThatDecidesHasAName) {
    const Texts texts;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Role>>([&](auto role) {
        const bool decides = role.value != Role::inspector;
        EXPECT_EQ(texts.contains(std::string("applications.decided_by_") + role.name), decides) << role.name;
    });
    for (const auto state : {State::approved, State::returned, State::rejected}) {
        const char* name = boost::describe::enum_to_string(state, "");
        EXPECT_TRUE(texts.contains(std::string("applications.state_") + name)) << name;
    }
}

TEST_F(ApplicationsTest, WhatWasNotSeenIsNotDecided) {
    const auto caller = make_account("张三", "n1");
    const auto first = hand_in(caller, Kind::student, student_profile("张三", class_));
    write([&](sql::Tx& tx) {
        const auto back = applications_.withdraw(tx, caller, Step{first.id, first.version});
        const auto saved = applications_.save(
            tx, caller, Saving{back.id, back.version, std::nullopt, student_profile("张山", class_)});
        applications_.submit(tx, caller, Step{saved.id, saved.version});
    });
    EXPECT_EQ(fault_of_decision(teacher_, first), "applications.changed_meanwhile");
}

TEST_F(ApplicationsTest, ARefusedApprovalLeavesNothingBehind) {
    const auto first = hand_in(make_account("张三", "n1"), Kind::student, student_profile("张三", class_));
    const auto second = hand_in(make_account("冒名", "n1"), Kind::student, student_profile("张三", class_));
    decide(teacher_, first, Verdict::approve);
    const auto events = count("application_event");
    const auto audited = count("audit_event");
    EXPECT_EQ(fault_of_decision(teacher_, second), "applications.number_certified");
    EXPECT_EQ(count("application_event"), events);
    EXPECT_EQ(count("audit_event"), audited);
    EXPECT_EQ(count("affiliation"), 1);
    EXPECT_EQ(fault([&] { decide(teacher_, second, Verdict::reject, "冒用他人证件"); }), "")
        << "it can still be rejected";
}

TEST_F(ApplicationsTest, RejectingOneClaimKeepsTheEntryInReviewForTheOther) {
    const auto entry = enrol("张三", "n1");
    const auto owner = hand_in(make_account("张三", "n1"), Kind::student, student_profile("张三", class_));
    const auto thief = hand_in(make_account("冒名", "n1"), Kind::student, student_profile("张三", class_));
    decide(teacher_, thief, Verdict::reject);
    EXPECT_EQ(certification(entry), "in_review");
    decide(teacher_, owner, Verdict::send_back);
    EXPECT_EQ(certification(entry), "returned");
}

TEST_F(ApplicationsTest, ALaterClaimTakesNoCertificationAway) {
    const auto entry = enrol("张三", "n1");
    decide(teacher_,
           hand_in(make_account("张三", "n1"), Kind::student, student_profile("张三", class_)),
           Verdict::approve);
    const auto thief = hand_in(make_account("冒名", "n1"), Kind::student, student_profile("张三", class_));
    EXPECT_EQ(certification(entry), "certified");
    decide(teacher_, thief, Verdict::reject);
    EXPECT_EQ(certification(entry), "certified");
}

TEST_F(ApplicationsTest, AStudentWhoBecomesATeacherStaysOnePerson) {
    const auto caller = make_account("张三", "n1");
    decide(teacher_, hand_in(caller, Kind::student, student_profile("张三", class_)), Verdict::approve);
    decide(head_, hand_in(caller, Kind::teacher, teacher_profile("张三")), Verdict::approve);
    EXPECT_EQ(count("test_person"), 1);
    EXPECT_EQ(count("test_card"), 1);
    EXPECT_EQ(count("affiliation"), 2);
}

TEST_F(ApplicationsTest, ARosterThatCameLaterIsFoundAtReview) {
    const auto application =
        hand_in(make_account("张三", "n1"), Kind::student, student_profile("张三", class_));
    const auto entry = enrol("张三", "n1");
    const auto detail = read([&](sql::Tx& tx) { return applications_.review(tx, teacher_, application.id); });
    EXPECT_EQ(detail.roster_match, RosterMatch::exact);
    decide(teacher_, application, Verdict::approve);
    EXPECT_EQ(certification(entry), "certified");
}

// ---- races ----

TEST_F(ApplicationsTest, OfThirtyTwoDecisionsAtOnceOneWins) {
    const auto application = hand_in_pupil("张三", "n1");
    std::atomic<int> won = 0;
    std::atomic<int> told = 0;
    std::vector<std::jthread> threads;
    for (int index = 0; index < 32; ++index) {
        threads.emplace_back([&, index] {
            const auto verdict = index % 3 == 0 ? Verdict::reject : Verdict::approve;
            const auto code = fault_of_decision(teacher_, application, verdict);
            won += code.empty() ? 1 : 0;
            told += code == "applications.already_decided" ? 1 : 0;
        });
    }
    threads.clear();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(told, 31);
    EXPECT_EQ(count("test_person"), count("test_card"));
    EXPECT_LE(count("affiliation"), 1);
}

TEST_F(ApplicationsTest, CompetingClaimsApprovedAtOnceMakeOnePerson) {
    std::vector<ApplicationView> claims;
    for (int index = 0; index < 16; ++index) {
        claims.push_back(hand_in(make_account("张三", "n1"), Kind::student, student_profile("张三", class_)));
    }
    std::atomic<int> won = 0;
    std::atomic<int> refused = 0;
    std::vector<std::jthread> threads;
    for (const auto& claim : claims) {
        threads.emplace_back([&] {
            const auto code = fault_of_decision(teacher_, claim);
            won += code.empty() ? 1 : 0;
            refused += code == "applications.number_certified" ? 1 : 0;
        });
    }
    threads.clear();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(refused, 15);
    EXPECT_EQ(count("test_person"), 1);
    EXPECT_EQ(count("test_card"), 1);
    EXPECT_EQ(count("affiliation"), 1);
}

TEST_F(ApplicationsTest, WithdrawingAndApprovingAtOnceDoesOneOfThem) {
    for (int round = 0; round < 10; ++round) {
        const auto number = "n" + std::to_string(round);
        const auto caller = make_account("张三", number);
        const auto application = hand_in(caller, Kind::student, student_profile("张三", class_));
        std::string withdrawn;
        std::string approved;
        {
            std::jthread one([&] {
                withdrawn = fault([&] {
                    write([&](sql::Tx& tx) {
                        applications_.withdraw(tx, caller, Step{application.id, application.version});
                    });
                });
            });
            std::jthread two([&] { approved = fault_of_decision(teacher_, application); });
        }
        EXPECT_NE(withdrawn.empty(), approved.empty());
    }
}

}  // namespace
}  // namespace educard::applications
