#pragma once
// Makes a province of any size in an empty installation: schools, classes, rosters, accounts, applications in
// every state, certified people with cards. The same people for the same seed, number and school year. All
// processors make people while one thread writes; what is in memory does not grow with the province. The
// platform outlives it.

#include "cli/platform.hpp"
#include "cli/province_writer.hpp"
#include "sql/indexes.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace educard::cli {

class Province {
public:
    struct Options {
        std::int64_t people = 0;  // of all rosters
        std::uint64_t seed = 1;
    };
    static constexpr std::int64_t kFewest = 1'000;
    static constexpr std::int64_t kMost = 11'000'000;

    Province(Platform& platform, const Options& options) : platform_(platform), options_(options) {}

    /// Gives what to print for those who want to try it. Progress goes to standard error.
    std::string fill();

private:
    class Makers;

    void write_schools(const ProvincePlan& plan, const ProvinceWriter::Options& writing);
    void make_indexes(const std::vector<sql::Index>& indexes);
    std::string accounts_to_try(const ProvincePlan& plan) const;

    Platform& platform_;
    Options options_;
    MadeAccounts accounts_;
    std::int64_t rows_ = 0;
};

}  // namespace educard::cli
