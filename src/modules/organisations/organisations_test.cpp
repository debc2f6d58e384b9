#include "modules/organisations/organisations.hpp"

#include "base/error.hpp"
#include "runtime/audit.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

namespace educard::organisations {
namespace {

constexpr OrganisationId kJiangsu{32};
constexpr OrganisationId kSuzhou{3205};
constexpr OrganisationId kXuzhou{3203};
constexpr OrganisationId kKunshan{320583};
constexpr OrganisationId kGulou{320302};
constexpr OrganisationId kYunlong{320303};

Date on(std::string_view text) {
    return parse_date(text).value();
}

class OrganisationsTest : public ::testing::Test {
protected:
    OrganisationsTest() : ids_(clock_, 1), audit_(clock_, ids_), organisations_(clock_, ids_, audit_) {
        clock_.set(parse_time("2026-11-23T08:00:00Z").value());
        database_->write([&](sql::Tx& tx) { organisations_.seed(tx); });
    }

    static Caller with(Role role, OrganisationId place, std::string path) {
        Caller caller;
        caller.account = AccountId{7};
        caller.grants.push_back(Grant{.role = role, .organisation = place, .path = std::move(path)});
        return caller;
    }

    template <class Function>
    auto write(Function&& function) {
        return database_->write(std::forward<Function>(function));
    }
    template <class Function>
    std::string code_of_write(Function&& function) {
        try {
            database_->write([&](sql::Tx& tx) { function(tx); });
        } catch (const Error& error) {
            return error.fields().empty() ? error.code() : error.fields().front().code;
        }
        return "";
    }
    Organisation get(OrganisationId id) {
        return database_->read([&](sql::Tx& tx) { return organisations_.get(tx, id); });
    }

    static Draft school_draft(OrganisationId parent, std::string name, std::string code) {
        Draft draft;
        draft.parent_id = parent;
        draft.kind = Kind::school;
        draft.name = std::move(name);
        draft.school_code = std::move(code);
        draft.school_kind = SchoolKind::primary;
        return draft;
    }
    Organisation make_school(OrganisationId parent, std::string name, std::string code) {
        return write([&](sql::Tx& tx) {
            return organisations_.create(tx, province_, school_draft(parent, name, code));
        });
    }
    static Draft class_draft(OrganisationId school, int entry_year, int number) {
        Draft draft;
        draft.parent_id = school;
        draft.kind = Kind::class_;
        draft.stage = Stage::primary;
        draft.entry_year = entry_year;
        draft.class_number = number;
        return draft;
    }
    Organisation make_class(OrganisationId school, int entry_year, int number) {
        return write([&](sql::Tx& tx) {
            return organisations_.create(tx, province_, class_draft(school, entry_year, number));
        });
    }
    std::string code_of_close(const Organisation& organisation,
                              std::optional<std::int64_t> people = std::nullopt) {
        return code_of_write([&](sql::Tx& tx) {
            organisations_.close(
                tx,
                province_,
                Closing{.id = organisation.id, .version = organisation.version, .people = people});
        });
    }
    std::string code_of_reopening(const Organisation& organisation, const Caller& caller) {
        return code_of_write([&](sql::Tx& tx) {
            organisations_.reopen(
                tx, caller, Reopening{.id = organisation.id, .version = organisation.version});
        });
    }
    std::string code_of_reopening(const Organisation& organisation) {
        return code_of_reopening(organisation, province_);
    }
    static Change change_of(const Organisation& organisation) {
        Change change;
        change.id = organisation.id;
        change.version = organisation.version;
        return change;
    }
    std::vector<std::string> found(const std::string& text,
                                   std::optional<OrganisationId> under = std::nullopt) {
        std::vector<std::string> names;
        const auto slice = database_->read([&](sql::Tx& tx) {
            return organisations_.search(tx,
                                         Search{.text = text,
                                                .kind = std::nullopt,
                                                .under = under,
                                                .cursor = std::nullopt,
                                                .limit = 200});
        });
        for (const auto& item : slice.items) {
            names.push_back(item.name);
        }
        return names;
    }

