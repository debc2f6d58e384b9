#include "base/picture.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <zlib.h>

namespace educard {

namespace {

using Result = std::expected<CleanPicture, PictureFault>;
using std::unexpected;

constexpr std::string_view kPngSignature("\x89PNG\r\n\x1A\n", 8);

/// Octets that are taken from the front; asking for more than there are gives nothing.
class Octets {
public:
    explicit Octets(std::string_view text) : rest_(text) {}

    std::optional<std::string_view> take(std::size_t count) {
        if (count > rest_.size()) {
            return std::nullopt;
        }
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

std::uint32_t octet(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

std::uint32_t big_endian(std::string_view text) {
    std::uint32_t number = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        number = number << 8U | octet(text, at);
    }
    return number;
}

std::uint32_t little_endian(std::string_view text) {
    std::uint32_t number = 0;
    for (std::size_t at = text.size(); at > 0; --at) {
        number = number << 8U | octet(text, at - 1);
    }
    return number;
}

bool is_possible(std::uint32_t width, std::uint32_t height) {
    return width > 0 && height > 0 && width <= kLongestSide && height <= kLongestSide;
}

std::uint32_t checksum(std::string_view text) {
    return static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

// ---- PNG: signature, then chunks of length, type, data, CRC ----

constexpr std::array<std::string_view, 8> kPngChunks = {
    "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "sRGB", "pHYs"};

Result clean_png(std::string_view octets) {
    CleanPicture picture{.content_type = "image/png", .octets = std::string(kPngSignature)};
    Octets rest(octets.substr(kPngSignature.size()));
    bool has_data = false;
    while (true) {
        const auto all = rest.rest();
        const auto length = rest.take(4);
        const auto type = rest.take(4);
        const auto data = length && type ? rest.take(big_endian(*length)) : std::nullopt;
        const auto crc = data ? rest.take(4) : std::nullopt;
        if (!crc || checksum(all.substr(4, 4 + data->size())) != big_endian(*crc)) {
            return unexpected(PictureFault::damaged);
        }
        const bool first = picture.width == 0;
        if (first != (*type == "IHDR")) {
            return unexpected(PictureFault::damaged);
        }
        if (*type == "acTL") {
            return unexpected(PictureFault::animated);
        }
        if (first) {
            if (data->size() != 13) {
                return unexpected(PictureFault::damaged);
            }
            picture.width = big_endian(data->substr(0, 4));
            picture.height = big_endian(data->substr(4, 4));
            if (!is_possible(picture.width, picture.height)) {
                return unexpected(PictureFault::damaged);
            }
        }
        has_data = has_data || *type == "IDAT";
        const bool critical = (octet(*type, 0) & 0x20U) == 0;
        if (std::ranges::find(kPngChunks, *type) != kPngChunks.end()) {
            picture.octets += all.substr(0, 12 + data->size());
        } else if (critical) {
            return unexpected(PictureFault::damaged);
        }
        if (*type == "IEND") {
            return has_data ? Result(std::move(picture)) : unexpected(PictureFault::damaged);
        }
    }
}

// ---- JPEG: markers, each with a length and data; behind SOS data without one ----

bool is_frame(std::uint32_t marker) {  // SOF0…SOF15 without DHT, JPG, DAC
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

bool is_kept_in_jpeg(std::uint32_t marker) {
    constexpr std::array<std::uint32_t, 6> kKept = {
        0xC4, 0xCC, 0xDA, 0xDB, 0xDD, 0xEE};  // 0xEE: how colours are meant
    return is_frame(marker) || std::ranges::find(kKept, marker) != kKept.end();
}

/// Where the compressed data ends: at the next marker that is no restart.
std::size_t end_of_scan(std::string_view text) {
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        const auto next = octet(text, at + 1);
        if (octet(text, at) == 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
            return at;
        }
    }
    return text.size();
}

Result clean_jpeg(std::string_view octets) {
    CleanPicture picture{.content_type = "image/jpeg", .octets = std::string(octets.substr(0, 2))};
    Octets rest(octets.substr(2));
    bool has_data = false;
    while (true) {
        auto mark = rest.take(2);
        while (mark && octet(*mark, 0) == 0xFF && octet(*mark, 1) == 0xFF) {  // fill octets
            const auto next = rest.take(1);
            mark = next ? std::optional(std::string_view(next->data() - 1, 2)) : std::nullopt;
        }
        if (!mark || octet(*mark, 0) != 0xFF) {
            return unexpected(PictureFault::damaged);
        }
        const auto marker = octet(*mark, 1);
        if (marker == 0xD9) {
            picture.octets += *mark;
            return has_data && picture.width > 0 ? Result(std::move(picture))
                                                 : unexpected(PictureFault::damaged);
        }
        const auto length = rest.take(2);
        const auto data =
            length && big_endian(*length) >= 2 ? rest.take(big_endian(*length) - 2) : std::nullopt;
        if (!data) {
            return unexpected(PictureFault::damaged);
        }
        if (is_frame(marker)) {
            if (picture.width != 0 || data->size() < 6) {
                return unexpected(PictureFault::damaged);
            }
            picture.height = big_endian(data->substr(1, 2));
            picture.width = big_endian(data->substr(3, 2));
            if (!is_possible(picture.width, picture.height)) {
                return unexpected(PictureFault::damaged);
            }
        }
        if (is_kept_in_jpeg(marker)) {
            picture.octets += *mark;
            picture.octets += *length;
            picture.octets += *data;
        }
        if (marker == 0xDA) {
            const auto scan = rest.take(end_of_scan(rest.rest()));
            picture.octets += *scan;
            has_data = true;
        }
    }
}

// ---- WebP: a RIFF file of chunks: type, length, data, a padding octet when the length is odd ----

constexpr std::uint32_t kWebpAnimated = 0x02;
constexpr std::uint32_t kWebpMeta = 0x04 | 0x08 | 0x20;  // XMP, Exif, colour profile: they do not come along

bool read_lossy_size(std::string_view data, CleanPicture& picture) {
    if (data.size() < 10 || data.substr(3, 3) != std::string_view("\x9D\x01\x2A", 3)) {
        return false;
    }
    picture.width = little_endian(data.substr(6, 2)) & 0x3FFFU;
    picture.height = little_endian(data.substr(8, 2)) & 0x3FFFU;
    return true;
}

bool read_lossless_size(std::string_view data, CleanPicture& picture) {
    if (data.size() < 5 || data[0] != '\x2F') {
        return false;
    }
    const auto bits = little_endian(data.substr(1, 4));
    picture.width = (bits & 0x3FFFU) + 1;
    picture.height = (bits >> 14U & 0x3FFFU) + 1;
    return true;
}

Result clean_webp(std::string_view octets) {
    CleanPicture picture{.content_type = "image/webp", .octets = {}};
    const auto size = little_endian(octets.substr(4, 4));
    if (size < 4 || size > octets.size() - 8) {
        return unexpected(PictureFault::damaged);
    }
    Octets rest(octets.substr(12, size - 4));
    std::string chunks;
    while (!rest.rest().empty()) {
        const auto type = rest.take(4);
        const auto length = rest.take(4);
        const auto data = type && length ? rest.take(little_endian(*length)) : std::nullopt;
        if (!data || (data->size() % 2 == 1 && !rest.take(1))) {
            return unexpected(PictureFault::damaged);
        }
        if (*type == "ANIM" || *type == "ANMF") {
            return unexpected(PictureFault::animated);
        }
        std::string kept(*data);
        if (*type == "VP8X") {
            if (data->size() != 10 || !chunks.empty()) {
                return unexpected(PictureFault::damaged);
            }
            if ((octet(*data, 0) & kWebpAnimated) != 0) {
                return unexpected(PictureFault::animated);
            }
            kept[0] = static_cast<char>(octet(*data, 0) & ~kWebpMeta);
        } else if (*type == "VP8 " || *type == "VP8L") {
            const bool read =
                *type == "VP8 " ? read_lossy_size(*data, picture) : read_lossless_size(*data, picture);
            if (!read || !is_possible(picture.width, picture.height)) {
                return unexpected(PictureFault::damaged);
            }
        } else if (*type != "ALPH") {
            continue;
        }
        chunks += *type;
        chunks += *length;
        chunks += kept;
        chunks.append(kept.size() % 2, '\0');
    }
    if (picture.width == 0) {
        return unexpected(PictureFault::damaged);
    }
    const auto total = static_cast<std::uint32_t>(chunks.size() + 4);
    picture.octets = "RIFF";
    for (unsigned shift = 0; shift < 32; shift += 8) {
        picture.octets += static_cast<char>(total >> shift & 0xFFU);
    }
    picture.octets += "WEBP" + chunks;
    return picture;
}

}  // namespace

std::expected<CleanPicture, PictureFault> clean_picture(std::string_view octets) {
    if (octets.size() > kLargestPicture) {
        return unexpected(PictureFault::too_large);
    }
    if (octets.starts_with(kPngSignature)) {
        return clean_png(octets);
    }
    if (octets.starts_with("\xFF\xD8\xFF")) {
        return clean_jpeg(octets);
    }
    if (octets.size() >= 12 && octets.starts_with("RIFF") && octets.substr(8, 4) == "WEBP") {
        return clean_webp(octets);
    }
    return unexpected(PictureFault::unknown_type);
}

}  // namespace educard
