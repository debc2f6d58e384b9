// Files and links of a session, and its entry for calendars.
#include "base/text.hpp"
#include "modules/training/store.hpp"

#include <algorithm>
#include <array>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fstream>

namespace educard::training {

namespace {

constexpr std::size_t kPiece = 256UL * 1024;
constexpr std::uintmax_t kLargestFile = 20UL << 20U;
constexpr std::size_t kMostMaterials = 30;
constexpr std::size_t kLongestTitle = 300;  // octets

struct Kind {
    std::string_view ending;
    std::string_view type;
    std::string_view begins;  // what such a file begins with
};
using namespace std::string_view_literals;
constexpr auto kZip = "PK\x03\x04"sv;
constexpr std::array<Kind, 9> kKinds{
    Kind{".pdf", "application/pdf", "%PDF-"},
    Kind{".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", kZip},
    Kind{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", kZip},
    Kind{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", kZip},
    Kind{".zip", "application/zip", kZip},
    Kind{".png", "image/png", "\x89PNG\r\n\x1a\n"},
    Kind{".jpg", "image/jpeg", "\xFF\xD8\xFF"},
    Kind{".jpeg", "image/jpeg", "\xFF\xD8\xFF"},
    Kind{".mp4", "video/mp4", ""},  // what its size says comes first
};

const Kind* kind_of(std::string_view file_name) {
    const auto folded = fold_case(file_name);
    const auto found =
        std::ranges::find_if(kKinds, [&](const Kind& kind) { return folded.ends_with(kind.ending); });
    return found == kKinds.end() ? nullptr : found;
}

std::string read_all(const std::filesystem::path& from) {
    std::ifstream in(from, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// RFC 5545, 3.3.11.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '\\' || letter == ';' || letter == ',') {
            out += '\\';
        }
        if (letter == '\n') {
            out += "\\n";
        } else if (static_cast<unsigned char>(letter) >= 0x20U) {
            out += letter;
        }
    }
    return out;
}

/// 3.1: no line is longer than 75 octets; a character is not torn.
std::string folded(std::string_view line) {
    constexpr std::size_t kLongest = 75;
    std::string out;
    std::size_t room = kLongest;
    while (line.size() > room) {
        auto cut = room;
        while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U) {
            --cut;
        }
        out.append(line.substr(0, cut)).append("\r\n ");
        line.remove_prefix(cut);
        room = kLongest - 1;
    }
    return out.append(line).append("\r\n");
}

std::string utc(Time time) {
    return fmt::format("{:%Y%m%dT%H%M%SZ}",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(
                           std::chrono::time_point_cast<std::chrono::system_clock::duration>(time))));
}

}  // namespace