    testing::FakeClock clock_;
    testing::TestDatabase database_;
    IdSource ids_;
    Audit audit_;
    Organisations organisations_;
    Caller province_ = with(Role::province_admin, kJiangsu, "/32/");
};

TEST_F(OrganisationsTest, TheRealTreeIsThere) {
    std::size_t cities = 0;
    std::size_t counties = 0;
    std::size_t direct = 0;
    database_->read([&](sql::Tx& tx) {
        std::vector<Organisation> below = organisations_.children(tx, kJiangsu, std::nullopt, 200).items;
        for (const auto& city : below) {
            cities += city.kind == Kind::city ? 1 : 0;
            direct += city.direct ? 1 : 0;
            counties += city.kind == Kind::county ? 1 : 0;
            for (const auto& child : organisations_.children(tx, city.id, std::nullopt, 200).items) {
                counties += child.kind == Kind::county ? 1 : 0;
            }
        }
    });
    EXPECT_EQ(cities, 13U);
    EXPECT_EQ(direct, 3U);
    EXPECT_EQ(counties, 95U);
}

TEST_F(OrganisationsTest, DirectCountiesReportToTheProvince) {
    const auto kunshan = get(kKunshan);
    EXPECT_EQ(kunshan.path, "/32/320583/");
    EXPECT_TRUE(kunshan.direct);
    const auto suzhou = with(Role::city_admin, kSuzhou, "/32/3205/");
    EXPECT_FALSE(organisations_.may_edit(suzhou, kunshan));
    EXPECT_TRUE(organisations_.may_edit(suzhou, get(OrganisationId{320505})));
}

TEST_F(OrganisationsTest, SeedingTwiceChangesNothing) {
    EXPECT_EQ(write([&](sql::Tx& tx) { return organisations_.seed(tx); }), 0U);
}

TEST_F(OrganisationsTest, ChangesSince2014AreHistory) {
    const auto name_on = [&](std::int64_t id, std::string_view day) {
        return database_->read([&](sql::Tx& tx) {
            const auto then = organisations_.as_of(tx, OrganisationId{id}, on(day));
            return then ? then->name + " " + then->division_code.value_or("") : std::string("none");
        });
    };
    EXPECT_EQ(name_on(320685, "2018-05-13"), "海安县 320621");
    EXPECT_EQ(name_on(320685, "2018-05-14"), "海安市 320685");
    EXPECT_EQ(name_on(320707, "2014-01-01"), "赣榆县 320721");
    EXPECT_EQ(name_on(320213, "2015-10-12"), "none");
    EXPECT_EQ(name_on(320202, "2015-10-12"), "崇安区 320202");
    EXPECT_EQ(name_on(320202, "2015-10-13"), "none");
    const auto states =
        database_->read([&](sql::Tx& tx) { return organisations_.history(tx, OrganisationId{320611}); });
    ASSERT_EQ(states.size(), 1U);
    EXPECT_EQ(states[0].successor_id, OrganisationId{320613});
}

TEST_F(OrganisationsTest, FoundByNamePinyinInitialsAndCode) {
    EXPECT_EQ(found("昆山"), (std::vector<std::string>{"昆山市"}));
    EXPECT_EQ(found("kunshan"), (std::vector<std::string>{"昆山市"}));
    EXPECT_EQ(found("ksS"), (std::vector<std::string>{"昆山市"}));
    EXPECT_EQ(found("320583"), (std::vector<std::string>{"昆山市"}));
    EXPECT_EQ(found("luhequ"), (std::vector<std::string>{"六合区"}));
    EXPECT_EQ(found("鼓楼区").size(), 2U);
    EXPECT_EQ(found("鼓楼区", kXuzhou).size(), 1U);
    EXPECT_TRUE(found("港闸").empty()) << "closed in 2020";
    EXPECT_TRUE(found("没有这种地方").empty());
}

TEST_F(OrganisationsTest, SearchTakesLikeSignsAsTheyAre) {
    EXPECT_TRUE(found("%").empty());
    EXPECT_TRUE(found("_").empty());
    EXPECT_TRUE(found("\\").empty());
    EXPECT_TRUE(found("'; DROP TABLE organisation; --").empty());
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) { organisations_.search(tx, Search{}); }), "required");
}

