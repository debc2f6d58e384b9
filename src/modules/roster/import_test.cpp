#include "base/error.hpp"
#include "modules/roster/roster.hpp"
#include "runtime/audit.hpp"
#include "runtime/bus.hpp"
#include "runtime/jobs.hpp"
#include "runtime/texts.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace educard::roster {
namespace {

constexpr OrganisationId kGulou{320106};
constexpr auto kHead = "姓名,身份证号,性别,年级,班级,监护人,监护人电话\n";
// Invented people with valid numbers.
constexpr auto kFirst = "张三,320103201309019114,男,七年级,1班,张大,13800000001\n";

/// Adds up what it is told.
class Tally final : public RosterObserver {
public:
    void moved(sql::Tx&,
               OrganisationId node,
               Kind,
               std::optional<Certification> from,
               std::optional<Certification> to,
               std::int64_t count) override {
        if (from) {
            counts[{node, *from}] -= count;
        }
        if (to) {
            counts[{node, *to}] += count;
        }
    }
    Certification entered(sql::Tx&, EntryId, const Bytes&, Kind, OrganisationId) override { return known; }
    std::vector<Bytes> documents_of_card(sql::Tx&, std::string_view) override { return {}; }
    void left(sql::Tx&, const Bytes&, Kind, OrganisationId) override { ++people_left; }
    void returned(sql::Tx&, const Bytes&, Kind, OrganisationId) override { ++people_returned; }
    int people_left = 0;
    int people_returned = 0;

    std::int64_t total(Certification certification) const {
        std::int64_t sum = 0;
        for (const auto& [key, count] : counts) {
            sum += key.second == certification ? count : 0;
        }
        return sum;
    }

    std::map<std::pair<OrganisationId, Certification>, std::int64_t> counts;
    Certification known = Certification::not_begun;
};

class Importing : public ::testing::Test {
protected:
    Importing() {
        clock.set(parse_time("2026-11-23T08:00:00Z").value());
        roster.handle_jobs();
        database->write([&](sql::Tx& tx) {
            organisations.seed(tx);
            school = make_school(tx, "某实验学校", "3132000001");
        });
        admin = caller_of(Role::school_admin, school);
    }

