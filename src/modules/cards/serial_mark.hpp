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

/// How a mark and a database of one machine fit.
enum class MarkState {
    fits,
    behind,    // the database is a copy: what the mark says beyond it is left out
    missing,   // serials were handed out and no mark is there: a leap will be made
    outdated,  // the mark itself is a copy: a leap will be made
};

class SerialMark {
public:
    /// Whether other machines, with marks of their own, take serials from the same database. Then a mark
    /// behind the database means nothing.
    enum class Sharing { alone, among_machines };

    using Marks = std::map<std::string, std::int64_t>;

    /// Without a trustworthy mark so many serials are left out: more than a province can have used since any
    /// copy, and a small part of what there is.
    static constexpr std::int64_t kLeap = 100'000'000;

    /// An empty path: nothing is kept, and the database alone is believed.
    explicit SerialMark(std::filesystem::path file, Sharing sharing = Sharing::alone)
        : file_(std::move(file)), sharing_(sharing) {}

    /// The first serial of `name` that was certainly not handed out, when the database says `next`; the mark
    /// stands behind the `count` from there on, durably, when this returns. Throws Error(unavailable,
    /// "cards.mark_unwritable") and Error(internal, "cards.mark_unreadable").
    std::int64_t take(const std::string& name, std::int64_t next, std::int64_t count) const;

    /// How the file's mark, if any, fits what the database says.
    MarkState compare(std::optional<std::int64_t> mark, std::int64_t next) const;
    /// What the file says; nothing when there is no file. Throws Error(internal, "cards.mark_unreadable").
    std::optional<Marks> read() const;

    /// Beside a key ring made just now, under which no serial was handed out yet. Throws Error(unavailable,
    /// "cards.mark_unwritable").
    void begin() const;

private:
    std::int64_t first_free(const std::string& name,
                            std::optional<std::int64_t> mark,
                            std::int64_t next) const;

    std::filesystem::path file_;
    Sharing sharing_;
};

}  // namespace educard::cards
