#include "http/static_files.hpp"

#include "base/resources.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>

namespace educard::http {

namespace {

struct TypeOf {
    std::string_view extension;
    std::string_view type;
};
constexpr std::array kTypes{
    TypeOf{".html", "text/html; charset=utf-8"},
    TypeOf{".js", "text/javascript; charset=utf-8"},
    TypeOf{".mjs", "text/javascript; charset=utf-8"},
    TypeOf{".css", "text/css; charset=utf-8"},
    TypeOf{".json", "application/json"},
    TypeOf{".webmanifest", "application/manifest+json"},
    TypeOf{".svg", "image/svg+xml"},
    TypeOf{".png", "image/png"},
    TypeOf{".jpg", "image/jpeg"},
    TypeOf{".webp", "image/webp"},
    TypeOf{".ico", "image/x-icon"},
    TypeOf{".woff2", "font/woff2"},
    TypeOf{".wasm", "application/wasm"},
    TypeOf{".txt", "text/plain; charset=utf-8"},
    TypeOf{".pdf", "application/pdf"},
    TypeOf{".wav", "audio/wav"},
};

/// FNV-1a; tells versions of a file apart, protects nothing.
std::uint64_t fingerprint(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return hash;
}

bool accepts_gzip(std::string_view accepted) {
    const auto at = accepted.find("gzip");
    return at != std::string_view::npos && !accepted.substr(at + 4).starts_with(";q=0");
}

std::string_view last_segment(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::string_view media_type(std::string_view name) {
    const auto found =
        std::ranges::find_if(kTypes, [&](const TypeOf& known) { return name.ends_with(known.extension); });
    return found == kTypes.end() ? "application/octet-stream" : found->type;
}

StaticFiles::StaticFiles(std::string_view prefix) {
    for (const auto& embedded : list_resources(prefix)) {
        const auto name = "/" + std::string(embedded.name.substr(prefix.size()));
        if (name.ends_with(".gz")) {
            continue;
        }
        File file;
        file.content = embedded.content();
        file.gzip = find_resource(std::string(embedded.name) + ".gz").value_or("");
        file.content_type = media_type(name);
        file.etag = fmt::format("{:016x}", fingerprint(file.content));
        file.immutable = name.starts_with("/assets/");
        files_.emplace(name, std::move(file));
    }
}

std::optional<Response> StaticFiles::find(const Request& request) const {
    // What browsers ask for by themselves, also of pages that name no icon.
    const auto path = request.path() == "/favicon.ico" ? std::string_view("/icon-192.png") : request.path();
    auto found = files_.find(path);
    // What is well-known (RFC 8615) is there or it is not.
    const bool may_be_page =
        last_segment(path).find('.') == std::string_view::npos && !path.starts_with("/.well-known/");
    if (found == files_.end() && may_be_page) {
        found = files_.find(std::string_view("/index.html"));
    }
    if (found == files_.end()) {
        return std::nullopt;
    }
    const auto& file = found->second;
    Response response;
    response.content_type = file.content_type;
    response.shared_body = file.content;
    response.etag = file.etag;
    if (!file.gzip.empty()) {
        response.headers.push_back({"Vary", "Accept-Encoding"});
        if (accepts_gzip(request.accept_encoding)) {
            response.shared_body = file.gzip;
            response.etag = file.etag + "-gzip";
            response.headers.push_back({"Content-Encoding", "gzip"});
        }
    }
    response.headers.push_back(
        {"Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache"});
    return response;
}

}  // namespace educard::http