TEST_F(OrganisationsTest, SearchPagesWithoutGapsOrRepeats) {
    std::set<std::int64_t> seen;
    std::optional<std::string> cursor;
    int pages = 0;
    do {
        const auto slice = database_->read([&](sql::Tx& tx) {
            return organisations_.search(
                tx,
                Search{.text = "区", .kind = Kind::county, .under = kJiangsu, .cursor = cursor, .limit = 7});
        });
        for (const auto& item : slice.items) {
            EXPECT_TRUE(seen.insert(item.id.value).second);
        }
        cursor = slice.next;
        ++pages;
    } while (cursor && pages < 100);
    EXPECT_EQ(seen.size(), 55U) << "districts of Jiangsu";
    Search forged;
    forged.text = "区";
    forged.cursor = "bm9uc2Vuc2U";
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) { organisations_.search(tx, forged); }), "value");
}

TEST_F(OrganisationsTest, ListsAllOfAKindWithoutWords) {
    const auto all = [&](std::optional<Kind> kind, std::optional<OrganisationId> under, int limit) {
        std::vector<std::string> names;
        std::optional<std::string> cursor;
        do {
            const auto slice = database_->read([&](sql::Tx& tx) {
                return organisations_.search(
                    tx, Search{.text = " ", .kind = kind, .under = under, .cursor = cursor, .limit = limit});
            });
            for (const auto& item : slice.items) {
                names.push_back(item.name);
            }
            cursor = slice.next;
        } while (cursor && names.size() < 1000);
        return names;
    };
    EXPECT_EQ(all(Kind::city, std::nullopt, 200).size(), 13U);
    EXPECT_EQ(all(Kind::city, std::nullopt, 4), all(Kind::city, std::nullopt, 200));
    make_school(kGulou, "鼓楼小学", "2132000001");
    EXPECT_EQ(all(Kind::school, kGulou, 200), std::vector<std::string>{"鼓楼小学"});
    EXPECT_EQ(all(std::nullopt, kGulou, 200).size(), 2U);  // itself and the school
    EXPECT_EQ(all(Kind::city, kGulou, 200).size(), 0U);
}

TEST_F(OrganisationsTest, ChildrenPageInOrder) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    for (int number = 1; number <= 5; ++number) {
        make_class(school.id, 2024, number);
    }
    std::vector<int> numbers;
    std::optional<std::string> cursor;
    do {
        const auto slice =
            database_->read([&](sql::Tx& tx) { return organisations_.children(tx, school.id, cursor, 2); });
        for (const auto& item : slice.items) {
            numbers.push_back(item.class_number.value());
        }
        cursor = slice.next;
    } while (cursor);
    EXPECT_EQ(numbers, (std::vector<int>{1, 2, 3, 4, 5}));
}

TEST_F(OrganisationsTest, AdministratorsActOnlyInTheirOwnSubtree) {
    const auto gulou = with(Role::county_admin, kGulou, "/32/3203/320302/");
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) {
                  organisations_.create(tx, gulou, school_draft(kYunlong, "云龙小学", "2132000002"));
              }),
              "scope.outside");
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) {
                  organisations_.create(tx, gulou, school_draft(kGulou, "鼓楼小学", "2132000003"));
              }),
              "");
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) {
                  auto change = change_of(organisations_.get(tx, kGulou));
                  change.name = "别的区";
                  organisations_.change(tx, gulou, change);
              }),
              "scope.outside")
        << "nobody renames the place that their own power comes from";
}

