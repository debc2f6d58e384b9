#include "base/error.hpp"
#include "base/text.hpp"
#include "base/text_detail.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unicode/translit.h>
#include <unicode/uspoof.h>
#include <unicode/utypes.h>
#include <vector>

namespace educard {

namespace {

constexpr std::size_t kMaxCompared = 200;

// Characters that clerks and input methods put for each other in names: by shape, by variant, or by sound and
// shape. Each group stands alone: being in a group with two characters does not make those two alike.
constexpr std::u32string_view kMistaken =
    U"己已巳 未末 冼洗 璐潞露 戊戌戍 日曰 土士 干千于 人入八 大太犬 王玉主壬 天夭夫 无天 刀力刁 今令 午牛 "
    U"由田甲申电 白自 目且 治冶 "
    U"侯候 俞愈 傅付 博傅 肖萧 闫阎 兰蓝 戴代 丘邱 宁甯 余佘馀 晏宴 孟盂 彤形 晟晨 晟盛 晖辉 炜玮伟 珏钰 "
    U"瑜渝 琪淇祺 琦绮 瑾谨 "
    U"璇漩旋 睿叡 颖颍 莹萤荧滢 萍苹 菁箐 涵函菡 蔷墙 薇微 藜黎 祎袆 祇衹祗 祯桢 禅婵 杨扬炀飏 杰捷 林淋霖 "
    U"烨桦 栩诩 榕蓉 浩皓 "
    U"淼森 潇萧箫 瀚翰 灏颢 锋峰峯 锦绵 锴楷 铮筝峥 钧均筠 陈阵 隋随 霄宵 韬滔 骁晓 骏俊峻浚 鹏朋 麒骐 堃坤 "
    U"喆哲 垚尧 嵘荣 嘉喜 "
    U"圆园 妍研 嫣焉 媛援 姗珊 娅亚 婧靖 娴闲 宇字 宸辰 尹伊 帅师 幸辛 廷延 弈奕 彬杉斌 怡恰 恺凯 惠慧 戈弋 "
    U"旸阳 昕欣 晔烨 曦羲 "
    U"朵朶 沅阮 泽译择 淑叔 煊暄瑄 煜昱 玥月 珮佩 瑶遥谣 瑞端 睛晴 芊千 苒冉 茜西 裴斐 谭潭 贾贸 赖濑 邢刑 "
    U"郭廓 崔催 嵇稽 沉沈 "
    U"曹曾 瞿翟 缪谬 臧藏 芮苪 逄逢 祁祈 糜縻 纪记 栗粟 梁粱 毋母毌 勾句 卞卡 仝同全 佟修 库厍 昇升 昊旲 "
    U"雯文 琳淋 珺君 卿乡 "
    U"暘旸 頔迪 倩茜 偲思 儒懦 勖勋 卓桌 叶叶 向问 呂吕 咏泳 唯惟维 嗣词 垣恒 培陪 壕豪 夏厦 姝妹 姜美 娜那 "
    U"子孑 孝考 官宫 寒塞 "
    U"屈届 岑芩 崇祟 巩邛 常尝 幕慕 庄压 弛驰 彦颜 律津 徐徒 恩思 悦说 戚威 扈沪 折拆 拔拨 捷婕 撤撒 敖熬 "
    U"斤斥 旦且 昀盷 昂昴 "
    U"普晋 智知 杜社 杏杳 枚牧 柏伯 柳抑 桐铜 梓锌 楠南 樊攀 欧殴 殷段 毅役 汪注 沐沭 洋羊 洛络 海每 涛焘 "
    U"淮准 清请 温湿 滕腾 "
    U"漫曼 潘藩 烁砾 焕换 熙煕 燊森 爽奭 牟车 玟政 琰炎 瑗缓 瓒攒 畅杨 皎姣 盈盁 眉媚 祖租 秋秩 秦泰 稷樱 "
    U"穆稳 窦宝 竞竟 章张 "
    U"笛迪 粤奥 纹蚊 绍召 绪诸 罗萝 翊翌 聪总 肇筆 胥婿 脩修 舒抒 艾文 芳方 芸云 茅矛 范笵 莫草 菲霏 萱宣 "
    U"葛蔼 蒋将 蔚慰 薛辥 "
    U"虞虚 蜀属 衡衝 裘求 覃谭 许诈 诚城 诺喏 谊宜 贝见 赵起 路跞 轩轾 辛亲 连莲 逸兔 邓郑 邵劭 邹皱 郁都 "
    U"鄂颚 酆丰 钊钏 铎锋 "
    U"锐悦 镇真 阅悦 阎闾 陆碌 陶淘 隆龙 雪雷 霁齐 靓倩 韦书 顼项 顾颐 颜颖 饶绕 馨磬 驰骋 鲁鱼 鸣呜 黄簧 "
    U"黎犁 龚袭";

bool are_mistaken(char32_t a, char32_t b) {
    for (auto at = kMistaken.find(a); at != std::u32string_view::npos; at = kMistaken.find(a, at + 1)) {
        const auto before = kMistaken.rfind(U' ', at);
        const auto start = before == std::u32string_view::npos ? 0 : before + 1;
        const auto group = kMistaken.substr(start, kMistaken.find(U' ', at) - start);
        if (group.find(b) != std::u32string_view::npos) {
            return true;
        }
    }
    return false;
}

/// ICU's transliterators may not be shared between threads, and making one reads a megabyte of rules.
icu::Transliterator& transliterator(const char* rules) {
    thread_local std::vector<std::pair<std::string, std::unique_ptr<icu::Transliterator>>> made;
    for (const auto& [name, ready] : made) {
        if (name == rules) {
            return *ready;
        }
    }
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> fresh(
        icu::Transliterator::createInstance(rules, UTRANS_FORWARD, status));
    EDU_ASSERT(U_SUCCESS(status) && fresh);
    return *made.emplace_back(rules, std::move(fresh)).second;
}

std::string transliterated(const char* rules, std::string_view text) {
    auto wide =
        icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    transliterator(rules).transliterate(wide);
    std::string out;
    return wide.toUTF8String(out);
}

/// The shape of a text by Unicode's list of confusables (UTS 39).
std::string skeleton(std::string_view text) {
    struct Close {
        void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
    };
    thread_local const std::unique_ptr<USpoofChecker, Close> checker = [] {
        UErrorCode opened = U_ZERO_ERROR;
        std::unique_ptr<USpoofChecker, Close> fresh(uspoof_open(&opened));
        EDU_ASSERT(U_SUCCESS(opened));
        return fresh;
    }();
    std::string out(text.size() * 4 + 64, '\0');
    UErrorCode status = U_ZERO_ERROR;
    const auto length = uspoof_getSkeletonUTF8(checker.get(),
                                               0,
                                               text.data(),
                                               static_cast<std::int32_t>(text.size()),
                                               out.data(),
                                               static_cast<std::int32_t>(out.size()),
                                               &status);
    if (U_FAILURE(status)) {
        return std::string(text);
    }
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string one(char32_t c) {
    std::string out;
    append_code_point(out, c);
    return out;
}

bool look_alike(std::string_view left_key, std::string_view right_key) {
    const auto left = code_points(transliterated("Traditional-Simplified", left_key));
    const auto right = code_points(transliterated("Traditional-Simplified", right_key));
    const bool by_character =
        left.size() == right.size() && std::ranges::equal(left, right, [](char32_t a, char32_t b) {
            return a == b || are_mistaken(a, b) || skeleton(one(a)) == skeleton(one(b));
        });
    return by_character || skeleton(left_key) == skeleton(right_key);
}

std::u32string cut(std::string_view text) {
    auto points = code_points(text.substr(0, kMaxCompared * 4));
    points.resize(std::min(points.size(), kMaxCompared));
    return points;
}

void mark(std::vector<TextSpan>& spans, std::size_t at) {
    if (!spans.empty() && spans.back().start + spans.back().length == at) {
        ++spans.back().length;
    } else {
        spans.push_back({at, 1});
    }
}

/// Marks what is not part of the longest common subsequence.
void mark_differences(const std::u32string& left, const std::u32string& right, NameComparison& out) {
    const std::size_t width = right.size() + 1;
    std::vector<std::uint16_t> longest((left.size() + 1) * width);  // of left[i…] and right[j…]
    for (std::size_t i = left.size(); i-- > 0;) {
        for (std::size_t j = right.size(); j-- > 0;) {
            longest[i * width + j] = left[i] == right[j]
                                         ? static_cast<std::uint16_t>(longest[(i + 1) * width + j + 1] + 1)
                                         : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
        }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < left.size() || j < right.size()) {
        if (i < left.size() && j < right.size() && left[i] == right[j]) {
            ++i;
            ++j;
        } else if (j == right.size() ||
                   (i < left.size() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
            mark(out.left, i++);
        } else {
            mark(out.right, j++);
        }
    }
}

NameMatch match_names(std::string_view left, std::string_view right) {
    if (left == right) {
        return NameMatch::equal;
    }
    const std::string left_key = name_key(left.substr(0, kMaxCompared * 4));
    const std::string right_key = name_key(right.substr(0, kMaxCompared * 4));
    if (left_key == right_key) {
        return NameMatch::equal_after_folding;
    }
    return look_alike(left_key, right_key) ? NameMatch::look_alike : NameMatch::different;
}

// Where the usual reading of a character is not the one that names of places and schools use.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kReadings = {{
    {"重庆", " chong qing "},
    {"重点", " zhong dian "},
    {"朝阳", " chao yang "},
    {"长", " chang "},
    {"厦门", " xia men "},
    {"六合", " lu he "},
    {"盱眙", " xu yi "},
    {"邳", " pi "},
    {"浒墅关", " xu shu guan "},
    {"甪直", " lu zhi "},
    {"洪泽", " hong ze "},
    {"音乐", " yin yue "},
    {"银行", " yin hang "},
    {"堡", " bao "},
    {"地", " di "},
}};

std::string with_readings(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto* known =
            std::ranges::find_if(kReadings, [&](const auto& entry) { return text.starts_with(entry.first); });
        if (known != kReadings.end()) {
            out += known->second;
            text.remove_prefix(known->first.size());
        } else {
            out.push_back(text.front());
            text.remove_prefix(1);
        }
    }
    return out;
}

}  // namespace

NameComparison compare_names(std::string_view left, std::string_view right) {
    NameComparison out;
    out.match = match_names(left, right);
    if (out.match != NameMatch::equal) {
        mark_differences(cut(left), cut(right), out);
    }
    return out;
}

Pinyin pinyin(std::string_view text) {
    std::string marked = transliterated("Han-Latin; NFD; [\\u0300\\u0301\\u0304\\u030C] Remove; NFC; Lower",
                                        with_readings(tidy(text)));
    for (auto at = marked.find("ü"); at != std::string::npos; at = marked.find("ü", at)) {
        marked.replace(at, std::string_view("ü").size(), "v");  // what people type for it
    }
    const std::string latin = transliterated("Latin-ASCII", marked);
    Pinyin out;
    bool word_begins = true;
    for (const char c : latin) {
        const bool digit = c >= '0' && c <= '9';
        const bool letter = c >= 'a' && c <= 'z';
        if (digit || letter) {
            out.full.push_back(c);
            if (word_begins || digit) {
                out.initials.push_back(c);
            }
        }
        word_begins = !letter;
    }
    return out;
}

}  // namespace educard
