#pragma once
// A small world for the tests of this module: two schools in two counties, people with accounts, a roster.
// The other modules' parts are played by tables of the test's own, so that what rolls back here rolls back
// there.

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/field_cipher.hpp"
#include "modules/applications/applications.hpp"
#include "runtime/audit.hpp"
#include "runtime/bus.hpp"
#include "runtime/jobs.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace educard::applications {

class TestAccounts final : public Accounts {
public:
    std::optional<Claim> find_claim(sql::Tx& tx, AccountId account) const override {
        std::optional<Claim> claim;
        tx.each(
            "SELECT digest, name, birth_date, person_id FROM test_account WHERE id = $1 AND digest IS NOT "
            "NULL",
            [&](const sql::Row& row) {
                claim = Claim{.digest = row.get<Bytes>(0),
                              .document_kind = people::DocumentKind::resident_id,
                              .mask = "320***********1234",
                              .name = row.get<std::string>(1),
                              .birth_date = row.get<std::optional<Date>>(2),
                              .gender = people::Gender::male,
                              .person_id = row.get<std::optional<PersonId>>(3)};
            },
            account);
        return claim;
    }
    std::optional<Identity> identify(sql::Tx& tx, AccountId account) const override {
        std::optional<Identity> found;
        tx.each(
            "SELECT name, phone, digest FROM test_account WHERE id = $1",
            [&](const sql::Row& row) {
                found = Identity{.name = row.get<std::string>(0),
                                 .phone = row.get<std::optional<std::string>>(1),
                                 .digest = row.get<std::optional<Bytes>>(2)};
            },
            account);
        return found;
    }
    bool has_consent(sql::Tx& tx, AccountId account, std::optional<Date>) const override {
        return tx.find<std::int64_t>("SELECT consent FROM test_account WHERE id = $1", account) != 0;
    }
    std::string reveal_number(sql::Tx&, AccountId account) const override {
        return "number of " + std::to_string(account.value);
    }
    std::vector<CompetingClaim> competing(sql::Tx& tx, const Bytes& digest, AccountId except) const override {
        std::vector<CompetingClaim> list;
        tx.each(
            "SELECT name, person_id FROM test_account WHERE digest = $1 AND id <> $2",
            [&](const sql::Row& row) {
                list.push_back(CompetingClaim{.account_mask = row.get<std::string>(0).substr(0, 3) + "***",
                                              .claimed_at = Time{},
                                              .certified = !row.is_null(1)});
            },
            digest,
            except);
        return list;
    }
    Attachment attach(sql::Tx& tx, AccountId account, PersonId person) const override {
        const auto other = tx.find<AccountId>(
            "SELECT id FROM test_account WHERE person_id = $1 AND id <> $2", person, account);
        if (other) {
            return Attachment::person_has_account;
        }
        const bool done = tx.execute(R"(UPDATE test_account SET person_id = $1
                                        WHERE id = $2 AND (person_id IS NULL OR person_id = $1))",
                                     person,
                                     account) == 1;
        return done ? Attachment::done : Attachment::account_is_someone_else;
    }
    std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const override {
        return tx.find<std::string>("SELECT name FROM test_account WHERE id = $1", account);
    }
    std::vector<AccountId> holders(sql::Tx& tx, Role role, OrganisationId organisation) const override {
        return tx.list<AccountId>(
            "SELECT account_id FROM test_office WHERE role = $1 AND organisation_id = $2",
            role,
            organisation);
    }
};

class TestPeople final : public People {
public:
    explicit TestPeople(IdSource& ids) : ids_(ids) {}
    FoundPerson find_or_create(sql::Tx& tx, const NewPerson& person) const override {
        const auto id = ids_.next<PersonId>();
        const bool made =
            tx.execute("INSERT INTO test_person (digest, id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                       person.digest,
                       id) == 1;
        const auto owner = tx.find<PersonId>("SELECT id FROM test_person WHERE digest = $1", person.digest);
        return FoundPerson{.id = owner.value(), .made = made};
    }

private:
    IdSource& ids_;
};