    organisations::Organisation make_school(sql::Tx& tx, std::string name, std::string code) {
        const auto county = organisations.get(tx, kGulou);
        organisations::Draft draft;
        draft.parent_id = kGulou;
        draft.kind = organisations::Kind::school;
        draft.name = std::move(name);
        draft.school_code = std::move(code);
        draft.school_kind = organisations::SchoolKind::junior;
        draft.division_code = "320106";
        return organisations.create(tx, caller_of(Role::county_admin, county), draft);
    }
    static Caller caller_of(Role role, const organisations::Organisation& place) {
        Caller caller;
        caller.account = AccountId{7};
        caller.grants.push_back({.role = role, .organisation = place.id, .path = place.path});
        return caller;
    }
    std::string write_file(const std::string& content) const {
        const auto path = folder.file("upload");
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    Import upload(const std::string& path,
                  const Caller& caller,
                  OrganisationId place,
                  Kind kind = Kind::student) {
        return roster.upload(caller, {.organisation_id = place, .kind = kind, .file_name = "名册.csv"}, path);
    }
    void run_jobs() {
        while (jobs.run_one()) {
        }
    }
    Import get(ImportId id) {
        return database->read([&](sql::Tx& tx) { return roster.get_import(tx, admin, id); });
    }
    /// Uploads for the school and runs the dry run.
    Import check(const std::string& content) {
        const auto id = upload(write_file(content), admin, school.id).id;
        run_jobs();
        return get(id);
    }
    Import confirm(ImportId id, const Options& options = {.create_classes = true}) {
        database->write([&](sql::Tx& tx) { roster.confirm(tx, admin, id, options); });
        run_jobs();
        return get(id);
    }
    std::vector<ImportRow> rows(ImportId id, std::optional<Outcome> outcome = {}) {
        return database->read([&](sql::Tx& tx) {
            return roster.list_rows(tx, admin, {.import = id, .outcome = outcome, .limit = 200});
        });
    }
    std::vector<Entry> entries() {
        return database->read([&](sql::Tx& tx) {
            std::vector<Entry> out;
            for (auto& listed :
                 roster.list(tx, admin, {.organisation_id = school.id, .limit = 200}).entries) {
                out.push_back(std::move(listed.entry));
            }
            return out;
        });
    }
    static std::string counts_of(const Import& import) {
        std::ostringstream out;
        out << import.counts.rows << " rows: " << import.counts.fresh << " new, " << import.counts.changed
            << " changed, " << import.counts.unchanged << " unchanged, " << import.counts.rejected
            << " rejected, " << import.counts.missing << " missing";
        return out.str();
    }
    template <class Function>
    static std::string code_of(Function&& function) {
        try {
            function();
        } catch (const Error& error) {
            return error.fields().empty() ? error.code() : error.fields().front().code;
        }
        return "";
    }
    static std::string sample(const std::string& name) {
        return std::string(EDUCARD_SOURCE_DIR) + "/tests/data/roster/" + name;
    }

    educard::testing::TestDatabase database;
    educard::testing::TemporaryFolder folder;
    educard::testing::FakeClock clock;
    crypto::SeededRandom random{7};
    crypto::KeyRing ring = crypto::KeyRing::in_memory(clock, random);
    crypto::FieldCipher cipher{ring, random};
    crypto::BlindIndex index{ring};
    IdSource ids{clock, 1};
    Audit audit{clock, ids};
    organisations::Organisations organisations{clock, ids, audit};
    LocalBus bus;
    Jobs jobs{*database, clock, ids, bus};
    Texts texts;
    Tally tally;
    Roster roster{{.database = *database,
                   .clock = clock,
                   .ids = ids,
                   .organisations = organisations,
                   .cipher = cipher,
                   .blind_index = index,
                   .audit = audit,
                   .jobs = jobs,
                   .texts = texts,
                   .observer = tally,
                   .folder = folder.file("imports")}};
    organisations::Organisation school;
    Caller admin;
};

TEST_F(Importing, WritesNothingBeforeItIsConfirmed) {
    const auto import = check(std::string(kHead) + kFirst);
    EXPECT_EQ(import.state, ImportState::ready);
    EXPECT_EQ(counts_of(import), "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected, 0 missing");
    ASSERT_EQ(import.missing_classes.size(), 1U);
    EXPECT_EQ(import.missing_classes[0].name, "七年级（1）班");
    EXPECT_TRUE(entries().empty());
    EXPECT_EQ(tally.total(Certification::not_begun), 0);
}

TEST_F(Importing, WritesWhatWasConfirmedAndCountsIt) {
    const auto import = confirm(check(std::string(kHead) + kFirst).id);
    EXPECT_EQ(import.state, ImportState::done);
    EXPECT_EQ(import.applied, 1);
    const auto all = entries();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].name, "张三");
    EXPECT_EQ(all[0].number_mask, "320***********9114");
    EXPECT_EQ(all[0].entry_year, 2026);
    EXPECT_EQ(all[0].guardians.at(0).phone, "13800000001");
    ASSERT_TRUE(all[0].class_id);
    EXPECT_EQ((tally.counts[{*all[0].class_id, Certification::not_begun}]), 1);
}

TEST_F(Importing, TheSameListTwiceChangesNothing) {
    confirm(check(std::string(kHead) + kFirst).id);
    const auto again = check(std::string(kHead) + kFirst);
    EXPECT_EQ(counts_of(again), "1 rows: 0 new, 0 changed, 1 unchanged, 0 rejected, 0 missing");
    EXPECT_EQ(confirm(again.id).applied, 0);
    EXPECT_EQ(entries().size(), 1U);
    EXPECT_EQ(tally.total(Certification::not_begun), 1);
}

TEST_F(Importing, TwoDryRunsOfTheSameListWriteEachPersonOnce) {
    const auto first = check(std::string(kHead) + kFirst);
    const auto second = check(std::string(kHead) + kFirst);
    EXPECT_EQ(confirm(first.id).applied, 1);
    EXPECT_EQ(confirm(second.id).applied, 0);
    EXPECT_EQ(entries().size(), 1U);
    EXPECT_EQ(tally.total(Certification::not_begun), 1);
}