TEST_F(OrganisationsTest, SchoolAdministratorEditsClassesAndNotTheSchool) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    const auto other = make_school(kGulou, "另一小学", "2132000002");
    const auto admin = with(Role::school_admin, school.id, school.path);
    const auto teacher = with(Role::class_teacher, school.id, school.path);
    const auto create_as = [&](const Caller& caller, OrganisationId place, int number) {
        return code_of_write(
            [&](sql::Tx& tx) { organisations_.create(tx, caller, class_draft(place, 2026, number)); });
    };
    EXPECT_EQ(create_as(admin, school.id, 1), "");
    EXPECT_EQ(create_as(admin, other.id, 1), "scope.outside");
    EXPECT_EQ(create_as(teacher, school.id, 2), "scope.outside");
    EXPECT_EQ(create_as(Caller{}, school.id, 2), "scope.outside");
    EXPECT_FALSE(organisations_.may_edit(admin, school));
}

TEST_F(OrganisationsTest, BadDraftsNameEveryFieldAndChangeNothing) {
    auto draft = school_draft(kGulou, "  ", "12345");
    draft.school_kind = std::nullopt;
    std::vector<std::string> paths;
    try {
        write([&](sql::Tx& tx) { return organisations_.create(tx, province_, draft); });
        FAIL();
    } catch (const Error& error) {
        for (const auto& field : error.fields()) {
            paths.push_back(field.path);
        }
    }
    EXPECT_EQ(paths, (std::vector<std::string>{"name", "school_kind", "school_code"}));
    const auto refused = [&](const Draft& bad) {
        return code_of_write([&](sql::Tx& tx) { organisations_.create(tx, province_, bad); });
    };
    auto misplaced = school_draft(kJiangsu, "省直学校", "2132000009");
    EXPECT_EQ(refused(misplaced), "organisations.wrong_place");
    EXPECT_EQ(refused(school_draft(kGulou, std::string(400, 'x'), "2132000009")), "too_long");
    EXPECT_EQ(refused(school_draft(kGulou, "中学", "3132000009")), "organisations.school_code_category");
    EXPECT_EQ(refused(school_draft(OrganisationId{999}, "小学", "2132000009")), "organisations.unknown");
    EXPECT_EQ(refused(school_draft(OrganisationId{320611}, "港闸小学", "2132000009")),
              "organisations.parent_closed");
    EXPECT_TRUE(found("小学").empty());
}

TEST_F(OrganisationsTest, ClassesFitTheirSchool) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    const auto refused = [&](const Draft& bad) {
        return code_of_write([&](sql::Tx& tx) { organisations_.create(tx, province_, bad); });
    };
    auto senior = class_draft(school.id, 2026, 1);
    senior.stage = Stage::senior;
    EXPECT_EQ(refused(senior), "organisations.stage_not_taught");
    EXPECT_EQ(refused(class_draft(school.id, 1900, 1)), "value");
    EXPECT_EQ(refused(class_draft(school.id, 2026, 0)), "value");
    EXPECT_EQ(refused(class_draft(school.id, 2026, 100)), "value");
    EXPECT_EQ(refused(class_draft(kGulou, 2026, 1)), "organisations.wrong_place");
    make_class(school.id, 2026, 1);
    EXPECT_EQ(refused(class_draft(school.id, 2026, 1)), "organisations.class_exists");
}

TEST_F(OrganisationsTest, ASchoolCodeIsNeverGivenAgain) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) {
                  organisations_.create(tx, province_, school_draft(kYunlong, "云龙小学", "2132000001"));
              }),
              "organisations.school_code_taken");
    write([&](sql::Tx& tx) {
        return organisations_.close(
            tx, province_, Closing{school.id, school.version, std::nullopt, std::nullopt});
    });
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) {
                  organisations_.create(tx, province_, school_draft(kYunlong, "云龙小学", "2132000001"));
              }),
              "organisations.school_code_taken");
}

