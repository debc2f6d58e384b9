// Durable approvals a second, each with person, affiliation, roster, counts of progress, card number, event
// and audit in one transaction: 64 class teachers at once, each deciding on the next pupil when the last
// answer has come, against the same with a commit for each approval. Rosters and applications are made by the
// modules, as the demonstration does. Usage: bench_approvals FOLDER [ROUNDS]   (on the disk that matters), or
// in the PostgreSQL database that BENCH_DATABASE names.

#include "bench/pupils.hpp"
#include "bench/report.hpp"
#include "cli/platform.hpp"
#include "crypto/password.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <semaphore>
#include <spdlog/spdlog.h>
#include <string>
#include <vector>

namespace {

using namespace educard;

constexpr int kReviewers = 64;
constexpr int kTogether = 3'000;  // approvals of one round
constexpr int kAlone = 1'000;
constexpr int kBatch = 250;
constexpr OrganisationId kGulou{320106};
constexpr std::array<std::string_view, 3> kGrades{"七年级", "八年级", "九年级"};

class Bench {
public:
    Bench(cli::Platform& platform, std::filesystem::path folder)
        : platform_(platform),
          folder_(std::move(folder)),
          hash_(crypto::hash_password("a password of bench")) {}

    void prepare(int pupils);
    /// Gives approvals a second, and a second of processor time.
    std::pair<double, double> alone(int count);
    std::pair<double, double> together(int count);

private:
    struct Class {
        organisations::Organisation organisation;
        Caller teacher;
        int entry_year = 0;
        std::vector<applications::Step> waiting;
    };

    void import_roster(int pupils);
    void appoint_teachers();
    void apply(sql::Tx& tx, int index);
    void decide(sql::Tx& tx, std::size_t at, const applications::Step& step) const;
    Caller caller_of(AccountId account) const;
    sql::Database& database() { return *platform_.foundation.database; }

