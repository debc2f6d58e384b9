#pragma once
// Peoples one school of a made-up province: school and classes, rosters, accounts, applications in every
// state, certified people with their cards, counts of progress. Every row is written by the functions that
// write it in real use, at whatever time it is said to have happened. One for each thread; what the
// constructor is given outlives it.

#include "cli/platform.hpp"
#include "cli/province_people.hpp"
#include "cli/province_plan.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace educard::cli {

/// What the clock says while something that has happened is written.
class PastClock final : public Clock {
public:
    Time now() const override { return now_; }
    void set(Time now) { now_ = now; }

private:
    Time now_{};
};

/// Whom to sign in as.
struct MadeAccounts {
    std::string county;
    std::string school;
    std::string school_name;
    std::string teacher;
    std::string class_name;
    std::string pupil;
    std::string newcomer;  // name and ID number of somebody without an account
};

class ProvinceWriter {
public:
    struct Options {
        std::uint64_t seed = 0;
        Time now{};
        std::string password_hash;  // of everybody
        Caller province;            // who founds schools
        std::function<std::int64_t()> next_serial;
    };
    ProvinceWriter(Platform& platform, Options options);

    /// The administrators of province, cities, counties and units.
    /// Gives the province's.
    static Caller add_offices(Platform& platform,
                              sql::Tx& tx,
                              const ProvincePlan& plan,
                              const Options& options);
    /// School `index` with everybody in it. Gives accounts to try, if the school has some.
    MadeAccounts add_school(sql::Tx& tx, const SchoolPlan& plan, std::size_t index);

    /// "province", "c3201", "c320106": what administrators of offices sign in as.
    static std::string user_name_of(const organisations::Organisation& office);

private:
    class School;

    AccountId add_administrator(sql::Tx& tx,
                                const std::string& user_name,
                                const std::string& name,
                                Role role,
                                const organisations::Organisation& organisation);

    Platform& platform_;
    const Options options_;
    const std::string policy_version_;
    PastClock clock_;
    Audit audit_;
    organisations::Organisations organisations_;
    people::People people_;
    accounts::Accounts accounts_;
    roster::Roster roster_;
    cards::Cards cards_;
    applications::Applications applications_;
};

}  // namespace educard::cli