MaterialView Training::add_link(sql::Tx& tx, const Caller& caller, const NewLink& input) const {
    const auto session = organised(tx, caller, input.id);
    std::vector<FieldError> errors;
    const std::string title(trim(input.title));
    const std::string url(trim(input.url));
    if (title.empty() || title.size() > kLongestTitle) {
        errors.push_back({"title", title.empty() ? "required" : "too_long"});
    }
    const bool web = url.starts_with("https://") || url.starts_with("http://");
    if (!web || url.size() < 10 || url.size() > 2048) {
        errors.push_back({"url", "training.web_address"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    if (store::materials(tx, input.id).size() >= kMostMaterials) {
        throw Error(Fault::conflict, "training.too_many_materials");
    }
    const store::MaterialRow row{parts_.ids.next<MaterialId>(), input.id, title, url, {}, {}, {}};
    store::insert_material(tx, row, parts_.clock.now());
    audit(tx, caller, "training.material_added", session);
    return {row.id, row.title, row.url, row.file_name, row.octets};
}

MaterialView Training::add_file(const Caller& caller,
                                const NewFile& input,
                                const std::filesystem::path& from) const {
    const auto size = std::filesystem::file_size(from);
    const auto* const kind = kind_of(input.file_name);
    const std::string title(trim(input.title));
    std::vector<FieldError> errors;
    if (title.empty() || title.size() > kLongestTitle) {
        errors.push_back({"title", title.empty() ? "required" : "too_long"});
    }
    if (kind == nullptr || input.file_name.size() > kLongestTitle) {
        errors.push_back({"file_name", "training.file_kind"});
    } else if (size == 0 || size > kLargestFile) {
        errors.push_back({"file_name", size == 0 ? "training.file_empty" : "training.file_too_large"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const auto octets = read_all(from);
    const auto begins = kind->ending == ".mp4"
                            ? std::string_view(octets).substr(std::min<std::size_t>(4, octets.size()))
                            : std::string_view(octets);
    if (!begins.starts_with(kind->ending == ".mp4" ? "ftyp"sv : kind->begins)) {
        throw Error::invalid("file_name", "training.file_not_what_it_says");
    }
    store::MaterialRow row{parts_.ids.next<MaterialId>(),
                           input.id,
                           title,
                           std::nullopt,
                           input.file_name,
                           std::string(kind->type),
                           static_cast<std::int64_t>(size)};
    parts_.database.write([&](sql::Tx& tx) {
        const auto session = organised(tx, caller, input.id);
        if (store::materials(tx, input.id).size() >= kMostMaterials) {
            throw Error(Fault::conflict, "training.too_many_materials");
        }
        store::insert_material(tx, row, parts_.clock.now());
        for (std::size_t at = 0, piece = 0; at < octets.size(); at += kPiece, ++piece) {
            store::insert_piece(
                tx, row.id, static_cast<std::int64_t>(piece), std::string_view(octets).substr(at, kPiece));
        }
        audit(tx, caller, "training.material_added", session);
    });
    return {row.id, row.title, row.url, row.file_name, row.octets};
}

void Training::remove_material(sql::Tx& tx, const Caller& caller, MaterialId id) const {
    const auto material = store::find_material(tx, id);
    if (!material) {
        throw Error(Fault::not_found, "training.material_unknown");
    }
    const auto session = organised(tx, caller, material->session_id);
    store::remove_material(tx, id);
    audit(tx, caller, "training.material_removed", session);
}

OpenedMaterial Training::open(const Caller& caller, MaterialId id) const {
    return parts_.database.read([&](sql::Tx& tx) {
        const auto material = store::find_material(tx, id);
        if (!material || !material->file_name) {
            throw Error(Fault::not_found, "training.material_unknown");
        }
        readable(tx, caller, material->session_id);
        return OpenedMaterial{
            *material->file_name, material->content_type.value_or(""), store::octets_of(tx, id)};
    });
}

std::string Training::calendar(sql::Tx& tx, const Caller& caller, SessionId id) const {
    const auto session = readable(tx, caller, id);
    std::string out;
    const auto line = [&](std::string_view name, std::string_view value) {
        out += folded(fmt::format("{}:{}", name, value));
    };
    const auto host = parts_.origin.substr(std::min(parts_.origin.find("://") + 3, parts_.origin.size()));
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", "-//educard//training//ZH");
    line("METHOD", session.state == State::cancelled ? "CANCEL" : "PUBLISH");
    line("BEGIN", "VEVENT");
    line("UID", fmt::format("training-{}@{}", session.id.value, host));
    line("SEQUENCE", std::to_string(session.version - 1));
    line("DTSTAMP", utc(parts_.clock.now()));
    line("DTSTART", utc(session.begins_at));
    line("DTEND", utc(session.ends_at));
    line("SUMMARY", escaped(session.title));
    if (!session.place.empty()) {
        line("LOCATION", escaped(session.place));
    }
    line("DESCRIPTION",
         escaped(session.trainer + (session.text.empty() ? "" : "\n" + session.text) +
                 (session.link.empty() ? "" : "\n" + session.link)));
    line("URL", fmt::format("{}/training/{}", parts_.origin, session.id.value));
    line("STATUS", session.state == State::cancelled ? "CANCELLED" : "CONFIRMED");
    line("END", "VEVENT");
    line("END", "VCALENDAR");
    return out;
}

}  // namespace educard::training
