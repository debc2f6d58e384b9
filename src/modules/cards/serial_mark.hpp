#pragma once
// Up to where serials were handed out, kept outside the database: a database restored from a copy has
// forgotten what came after the copy, and the file beside the key ring has not. Both are asked before serials
// are taken, so that none is handed out twice. Any thread, any process on this machine.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace educard::cards {

constexpr std::string_view kCardSerials = "card";  // rows of card_serial_block
constexpr std::string_view kStatusSerials = "status";

class SerialMark {
public:
    using Marks = std::map<std::string, std::int64_t>;

    /// Without a trustworthy mark so many serials are left out: more than a province can have used since any
    /// copy, and a small part of what there is.
    static constexpr std::int64_t kLeap = 100'000'000;

    /// An empty path: nothing is kept, and the database alone is believed.
    explicit SerialMark(std::filesystem::path file) : file_(std::move(file)) {}

    /// The first serial of `name` that was certainly not handed out, when the database says `next`; the mark
    /// stands behind the `count` from there on, durably, when this returns. Throws Error(unavailable,
    /// "cards.mark_unwritable") and Error(internal, "cards.mark_unreadable").
    std::int64_t take(const std::string& name, std::int64_t next, std::int64_t count) const;

    /// What the file says; nothing when there is no file. Throws Error(internal, "cards.mark_unreadable").
    std::optional<Marks> read() const;

    /// Beside a key ring made just now, under which no serial was handed out yet. Throws Error(unavailable,
    /// "cards.mark_unwritable").
    void begin() const;

private:
    std::filesystem::path file_;
};

/// How a mark and a database fit.
enum class MarkState {
    fits,
    behind,    // the database is a copy: what the mark says beyond it is left out
    missing,   // serials were handed out and no mark is there: a leap will be made
    outdated,  // the mark itself is a copy: a leap will be made
};
MarkState compare(std::optional<std::int64_t> mark, std::int64_t next);

}  // namespace educard::cards