TEST_F(Importing, NamesTheFieldsThatChanged) {
    confirm(check(std::string(kHead) + kFirst).id);
    const auto import =
        check(std::string(kHead) + "张叁,320103201309019114,男,七年级,2班,张大,13900000001\n");
    const auto changed = rows(import.id, Outcome::changed);
    ASSERT_EQ(changed.size(), 1U);
    EXPECT_EQ(changed[0].changes, (std::vector<std::string>{"name", "class_name", "guardian_name"}));
    const auto before = entries().at(0);
    EXPECT_EQ(confirm(import.id).applied, 1);
    const auto after = entries().at(0);
    EXPECT_EQ(after.id, before.id);
    EXPECT_EQ(after.name, "张叁");
    EXPECT_NE(after.class_id, before.class_id);
    EXPECT_EQ((tally.counts[{*before.class_id, Certification::not_begun}]), 0);
    EXPECT_EQ((tally.counts[{*after.class_id, Certification::not_begun}]), 1);
}

TEST_F(Importing, AChangeMeanwhileIsNotOverwritten) {
    confirm(check(std::string(kHead) + kFirst).id);
    const auto late = check(std::string(kHead) + "张叁,320103201309019114,男,七年级,1班,张大,13800000001\n");
    confirm(check(std::string(kHead) + "张肆,320103201309019114,男,七年级,1班,张大,13800000001\n").id);
    EXPECT_EQ(confirm(late.id).applied, 0);
    EXPECT_EQ(entries().at(0).name, "张肆");
    EXPECT_EQ(rows(late.id, Outcome::rejected).at(0).faults.at(0).code, "roster.changed_meanwhile");
}

TEST_F(Importing, AListWithoutAColumnLeavesWhatStandsThereAlone) {
    confirm(check("姓名,身份证号,班级,学籍号,入学年份,父亲姓名,父亲电话\n"
                  "张三,320103201309019114,七（1）班,G320103201309019114,2026,张大,13800000001\n")
                .id);
    const auto before = entries().at(0);
    const auto same = check("姓名,身份证号,班级\n张三,320103201309019114,七（1）班\n");
    EXPECT_EQ(counts_of(same), "1 rows: 0 new, 0 changed, 1 unchanged, 0 rejected, 0 missing");
    const auto moved = check("姓名,身份证号,班级\n张三,320103201309019114,七（2）班\n");
    EXPECT_EQ(rows(moved.id).at(0).changes, (std::vector<std::string>{"class_name"}));
    confirm(moved.id);
    const auto after = entries().at(0);
    EXPECT_EQ(after.guardians, before.guardians);
    EXPECT_EQ(after.student_number, before.student_number);
    EXPECT_EQ(after.entry_year, before.entry_year);
    EXPECT_NE(after.class_id, before.class_id);
    // A column that is there and empty says that there is nothing.
    confirm(check("姓名,身份证号,班级,父亲姓名\n张三,320103201309019114,七（2）班,\n").id);
    EXPECT_EQ(entries().at(0).guardians, std::vector<Guardian>());
}

TEST_F(Importing, ATelephoneNumberAloneJoinsTheGuardiansThatAreKnown) {
    confirm(check(std::string(kHead) + kFirst).id);
    const auto call = [&](const std::string& phone) {
        confirm(check("姓名,身份证号,班级,联系电话\n张三,320103201309019114,七（1）班," + phone + "\n").id);
        std::string out;
        const auto pupil = entries().at(0);
        for (const auto& guardian : pupil.guardians) {
            out += guardian.name + " " + guardian.phone + ";";
        }
        return out;
    };
    EXPECT_EQ(call("13800000001"), "张大 13800000001;");
    EXPECT_EQ(call("13800000002"), "张大 13800000001; 13800000002;");
    EXPECT_EQ(call("13800000003"), "张大 13800000001; 13800000003;");
    EXPECT_EQ(call(""), "张大 13800000001; 13800000003;");
}

