#include "cli/province.hpp"

#include "cli/demonstration.hpp"
#include "cli/progress_line.hpp"
#include "cli/province_facts.hpp"
#include "crypto/password.hpp"
#include "sql/gathering.hpp"
#include "sql/indexes.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

namespace educard::cli {

namespace {

constexpr std::int64_t kBatchPeople = 1'500;  // or one school, if that is larger
constexpr std::size_t kMostBatches = 6;       // that wait to be written
constexpr std::int64_t kSerialBlock = 20'000;

/// Schools whose people are made by one thread and written together.
struct Part {
    std::size_t first = 0;
    std::size_t end = 0;
    std::int64_t people = 0;
};

std::vector<Part> parts_of(const ProvincePlan& plan) {
    std::vector<Part> parts;
    for (std::size_t i = 0; i < plan.schools.size(); ++i) {
        if (parts.empty() || parts.back().people >= kBatchPeople) {
            parts.push_back({.first = i, .end = i, .people = 0});
        }
        parts.back().end = i + 1;
        parts.back().people += plan.schools[i].people();
    }
    return parts;
}

struct Batch {
    std::unique_ptr<sql::GatheringTx> rows;
    std::vector<AuditEvent> events;  // for the audit log, which is sealed at once
    std::int64_t people = 0;
    std::optional<MadeAccounts> accounts;  // of the first school
};

/// Batches on their way to the one who writes; bounded. Any thread.
class Waiting {
public:
    /// False when nobody writes any more.
    bool put(Batch batch) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || batches_.size() < kMostBatches; });
        if (closed_) {
            return false;
        }
        batches_.push_back(std::move(batch));
        changed_.notify_all();
        return true;
    }
    /// All that wait; waits for one. Empty when the makers are through. Throws what one of them threw.
    std::deque<Batch> take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return fault_ || makers_ == 0 || !batches_.empty(); });
        if (fault_) {
            std::rethrow_exception(fault_);
        }
        changed_.notify_all();
        return std::exchange(batches_, {});
    }
    void begin_maker() {
        const std::lock_guard lock(mutex_);
        ++makers_;
    }
    void end_maker(std::exception_ptr fault) {
        const std::lock_guard lock(mutex_);
        --makers_;
        fault_ = fault_ ? fault_ : std::move(fault);
        changed_.notify_all();
    }
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Batch> batches_;
    std::exception_ptr fault_;
    int makers_ = 0;
    bool closed_ = false;
};

/// Card serials in the order in which they are asked for; takes blocks of them. Any thread.
class SerialBlocks {
public:
    SerialBlocks(sql::Database& database, const cards::Cards& cards) : database_(database), cards_(cards) {}

    std::int64_t next() {
        const std::lock_guard lock(mutex_);
        if (next_ == end_) {
            next_ = database_.write([&](sql::Tx& tx) { return cards_.take_serials(tx, kSerialBlock); });
            end_ = next_ + kSerialBlock;
        }
        return next_++;
    }

private:
    sql::Database& database_;
    const cards::Cards& cards_;
    std::mutex mutex_;
    std::int64_t next_ = 0;
    std::int64_t end_ = 0;
};

}  // namespace

/// Threads that make people.
class Province::Makers {
public:
    Makers(Platform& platform,
           const ProvincePlan& plan,
           const ProvinceWriter::Options& writing,
           Waiting& waiting)
        : platform_(platform), plan_(plan), writing_(writing), waiting_(waiting), parts_(parts_of(plan)) {
        const auto count = std::max(1U, std::thread::hardware_concurrency());
        for (unsigned i = 0; i < count; ++i) {
            waiting_.begin_maker();
        }
        for (unsigned i = 0; i < count; ++i) {
            threads_.emplace_back([this] { run(); });
        }
    }
    ~Makers() {
        waiting_.close();
        for (auto& thread : threads_) {
            thread.join();
        }
    }
    Makers(const Makers&) = delete;
    Makers& operator=(const Makers&) = delete;

private:
    void run() {
        std::exception_ptr fault;
        try {
            ProvinceWriter writer(platform_, writing_);
            for (auto at = next_++; at < parts_.size(); at = next_++) {
                if (!waiting_.put(make(writer, parts_[at]))) {
                    break;
                }
            }
        } catch (...) {
            fault = std::current_exception();
        }
        waiting_.end_maker(std::move(fault));
    }

