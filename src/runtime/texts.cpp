#include "runtime/texts.hpp"

#include "base/json.hpp"
#include "base/resources.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <chrono>

namespace educard {

namespace {

using Languages = std::map<std::string, std::string>;

/// "2026-11-23 16:05" for a moment: in China, to the minute. Anything else as it is.
std::string as_read(const std::string& value) {
    const auto time = parse_time(value);
    if (!time) {
        return value;
    }
    constexpr std::size_t kDay = 10;
    constexpr std::size_t kMinute = 16;
    auto there = to_text(*time + std::chrono::hours(8));
    there.resize(kMinute);
    there[kDay] = ' ';
    return there;
}

}  // namespace

std::string_view language_tag(Language language) {
    return language == Language::en ? "en" : "zh-CN";
}

Texts::Texts() {
    for (const auto& file : list_resources("")) {
        if (file.name.ends_with("/messages.json")) {
            add(file.name, file.content());
        }
    }
}

void Texts::add(std::string_view file, std::string_view content) {
    std::map<std::string, Languages> entries;
    try {
        entries = json::decode<std::map<std::string, Languages>>(content);
    } catch (const Error&) {
        faults_.push_back(std::string(file) + ": malformed");
    }
    for (auto& [code, languages] : entries) {
        auto& chinese = languages["zh-CN"];
        auto& english = languages["en"];
        if (chinese.empty() || english.empty() || languages.size() != 2) {
            faults_.push_back(std::string(file) + ": " + code + " needs zh-CN and en");
        }
        if (!texts_.emplace(code, std::array{std::move(chinese), std::move(english)}).second) {
            faults_.push_back(std::string(file) + ": " + code + " stands elsewhere too");
        }
    }
}

std::string Texts::text(Language language, std::string_view code, const Parameters& parameters) const {
    const auto found = texts_.find(code);
    if (found == texts_.end()) {
        return std::string(code);
    }
    const std::string_view text = found->second.at(language == Language::en ? 1 : 0);
    std::string out;
    std::size_t done = 0;
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', done)) {
        const auto close = text.find('}', open);
        if (close == std::string_view::npos) {
            break;
        }
        out += text.substr(done, open - done);
        out += filled(language, text.substr(open + 1, close - open - 1), parameters);
        done = close + 1;
    }
    return out.append(text.substr(done));
}

std::string Texts::filled(Language language,
                          std::string_view placeholder,
                          const Parameters& parameters) const {
    const auto colon = placeholder.find(':');
    const auto name = placeholder.substr(0, colon);
    const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
    if (found == parameters.end()) {
        return "{" + std::string(name) + "}";
    }
    const auto& value = found->second;
    if (colon == std::string_view::npos) {
        return as_read(value);
    }
    const auto form = placeholder.substr(colon + 1);
    if (const auto bar = form.find('|'); bar != std::string_view::npos) {
        return std::string(value == "1" ? form.substr(0, bar) : form.substr(bar + 1));
    }
    return text(language, std::string(form) + "_" + value);
}

std::vector<std::string_view> Texts::codes() const {
    std::vector<std::string_view> codes;
    codes.reserve(texts_.size());
    for (const auto& [code, texts] : texts_) {
        codes.push_back(code);
    }
    return codes;
}

}  // namespace educard
