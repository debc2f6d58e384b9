#pragma once
// Files that were put into the program when it was built (cmake/embed.cmake): migrations ("modules/cards/migrations/…"),
// message texts ("modules/cards/messages.json"), shipped facts ("data/…") and the web client ("web/…").
// Everything here is constant and may be called from any thread.

#include <optional>
#include <string_view>
#include <vector>

namespace educard {

struct EmbeddedFile {
    std::string_view name;
    const char* begin;
    const char* end;

    std::string_view content() const { return {begin, end}; }
};

/// The file's content, or nothing when no such file was embedded.
std::optional<std::string_view> find_resource(std::string_view name);

/// All files whose name starts with `prefix`, sorted by name.
std::vector<EmbeddedFile> list_resources(std::string_view prefix);

}  // namespace educard