TEST_F(Importing, AListOfTeachersWithoutSubjectsAndPostsKeepsThem) {
    const auto bring = [&](const std::string& list) {
        const auto id = upload(write_file(list), admin, school.id, Kind::teacher).id;
        run_jobs();
        const auto import = get(id);
        confirm(id);
        return counts_of(import);
    };
    bring(
        "姓名,身份证号,岗位,任教学科,入职日期\n张三,11010519491231002X,专任教师,语文,2010-09-01\n"
        "李四,320102198001010016,工勤,,\n");
    EXPECT_EQ(bring("姓名,身份证号\n张三,11010519491231002X\n李四,320102198001010016\n"),
              "2 rows: 0 new, 0 changed, 2 unchanged, 0 rejected, 0 missing");
    EXPECT_EQ(entries().at(0).subjects, std::vector<std::string>{"语文"});
}

TEST_F(Importing, WhoseNumberIsMistypedIsNotMissing) {
    confirm(check(std::string(kHead) + kFirst + "李四,320107201309029123,女,七年级,1班,,\n").id);
    const auto import =
        check(std::string(kHead) + "张三,320103201309019113,男,七年级,1班,张大,13800000001\n");
    EXPECT_EQ(counts_of(import), "1 rows: 0 new, 0 changed, 0 unchanged, 1 rejected, 1 missing");
    EXPECT_EQ(rows(import.id, Outcome::missing).at(0).name, "李四");
}

TEST_F(Importing, PeopleWhoAreMissingAreReportedAndStayUnlessAsked) {
    confirm(check(std::string(kHead) + kFirst).id);
    const std::string other = std::string(kHead) + "李四,320107201309029123,女,七年级,1班,,\n";
    const auto import = check(other);
    EXPECT_EQ(counts_of(import), "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected, 1 missing");
    EXPECT_EQ(rows(import.id, Outcome::missing).at(0).name, "张三");
    confirm(import.id);
    EXPECT_EQ(entries().size(), 2U);
    confirm(check(other).id, {.create_classes = false, .mark_missing_left = true});
    ASSERT_EQ(entries().size(), 1U);
    EXPECT_EQ(entries()[0].name, "李四");
    EXPECT_EQ(tally.total(Certification::not_begun), 1);
    // Back again: the same entry, not a second one.
    confirm(check(std::string(kHead) + kFirst).id);
    EXPECT_EQ(entries().size(), 2U);
    EXPECT_EQ(tally.total(Certification::not_begun), 2);
}

TEST_F(Importing, RowsOfClassesThatDoNotExistAreLeftOutUnlessTheyAreCreated) {
    const auto import = confirm(check(std::string(kHead) + kFirst).id, {});
    EXPECT_EQ(import.applied, 0);
    EXPECT_EQ(rows(import.id).at(0).faults.at(0).code, "roster.class_missing");
    EXPECT_TRUE(entries().empty());
}

TEST_F(Importing, SomebodyKnownAlreadyEntersWithTheirCertification) {
    tally.known = Certification::certified;
    confirm(check(std::string(kHead) + kFirst).id);
    EXPECT_EQ(entries().at(0).certification, Certification::certified);
    EXPECT_EQ(tally.total(Certification::certified), 1);
    EXPECT_EQ(tally.total(Certification::not_begun), 0);
}