TEST_F(OrganisationsTest, ARenameKeepsTheOldNameForTheDaysBefore) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    clock_.set(parse_time("2027-03-01T08:00:00Z").value());
    auto change = change_of(school);
    change.name = "鼓楼实验小学";
    const auto renamed = write([&](sql::Tx& tx) { return organisations_.change(tx, province_, change); });
    EXPECT_EQ(renamed.version, 2);
    EXPECT_EQ(found("shiyan"), (std::vector<std::string>{"鼓楼实验小学"}));
    database_->read([&](sql::Tx& tx) {
        EXPECT_EQ(organisations_.as_of(tx, school.id, on("2027-02-28"))->name, "鼓楼小学");
        EXPECT_EQ(organisations_.as_of(tx, school.id, on("2027-03-01"))->name, "鼓楼实验小学");
        EXPECT_FALSE(organisations_.as_of(tx, school.id, on("2026-01-01")));
        EXPECT_EQ(organisations_.history(tx, school.id).size(), 2U);
    });
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) { organisations_.change(tx, province_, change); }),
              "organisations.changed_meanwhile");
    auto early = change_of(renamed);
    early.effective_on = on("2027-02-01");
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) { organisations_.change(tx, province_, early); }),
              "organisations.before_last_change");
    early.effective_on = on("2030-02-01");
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) { organisations_.change(tx, province_, early); }),
              "organisations.future_day");
}

TEST_F(OrganisationsTest, MovingACountyRewritesEveryPathBelow) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    const auto third = make_class(school.id, 2024, 3);
    auto change = change_of(get(kGulou));
    change.parent_id = kJiangsu;
    const auto moved = write([&](sql::Tx& tx) { return organisations_.change(tx, province_, change); });
    EXPECT_TRUE(moved.direct);
    EXPECT_EQ(moved.path, "/32/320302/");
    EXPECT_EQ(get(school.id).path, "/32/320302/" + std::to_string(school.id.value) + "/");
    EXPECT_EQ(get(third.id).path, get(school.id).path + std::to_string(third.id.value) + "/");
    EXPECT_EQ(get(third.id).depth, 3);
    const auto xuzhou = with(Role::city_admin, kXuzhou, "/32/3203/");
    EXPECT_FALSE(organisations_.may_edit(xuzhou, get(school.id)));
}

TEST_F(OrganisationsTest, OthersHearOfAMoveAndEveryChangeIsAudited) {
    std::string heard;
    organisations_.when_moved([&](sql::Tx&, std::string_view from, std::string_view to, int depth_change) {
        heard = std::string(from) + " " + std::string(to) + " " + std::to_string(depth_change);
    });
    auto change = change_of(get(kGulou));
    change.parent_id = kJiangsu;
    write([&](sql::Tx& tx) { return organisations_.change(tx, province_, change); });
    EXPECT_EQ(heard, "/32/3203/320302/ /32/320302/ -1");
    const auto events = database_->read([&](sql::Tx& tx) {
        AuditQuery query;
        query.organisation_path = "/32/320302/";
        return audit_.list(tx, query);
    });
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].action, "organisations.changed");
}

TEST_F(OrganisationsTest, MovesThatMakeNoSenseAreRefused) {
    const auto moved_to = [&](OrganisationId what, OrganisationId where, const Caller& caller) {
        return code_of_write([&](sql::Tx& tx) {
            auto change = change_of(organisations_.get(tx, what));
            change.parent_id = where;
            organisations_.change(tx, caller, change);
        });
    };
    EXPECT_EQ(moved_to(kXuzhou, kSuzhou, province_), "organisations.wrong_place");
    EXPECT_EQ(moved_to(kGulou, kYunlong, province_), "organisations.wrong_place");
    EXPECT_EQ(moved_to(kGulou, OrganisationId{5}, province_), "organisations.unknown");
    EXPECT_EQ(moved_to(kGulou, kSuzhou, with(Role::city_admin, kXuzhou, "/32/3203/")), "scope.outside")
        << "into somebody else's subtree";
    EXPECT_EQ(moved_to(kJiangsu, kSuzhou, province_), "scope.outside");
}