class TestRoster final : public Roster {
public:
    std::optional<RosterEntry> find(sql::Tx& tx,
                                    const Bytes& digest,
                                    Kind kind,
                                    OrganisationId school) const override {
        const auto id = tx.find<std::int64_t>(R"(SELECT id FROM test_roster WHERE digest = $1 AND kind = $2
                                                 ORDER BY CASE WHEN school_id = $3 THEN 0 ELSE 1 END, id LIMIT 1)",
                                              digest,
                                              kind,
                                              school);
        return id ? get(tx, *id) : std::nullopt;
    }
    std::optional<RosterEntry> get(sql::Tx& tx, std::int64_t id) const override {
        std::optional<RosterEntry> entry;
        tx.each(
            "SELECT kind, school_id, class_id, name, entry_year, fingerprint FROM test_roster WHERE id = $1",
            [&](const sql::Row& row) {
                RosterEntry found;
                found.id = id;
                found.kind = row.get<Kind>(0);
                found.school_id = row.get<OrganisationId>(1);
                found.class_id = row.get<std::optional<OrganisationId>>(2);
                found.name = row.get<std::string>(3);
                found.gender = people::Gender::male;
                found.entry_year = row.get<std::optional<int>>(4);
                found.fingerprint = row.get<std::string>(5);
                entry = found;
            },
            id);
        return entry;
    }
    std::optional<std::string> fingerprint(sql::Tx& tx, std::int64_t id) const override {
        return tx.find<std::string>("SELECT fingerprint FROM test_roster WHERE id = $1", id);
    }
    void set_certification(sql::Tx& tx,
                           std::int64_t id,
                           Certification certification,
                           PersonId) const override {
        tx.execute("UPDATE test_roster SET certification = $1 WHERE id = $2", certification, id);
    }
};

class TestCards final : public CardIssuer {
public:
    std::string issue(sql::Tx& tx, PersonId person) const override {
        tx.execute("INSERT INTO test_card (person_id) VALUES ($1) ON CONFLICT DO NOTHING", person);
        return "32" + std::to_string(person.value);
    }
    std::string issue_first(sql::Tx& tx, PersonId person) const override { return issue(tx, person); }
    void person_left(sql::Tx& tx, PersonId person) const override {
        tx.execute("DELETE FROM test_card WHERE person_id = $1", person);
    }
    void holder_changed(sql::Tx&, PersonId) const override {}
};

/// What each test stands on.
class World : public ::testing::Test {
protected:
    World()
        : ids_(clock_, 1),
          audit_(clock_, ids_),
          keys_(crypto::KeyRing::in_memory(clock_, random_)),
          cipher_(keys_, random_),
          index_(keys_),
          jobs_(*database_, clock_, ids_, bus_),
          organisations_(clock_, ids_, audit_),
          people_(ids_),
          applications_(Needs{.clock = clock_,
                              .ids = ids_,
                              .organisations = organisations_,
                              .accounts = accounts_,
                              .people = people_,
                              .roster = roster_,
                              .cards = cards_,
                              .cipher = cipher_,
                              .blind_index = index_,
                              .audit = audit_,
                              .bus = bus_,
                              .jobs = jobs_},
                        Settings{}) {
        clock_.set(parse_time("2026-11-23T01:00:00Z").value());
        database_->write([&](sql::Tx& tx) {
            make_tables(tx);
            organisations_.seed(tx);
        });
        applications_.handle_jobs(*database_);
        school_ = make_school(320302, "鼓楼小学", "2132000001");
        other_school_ = make_school(320303, "云龙小学", "2132000002");
        class_ = make_class(school_.id, 1);
        free_class_ = make_class(school_.id, 2);
        teacher_ = make_account("王老师", Role::class_teacher, class_);
        head_ = make_account("李校长", Role::school_admin, school_);
        other_head_ = make_account("赵校长", Role::school_admin, other_school_);
        county_ = make_account("张局长", Role::county_admin, place(320302));
        city_ = make_account("刘处长", Role::city_admin, place(3203));
        province_ = make_account("陈厅长", Role::province_admin, place(32));
    }