TEST_F(Importing, SaysWhoStandsInTheRosterOfAnotherSchool) {
    organisations::Organisation other;
    database->write([&](sql::Tx& tx) { other = make_school(tx, "另一所中学", "3132000002"); });
    const auto there = caller_of(Role::school_admin, other);
    const auto first = check(std::string(kHead) + kFirst);
    EXPECT_EQ(first.counts.elsewhere, 0);
    confirm(first.id);
    const auto second =
        upload(write_file(std::string(kHead) + kFirst + "李四,320107201309029123,女,七年级,1班,,\n"),
               there,
               other.id);
    run_jobs();
    const auto list = [&](const Caller& caller, bool elsewhere) {
        return database->read([&](sql::Tx& tx) {
            return roster.list_rows(tx, caller, {.import = second.id, .elsewhere = elsewhere});
        });
    };
    EXPECT_EQ(list(there, false).size(), 2U);
    const auto rows = list(there, true);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].name, "张三");
    EXPECT_TRUE(rows[0].elsewhere_names.empty()) << "a list of numbers does not tell where people are";
    const auto county = database->read([&](sql::Tx& tx) { return organisations.get(tx, *school.parent_id); });
    const auto above = list(caller_of(Role::county_admin, county), true);
    ASSERT_EQ(above.size(), 1U);
    EXPECT_EQ(above[0].elsewhere_names, std::vector<std::string>{"某实验学校"});
}

TEST_F(Importing, SaysWhoOfTheCertifiedLeftAndWhoCameBack) {
    tally.known = Certification::certified;
    confirm(check(std::string(kHead) + kFirst).id);
    const std::string other = std::string(kHead) + "李四,320107201309029123,女,七年级,1班,,\n";
    confirm(check(other).id, {.create_classes = false, .mark_missing_left = true});
    EXPECT_EQ(tally.people_left, 1);
    EXPECT_EQ(tally.people_returned, 0);
    confirm(check(std::string(kHead) + kFirst).id);
    EXPECT_EQ(tally.people_left, 1);
    EXPECT_EQ(tally.people_returned, 1);
}

TEST_F(Importing, CertificationMovesTheCountsOnce) {
    confirm(check(std::string(kHead) + kFirst).id);
    const auto id = entries().at(0).id;
    database->write([&](sql::Tx& tx) {
        EXPECT_TRUE(roster.set_certification(tx, id, Certification::in_review));
        EXPECT_FALSE(roster.set_certification(tx, id, Certification::in_review));
    });
    EXPECT_EQ(tally.total(Certification::in_review), 1);
    EXPECT_EQ(tally.total(Certification::not_begun), 0);
}

TEST_F(Importing, TheNastySampleIsJudgedRowByRow) {
    const auto id = upload(sample("nasty.xlsx"), admin, school.id).id;
    run_jobs();
    const auto import = get(id);
    ASSERT_EQ(import.state, ImportState::ready) << import.error.value_or("");
    EXPECT_EQ(counts_of(import), "18 rows: 10 new, 0 changed, 0 unchanged, 8 rejected, 0 missing");
    std::map<std::int64_t, std::string> outcome;
    for (const auto& row : rows(id)) {
        outcome[row.line] = row.outcome == Outcome::fresh ? row.name : row.faults.at(0).code;
    }
    EXPECT_EQ(outcome[4], "张三");
    EXPECT_EQ(outcome[5], "王小二");
    EXPECT_EQ(outcome[6], "李𬭊");
    EXPECT_EQ(outcome[7], "王㛃");
    EXPECT_EQ(outcome[8], "张䶮");
    EXPECT_EQ(outcome[9], "买买提·艾力");
    EXPECT_EQ(outcome[10], "阿卜杜热合曼·阿卜杜克里木·阿卜杜拉江");
    EXPECT_EQ(outcome[12], "people.document_damaged");
    EXPECT_EQ(outcome[13], "people.document_damaged");
    EXPECT_EQ(outcome[14], "孙八");
    EXPECT_EQ(outcome[15], "roster.duplicate");
    EXPECT_EQ(outcome[17], "roster.listed_differently");
    EXPECT_EQ(outcome[18], "people.document_check_digit");
    EXPECT_EQ(outcome[19], "roster.gender_conflict");
    EXPECT_EQ(outcome[20], "people.document_old_form");
    EXPECT_EQ(outcome[22], "roster.class_unknown");
}

TEST_F(Importing, ListsOfEveryEncodingSayTheSame) {
    std::string first;
    for (const auto* name : {"nasty-utf8.csv", "nasty-utf8-bom.csv", "nasty-gb18030.csv"}) {
        const auto id = upload(sample(name), admin, school.id).id;
        run_jobs();
        std::string all;
        for (const auto& row : rows(id)) {
            all += row.name + "|" + row.number_mask + "|" + (row.faults.empty() ? "" : row.faults[0].code) +
                   "\n";
        }
        EXPECT_NE(all.find("李𬭊"), std::string::npos) << name;
        first = first.empty() ? all : first;
        EXPECT_EQ(all, first) << name;
    }
}