TEST_F(OrganisationsTest, MergingCountiesHandsOverTheirSchools) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    const auto third = make_class(school.id, 2024, 3);
    const auto gulou = get(kGulou);
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) {
                  organisations_.close(
                      tx, province_, Closing{kGulou, gulou.version, std::nullopt, std::nullopt});
              }),
              "organisations.has_children");
    write([&](sql::Tx& tx) {
        return organisations_.close(tx, province_, Closing{kGulou, gulou.version, std::nullopt, kYunlong});
    });
    EXPECT_EQ(get(school.id).parent_id, kYunlong);
    EXPECT_TRUE(is_within(get(third.id).path, get(kYunlong).path));
    EXPECT_FALSE(get(kGulou).is_open(organisations_.today()));
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) {
                  organisations_.close(
                      tx, province_, Closing{kGulou, gulou.version + 1, std::nullopt, kYunlong});
              }),
              "organisations.closed");
}

TEST_F(OrganisationsTest, ClosingASchoolClosesItsClasses) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    const auto third = make_class(school.id, 2024, 3);
    write([&](sql::Tx& tx) {
        return organisations_.close(
            tx, province_, Closing{school.id, school.version, std::nullopt, std::nullopt});
    });
    EXPECT_FALSE(get(third.id).is_open(organisations_.today()));
    EXPECT_TRUE(found("鼓楼小学").empty());
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) {
                  organisations_.create(tx, province_, class_draft(school.id, 2026, 1));
              }),
              "organisations.parent_closed");
}

TEST_F(OrganisationsTest, WhoClosesConfirmsTheNumberOfPeople) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    make_class(school.id, 2024, 3);
    organisations_.count_attached_with([&](sql::Tx&, const Organisation& organisation) {
        return organisation.id == school.id ? Attached{.people = 98, .certified = 4, .offices = 2}
                                            : Attached();
    });
    const auto before =
        write([&](sql::Tx& tx) { return organisations_.before_closing(tx, province_, school.id); });
    EXPECT_EQ(before.version, school.version);
    EXPECT_EQ(before.open_below, 1);
    EXPECT_EQ(before.people, 98);
    EXPECT_EQ(before.certified, 4);
    EXPECT_EQ(before.offices, 2);
    EXPECT_EQ(code_of_close(school, std::nullopt), "organisations.has_people");
    EXPECT_EQ(code_of_close(school, 97), "organisations.has_people");
    EXPECT_TRUE(get(school.id).is_open(organisations_.today()));
    EXPECT_EQ(code_of_close(school, 98), "");
    EXPECT_FALSE(get(school.id).is_open(organisations_.today()));
}

TEST_F(OrganisationsTest, WhatHangsOnAnOrganisationIsToldToWhoMayCloseIt) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    const auto asked = [&](const Caller& caller) {
        return code_of_write([&](sql::Tx& tx) { organisations_.before_closing(tx, caller, school.id); });
    };
    EXPECT_EQ(asked(with(Role::county_admin, kGulou, "/32/3203/320302/")), "");
    EXPECT_EQ(asked(with(Role::school_admin, school.id, school.path)), "scope.outside");
    EXPECT_EQ(asked(with(Role::county_admin, kYunlong, get(kYunlong).path)), "scope.outside");
    EXPECT_EQ(asked(Caller{}), "scope.outside");
}

TEST_F(OrganisationsTest, ReopeningUndoesWhatTheClosingEnded) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    const auto ended_before = make_class(school.id, 2024, 3);
    const auto ended_with_it = make_class(school.id, 2024, 4);
    EXPECT_EQ(code_of_close(ended_before), "");
    for (int time = 0; time < 2; ++time) {  // on one day, twice
        EXPECT_EQ(code_of_close(get(school.id)), "");
        EXPECT_FALSE(get(ended_with_it.id).is_open(organisations_.today()));
        EXPECT_EQ(code_of_reopening(get(school.id)), "");
        EXPECT_TRUE(get(ended_with_it.id).is_open(organisations_.today()));
        EXPECT_FALSE(get(ended_before.id).is_open(organisations_.today()));
    }
    EXPECT_EQ(found("2132000001"), std::vector<std::string>{"鼓楼小学"});
    database_->read([&](sql::Tx& tx) {
        const auto states = organisations_.history(tx, school.id);
        ASSERT_EQ(states.size(), 3U);
        EXPECT_EQ(states[1].change, HistoryChange::reopened);
        EXPECT_EQ(states[1].valid_to, organisations_.today());
        EXPECT_EQ(states[2].valid_to, std::nullopt);
        EXPECT_TRUE(organisations_.as_of(tx, school.id, organisations_.today()));
        EXPECT_TRUE(organisations_.as_of(tx, ended_with_it.id, organisations_.today()));
        EXPECT_FALSE(organisations_.as_of(tx, ended_before.id, organisations_.today()));
        AuditQuery query;
        query.organisation_path = school.path;
        EXPECT_EQ(audit_.list(tx, query).front().action, "organisations.reopened");
    });
}

