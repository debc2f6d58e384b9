#pragma once
// Chances that come out the same at every run from the same seed. Not for secrets. Belongs to one thread.

#include <cstddef>
#include <cstdint>
#include <span>

namespace educard::cli {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    /// A stream of its own for each number under the same seed.
    Chance(std::uint64_t seed, std::uint64_t stream) : state_(mixed(seed + mixed(stream + 1) * 2 + 1)) {}

    std::uint64_t next() { return mixed(state_ += 0x9e3779b97f4a7c15ULL); }  // splitmix64
    /// 0 to limit - 1.
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }
    /// From `least` to `most`, both included.
    int between(int least, int most) {
        return least + static_cast<int>(below(static_cast<std::size_t>(most - least + 1)));
    }
    /// 0 to 1.
    double share() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
    bool is(double probability) { return share() < probability; }
    template <class List>
    const auto& one_of(const List& list) {
        return list[below(std::size(list))];
    }

private:
    static std::uint64_t mixed(std::uint64_t value) {
        value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
        return value ^ (value >> 31U);
    }

    std::uint64_t state_;
};

}  // namespace educard::cli
