#include "modules/accounts/captcha_picture.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <png.h>
#include <utility>
#include <vector>

namespace educard::accounts {

namespace {

// In pixels of a page; a picture has twice as many each way, so that it is sharp on a phone.
constexpr int kDensity = 2;
constexpr int kHeight = 84;
constexpr int kLetterPitch = 42;
constexpr int kMargin = 16;
constexpr float kPen = 2.9F;  // half the width of a stroke

struct Point {
    float x = 0;
    float y = 0;
};
using Stroke = std::vector<Point>;

/// The strokes of one letter in a box 0…4 wide and 0…6 high, y downwards: "x,y" pairs as digits, strokes
/// split by space.
std::string_view outline(char letter) {
    constexpr std::array<std::pair<char, std::string_view>, kPictureAlphabet.size()> outlines{{
        {'A', "062046 1434"},
        {'C', "4130100105163645"},
        {'E', "40000646 0333"},
        {'F', "400006 0333"},
        {'H', "0006 4046 0343"},
        {'J', "1040 3035261605"},
        {'K', "0006 400346"},
        {'M', "0600234046"},
        {'N', "06004640"},
        {'P', "06003041423303"},
        {'R', "06003041423303 2346"},
        {'T', "0040 2026"},
        {'U', "000516364540"},
        {'W', "0016233640"},
        {'X', "0046 4006"},
        {'Y', "002340 2326"},
        {'3', "01103041423313 334445361605"},
        {'4', "300444 3036"},
        {'7', "004016"},
        {'9', "4130100102133342 41443616"},
    }};
    const auto found = std::ranges::find(outlines, letter, &std::pair<char, std::string_view>::first);
    EDU_ASSERT(found != outlines.end());
    return found->second;
}

std::vector<Stroke> strokes_of(char letter) {
    std::vector<Stroke> strokes(1);
    const auto text = outline(letter);
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == ' ') {
            strokes.emplace_back();
            ++i;
        } else {
            EDU_ASSERT(i + 1 < text.size());
            strokes.back().push_back(
                {static_cast<float>(text[i] - '0'), static_cast<float>(text[i + 1] - '0')});
            i += 2;
        }
    }
    return strokes;
}

class Canvas {
public:
    explicit Canvas(int width)
        : width_(width * kDensity), ink_(static_cast<std::size_t>(width_) * kRows, 0.0F) {}

    /// Of the picture, in its own pixels.
    int width() const { return width_; }
    int height() const { return kRows; }

    /// A line with round ends, its edges smoothed; `darkness` up to 1.
    void line(Point from, Point to, float pen, float darkness) {
        for (float* length : {&from.x, &from.y, &to.x, &to.y, &pen}) {
            *length *= kDensity;
        }
        const int left = std::max(0, static_cast<int>(std::min(from.x, to.x) - pen) - 1);
        const int right = std::min(width_ - 1, static_cast<int>(std::max(from.x, to.x) + pen) + 1);
        const int top = std::max(0, static_cast<int>(std::min(from.y, to.y) - pen) - 1);
        const int bottom = std::min(kRows - 1, static_cast<int>(std::max(from.y, to.y) + pen) + 1);
        for (int y = top; y <= bottom; ++y) {
            for (int x = left; x <= right; ++x) {
                const Point here{static_cast<float>(x), static_cast<float>(y)};
                float& ink = ink_[static_cast<std::size_t>(y * width_ + x)];
                const float covered = std::clamp(pen + 0.5F - distance(here, from, to), 0.0F, 1.0F);
                ink = std::max(ink, darkness * covered);
            }
        }
    }

    /// 255 is paper.
    std::vector<std::uint8_t> pixels() const {
        std::vector<std::uint8_t> out;
        out.reserve(ink_.size());
        for (const float ink : ink_) {
            out.push_back(static_cast<std::uint8_t>(255.0F - 225.0F * ink));
        }
        return out;
    }

private:
    static constexpr int kRows = kHeight * kDensity;

    static float distance(Point p, Point a, Point b) {
        const Point ab{b.x - a.x, b.y - a.y};
        const float length = ab.x * ab.x + ab.y * ab.y;
        const float along =
            length > 0 ? std::clamp(((p.x - a.x) * ab.x + (p.y - a.y) * ab.y) / length, 0.0F, 1.0F) : 0.0F;
        return std::hypot(p.x - a.x - along * ab.x, p.y - a.y - along * ab.y);
    }

