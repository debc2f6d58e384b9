#include "runtime/texts.hpp"

#include "base/json.hpp"
#include "base/resources.hpp"

namespace educard {

namespace {

using Languages = std::map<std::string, std::string>;

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
    auto text = found->second.at(language == Language::en ? 1 : 0);
    for (const auto& [name, value] : parameters) {
        const auto placeholder = "{" + name + "}";
        for (auto at = text.find(placeholder); at != std::string::npos;
             at = text.find(placeholder, at + value.size())) {
            text.replace(at, placeholder.size(), value);
        }
    }
    return text;
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
