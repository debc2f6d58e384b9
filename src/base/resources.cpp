#include "base/resources.hpp"

#include <algorithm>
#include <span>

namespace educard {

extern const EmbeddedFile
    kEmbeddedFiles[];  // NOLINT(readability-redundant-declaration): generated, sorted by name
extern const unsigned long kEmbeddedFileCount;

namespace {

std::span<const EmbeddedFile> all_files() {
    return {kEmbeddedFiles, kEmbeddedFileCount};
}

}  // namespace

std::optional<std::string_view> find_resource(std::string_view name) {
    for (const auto& file : all_files()) {
        if (file.name == name) {
            return file.content();
        }
    }
    return std::nullopt;
}

std::vector<EmbeddedFile> list_resources(std::string_view prefix) {
    std::vector<EmbeddedFile> found;
    for (const auto& file : all_files()) {
        if (file.name.starts_with(prefix)) {
            found.push_back(file);
        }
    }
    std::ranges::sort(found, {}, &EmbeddedFile::name);
    return found;
}

}  // namespace educard
