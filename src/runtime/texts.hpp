#pragma once
// The texts that people read, by code and language: every messages.json that was built into the program.
// Constant once loaded; any thread.

#include "runtime/caller.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace educard {

/// "zh-CN", "en".
std::string_view language_tag(Language language);

class Texts {
public:
    using Parameters = std::vector<std::pair<std::string, std::string>>;

    /// All embedded messages.json files.
    Texts();

    /// What is wrong with the files, a line each: not JSON, a code said twice, a language missing. Tests ask;
    /// a faulty text keeps nobody from starting.
    const std::vector<std::string>& faults() const { return faults_; }

    /// The text with its placeholders filled; the code itself when there is no text for it. {name} is the
    /// value; a moment (RFC 3339) is written as the clock of China says it, to the minute. {name:one|more} is
    /// the first word for 1, else the second. {name:module.state} is the text of module.state_<value>, for
    /// values that are words of the API. A placeholder without a value stays, as {name}.
    std::string text(Language language, std::string_view code, const Parameters& parameters = {}) const;

    bool contains(std::string_view code) const { return texts_.contains(code); }

    /// Every code, sorted.
    std::vector<std::string_view> codes() const;

private:
    void add(std::string_view file, std::string_view content);
    std::string filled(Language language, std::string_view placeholder, const Parameters& parameters) const;

    std::map<std::string, std::array<std::string, 2>, std::less<>> texts_;
    std::vector<std::string> faults_;
};

}  // namespace educard