    static void make_tables(sql::Tx& tx) {
        tx.execute(
            R"(CREATE TABLE test_account (id BIGINT PRIMARY KEY, digest BYTEA, name TEXT NOT NULL,
                          phone TEXT, birth_date TEXT, person_id BIGINT UNIQUE, consent BIGINT NOT NULL DEFAULT 1))");
        tx.execute("CREATE TABLE test_office (role TEXT, organisation_id BIGINT, account_id BIGINT)");
        tx.execute("CREATE TABLE test_person (digest BYTEA PRIMARY KEY, id BIGINT NOT NULL)");
        tx.execute(
            R"(CREATE TABLE test_roster (id BIGINT PRIMARY KEY, digest BYTEA, kind TEXT, school_id BIGINT,
                          class_id BIGINT, name TEXT, entry_year BIGINT, fingerprint TEXT, certification TEXT))");
        tx.execute("CREATE TABLE test_card (person_id BIGINT PRIMARY KEY)");
    }

    organisations::Organisation place(std::int64_t id) {
        return database_->read([&](sql::Tx& tx) { return organisations_.get(tx, OrganisationId{id}); });
    }
    organisations::Organisation make_school(std::int64_t county, std::string name, std::string code) {
        organisations::Draft draft;
        draft.parent_id = OrganisationId{county};
        draft.kind = organisations::Kind::school;
        draft.name = std::move(name);
        draft.school_code = std::move(code);
        draft.school_kind = organisations::SchoolKind::primary;
        return database_->write([&](sql::Tx& tx) { return organisations_.create(tx, everywhere(), draft); });
    }
    organisations::Organisation make_class(OrganisationId school, int number) {
        organisations::Draft draft;
        draft.parent_id = school;
        draft.kind = organisations::Kind::class_;
        draft.stage = organisations::Stage::primary;
        draft.entry_year = 2024;
        draft.class_number = number;
        return database_->write([&](sql::Tx& tx) { return organisations_.create(tx, everywhere(), draft); });
    }
    static Caller everywhere() {
        Caller caller;
        caller.account = AccountId{1};
        caller.grants.push_back(
            Grant{.role = Role::province_admin, .organisation = OrganisationId{32}, .path = "/32/"});
        return caller;
    }

    Bytes digest_of(const std::string& number) { return index_.of_document("1", number); }
    Caller make_account(const std::string& name,
                        const std::string& number,
                        std::optional<std::string> phone = {}) {
        Caller caller;
        caller.account = ids_.next<AccountId>();
        database_->write([&](sql::Tx& tx) {
            tx.execute("INSERT INTO test_account (id, digest, name, phone) VALUES ($1, $2, $3, $4)",
                       caller.account,
                       digest_of(number),
                       name,
                       phone);
        });
        return caller;
    }
    Caller make_account(const std::string& name, Role role, const organisations::Organisation& at) {
        auto caller = make_account(name, "document of " + name);
        appoint(caller, role, at);
        return caller;
    }
    void appoint(Caller& caller, Role role, const organisations::Organisation& at) {
        caller.grants.push_back(Grant{.role = role, .organisation = at.id, .path = at.path});
        database_->write([&](sql::Tx& tx) {
            tx.execute("INSERT INTO test_office (role, organisation_id, account_id) VALUES ($1, $2, $3)",
                       role,
                       at.id,
                       caller.account);
        });
    }
    std::int64_t enrol(const std::string& name, const std::string& number, Kind kind = Kind::student) {
        const auto id = ids_.next<ApplicationId>().value;
        database_->write([&](sql::Tx& tx) {
            tx.execute(
                R"(INSERT INTO test_roster (id, digest, kind, school_id, class_id, name, entry_year, fingerprint,
                              certification)
                          VALUES ($1, $2, $3, $4, $5, $6, 2024, 'f1', 'not_begun'))",
                id,
                digest_of(number),
                kind,
                school_.id,
                class_.id,
                name);
        });
        return id;
    }
    std::string certification(std::int64_t entry) {
        return database_->read([&](sql::Tx& tx) {
            return tx.find<std::string>("SELECT certification FROM test_roster WHERE id = $1", entry).value();
        });
    }

    Profile student_profile(const std::string& name, const organisations::Organisation& in_class) const {
        Profile profile;
        profile.name = name;
        profile.school_id = school_.id;
        profile.class_id = in_class.id;
        profile.entry_year = 2024;
        profile.guardians = {Guardian{.name = "父亲甲",
                                      .relation = Relation::father,
                                      .phone = "13800138000",
                                      .document = std::nullopt}};
        return profile;
    }
    Profile teacher_profile(const std::string& name) const {
        Profile profile;
        profile.name = name;
        profile.school_id = school_.id;
        profile.appointed_on = parse_date("2010-09-01");
        profile.subjects = {"语文", "道德与法治"};
        return profile;
    }

    ApplicationView draft(const Caller& caller, Kind kind, const Profile& profile) {
        return database_->write([&](sql::Tx& tx) {
            const auto made = applications_.create(tx, caller, Creation{kind});
            return applications_.save(tx, caller, Saving{made.id, made.version, std::nullopt, profile});
        });
    }
    ApplicationView hand_in(const Caller& caller, Kind kind, const Profile& profile) {
        const auto made = draft(caller, kind, profile);
        return database_->write(
            [&](sql::Tx& tx) { return applications_.submit(tx, caller, Step{made.id, made.version}); });
    }
    /// A pupil of class 1 whose application matches the roster.
    ApplicationView hand_in_pupil(const std::string& name, const std::string& number) {
        enrol(name, number);
        return hand_in(make_account(name, number), Kind::student, student_profile(name, class_));
    }
    Decided decide(const Caller& caller,
                   const ApplicationView& application,
                   Verdict verdict,
                   std::string reason = "原因") {
        return database_->write([&](sql::Tx& tx) {
            return applications_.decide(
                tx, caller, Decision{application.id, application.version, verdict, reason, std::nullopt});
        });
    }
    /// The code of what the function throws; empty when it does not.
    template <class Function>
    std::string fault(Function&& function) {
        try {
            function();
        } catch (const Error& error) {
            return error.fields().empty() ? error.code()
                                          : error.fields().front().path + " " + error.fields().front().code;
        }
        return "";
    }
    std::string fault_of_decision(const Caller& caller,
                                  const ApplicationView& application,
                                  Verdict verdict = Verdict::approve) {
        return fault([&] { decide(caller, application, verdict); });
    }
    std::int64_t count(const std::string& table) {
        return database_->read(
            [&](sql::Tx& tx) { return tx.find<std::int64_t>("SELECT count(*) FROM " + table).value(); });
    }
    template <class Function>
    auto read(Function&& function) {
        return database_->read(std::forward<Function>(function));
    }
    template <class Function>
    auto write(Function&& function) {
        return database_->write(std::forward<Function>(function));
    }

    testing::FakeClock clock_;
    testing::TestDatabase database_;
    IdSource ids_;
    Audit audit_;
    crypto::SystemRandom random_;
    crypto::KeyRing keys_;
    crypto::FieldCipher cipher_;
    crypto::BlindIndex index_;
    LocalBus bus_;
    Jobs jobs_;
    organisations::Organisations organisations_;
    TestAccounts accounts_;
    TestPeople people_;
    TestRoster roster_;
    TestCards cards_;
    Applications applications_;
    organisations::Organisation school_, other_school_, class_, free_class_;
    Caller teacher_, head_, other_head_, county_, city_, province_;
};

}  // namespace educard::applications
