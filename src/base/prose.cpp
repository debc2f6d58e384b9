#include "base/prose.hpp"

#include "base/text_detail.hpp"

#include <algorithm>
#include <unicode/uchar.h>

namespace educard {

namespace {

constexpr char32_t kFullWidth = 0xFEE0;  // from "!" to "！"

bool is_full_width(char32_t c) {
    return (c >= U'０' && c <= U'９') || (c >= U'Ａ' && c <= U'Ｚ') || (c >= U'ａ' && c <= U'ｚ');
}

}  // namespace

std::string tidy_line(std::string_view text) {
    std::string line;
    bool wants_space = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto c = next_code_point(text, at);
        if (is_space(c)) {
            wants_space = !line.empty();
        } else if (!is_invisible(c)) {
            line += wants_space ? " " : "";
            wants_space = false;
            append_code_point(line, is_full_width(c) ? c - kFullWidth : c);
        }
    }
    return line;
}

std::string tidy_prose(std::string_view text) {
    std::string prose;
    bool wants_gap = false;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = tidy_line(text.substr(at, end - at));
        if (line.empty()) {
            wants_gap = !prose.empty();
        } else {
            prose += prose.empty() ? "" : wants_gap ? "\n\n" : "\n";
            prose += line;
            wants_gap = false;
        }
        at = end + 1;
    }
    return prose;
}

}  // namespace educard
