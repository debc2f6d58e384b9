#pragma once
// A text file of unknown encoding, read from start to end as UTF-8 in pieces. One thread at a time.

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace educard {

enum class TextEncoding { utf8, gb18030, utf16_le, utf16_be };
BOOST_DESCRIBE_ENUM(TextEncoding, utf8, gb18030, utf16_le, utf16_be)

/// By the byte order mark; else UTF-8 when the whole file is valid UTF-8; else GB 18030 (which contains GBK
/// and GB 2312).
TextEncoding detect_encoding(const std::filesystem::path& path);

class TextFile {
public:
    /// Throws Error(internal) when the file cannot be read.
    explicit TextFile(const std::filesystem::path& path);
    ~TextFile();
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;

    /// Replaces `chunk` by the next piece, never ending inside a code point; false at the end. The byte order
    /// mark is left out; octets that the encoding does not have become U+FFFD.
    bool read(std::string& chunk);

    TextEncoding encoding() const { return encoding_; }
    std::uint64_t octets_read() const { return octets_read_; }
    std::uint64_t octets_total() const { return octets_total_; }

private:
    struct Converter;
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    bool read_utf8(std::string& chunk);

    std::unique_ptr<std::FILE, Close> file_;
    TextEncoding encoding_;
    std::uint64_t octets_read_ = 0;
    std::uint64_t octets_total_ = 0;
    bool started_ = false;
    std::string carried_;                   // the cut-off beginning of a code point
    std::unique_ptr<Converter> converter_;  // nothing for UTF-8
};

}  // namespace educard