TEST_F(Importing, FilesThatAreNoListsAreRefusedAtOnceOrByTheDryRun) {
    const auto refused = [&](const std::string& path) {
        return code_of([&] { upload(path, admin, school.id); });
    };
    EXPECT_EQ(refused(sample("zero-bytes.xlsx")), "spreadsheet.empty_file");
    EXPECT_EQ(refused(sample("renamed-zip.xlsx")), "spreadsheet.not_a_spreadsheet");
    const auto failed = [&](const std::string& path) {
        const auto id = upload(path, admin, school.id).id;
        run_jobs();
        const auto import = get(id);
        EXPECT_EQ(import.state, ImportState::failed);
        return import.error.value_or("");
    };
    EXPECT_EQ(failed(sample("empty-sheet.xlsx")), "roster.no_header");
    EXPECT_EQ(failed(sample("zip-bomb.xlsx")), "spreadsheet.zip_bomb");
    EXPECT_EQ(failed(write_file("姓名,性别\n张三,男\n")), "roster.no_number_column");
    EXPECT_EQ(failed(write_file("身份证号,性别\n1,男\n")), "roster.no_name_column");
    EXPECT_EQ(failed(write_file("a,b\n1,2\n")), "roster.no_header");
}

TEST_F(Importing, AMappingIsCorrectedAndRemembered) {
    const std::string list = "登记名,号码,性别,年级,班级\n张三,320103201309019114,男,七年级,1班\n";
    const auto failed = check(list);
    EXPECT_EQ(failed.error, "roster.no_name_column");
    EXPECT_NE(failed.error_message.value_or("roster.no_name_column"), "roster.no_name_column");
    ASSERT_EQ(failed.columns.size(), 5U);
    EXPECT_EQ(failed.columns[0].key, "登记名");
    database->write([&](sql::Tx& tx) {
        roster.remap(tx, admin, failed.id, {{"登记名", Field::name}, {"号码", Field::document_number}});
    });
    run_jobs();
    EXPECT_EQ(counts_of(get(failed.id)), "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected, 0 missing");
    EXPECT_EQ(check(list).state, ImportState::ready);
}

TEST_F(Importing, TheRejectedRowsComeBackAsAFileWithReasons) {
    const auto import =
        check(std::string(kHead) + kFirst + "李四,320107201309029124,女,七年级,1班,,\n=cmd,,,,,,\n");
    const auto csv = roster.rejected_csv(admin, import.id);
    EXPECT_TRUE(csv.starts_with("\xEF\xBB\xBF\"行号\",\"未导入原因\",\"姓名\""));
    EXPECT_NE(csv.find("\"3\",\"证件号码：身份证号有误"), std::string::npos) << csv;
    EXPECT_NE(csv.find("\"320107201309029124\""), std::string::npos);
    EXPECT_NE(csv.find("\"'=cmd\""), std::string::npos);
    EXPECT_EQ(csv.find("张三"), std::string::npos);
}

TEST_F(Importing, ACountyBringsTheListsOfManySchools) {
    organisations::Organisation other;
    database->write([&](sql::Tx& tx) { other = make_school(tx, "另一所中学", "3132000002"); });
    const auto county = database->read([&](sql::Tx& tx) { return organisations.get(tx, kGulou); });
    admin = caller_of(Role::county_admin, county);
    const std::string list =
        "学校标识码,学校名称,姓名,身份证号,年级,班级\n"
        "3132000001,,张三,320103201309019114,七年级,1班\n"
        ",另一所中学,李四,320107201309029123,七年级,1班\n"
        "3132000099,,王五,320102201310059141,七年级,1班\n"
        ",,赵六,32010420131106915X,七年级,1班\n";
    const auto id = upload(write_file(list), admin, kGulou).id;
    run_jobs();
    const auto all = rows(id);
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[0].school_id, school.id);
    EXPECT_EQ(all[1].school_id, other.id);
    EXPECT_EQ(all[2].faults.at(0).code, "roster.school_unknown");
    EXPECT_EQ(all[3].faults.at(0).code, "required");
    EXPECT_EQ(get(id).missing_classes.size(), 2U);
}