TEST_F(OrganisationsTest, TheDaysOfAClosingStayInTheHistory) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    clock_.set(parse_time("2027-03-01T08:00:00Z").value());
    EXPECT_EQ(code_of_close(school), "");
    clock_.set(parse_time("2027-03-05T08:00:00Z").value());
    EXPECT_EQ(code_of_reopening(get(school.id)), "");
    database_->read([&](sql::Tx& tx) {
        EXPECT_TRUE(organisations_.as_of(tx, school.id, on("2027-02-28")));
        EXPECT_FALSE(organisations_.as_of(tx, school.id, on("2027-03-04")));
        EXPECT_TRUE(organisations_.as_of(tx, school.id, on("2027-03-05")));
    });
}

TEST_F(OrganisationsTest, AClosingThatLiesAheadCanBeTakenBack) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    write([&](sql::Tx& tx) {
        return organisations_.close(
            tx, province_, Closing{.id = school.id, .version = school.version, .valid_to = on("2099-01-01")});
    });
    EXPECT_EQ(code_of_reopening(get(school.id)), "");
    EXPECT_EQ(get(school.id).valid_to, std::nullopt);
    database_->read([&](sql::Tx& tx) {
        EXPECT_TRUE(organisations_.as_of(tx, school.id, on("2099-01-02")));
        EXPECT_EQ(organisations_.history(tx, school.id).front().valid_to, organisations_.today());
    });
    EXPECT_EQ(code_of_close(get(school.id)), "") << "the next one may be on the same day";
}

TEST_F(OrganisationsTest, ReopeningIsRefusedWhereItCannotBe) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    const auto third = make_class(school.id, 2024, 3);
    EXPECT_EQ(code_of_reopening(school), "organisations.not_closed");
    EXPECT_EQ(code_of_close(third), "");
    make_class(school.id, 2024, 3);
    EXPECT_EQ(code_of_reopening(get(third.id)), "organisations.class_exists");
    EXPECT_EQ(code_of_close(school), "");
    EXPECT_EQ(code_of_reopening(get(third.id)), "organisations.parent_closed");
    EXPECT_EQ(code_of_reopening(school), "organisations.changed_meanwhile");
    const auto closed = get(school.id);
    EXPECT_EQ(code_of_reopening(closed, with(Role::county_admin, kYunlong, get(kYunlong).path)),
              "scope.outside");
    EXPECT_EQ(code_of_reopening(closed, with(Role::school_admin, school.id, school.path)), "scope.outside");
    EXPECT_EQ(code_of_reopening(closed, with(Role::county_admin, kGulou, get(kGulou).path)), "");
    EXPECT_EQ(code_of_reopening(closed), "organisations.changed_meanwhile") << "a second time";
}

