#pragma once
// XML of the parts of a workbook, as events. No document type declaration is accepted, so there are no
// entities.

#include <cstddef>
#include <exception>
#include <memory>
#include <string_view>

struct XML_ParserStruct;

namespace educard::spreadsheet {

class ZipEntry;

/// Attributes of a start tag, without their namespace prefixes.
class XmlAttributes {
public:
    explicit XmlAttributes(const char** list) : list_(list) {}
    /// Empty when there is none.
    std::string_view operator[](std::string_view name) const;

private:
    const char** list_;
};

/// Derive and say what to do with the events; names come without their namespace prefixes.
class XmlReader {
public:
    XmlReader();
    virtual ~XmlReader() = default;
    XmlReader(const XmlReader&) = delete;
    XmlReader& operator=(const XmlReader&) = delete;

    /// Throws Error(invalid) "spreadsheet.damaged" or "spreadsheet.entities", or whatever an event threw.
    void feed(std::string_view piece, bool last);
    /// Feeds a whole entry.
    void read(ZipEntry& entry);

protected:
    virtual void start(std::string_view name, const XmlAttributes& attributes) = 0;
    virtual void end(std::string_view name) = 0;
    virtual void text(std::string_view piece) = 0;

private:
    struct Events;  // what expat calls
    struct Free {
        void operator()(XML_ParserStruct* parser) const;
    };
    std::unique_ptr<XML_ParserStruct, Free> parser_;
    std::exception_ptr thrown_;
    std::size_t depth_ = 0;
};

}  // namespace educard::spreadsheet