    cli::Platform& platform_;
    std::filesystem::path folder_;
    std::string hash_;
    organisations::Organisation school_;
    std::vector<Class> classes_;
    std::size_t next_ = 0;
};

Caller Bench::caller_of(AccountId account) const {
    Caller caller;
    caller.account = account;
    caller.network = "127.0.0.1";
    return caller;
}

void Bench::import_roster(int pupils) {
    const auto list = folder_ / "list.csv";
    std::ofstream out(list);
    out << "姓名,身份证号,性别,年级,班级,监护人姓名,监护人关系,监护人电话\n";
    for (int i = 0; i < pupils; ++i) {
        const auto one = bench::pupil(i);
        const int room = i % kReviewers;
        out << "张三丰," << one.number << "," << (one.male ? "男" : "女") << ","
            << kGrades.at(static_cast<std::size_t>(room % 3)) << "," << room / 3 + 1 << "班,张大山,父亲,"
            << one.phone << "\n";
    }
    out.close();
    Caller county;
    Caller admin;
    school_ = database().write([&](sql::Tx& tx) {
        const auto place = platform_.organisations.get(tx, kGulou);
        county.grants.push_back({.role = Role::county_admin, .organisation = place.id, .path = place.path});
        organisations::Draft draft;
        draft.parent_id = kGulou;
        draft.kind = organisations::Kind::school;
        draft.name = "某实验学校";
        draft.school_code = "3132000001";
        draft.school_kind = organisations::SchoolKind::junior;
        return platform_.organisations.create(tx, county, draft);
    });
    admin.grants.push_back({.role = Role::school_admin, .organisation = school_.id, .path = school_.path});
    const auto import = platform_.roster.upload(
        admin, {.organisation_id = school_.id, .kind = roster::Kind::student, .file_name = "list.csv"}, list);
    const auto run_jobs = [&] {
        while (platform_.jobs.run_one()) {
        }
    };
    run_jobs();
    database().write(
        [&](sql::Tx& tx) { platform_.roster.confirm(tx, admin, import.id, {.create_classes = true}); });
    run_jobs();
}

void Bench::appoint_teachers() {
    const int year = organisations::school_year_of(platform_.organisations.today());
    database().write([&](sql::Tx& tx) {
        for (int room = 0; room < kReviewers; ++room) {
            const organisations::ClassKey key{
                .stage = organisations::Stage::junior, .entry_year = year - room % 3, .number = room / 3 + 1};
            Class made{.organisation = platform_.organisations.find_class(tx, school_.id, key).value(),
                       .teacher = {},
                       .entry_year = key.entry_year,
                       .waiting = {}};
            accounts::NewAccount account;
            account.name = "班主任";
            account.user_name = fmt::format("teacher{:02}", room);
            account.password_hash = hash_;
            const auto id = platform_.accounts.create(tx, account);
            platform_.accounts.appoint_directly(tx, id, Role::class_teacher, made.organisation.id);
            made.teacher = caller_of(id);
            made.teacher.grants.push_back({.role = Role::class_teacher,
                                           .organisation = made.organisation.id,
                                           .path = made.organisation.path});
            classes_.push_back(std::move(made));
        }
    });
}

void Bench::apply(sql::Tx& tx, int index) {
    const auto one = bench::pupil(index);
    auto& room = classes_.at(static_cast<std::size_t>(index % kReviewers));
    accounts::NewAccount account;
    account.name = "张三丰";
    account.user_name = fmt::format("pupil{:06}", index);
    account.password_hash = hash_;
    account.document = people::Document{.kind = people::DocumentKind::resident_id, .number = one.number};
    account.birth_date = one.birth_date;
    account.consent = accounts::ConsentInput{
        .guardian_name = "张大山",
        .relation = accounts::GuardianRelation::father,
        .phone = one.phone,
        .policy_version = accounts::Accounts::current_policy(Language::zh_cn).version,
        .purposes = {accounts::ConsentPurpose::identity, accounts::ConsentPurpose::e_card}};
    const auto caller = caller_of(platform_.accounts.create(tx, account));
    applications::Profile profile;
    profile.name = "张三丰";
    profile.school_id = school_.id;
    profile.class_id = room.organisation.id;
    profile.entry_year = room.entry_year;
    profile.guardians = {applications::Guardian{.name = "张大山",
                                                .relation = applications::Relation::father,
                                                .phone = one.phone,
                                                .document = std::nullopt}};
    constexpr auto kKind = applications::Kind::student;
    auto view = platform_.applications.create(tx, caller, {.kind = kKind});
    view = platform_.applications.save(
        tx, caller, {.id = view.id, .version = view.version, .kind = kKind, .profile = profile});
    view = platform_.applications.submit(tx, caller, {.id = view.id, .version = view.version});
    room.waiting.push_back({.id = view.id, .version = view.version});
}

void Bench::prepare(int pupils) {
    import_roster(pupils);
    appoint_teachers();
    for (int begin = 0; begin < pupils; begin += kBatch) {
        database().write([&](sql::Tx& tx) {
            for (int index = begin; index < std::min(begin + kBatch, pupils); ++index) {
                apply(tx, index);
            }
        });
    }
    for (auto& room : classes_) {
        std::ranges::reverse(room.waiting);
    }
    platform_.start();  // sealing of the audit log and live progress go on beside, as they do in service
}

void Bench::decide(sql::Tx& tx, std::size_t at, const applications::Step& step) const {
    applications::Decision decision;
    decision.id = step.id;
    decision.version = step.version;
    decision.verdict = applications::Verdict::approve;
    platform_.applications.decide(tx, classes_.at(at).teacher, decision);
}

std::pair<double, double> Bench::alone(int count) {
    const double begin = bench::wall_seconds();
    const double cpu = bench::cpu_seconds();
    for (int i = 0; i < count; ++i) {
        const auto at = next_++ % kReviewers;
        const auto step = classes_.at(at).waiting.back();
        classes_.at(at).waiting.pop_back();
        database().write([&](sql::Tx& tx) { decide(tx, at, step); });
    }
    return {count / (bench::wall_seconds() - begin), count / (bench::cpu_seconds() - cpu)};
}

std::pair<double, double> Bench::together(int count) {
    std::atomic<int> left = count;
    std::atomic<int> failed = 0;
    std::counting_semaphore<> finished{0};
    const std::function<void(std::size_t)> next = [&](std::size_t at) {
        auto& waiting = classes_.at(at).waiting;  // only this reviewer's own chain touches it
        if (left.fetch_sub(1) <= 0 || waiting.empty()) {
            finished.release();
            return;
        }
        const auto step = waiting.back();
        waiting.pop_back();
        database().submit_write([this, at, step](sql::Tx& tx) { decide(tx, at, step); },
                                [&, at](const std::exception_ptr& fault) {
                                    failed += fault ? 1 : 0;
                                    next(at);
                                });
    };
    const double begin = bench::wall_seconds();
    const double cpu = bench::cpu_seconds();
    for (std::size_t at = 0; at < kReviewers; ++at) {
        next(at);
    }
    for (int i = 0; i < kReviewers; ++i) {
        finished.acquire();
    }
    if (failed > 0) {
        fmt::print(stderr, "{} approvals failed\n", failed.load());
        std::exit(1);
    }
    return {count / (bench::wall_seconds() - begin), count / (bench::cpu_seconds() - cpu)};
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values.at(values.size() / 2);
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        fmt::print(stderr, "usage: bench_approvals FOLDER [ROUNDS]\n");
        return 2;
    }
    spdlog::set_level(spdlog::level::warn);
    const auto folder = std::filesystem::path(arguments[1]) / "educard-bench-approvals";
    const int rounds = count > 2 ? std::atoi(arguments[2]) : 3;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    cli::Settings settings;
    settings.data = folder;
    const auto postgresql = educard::bench::postgresql();
    if (!postgresql.empty()) {
        settings.database = postgresql;
    }
    std::vector<double> alone_rates;
    std::vector<double> rates;
    std::vector<double> ratios;
    std::vector<double> cpu_rates;
    {
        cli::Platform platform(settings);
        Bench bench(platform, folder);
        bench.prepare(rounds * (kTogether + kAlone) + 2 * kReviewers);
        for (int round = 0; round < rounds; ++round) {
            const auto [alone, alone_cpu] = bench.alone(kAlone);
            const auto [together, together_cpu] = bench.together(kTogether);
            fmt::print(
                "round {}: one at a time {:.0f}/s ({:.0f} a processor second), {} at once {:.0f}/s ({:.0f}), "
                "ratio {:.2f}\n",
                round + 1,
                alone,
                alone_cpu,
                kReviewers,
                together,
                together_cpu,
                together / alone);
            alone_rates.push_back(alone);
            rates.push_back(together);
            ratios.push_back(together / alone);
            cpu_rates.push_back(together_cpu);
        }
        platform.stop();
    }
    std::filesystem::remove_all(folder);
    const std::string name = postgresql.empty() ? "approvals" : "approvals.postgresql";
    const double aim = postgresql.empty() ? 5000 : 3000;
    educard::bench::report(name + ".per_second", "1/s", median(rates), aim);
    educard::bench::report(
        name + ".against_one_commit_each", "ratio", median(ratios), postgresql.empty() ? 5 : 0);
    educard::bench::report(name + ".one_commit_each", "1/s", median(alone_rates));
    educard::bench::report(name + ".per_cpu_second", "1/s", median(cpu_rates));
}