TEST_F(OrganisationsTest, OpenSiblingsOfAKindDifferInName) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    const auto other = make_school(kGulou, "另一小学", "2132000002");
    const auto away = make_school(kYunlong, "鼓楼小学", "2132000003");
    const auto refused = [&](const Draft& draft) {
        return code_of_write([&](sql::Tx& tx) { organisations_.create(tx, province_, draft); });
    };
    EXPECT_EQ(refused(school_draft(kGulou, "鼓楼 小学", "2132000004")), "organisations.name_taken");
    auto renaming = change_of(other);
    renaming.name = "鼓楼小学";
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) { organisations_.change(tx, province_, renaming); }),
              "organisations.name_taken");
    auto moving = change_of(away);
    moving.parent_id = kGulou;
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) { organisations_.change(tx, province_, moving); }),
              "organisations.name_taken");
    const auto gulou = get(kGulou);
    EXPECT_EQ(code_of_write([&](sql::Tx& tx) {
                  organisations_.relocate(tx, province_, away, gulou, organisations_.today());
              }),
              "organisations.name_taken");
    EXPECT_EQ(code_of_close(school), "");
    make_school(kGulou, "鼓楼小学", "2132000005");  // who is closed has left its name
    EXPECT_EQ(code_of_reopening(get(school.id)), "organisations.name_taken");
}

TEST_F(OrganisationsTest, WhoIsToldOfAnotherNameHearsOfNothingElse) {
    std::vector<std::string> heard;
    organisations_.when_renamed([&](sql::Tx&, const Organisation& one) { heard.push_back(one.name); });
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    auto change = change_of(school);
    change.division_code = "320302";
    const auto changed = write([&](sql::Tx& tx) { return organisations_.change(tx, province_, change); });
    auto renaming = change_of(changed);
    renaming.name = "鼓楼实验小学";
    write([&](sql::Tx& tx) { return organisations_.change(tx, province_, renaming); });
    EXPECT_EQ(heard, std::vector<std::string>{"鼓楼实验小学"});
}

TEST_F(OrganisationsTest, ClosedChildrenAreListedApart) {
    const auto closed = make_school(kGulou, "鼓楼小学", "2132000001");
    make_school(kGulou, "另一小学", "2132000002");
    EXPECT_EQ(code_of_close(closed), "");
    const auto slice = database_->read(
        [&](sql::Tx& tx) { return organisations_.closed_children(tx, kGulou, std::nullopt, 50); });
    ASSERT_EQ(slice.items.size(), 1U);
    EXPECT_EQ(slice.items[0].id, closed.id);
}

TEST_F(OrganisationsTest, OfManyReopeningsAtOnceOneWins) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    EXPECT_EQ(code_of_close(school), "");
    const auto closed = get(school.id);
    std::atomic<int> won = 0;
    std::vector<std::jthread> threads;
    for (int index = 0; index < 16; ++index) {
        threads.emplace_back([&] { won += code_of_reopening(closed).empty() ? 1 : 0; });
    }
    threads.clear();
    EXPECT_EQ(won, 1);
}

TEST_F(OrganisationsTest, OfTwoChangesAtOnceOneWins) {
    const auto school = make_school(kGulou, "鼓楼小学", "2132000001");
    std::atomic<int> won = 0;
    std::atomic<int> lost = 0;
    std::vector<std::jthread> threads;
    for (int index = 0; index < 16; ++index) {
        threads.emplace_back([&, index] {
            auto change = change_of(school);
            change.name = "第" + std::to_string(index) + "小学";
            const auto code =
                code_of_write([&](sql::Tx& tx) { organisations_.change(tx, province_, change); });
            ++(code.empty() ? won : lost);
        });
    }
    threads.clear();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 15);
    EXPECT_EQ(get(school.id).version, 2);
}

TEST_F(OrganisationsTest, OneSchoolCodeGoesToOneSchoolOfMany) {
    std::atomic<int> won = 0;
    std::vector<std::jthread> threads;
    for (int index = 0; index < 16; ++index) {
        threads.emplace_back([&, index] {
            const auto code = code_of_write([&](sql::Tx& tx) {
                organisations_.create(
                    tx, province_, school_draft(kGulou, "第" + std::to_string(index) + "小学", "2132000001"));
            });
            won += code.empty() ? 1 : 0;
        });
    }
    threads.clear();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(found("小学").size(), 1U);
}

}  // namespace
}  // namespace educard::organisations
