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

constexpr int kHeight = 84;
constexpr int kLetterPitch = 38;
constexpr int kMargin = 22;
constexpr float kPen = 2.3F;  // half the width of a stroke, in pixels

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
    explicit Canvas(int width) : width_(width), ink_(static_cast<std::size_t>(width) * kHeight, 0.0F) {}

    int width() const { return width_; }

    /// A line with round ends, its edges smoothed.
    void line(Point from, Point to, float pen) {
        const int left = std::max(0, static_cast<int>(std::min(from.x, to.x) - pen) - 1);
        const int right = std::min(width_ - 1, static_cast<int>(std::max(from.x, to.x) + pen) + 1);
        const int top = std::max(0, static_cast<int>(std::min(from.y, to.y) - pen) - 1);
        const int bottom = std::min(kHeight - 1, static_cast<int>(std::max(from.y, to.y) + pen) + 1);
        for (int y = top; y <= bottom; ++y) {
            for (int x = left; x <= right; ++x) {
                const Point here{static_cast<float>(x), static_cast<float>(y)};
                float& ink = ink_[static_cast<std::size_t>(y * width_ + x)];
                ink = std::max(ink, std::clamp(pen + 0.5F - distance(here, from, to), 0.0F, 1.0F));
            }
        }
    }

    /// 255 is paper. `grain` darkens or lightens each pixel a little.
    template <class Grain>
    std::vector<std::uint8_t> pixels(Grain grain) const {
        std::vector<std::uint8_t> out;
        out.reserve(ink_.size());
        for (const float ink : ink_) {
            out.push_back(
                static_cast<std::uint8_t>(std::clamp(244.0F - 200.0F * ink + grain(), 0.0F, 255.0F)));
        }
        return out;
    }

private:
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
    Painter(Canvas& canvas, std::uint64_t seed)
        : canvas_(canvas),
          random_(seed),
          phase_(between(0, 2 * std::numbers::pi_v<float>)),
          bend_(between(3, 6)) {}

    float between(float low, float high) { return std::uniform_real_distribution<float>(low, high)(random_); }

    void letter(char letter, float left) {
        const float turn = between(-0.38F, 0.38F);
        const float shear = between(-0.25F, 0.25F);
        const float width = between(5.2F, 6.4F);
        const float height = between(6.8F, 8.2F);
        const Point centre{left + kLetterPitch / 2.0F + between(-2, 2), kHeight / 2.0F + between(-6, 6)};
        const float pen = kPen + between(-0.5F, 0.6F);
        for (const auto& stroke : strokes_of(letter)) {
            std::vector<Point> placed;
            for (const auto point : stroke) {
                const float x = (point.x - 2 + shear * (point.y - 3)) * width + between(-1.3F, 1.3F);
                const float y = (point.y - 3) * height + between(-1.3F, 1.3F);
                placed.push_back({centre.x + x * std::cos(turn) - y * std::sin(turn),
                                  centre.y + x * std::sin(turn) + y * std::cos(turn)});
            }
            curve(placed, pen);
        }
    }

    /// A line right across, drawn with the same pen and under the same wave as the letters.
    void crossing_line() {
        std::vector<Point> points;
        const float middle = between(0.3F, 0.7F) * kHeight;
        for (float x = -5; x < static_cast<float>(canvas_.width()) + 30; x += 26) {
            points.push_back({x, middle + between(-15, 15)});
        }
        curve(points, between(0.9F, 1.6F));
    }

    void speck() {
        const Point at{between(0, static_cast<float>(canvas_.width())), between(0, kHeight)};
        canvas_.line(at, {at.x + between(-5, 5), at.y + between(-5, 5)}, between(0.5F, 1.1F));
    }

private:
    void curve(const std::vector<Point>& points, float pen) {
        for (std::size_t i = 0; i + 1 < points.size(); ++i) {
            constexpr int kSteps = 5;  // short pieces, so that the wave bends straight strokes too
            for (int step = 0; step < kSteps; ++step) {
                canvas_.line(wave(part(points[i], points[i + 1], step, kSteps)),
                             wave(part(points[i], points[i + 1], step + 1, kSteps)),
                             pen);
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
    std::mt19937_64 random_;
    float phase_;
    float bend_;
};

Bytes encode_png(const std::vector<std::uint8_t>& pixels, int width) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = kHeight;
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
    Canvas canvas(2 * kMargin + kLetterPitch * static_cast<int>(text.size()));
    Painter painter(canvas, seed);
    float left = kMargin;
    for (const char letter : text) {
        painter.letter(letter, left);
        left += kLetterPitch;
    }
    for (int i = 0; i < 3; ++i) {
        painter.crossing_line();
    }
    for (int i = 0; i < 60; ++i) {
        painter.speck();
    }
    const auto pixels = canvas.pixels([&] { return painter.between(-14, 10); });
    return encode_png(pixels, canvas.width());
}

}  // namespace educard::accounts