TEST_F(Importing, ASchoolsListNamesNoOtherSchool) {
    const std::string head = "学校名称,姓名,身份证号,年级,班级\n";
    const auto import = check(head +
                              "某实验学校,张三,320103201309019114,七年级,1班\n"
                              "南京市某实验学校,李四,320107201309029123,七年级,1班\n"
                              "实验学校,王五,320102201310059141,七年级,1班\n"
                              "玉山小学,赵六,32010420131106915X,七年级,1班\n");
    const auto all = rows(import.id);
    ASSERT_EQ(all.size(), 4U);
    EXPECT_TRUE(all[0].faults.empty() && all[1].faults.empty() && all[2].faults.empty());
    ASSERT_EQ(all[3].faults.size(), 1U);
    EXPECT_EQ(all[3].faults[0].code, "roster.other_school");
}

TEST_F(Importing, OneOfTwoSchoolsOfTheSameNameIsNotChosen) {
    database->write([&](sql::Tx& tx) {
        const auto twin = make_school(tx, "另一所学校", "3132000003");  // alike as only old ones are
        tx.execute("UPDATE organisation SET name = $2, name_key = $2 WHERE id = $1", twin.id, "某实验学校");
    });
    const auto county = database->read([&](sql::Tx& tx) { return organisations.get(tx, kGulou); });
    admin = caller_of(Role::county_admin, county);
    const auto id = upload(write_file("学校名称,姓名,身份证号,年级,班级\n"
                                      "某实验学校,张三,320103201309019114,七年级,1班\n"),
                           admin,
                           kGulou)
                        .id;
    run_jobs();
    EXPECT_EQ(rows(id).at(0).faults.at(0).code, "roster.school_ambiguous");
}

TEST_F(Importing, ATelephoneNumberNeedsNoName) {
    confirm(
        check("序号,姓名,性别,身份证号码,班级,联系电话\n1,张三,男,320103201309019114,七（1）班,13800000001\n")
            .id);
    EXPECT_EQ(entries().at(0).guardians.at(0).phone, "13800000001");
    const auto named =
        check("姓名,身份证号码,班级,监护人姓名,监护人电话\n李四,320107201309029123,七（1）班,,13800000002\n");
    EXPECT_EQ(rows(named.id).at(0).faults.at(0).code, "people.name_empty");
}

TEST_F(Importing, TeachersAndStaffAreToldApart) {
    const auto id = upload(write_file("姓名,身份证号,岗位,任教学科,入职日期\n张三,11010519491231002X,"
                                      "专任教师,语文、数学,2010-09-01\n"
                                      "李四,320102198001010016,工勤,,\n"),
                           admin,
                           school.id,
                           Kind::teacher)
                        .id;
    run_jobs();
    confirm(id);
    const auto all = entries();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].kind, Kind::teacher);
    EXPECT_EQ(all[0].subjects, (std::vector<std::string>{"语文", "数学"}));
    EXPECT_EQ(all[1].kind, Kind::staff);
}

