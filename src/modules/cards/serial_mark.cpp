#include "modules/cards/serial_mark.hpp"

#include "base/durable_file.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <fstream>
#include <spdlog/spdlog.h>
#include <sstream>
#include <system_error>

namespace educard::cards {

namespace {

constexpr std::string_view kHeading = "educard serials 1";

std::string text_of(const SerialMark::Marks& marks) {
    std::string text = std::string(kHeading) + "\n";
    for (const auto& [name, mark] : marks) {
        text += name + " " + std::to_string(mark) + "\n";
    }
    return text;
}

}  // namespace

MarkState SerialMark::compare(std::optional<std::int64_t> mark, std::int64_t next) const {
    if (!mark) {
        return MarkState::missing;
    }
    if (*mark < next) {
        return sharing_ == Sharing::alone ? MarkState::outdated : MarkState::fits;
    }
    return *mark == next ? MarkState::fits : MarkState::behind;
}

std::int64_t SerialMark::first_free(const std::string& name,
                                    std::optional<std::int64_t> mark,
                                    std::int64_t next) const {
    const auto state = compare(mark, next);
    if (state == MarkState::fits || state == MarkState::behind) {
        return std::max(*mark, next);
    }
    spdlog::warn("cards: no valid mark of the serials of kind {}; {} are left out", name, kLeap);
    return std::max(next, mark.value_or(0)) + kLeap;
}

void SerialMark::begin() const {
    try {
        const FileLock lock(file_);
        replace_file(file_, text_of({{std::string(kCardSerials), 0}, {std::string(kStatusSerials), 0}}));
    } catch (const std::system_error& fault) {
        spdlog::error("cards: the mark of serials cannot be written: {}", fault.what());
        throw Error(Fault::unavailable, "cards.mark_unwritable");
    }
}

std::optional<SerialMark::Marks> SerialMark::read() const {
    if (!std::filesystem::exists(file_)) {
        return std::nullopt;
    }
    std::ifstream in(file_);
    Marks marks;
    std::string line;
    bool good = static_cast<bool>(std::getline(in, line)) && line == kHeading;
    while (good && std::getline(in, line)) {
        std::istringstream words(line);
        std::string name;
        std::int64_t mark = -1;
        good = static_cast<bool>(words >> name >> mark) && mark >= 0;
        marks[name] = mark;
    }
    if (!good) {
        throw Error(Fault::internal, "cards.mark_unreadable").with("file", file_.string());
    }
    return marks;
}

std::int64_t SerialMark::take(const std::string& name, std::int64_t next, std::int64_t count) const {
    if (file_.empty()) {
        return next;
    }
    try {
        const FileLock lock(file_);
        auto marks = read().value_or(Marks());
        const auto known = marks.find(name);
        const auto first =
            first_free(name, known == marks.end() ? std::nullopt : std::optional(known->second), next);
        marks[name] = first + count;
        replace_file(file_, text_of(marks));
        return first;
    } catch (const std::system_error& fault) {
        spdlog::error("cards: the mark of serials cannot be written: {}", fault.what());
        throw Error(Fault::unavailable, "cards.mark_unwritable");
    }
}

}  // namespace educard::cards
