#include "spreadsheet/xml.hpp"

#include "base/error.hpp"
#include "spreadsheet/zip.hpp"

#include <array>
#include <expat.h>
#include <limits>

namespace educard::spreadsheet {

namespace {

constexpr std::size_t kBufferSize = 64UL * 1024;
constexpr std::size_t kMaxDepth = 64;

std::string_view local_name(std::string_view name) {
    const auto colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

std::string_view XmlAttributes::operator[](std::string_view name) const {
    for (const char** at = list_; *at != nullptr; at += 2) {
        if (local_name(*at) == name) {
            return at[1];
        }
    }
    return {};
}

struct XmlReader::Events {
    /// No exception may pass through expat, which is C.
    template <class Action>
    static void guarded(XmlReader& reader, Action action) {
        if (reader.thrown_) {
            return;
        }
        try {
            action();
        } catch (...) {
            reader.thrown_ = std::current_exception();
            XML_StopParser(reader.parser_.get(), XML_FALSE);
        }
    }
    static XmlReader& self(void* data) { return *static_cast<XmlReader*>(data); }

    static void XMLCALL start(void* data, const XML_Char* name, const XML_Char** attributes) {
        guarded(self(data), [&] {
            if (++self(data).depth_ > kMaxDepth) {
                throw Error(Fault::invalid, "spreadsheet.damaged");
            }
            self(data).start(local_name(name), XmlAttributes(attributes));
        });
    }
    static void XMLCALL end(void* data, const XML_Char* name) {
        guarded(self(data), [&] {
            --self(data).depth_;
            self(data).end(local_name(name));
        });
    }
    static void XMLCALL text(void* data, const XML_Char* piece, int length) {
        guarded(self(data), [&] { self(data).text({piece, static_cast<std::size_t>(length)}); });
    }
    static void XMLCALL doctype(void* data,
                                const XML_Char* /*name*/,
                                const XML_Char* /*system*/,
                                const XML_Char* /*publisher*/,
                                int /*internal*/) {
        guarded(self(data), [] { throw Error(Fault::invalid, "spreadsheet.entities"); });
    }
};

void XmlReader::Free::operator()(XML_ParserStruct* parser) const {
    XML_ParserFree(parser);
}

XmlReader::XmlReader() : parser_(XML_ParserCreate(nullptr)) {
    EDU_ASSERT(parser_ != nullptr);
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &Events::start, &Events::end);
    XML_SetCharacterDataHandler(parser_.get(), &Events::text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &Events::doctype);
}

void XmlReader::feed(std::string_view piece, bool last) {
    EDU_ASSERT(piece.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    const auto status = XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
    if (thrown_) {
        std::rethrow_exception(thrown_);
    }
    if (status != XML_STATUS_OK) {
        throw Error(Fault::invalid, "spreadsheet.damaged");
    }
}

void XmlReader::read(ZipEntry& entry) {
    std::array<char, kBufferSize> buffer;
    std::size_t count = 0;
    do {
        count = entry.read(buffer);
        feed({buffer.data(), count}, count == 0);
    } while (count > 0);
}

}  // namespace educard::spreadsheet