    Batch make(ProvinceWriter& writer, const Part& part) const {
        Batch batch{.rows = std::make_unique<sql::GatheringTx>(),
                    .events = {},
                    .people = part.people,
                    .accounts = std::nullopt};
        for (auto index = part.first; index < part.end; ++index) {
            const auto accounts = writer.add_school(*batch.rows, plan_.schools[index], index);
            if (index == 0) {
                batch.accounts = accounts;
            }
        }
        if (const auto events = batch.rows->take("audit_event")) {
            for (std::size_t row = 0; row < events->size(); ++row) {
                batch.events.push_back(events->as<AuditEvent>(row));
            }
        }
        return batch;
    }

    Platform& platform_;
    const ProvincePlan& plan_;
    const ProvinceWriter::Options& writing_;
    Waiting& waiting_;
    const std::vector<Part> parts_;
    std::atomic<std::size_t> next_{0};
    std::vector<std::thread> threads_;
};

std::string Province::fill() {
    auto& database = *platform_.foundation.database;
    const auto engine = database.engine();
    const auto plan = database.read([&](sql::Tx& tx) {
        return plan_province(tx, platform_.organisations, options_.people, options_.seed);
    });
    while (platform_.jobs.run_one()) {  // what the migrations left to do, before there is much of it
    }
    const auto indexes = database.write([&](sql::Tx& tx) { return sql::drop_indexes(tx, engine); });
    SerialBlocks serials(database, platform_.cards);
    ProvinceWriter::Options writing{.seed = options_.seed,
                                    .now = platform_.foundation.clock.now(),
                                    .password_hash = crypto::hash_password(kDemonstrationPassword),
                                    .province = {},
                                    .next_serial = [&serials] { return serials.next(); }};
    sql::GatheringTx offices;
    writing.province = ProvinceWriter::add_offices(platform_, offices, plan, writing);
    database.write([&](sql::Tx& tx) { offices.insert_into(tx); });
    write_schools(plan, writing);
    make_indexes(indexes);
    std::fprintf(stderr, "sealing the audit log\n");
    platform_.sealer.seal();
    database.write([&](sql::Tx& tx) { sql::refresh_statistics(tx, engine); });
    return accounts_to_try(plan);
}

void Province::write_schools(const ProvincePlan& plan, const ProvinceWriter::Options& writing) {
    auto& database = *platform_.foundation.database;
    std::fprintf(stderr, "%zu schools\n", plan.schools.size());
    ProgressLine line("people", plan.people);
    Waiting waiting;
    const Makers makers(platform_, plan, writing, waiting);
    std::int64_t done = 0;
    for (auto batches = waiting.take(); !batches.empty(); batches = waiting.take()) {
        database.write([&](sql::Tx& tx) {
            for (const auto& batch : batches) {
                batch.rows->insert_into(tx);
                platform_.sealer.insert_sealed(tx, batch.events);
            }
        });
        for (auto& batch : batches) {
            done += batch.people;
            rows_ += static_cast<std::int64_t>(batch.rows->rows() + batch.events.size());
            accounts_ = batch.accounts.value_or(accounts_);
        }
        line.show(done);
    }
}

void Province::make_indexes(const std::vector<sql::Index>& indexes) {
    auto& database = *platform_.foundation.database;
    ProgressLine line("indexes", static_cast<std::int64_t>(indexes.size()));
    std::int64_t done = 0;
    for (const auto& index : indexes) {
        database.write([&](sql::Tx& tx) { sql::create_index(tx, database.engine(), index); });
        line.show(++done);
    }
}

std::string Province::accounts_to_try(const ProvincePlan& plan) const {
    const auto line = [](std::string_view user_name, std::string_view who) {
        return fmt::format("  {:<14} {}\n", user_name, who);
    };
    return fmt::format(
               "\n{} 人，{} 所学校 people in schools; {} rows\n演示账户 Demonstration accounts (密码 "
               "password: {})\n",
               plan.people,
               plan.schools.size(),
               rows_,
               kDemonstrationPassword) +
           line("province", "省中心管理员 province administrator") +
           line(accounts_.county, plan.schools.front().parent.name + "管理员 county administrator") +
           line(accounts_.school, accounts_.school_name + "管理员 school administrator") +
           line(accounts_.teacher, accounts_.class_name + "班主任 class teacher, with a teacher's e-card") +
           line(accounts_.pupil, accounts_.class_name + "学生 pupil, with a student's e-card") +
           fmt::format("{}{}\n", kNewcomer, accounts_.newcomer);
}

}  // namespace educard::cli
