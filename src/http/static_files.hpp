#pragma once
// The web client's files, embedded in the program: looked up by exact name, so that no path of a request ever
// reaches a file system. Hashed assets may be kept for ever, everything else is asked for again; where a
// ".gz" sibling was embedded, it is what clients that accept gzip get. Constant; any thread.

#include "http/endpoint.hpp"
#include "http/request.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace educard::http {

class StaticFiles {
public:
    /// All embedded files below `prefix` ("web/").
    explicit StaticFiles(std::string_view prefix);

    /// The file at the request's path. Paths without a dot in the last segment are the client's own routes
    /// and get index.html. Nothing when there is no such file.
    std::optional<Response> find(const Request& request) const;

    bool empty() const { return files_.empty(); }

private:
    struct File {
        std::string_view content;
        std::string_view gzip;
        std::string_view content_type;
        std::string etag;
        bool immutable = false;
    };

    std::map<std::string, File, std::less<>> files_;
};

/// The media type by a file name's extension.
std::string_view media_type(std::string_view name);

}  // namespace educard::http