TEST_F(Importing, StrangersSeeNothing) {
    const auto import = check(std::string(kHead) + kFirst);
    const auto county =
        database->read([&](sql::Tx& tx) { return organisations.get(tx, OrganisationId{320302}); });
    const auto stranger = caller_of(Role::county_admin, county);
    const auto code = [&](auto&& function) {
        return code_of([&] { database->write([&](sql::Tx& tx) { function(tx); }); });
    };
    EXPECT_EQ(code([&](sql::Tx& tx) { roster.get_import(tx, stranger, import.id); }),
              "roster.import_unknown");
    EXPECT_EQ(code([&](sql::Tx& tx) { roster.confirm(tx, stranger, import.id, {}); }),
              "roster.import_unknown");
    EXPECT_EQ(code([&](sql::Tx& tx) { roster.cancel(tx, stranger, import.id); }), "roster.import_unknown");
    EXPECT_EQ(code([&](sql::Tx& tx) { roster.remap(tx, stranger, import.id, {}); }), "roster.import_unknown");
    EXPECT_EQ(code([&](sql::Tx& tx) { roster.list_rows(tx, stranger, {.import = import.id}); }),
              "roster.import_unknown");
    EXPECT_EQ(code([&](sql::Tx& tx) { roster.list(tx, stranger, {.organisation_id = school.id}); }),
              "scope.outside");
    EXPECT_EQ(code_of([&] { roster.rejected_csv(stranger, import.id); }), "roster.import_unknown");
    EXPECT_EQ(code_of([&] { upload(write_file(kHead), stranger, school.id); }), "scope.outside");
}

TEST_F(Importing, WhatIsOverStaysOver) {
    const auto import = confirm(check(std::string(kHead) + kFirst).id);
    const auto code = [&](auto&& function) {
        return code_of([&] { database->write([&](sql::Tx& tx) { function(tx); }); });
    };
    EXPECT_EQ(code([&](sql::Tx& tx) { roster.confirm(tx, admin, import.id, {}); }), "roster.import_over");
    EXPECT_EQ(code([&](sql::Tx& tx) { roster.cancel(tx, admin, import.id); }), "roster.import_over");
    EXPECT_EQ(code([&](sql::Tx& tx) { roster.remap(tx, admin, import.id, {}); }), "roster.import_over");
}

TEST_F(Importing, ACancelledImportLeavesNoFileAndNoRows) {
    const auto import = check(std::string(kHead) + kFirst);
    database->write([&](sql::Tx& tx) { roster.cancel(tx, admin, import.id); });
    EXPECT_TRUE(rows(import.id).empty());
    EXPECT_TRUE(std::filesystem::is_empty(folder.file("imports")));
}

TEST_F(Importing, NumbersNeverLieInClear) {
    const auto import = check(std::string(kHead) + kFirst + "李四,320107201309029124,女,七年级,1班,,\n");
    confirm(import.id);
    for (const auto& file : std::filesystem::directory_iterator(folder.file("imports"))) {
        std::ostringstream content;
        content << std::ifstream(file.path(), std::ios::binary).rdbuf();
        EXPECT_EQ(content.str().find("320103201309019114"), std::string::npos);
    }
    const auto expect_hidden = [](const sql::Row& row) {
        for (int i = 0; i < row.columns(); ++i) {
            EXPECT_EQ(row.text(i).find("20130901"), std::string_view::npos) << row.name(i);
            EXPECT_EQ(row.text(i).find("13800000001"), std::string_view::npos) << row.name(i);
        }
    };
    database->read([&](sql::Tx& tx) {
        tx.each("SELECT name, number_mask, subjects, fingerprint FROM roster_entry", expect_hidden);
        tx.each("SELECT name, number_mask, subjects, fingerprint, faults, changes FROM roster_import_row",
                expect_hidden);
        tx.each("SELECT columns, counts, missing_classes, options FROM roster_import", expect_hidden);
        tx.each("SELECT payload, position FROM job", expect_hidden);
        tx.each("SELECT sealed FROM roster_entry", [](const sql::Row& row) {
            EXPECT_EQ(as_text(row.bytes(0)).find("20130901"), std::string_view::npos);
        });
    });
}

TEST_F(Importing, RevealingANumberIsAudited) {
    confirm(check(std::string(kHead) + kFirst).id);
    const auto id = entries().at(0).id;
    EXPECT_EQ(database->write([&](sql::Tx& tx) { return roster.reveal_number(tx, admin, id); }),
              "320103201309019114");
    const auto events =
        database->read([&](sql::Tx& tx) { return audit.list(tx, {.organisation_path = school.path}); });
    EXPECT_TRUE(std::ranges::any_of(
        events, [](const AuditEvent& event) { return event.action == "roster.number_revealed"; }));
}

}  // namespace
}  // namespace educard::roster
