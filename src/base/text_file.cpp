#include "base/text_file.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/text_detail.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <vector>

namespace educard {

namespace {

constexpr std::size_t kChunk = 128 * 1024;
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

std::FILE* open_file(const std::filesystem::path& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
        throw Error(Fault::internal, "file.unreadable");
    }
    return file;
}

/// How many octets at the end are the beginning of a code point that is not complete.
std::size_t cut_off(std::string_view text) {
    const std::size_t longest = std::min<std::size_t>(3, text.size());
    for (std::size_t back = 1; back <= longest; ++back) {
        const auto octet = static_cast<unsigned char>(text[text.size() - back]);
        if (octet >= 0xC0) {
            const std::size_t length = octet >= 0xF0 ? 4 : octet >= 0xE0 ? 3 : 2;
            return length > back ? back : 0;
        }
        if (octet < 0x80) {
            return 0;
        }
    }
    return 0;
}

std::string replace_invalid(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        append_code_point(out, next_code_point(text, i));
    }
    return out;
}

bool is_all_utf8(std::FILE* file) {
    std::string buffer;
    std::size_t kept = 0;
    while (true) {
        buffer.resize(kept + kChunk);
        const std::size_t read = std::fread(buffer.data() + kept, 1, kChunk, file);
        buffer.resize(kept + read);
        if (read == 0) {
            return is_valid_utf8(buffer);
        }
        kept = cut_off(buffer);
        if (!is_valid_utf8(std::string_view(buffer).substr(0, buffer.size() - kept))) {
            return false;
        }
        buffer.erase(0, buffer.size() - kept);
    }
}

}  // namespace

TextEncoding detect_encoding(const std::filesystem::path& path) {
    const auto close = [](std::FILE* file) { std::fclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> file(open_file(path), close);
    std::array<char, 3> start{};
    const std::string_view mark(start.data(), std::fread(start.data(), 1, start.size(), file.get()));
    if (mark == kUtf8Mark) {
        return TextEncoding::utf8;
    }
    if (mark.starts_with("\xFF\xFE")) {
        return TextEncoding::utf16_le;
    }
    if (mark.starts_with("\xFE\xFF")) {
        return TextEncoding::utf16_be;
    }
    std::rewind(file.get());
    return is_all_utf8(file.get()) ? TextEncoding::utf8 : TextEncoding::gb18030;
}

/// ICU's converter from `encoding` to UTF-16, and the buffers around it.
struct TextFile::Converter {
    explicit Converter(TextEncoding encoding) : octets(kChunk), wide(kChunk * 2) {
        UErrorCode status = U_ZERO_ERROR;
        const char* name = encoding == TextEncoding::gb18030    ? "gb18030"
                           : encoding == TextEncoding::utf16_le ? "UTF-16LE"
                                                                : "UTF-16BE";
        handle = ucnv_open(name, &status);
        EDU_ASSERT(U_SUCCESS(status));
    }
    ~Converter() { ucnv_close(handle); }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    /// Converts `count` octets of the buffer and appends the text.
    void convert(std::size_t count, bool last, std::string& out) {
        const char* source = octets.data();
        const char* const source_end = source + count;
        UErrorCode status = U_ZERO_ERROR;
        do {
            status = U_ZERO_ERROR;
            UChar* target = wide.data();
            ucnv_toUnicode(handle,
                           &target,
                           wide.data() + wide.size(),
                           &source,
                           source_end,
                           nullptr,
                           static_cast<UBool>(last),
                           &status);
            EDU_ASSERT(U_SUCCESS(status) || status == U_BUFFER_OVERFLOW_ERROR);
            icu::UnicodeString(
                static_cast<UBool>(false), wide.data(), static_cast<std::int32_t>(target - wide.data()))
                .toUTF8String(out);
        } while (status == U_BUFFER_OVERFLOW_ERROR);
    }

    UConverter* handle = nullptr;
    std::vector<char> octets;
    std::vector<UChar> wide;
};

TextFile::TextFile(const std::filesystem::path& path)
    : file_(open_file(path)),
      encoding_(detect_encoding(path)),
      octets_total_(std::filesystem::file_size(path)) {
    if (encoding_ != TextEncoding::utf8) {
        converter_ = std::make_unique<Converter>(encoding_);
    }
}

TextFile::~TextFile() = default;

bool TextFile::read_utf8(std::string& chunk) {
    chunk = std::exchange(carried_, {});
    const std::size_t kept = chunk.size();
    chunk.resize(kept + kChunk);
    const std::size_t read = std::fread(chunk.data() + kept, 1, kChunk, file_.get());
    chunk.resize(kept + read);
    octets_read_ += read;
    if (read > 0) {
        const std::size_t cut = cut_off(chunk);
        carried_ = chunk.substr(chunk.size() - cut);
        chunk.resize(chunk.size() - cut);
    }
    if (!is_valid_utf8(chunk)) {
        chunk = replace_invalid(chunk);
    }
    return !chunk.empty() || read > 0;
}

bool TextFile::read(std::string& chunk) {
    bool more = false;
    if (!converter_) {
        more = read_utf8(chunk);
    } else {
        chunk.clear();
        const std::size_t count = std::fread(converter_->octets.data(), 1, kChunk, file_.get());
        octets_read_ += count;
        more = count > 0 || !std::exchange(started_, true);
        converter_->convert(count, count == 0, chunk);
        more = more || !chunk.empty();
    }
    if (octets_read_ <= kChunk && chunk.starts_with(kUtf8Mark)) {
        chunk.erase(0, kUtf8Mark.size());
    }
    return more;
}

}  // namespace educard