    int width_;
    std::vector<float> ink_;
};

class Painter {
public:
    Painter(Canvas& canvas, int width, std::uint64_t seed)
        : canvas_(canvas),
          width_(static_cast<float>(width)),
          random_(seed),
          phase_(between(0, 2 * std::numbers::pi_v<float>)),
          bend_(between(1.5F, 3)) {}

    float between(float low, float high) { return std::uniform_real_distribution<float>(low, high)(random_); }

    void letter(char letter, float left) {
        const float turn = between(-0.17F, 0.17F);
        const float shear = between(-0.12F, 0.12F);
        const float width = between(5.9F, 6.8F);
        const float height = between(8.2F, 9.3F);
        const Point centre{left + kLetterPitch / 2.0F + between(-1, 1), kHeight / 2.0F + between(-5, 5)};
        const float pen = kPen + between(-0.3F, 0.5F);
        for (const auto& stroke : strokes_of(letter)) {
            std::vector<Point> placed;
            for (const auto point : stroke) {
                const float x = (point.x - 2 + shear * (point.y - 3)) * width + between(-0.7F, 0.7F);
                const float y = (point.y - 3) * height + between(-0.7F, 0.7F);
                placed.push_back({centre.x + x * std::cos(turn) - y * std::sin(turn),
                                  centre.y + x * std::sin(turn) + y * std::cos(turn)});
            }
            curve(placed, pen, 1);
        }
    }

    /// A thin, pale line right across, under the same wave as the letters.
    void crossing_line() {
        std::vector<Point> points;
        const float middle = between(0.3F, 0.7F) * kHeight;
        for (float x = -5; x < width_ + 30; x += 26) {
            points.push_back({x, middle + between(-15, 15)});
        }
        curve(points, between(0.6F, 0.9F), kPale);
    }

    void speck() {
        const Point at{between(0, width_), between(0, kHeight)};
        canvas_.line(at, {at.x + between(-4, 4), at.y + between(-4, 4)}, between(0.4F, 0.8F), kPale);
    }

private:
    static constexpr float kPale = 0.4F;

    void curve(const std::vector<Point>& points, float pen, float darkness) {
        for (std::size_t i = 0; i + 1 < points.size(); ++i) {
            constexpr int kSteps = 5;  // short pieces, so that the wave bends straight strokes too
            for (int step = 0; step < kSteps; ++step) {
                canvas_.line(wave(part(points[i], points[i + 1], step, kSteps)),
                             wave(part(points[i], points[i + 1], step + 1, kSteps)),
                             pen,
                             darkness);
            }
        }
    }

    static Point part(Point from, Point to, int step, int steps) {
        const float t = static_cast<float>(step) / static_cast<float>(steps);
        return {from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t};
    }

    Point wave(Point p) const {
        return {p.x + 0.6F * bend_ * std::sin(p.y / 13 + phase_), p.y + bend_ * std::sin(p.x / 31 + phase_)};
    }

    Canvas& canvas_;
    float width_;
    std::mt19937_64 random_;
    float phase_;
    float bend_;
};

Bytes encode_png(const std::vector<std::uint8_t>& pixels, int width, int height) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = PNG_FORMAT_GRAY;
    Bytes png(PNG_IMAGE_PNG_SIZE_MAX(image));
    png_alloc_size_t size = png.size();
    const int written = png_image_write_to_memory(&image, png.data(), &size, 0, pixels.data(), 0, nullptr);
    EDU_ASSERT(written != 0);
    png.resize(size);
    return png;
}

}  // namespace

Bytes draw_captcha(std::string_view text, std::uint64_t seed) {
    const int width = 2 * kMargin + kLetterPitch * static_cast<int>(text.size());
    Canvas canvas(width);
    Painter painter(canvas, width, seed);
    float left = kMargin;
    for (const char letter : text) {
        painter.letter(letter, left);
        left += kLetterPitch;
    }
    painter.crossing_line();
    for (int i = 0; i < 30; ++i) {
        painter.speck();
    }
    return encode_png(canvas.pixels(), canvas.width(), canvas.height());
}

}  // namespace educard::accounts
