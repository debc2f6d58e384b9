// Bare argon2id of the cost that passwords are kept at, a thread for each core: what no sign-in can be faster
// than. Usage: bench_password [SECONDS]

#include "bench/report.hpp"
#include "crypto/password.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

int main(int count, char** arguments) {
    using namespace educard;
    const double seconds = count > 1 ? std::atof(arguments[1]) : 3.0;
    const auto hash = crypto::hash_password("a password of bench");
    std::atomic<int> done = 0;
    const double begin = bench::wall_seconds();
    const double cpu = bench::cpu_seconds();
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
        threads.emplace_back([&] {
            while (bench::wall_seconds() - begin < seconds) {
                done += crypto::verify_password(hash, "a password of bench") ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    bench::report("argon2id.per_second", "1/s", done / (bench::wall_seconds() - begin));
    bench::report("argon2id.per_cpu_second", "1/s", done / (bench::cpu_seconds() - cpu));
}
