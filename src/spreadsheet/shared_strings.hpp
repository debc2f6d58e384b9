#pragma once
// The texts that the cells of a workbook share, by number. A few megabytes stay in memory; more is written to
// an unlinked temporary file that is mapped, so that the kernel may drop it.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::spreadsheet {

class SharedStrings {
public:
    explicit SharedStrings(std::size_t octets_in_memory) : octets_in_memory_(octets_in_memory) {}
    ~SharedStrings();
    SharedStrings(const SharedStrings&) = delete;
    SharedStrings& operator=(const SharedStrings&) = delete;

    void add(std::string_view text);
    /// Call once after the last add.
    void finish();
    /// Nothing when there is no such number.
    std::optional<std::string_view> find(std::size_t index) const;
    std::size_t size() const { return ends_.size(); }
    bool is_spilled() const { return file_ != nullptr; }

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    void flush();

    std::size_t octets_in_memory_;
    std::vector<std::uint64_t> ends_;  // where each text ends
    std::string memory_;
    std::unique_ptr<std::FILE, Close> file_;
    std::uint64_t written_ = 0;
    void* mapped_ = nullptr;
};

}  // namespace educard::spreadsheet
