// The captcha for those who listen: a WAV (8 kHz, 8 bits, one channel) of groups of tones over soft noise.

#include "modules/accounts/captcha_task.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace educard::accounts {

namespace {

constexpr int kRate = 8000;

class Tape {
public:
    explicit Tape(crypto::Random& random) : random_(random) {}

    void silence(int milliseconds) { add(milliseconds, 0); }
    void tone(int milliseconds, double hertz) { add(milliseconds, hertz); }

    Bytes wav() const {
        Bytes file;
        const auto text = [&](std::string_view four) { file.insert(file.end(), four.begin(), four.end()); };
        const auto number = [&](std::uint32_t value, int octets) {
            for (int i = 0; i < octets; ++i) {
                file.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
            }
        };
        const auto size = static_cast<std::uint32_t>(samples_.size());
        text("RIFF"), number(36 + size, 4), text("WAVEfmt "), number(16, 4);
        number(1, 2), number(1, 2), number(kRate, 4), number(kRate, 4), number(1, 2), number(8, 2);
        text("data"), number(size, 4);
        file.insert(file.end(), samples_.begin(), samples_.end());
        return file;
    }

private:
    void add(int milliseconds, double hertz) {
        const int count = milliseconds * kRate / 1000;
        const Bytes noise = random_.bytes(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            const double edge = std::min({1.0, i / 80.0, (count - i) / 80.0});  // no clicks
            const double wave =
                hertz > 0 ? 70 * edge * std::sin(2 * std::numbers::pi * hertz * i / kRate) : 0.0;
            const double hiss = (noise[static_cast<std::size_t>(i)] - 127.5) / 14;
            samples_.push_back(static_cast<std::uint8_t>(128 + wave + hiss));
        }
    }

    crypto::Random& random_;
    Bytes samples_;
};

}  // namespace

Tones make_tones(int groups, crypto::Random& random) {
    Tape tape(random);
    std::string answer;
    tape.silence(400);
    for (int group = 0; group < groups; ++group) {
        const auto count = 1 + random.below(5);
        answer += std::to_string(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            tape.tone(static_cast<int>(140 + random.below(80)), 380 + static_cast<double>(random.below(500)));
            tape.silence(static_cast<int>(160 + random.below(60)));
        }
        tape.silence(900);
    }
    return {tape.wav(), answer};
}

}  // namespace educard::accounts
