// Typesetting with Pango and cairo: the only place that knows them. A font map for each document, so that
// threads share nothing but Fontconfig, which locks for itself.
#include "base/error.hpp"
#include "modules/bulletins/document.hpp"

#include <algorithm>
#include <array>
#include <cairo-pdf.h>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <pango/pangocairo.h>

namespace educard::bulletins {

namespace {

// Points; A4 with the margins of official documents (GB/T 9704), a little less on top.
constexpr double kPageWidth = 595.28;
constexpr double kPageHeight = 841.89;
constexpr double kLeft = 76;
constexpr double kRight = 72;
constexpr double kTop = 72;
constexpr double kBottom = 78;
constexpr double kWidth = kPageWidth - kLeft - kRight;
constexpr double kFooter = kPageHeight - 52;

constexpr const char* kSerif = "Noto Serif CJK SC";
constexpr const char* kSans = "Noto Sans CJK SC";

constexpr double kBodySize = 14;
constexpr double kTableSize = 8.5;
constexpr double kSmallSize = 9;
constexpr double kCellPadding = 3.5;
constexpr double kBarHeight = 15;
constexpr double kBarNameWidth = 120;
constexpr double kBarTextWidth = 44;

struct Color {
    double red, green, blue;
};
constexpr Color kInk{0.09, 0.13, 0.18};
constexpr Color kRed{0.78, 0.09, 0.09};
constexpr Color kBlue{0.06, 0.30, 0.51};
constexpr Color kPale{0.90, 0.93, 0.96};
constexpr Color kRule{0.55, 0.60, 0.66};

template <auto free>
struct Free {
    template <class T>
    void operator()(T* thing) const {
        free(thing);
    }
};
using Surface = std::unique_ptr<cairo_surface_t, Free<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Free<cairo_destroy>>;
using Layout = std::unique_ptr<PangoLayout, Free<g_object_unref>>;
using FontMap = std::unique_ptr<PangoFontMap, Free<g_object_unref>>;
using PangoState = std::unique_ptr<PangoContext, Free<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Free<pango_font_description_free>>;

enum class Weight { normal, bold };
enum class Align { left, center, right };

struct Style {
    const char* family = kSerif;
    double size = kBodySize;
    Weight weight = Weight::normal;
    Align align = Align::left;
    double spacing = 1.35;  // of lines
    double indent = 0;      // of the first line
    bool justify = false;
    bool one_line = false;  // what does not fit is cut off with dots
    Color color = kInk;
};

cairo_status_t append(void* out, const unsigned char* data, unsigned length) {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

Font font_of(const char* family, double size, Weight weight) {
    Font font(pango_font_description_new());
    pango_font_description_set_family_static(font.get(), family);
    pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
    pango_font_description_set_weight(font.get(),
                                      weight == Weight::bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    return font;
}

/// Fontconfig gives whatever it has for a family that is not there: look at what came.
bool has_font(PangoFontMap* map, PangoContext* context, const char* family) {
    const auto wanted = font_of(family, kBodySize, Weight::normal);
    const std::unique_ptr<PangoFont, Free<g_object_unref>> loaded(
        pango_font_map_load_font(map, context, wanted.get()));
    if (!loaded) {
        return false;
    }
    const Font found(pango_font_describe(loaded.get()));
    const char* const name = pango_font_description_get_family(found.get());
    return name != nullptr && std::string_view(name) == family;
}

/// Pages that fill from the top; what is put on them is tagged for who cannot see them.
class Pages {
public:
    Pages(std::string& out, const Document& document)
        : surface_(cairo_pdf_surface_create_for_stream(append, &out, kPageWidth, kPageHeight)),
          cairo_(cairo_create(surface_.get())),
          map_(pango_cairo_font_map_new()),
          state_(pango_font_map_create_context(map_.get())) {
        pango_context_set_language(
            state_.get(), pango_language_from_string(document.language == Language::en ? "en" : "zh-cn"));
        if (!has_font(map_.get(), state_.get(), kSerif) || !has_font(map_.get(), state_.get(), kSans)) {
            throw Error(Fault::unavailable, "bulletins.no_font").retry_after(std::chrono::minutes(10));
        }
        pango_cairo_update_context(cairo_.get(), state_.get());
        layout_.reset(pango_layout_new(state_.get()));
        flowing_.reset(pango_layout_new(state_.get()));
        const auto set = [&](cairo_pdf_metadata_t what, const std::string& text) {
            cairo_pdf_surface_set_metadata(surface_.get(), what, text.c_str());
        };
        cairo_tag_begin(cairo_.get(), "Document", nullptr);  // without it nothing counts as tagged
        set(CAIRO_PDF_METADATA_TITLE, document.shown.title);
        set(CAIRO_PDF_METADATA_AUTHOR, document.organisation);
        set(CAIRO_PDF_METADATA_SUBJECT, document.number);
        set(CAIRO_PDF_METADATA_CREATOR, "educard");
        set(CAIRO_PDF_METADATA_CREATE_DATE, to_text(document.figures.as_of).substr(0, 19) + "Z");
    }

    double y() const { return y_; }
    bool fits(double height) const { return y_ + height <= kPageHeight - kBottom; }
    void skip(double height) { y_ += height; }

    /// Begins another page unless so much fits on this one; true when it did.
    bool make_room(double height) {
        if (fits(height) || y_ == kTop) {
            return false;
        }
        turn();
        return true;
    }

    void turn() {
        put_number();
        cairo_show_page(cairo_.get());
        ++page_;
        y_ = kTop;
    }

    void finish() {
        put_number();
        cairo_tag_end(cairo_.get(), "Document");
        cairo_show_page(cairo_.get());
        cairo_surface_finish(surface_.get());
        const auto status = cairo_surface_status(surface_.get());
        if (status != CAIRO_STATUS_SUCCESS || cairo_status(cairo_.get()) != CAIRO_STATUS_SUCCESS) {
            throw Error(Fault::unavailable, "bulletins.no_file").retry_after(std::chrono::minutes(1));
        }
    }

    void tagged(const char* tag, const std::function<void()>& content) {
        cairo_tag_begin(cairo_.get(), tag, nullptr);
        content();
        cairo_tag_end(cairo_.get(), tag);
    }

    /// Sets a text of any length, over as many pages as it takes.
    void flow(std::string_view text, const Style& style, const char* tag) {
        prepare(flowing_.get(), text, style, kWidth);
        const int lines = pango_layout_get_line_count(flowing_.get());
        const std::unique_ptr<PangoLayoutIter, Free<pango_layout_iter_free>> at(
            pango_layout_get_iter(flowing_.get()));
        tagged(tag, [&] {
            for (int line = 0; line < lines; ++line) {
                const double step = style.size * style.spacing;
                if (!fits(step)) {  // an element for each page: cairo's do not go over the end of one
                    cairo_tag_end(cairo_.get(), tag);
                    make_room(step);
                    cairo_tag_begin(cairo_.get(), tag, nullptr);
                }
                PangoRectangle box;
                pango_layout_iter_get_line_extents(at.get(), nullptr, &box);
                set_color(style.color);
                const double ascent = style.size * (1 + (style.spacing - 1) / 2);
                cairo_move_to(cairo_.get(), kLeft + double(box.x) / PANGO_SCALE, y_ + ascent);
                pango_cairo_show_layout_line(cairo_.get(), pango_layout_iter_get_line_readonly(at.get()));
                y_ += step;
                pango_layout_iter_next_line(at.get());
            }
        });
    }

    double height_of(std::string_view text, const Style& style, double width) {
        prepare(layout_.get(), text, style, width);
        int height = 0;
        pango_layout_get_size(layout_.get(), nullptr, &height);
        return double(height) / PANGO_SCALE;
    }

    /// Sets a text into a box; the page is not turned.
    void put(std::string_view text, const Style& style, double x, double y, double width) {
        prepare(layout_.get(), text, style, width);
        set_color(style.color);
        cairo_move_to(cairo_.get(), x, y);
        pango_cairo_show_layout(cairo_.get(), layout_.get());
    }

    void fill(const Color& color, double x, double y, double width, double height) {
        set_color(color);
        cairo_rectangle(cairo_.get(), x, y, width, height);
        cairo_fill(cairo_.get());
    }
    void rule(const Color& color, double y, double thickness) {
        fill(color, kLeft, y - thickness / 2, kWidth, thickness);
    }

private:
    void set_color(const Color& color) {
        cairo_set_source_rgb(cairo_.get(), color.red, color.green, color.blue);
    }

    static void prepare(PangoLayout* layout, std::string_view text, const Style& style, double width) {
        const auto font = font_of(style.family, style.size, style.weight);
        pango_layout_set_font_description(layout, font.get());
        pango_layout_set_width(layout, static_cast<int>(width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_ellipsize(layout, style.one_line ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
        pango_layout_set_indent(layout, static_cast<int>(style.indent * PANGO_SCALE));
        pango_layout_set_justify(layout, style.justify ? TRUE : FALSE);
        pango_layout_set_alignment(layout,
                                   style.align == Align::center  ? PANGO_ALIGN_CENTER
                                   : style.align == Align::right ? PANGO_ALIGN_RIGHT
                                                                 : PANGO_ALIGN_LEFT);
        pango_layout_set_line_spacing(layout, style.one_line ? 0 : static_cast<float>(0.85));
        pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
    }

    void put_number() {
        Style style;
        style.size = 10.5;
        style.align = Align::center;
        put(fmt::format("— {} —", page_), style, kLeft, kFooter, kWidth);
    }

    Surface surface_;
    Context cairo_;
    FontMap map_;
    PangoState state_;
    Layout layout_;
    Layout flowing_;  // of its own, as the pages that it goes over get their numbers meanwhile
    double y_ = kTop;
    int page_ = 1;
};

/// A column of the table: its head, its width, what it says of a row.
struct TableColumn {
    std::string head;
    double width = 0;
    Align align = Align::right;
    std::function<std::string(const FigureRow&)> text;
};

class Typesetter {
public:
    Typesetter(Pages& pages, const Document& document)
        : pages_(pages), document_(document), words_(words_in(document.language)) {}

    void all() {
        head();
        body();
        table();
        chart();
        definitions();
    }

private:
    bool english() const { return document_.language == Language::en; }

    void head() {
        if (document_.remark) {
            Style style{.family = kSans, .size = 10.5, .align = Align::center, .color = kRed};
            pages_.flow(*document_.remark, style, "P");
            pages_.skip(10);
        }
        Style masthead{.family = kSerif,
                       .size = 27,
                       .weight = Weight::bold,
                       .align = Align::center,
                       .spacing = 1.4,
                       .color = kRed};
        pages_.flow(document_.organisation + words_.masthead, masthead, "P");
        pages_.skip(6);
        pages_.flow(document_.number, {.size = 12, .align = Align::center}, "P");
        pages_.skip(8);
        pages_.rule(kRed, pages_.y(), 1.6);
        pages_.skip(26);
        Style title{
            .family = kSerif, .size = 19, .weight = Weight::bold, .align = Align::center, .spacing = 1.5};
        pages_.flow(document_.shown.title, title, "H1");
        pages_.skip(14);
    }

    void body() {
        for (const auto& paragraph : document_.shown.paragraphs) {
            Style style{
                .size = kBodySize, .spacing = 1.75, .indent = english() ? 0 : 2 * kBodySize, .justify = true};
            pages_.flow(paragraph, style, "P");
            pages_.skip(english() ? 8 : 0);
        }
        pages_.skip(22);
        pages_.make_room(2 * kBodySize * 1.75);  // the two stay together
        const Style signature{.size = kBodySize, .align = Align::right, .spacing = 1.75};
        pages_.flow(document_.organisation, signature, "P");
        pages_.flow(document_.date, signature, "P");
    }

    void heading(const char* text, double room) {
        pages_.skip(24);
        pages_.make_room(room);
        pages_.flow(text, {.family = kSans, .size = 12, .weight = Weight::bold, .spacing = 1.6}, "H2");
    }

    void note(const std::string& text) {
        pages_.flow(text, {.family = kSans, .size = kSmallSize, .spacing = 1.6, .color = kBlue}, "P");
        pages_.skip(4);
    }

    std::vector<TableColumn> columns() const {
        const auto count = [this](std::int64_t FigureRow::* member) {
            return
                [this, member](const FigureRow& row) { return count_text(row.*member, document_.language); };
        };
        const double number = 46;
        std::vector<TableColumn> list;
        list.push_back({words_.serial, 26, Align::center, {}});
        list.push_back({words_.organisation, 0, Align::left, [this](const FigureRow& row) {
                            return row.closed ? row.name + words_.closed : row.name;
                        }});
        list.push_back({words_.total, number + 2, Align::right, count(&FigureRow::total)});
        list.push_back({words_.certified, number + 2, Align::right, count(&FigureRow::certified)});
        list.push_back(
            {words_.rate, 40, Align::right, [](const FigureRow& row) { return percent_text(rate_of(row)); }});
        list.push_back({words_.in_review, number - 5, Align::right, count(&FigureRow::in_review)});
        list.push_back({words_.returned,
                        english() ? number + 3 : number - 5,
                        Align::right,
                        count(&FigureRow::returned)});
        list.push_back({words_.not_begun, number, Align::right, count(&FigureRow::not_begun)});
        list.push_back({words_.overdue, number + 6, Align::right, count(&FigureRow::overdue)});
        const bool has_deadlines = std::ranges::any_of(
            document_.rows, [](const FigureRow& row) { return row.deadline.has_value(); });
        if (has_deadlines) {
            list.push_back({words_.on_time, 46, Align::center, [this](const FigureRow& row) {
                                return std::string(!row.on_time ? "" : *row.on_time ? words_.yes : words_.no);
                            }});
        }
        double taken = 0;
        for (const auto& column : list) {
            taken += column.width;
        }
        list[1].width = kWidth - taken;
        return list;
    }

    static Style cell_style(const TableColumn& column, Weight weight) {
        return {.family = kSans, .size = kTableSize, .weight = weight, .align = column.align};
    }

    using Texts = std::vector<std::string>;

    double row_height(const std::vector<TableColumn>& columns, const Texts& texts, Weight weight) {
        double height = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            height =
                std::max(height,
                         pages_.height_of(
                             texts[i], cell_style(columns[i], weight), columns[i].width - 2 * kCellPadding));
        }
        return height + 2 * kCellPadding;
    }

    void put_row(const std::vector<TableColumn>& columns,
                 const Texts& texts,
                 Weight weight,
                 double height,
                 const char* tag) {
        pages_.tagged("TR", [&] {
            double x = kLeft;
            for (std::size_t i = 0; i < columns.size(); ++i) {
                const auto style = cell_style(columns[i], weight);
                const double width = columns[i].width - 2 * kCellPadding;
                const double inner = pages_.height_of(texts[i], style, width);
                pages_.tagged(tag, [&] {
                    pages_.put(texts[i], style, x + kCellPadding, pages_.y() + (height - inner) / 2, width);
                });
                x += columns[i].width;
            }
        });
        pages_.skip(height);
        pages_.rule(kRule, pages_.y(), 0.4);
    }

    void put_head(const std::vector<TableColumn>& columns) {
        Texts texts;
        for (const auto& column : columns) {
            texts.push_back(column.head);
        }
        const double height = row_height(columns, texts, Weight::bold);
        pages_.fill(kPale, kLeft, pages_.y(), kWidth, height);
        pages_.rule(kInk, pages_.y(), 0.9);
        put_row(columns, texts, Weight::bold, height, "TH");
    }

    static Texts texts_of(const std::vector<TableColumn>& columns, const FigureRow& row, std::string serial) {
        Texts texts{std::move(serial)};
        for (std::size_t i = 1; i < columns.size(); ++i) {
            texts.push_back(columns[i].text(row));
        }
        return texts;
    }

    void table() {
        heading(words_.table, 120);
        note(fmt::format("{}{}    {}{}    {}",
                         words_.as_of,
                         values_of(document_.figures, document_.language)[1].second,
                         words_.people,
                         people_text(document_.figures.people, document_.language),
                         document_.order_by_rate ? words_.by_rate : words_.by_code));
        const auto list = columns();
        auto sum = document_.figures.organisation;
        sum.name = words_.sum;
        std::size_t at = 0;
        const auto& rows = document_.rows;
        // A table for each page, each with its head.
        while (at <= rows.size()) {
            pages_.tagged("Table", [&] {
                put_head(list);
                for (; at <= rows.size(); ++at) {
                    const bool is_sum = at == rows.size();
                    const auto weight = is_sum ? Weight::bold : Weight::normal;
                    const auto texts =
                        texts_of(list, is_sum ? sum : rows[at], is_sum ? "" : std::to_string(at + 1));
                    const double height = row_height(list, texts, weight);
                    if (!pages_.fits(height)) {
                        return;
                    }
                    if (is_sum) {
                        pages_.rule(kInk, pages_.y(), 0.9);
                    }
                    put_row(list, texts, weight, height, is_sum ? "TH" : "TD");
                }
            });
            if (at <= rows.size()) {
                pages_.turn();
            }
        }
        pages_.rule(kInk, pages_.y(), 0.9);
    }

    void put_bar(const FigureRow& row, Weight weight) {
        pages_.make_room(kBarHeight);
        const double y = pages_.y();
        const double x = kLeft + kBarNameWidth + 8;
        const double width = kWidth - kBarNameWidth - 8 - kBarTextWidth;
        const auto rate = rate_of(row);
        const Style name{
            .family = kSans, .size = kTableSize, .weight = weight, .align = Align::right, .one_line = true};
        Style value = name;
        value.align = Align::left;
        pages_.tagged("P", [&] {
            pages_.put(row.name, name, kLeft, y + 1, kBarNameWidth);
            pages_.fill(kPale, x, y + 3, width, kBarHeight - 6);
            pages_.fill(kBlue, x, y + 3, width * double(rate.value_or(0)) / 1000, kBarHeight - 6);
            pages_.put(percent_text(rate), value, x + width + 5, y + 1, kBarTextWidth - 5);
        });
        pages_.skip(kBarHeight);
    }

    void chart() {
        heading(words_.chart, 90);
        for (const auto& row : document_.rows) {
            put_bar(row, Weight::normal);
        }
        auto sum = document_.figures.organisation;
        sum.name = words_.sum;
        put_bar(sum, Weight::bold);
    }

    void definitions() {
        heading(words_.definitions, 60);
        for (std::size_t i = 0; i < document_.figures.definitions.size(); ++i) {
            const auto& one = document_.figures.definitions[i];
            pages_.flow(fmt::format("{}. {}", i + 1, english() ? one.en : one.zh_cn),
                        {.size = kSmallSize, .spacing = 1.6},
                        "P");
        }
    }

    Pages& pages_;
    const Document& document_;
    const Words& words_;
};

}  // namespace

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
}  // namespace educard::bulletins

// Fontconfig keeps what it has read for the life of the process, in a way that the sanitizer cannot follow;
// cairo 1.16 forgets a list of 768 octets for each document with tags.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the runtime's name for it
    return "leak:libfontconfig\nleak:libcairo\n";
}

namespace educard::bulletins {
#endif
#endif

std::string pdf_of(const Document& document) {
    std::string pdf;
    Pages pages(pdf, document);
    Typesetter(pages, document).all();
    pages.finish();
    return pdf;
}

}  // namespace educard::bulletins
