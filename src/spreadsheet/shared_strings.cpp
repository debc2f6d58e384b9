#include "spreadsheet/shared_strings.hpp"

#include "base/error.hpp"

#include <sys/mman.h>

namespace educard::spreadsheet {

namespace {

constexpr std::size_t kMaxStrings = 8'000'000;

}  // namespace

SharedStrings::~SharedStrings() {
    if (mapped_ != nullptr) {
        ::munmap(mapped_, written_);
    }
}

void SharedStrings::flush() {
    if (!file_) {
        file_.reset(std::tmpfile());
    }
    if (!file_ || std::fwrite(memory_.data(), 1, memory_.size(), file_.get()) != memory_.size()) {
        throw Error(Fault::unavailable, "spreadsheet.no_space");
    }
    written_ += memory_.size();
    memory_.clear();
}

void SharedStrings::add(std::string_view text) {
    if (ends_.size() == kMaxStrings) {
        throw Error(Fault::invalid, "spreadsheet.too_large");
    }
    memory_ += text;
    ends_.push_back(written_ + memory_.size());
    if (memory_.size() > octets_in_memory_) {
        flush();
    }
}

void SharedStrings::finish() {
    if (!file_) {
        return;
    }
    flush();
    if (std::fflush(file_.get()) != 0) {
        throw Error(Fault::unavailable, "spreadsheet.no_space");
    }
    memory_.shrink_to_fit();
    void* const mapped = ::mmap(nullptr, written_, PROT_READ, MAP_PRIVATE, ::fileno(file_.get()), 0);
    if (mapped == MAP_FAILED) {
        throw Error(Fault::unavailable, "spreadsheet.no_space");
    }
    mapped_ = mapped;
}

std::optional<std::string_view> SharedStrings::find(std::size_t index) const {
    if (index >= ends_.size()) {
        return std::nullopt;
    }
    const std::uint64_t start = index == 0 ? 0 : ends_[index - 1];
    const char* const base = mapped_ != nullptr ? static_cast<const char*>(mapped_) : memory_.data();
    return std::string_view(base + start, ends_[index] - start);
}

}  // namespace educard::spreadsheet
