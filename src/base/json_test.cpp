#include "base/json.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard::json {

enum class Colour { red, dark_green };
BOOST_DESCRIBE_ENUM(Colour, red, dark_green)

struct Guardian {
    std::string name;
    std::optional<std::string> phone;
};
BOOST_DESCRIBE_STRUCT(Guardian, (), (name, phone))

struct Base {
    PersonId id;
};
BOOST_DESCRIBE_STRUCT(Base, (), (id))

struct Everything : Base {
    std::string text;
    int number = 0;
    std::uint8_t small = 0;
    double share = 0;
    bool flag = false;
    Colour colour{};
    Time at;
    Date day;
    Bytes key;
    std::vector<Guardian> guardians;
    std::map<std::string, int> counts;
    boost::json::value raw;
    std::optional<int> maybe;
    Text<8> tight;
    List<int, 3> few;
};
BOOST_DESCRIBE_STRUCT(
    Everything,
    (Base),
    (text, number, small, share, flag, colour, at, day, key, guardians, counts, raw, maybe, tight, few))

struct Node {
    std::string name;
    std::vector<Node> children;
};
BOOST_DESCRIBE_STRUCT(Node, (), (name, children))

struct One {
    std::string text;
};
BOOST_DESCRIBE_STRUCT(One, (), (text))

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kEverything =
    R"({"id":"7","text":"张·三 𬭊","number":-5,"small":255,"share":0.25,"flag":true,"colour":"dark_green",)"
    R"("at":"2026-11-23T08:00:00.000000Z","day":"2024-02-29","key":"AAEC","guardians":[{"name":"a","phone":null}],)"
    R"("counts":{"x":1},"raw":{"a":[1,null]},"maybe":null,"tight":"12345678","few":[1,2,3]})";

template <class T>
std::vector<FieldError> errors_of(std::string_view text) {
    try {
        static_cast<void>(decode<T>(text));
    } catch (const Error& error) {
        return error.fields().empty() ? std::vector<FieldError>{{"", error.code()}} : error.fields();
    }
    return {};
}

TEST(Json, EveryKindOfMemberGoesThereAndBack) {
    const auto value = decode<Everything>(kEverything);
    EXPECT_EQ(value.id.value, 7);
    EXPECT_EQ(value.colour, Colour::dark_green);
    EXPECT_EQ(encode(value), kEverything);
}

TEST(Json, AllFieldErrorsComeAtOnceWithTheirPath) {
    const auto errors = errors_of<Everything>(
        R"({"id":7,"text":5,"number":"1","small":256,"share":"x","flag":1,"colour":"blue","at":"yesterday",)"
        R"("day":"2023-02-29","key":"AA==","guardians":[{"phone":1}],"counts":{"x":"1"},"raw":1,"tight":"123456789",)"
        R"("few":[1,2,3,4],"extra":1})");
    EXPECT_THAT(errors,
                UnorderedElementsAre(FieldError{"id", "type"},
                                     FieldError{"text", "type"},
                                     FieldError{"number", "type"},
                                     FieldError{"small", "value"},
                                     FieldError{"share", "type"},
                                     FieldError{"flag", "type"},
                                     FieldError{"colour", "value"},
                                     FieldError{"at", "value"},
                                     FieldError{"day", "value"},
                                     FieldError{"key", "value"},
                                     FieldError{"guardians[0].name", "required"},
                                     FieldError{"guardians[0].phone", "type"},
                                     FieldError{"counts.x", "type"},
                                     FieldError{"tight", "too_long"},
                                     FieldError{"few", "too_many"},
                                     FieldError{"extra", "unknown"}));
}

TEST(Json, MissingMembersAreRequiredUnlessOptional) {
    EXPECT_THAT(errors_of<Guardian>("{}"), ElementsAre(FieldError{"name", "required"}));
    EXPECT_THAT(errors_of<Guardian>(R"({"name":null})"), ElementsAre(FieldError{"name", "required"}));
}

TEST(Json, TheWholeInputMustBeAnObject) {
    EXPECT_THAT(errors_of<One>("[]"), ElementsAre(FieldError{"", "type"}));
}

TEST(Json, LongTextIsRefused) {
    EXPECT_THAT(errors_of<One>("{\"text\":\"" + std::string(4096, 'x') + "\"}"), ElementsAre());
    EXPECT_THAT(errors_of<One>("{\"text\":\"" + std::string(4097, 'x') + "\"}"),
                ElementsAre(FieldError{"text", "too_long"}));
}

TEST(Json, MalformedTextIsRefused) {
    const std::vector<std::string> cases{"",
                                         "{",
                                         "{}{}",
                                         "{\"text\":\"\xff\"}",
                                         "{\"text\":\"\xed\xa0\x80\"}",
                                         R"({"text":"\ud800"})",
                                         R"({"text":"\udc00x"})",
                                         "{\"text\":\"\xc0\xaf\"}",
                                         "{'text':1}",
                                         "{\"text\":NaN}",
                                         "\xef\xbb\xbf{}",
                                         std::string(100, '[') + std::string(100, ']')};
    for (const auto& text : cases) {
        EXPECT_THAT(errors_of<One>(text), ElementsAre(FieldError{"", "json.malformed"})) << text;
    }
}

TEST(Json, NulIsRefusedEverywhere) {
    EXPECT_THAT(errors_of<One>(R"({"text":"a\u0000b"})"), ElementsAre(FieldError{"text", "value"}));
    std::string everything(kEverything);
    everything.replace(everything.find("[1,null]"), 8, R"(["\u0000"])");
    EXPECT_THAT(errors_of<Everything>(everything), ElementsAre(FieldError{"raw", "value"}));
}

TEST(Json, NumbersBeyondADoubleAreRefused) {
    std::string everything(kEverything);
    everything.replace(everything.find("[1,null]"), 8, "[1e400]");
    EXPECT_THAT(errors_of<Everything>(everything), ElementsAre(FieldError{"raw", "value"}));
}

TEST(Json, PairedSurrogateEscapesAreOneCharacter) {
    EXPECT_EQ(decode<One>(R"({"text":"\ud86e\udd4a"})").text, "𫥊");
}

TEST(Json, ErrorsAreBounded) {
    std::string text = "{";
    for (int i = 0; i < 900; ++i) {
        text += "\"" + std::string(300, 'k') + std::to_string(i) + "\":1,";
    }
    text.back() = '}';
    const auto errors = errors_of<One>(text);
    EXPECT_EQ(errors.size(), 100U);
    EXPECT_EQ(errors.back().path.size(), 64U);
}

TEST(Json, ControlCharactersAreEscaped) {
    EXPECT_EQ(encode(One{"\"\\\n\t\r\x01\x1f/<中"}), R"({"text":"\"\\\n\t\r\u0001\u001f/<中"})");
}

TEST(Json, WhateverStandsWhereverInATextComesBack) {
    for (const std::string_view mark :
         {"\"", "\\", "\n", "\x01", "\x1f", " ", "\x7f", "é", "中", "\"\"", "\\x\""}) {
        for (std::size_t before = 0; before < 20; ++before) {
            for (std::size_t after = 0; after < 20; ++after) {
                const std::string text =
                    std::string(before, 'a') + std::string(mark) + std::string(after, 'b');
                const auto written = encode(One{text});
                EXPECT_EQ(decode<One>(written).text, text) << written;
                EXPECT_TRUE(std::ranges::none_of(written, [](char c) { return c >= 0 && c < 0x20; }));
            }
        }
    }
}

TEST(Json, RawValuesOutliveTheParsing) {
    auto value = decode<Everything>(kEverything);
    const auto copy = std::move(value.raw);
    EXPECT_EQ(encode(copy), R"({"a":[1,null]})");
}

TEST(Json, QueriesAreReadByTheSameTable) {
    Everything out;
    FieldErrors errors;
    for (const auto& field : fields_of<Everything>()) {
        EXPECT_EQ(field.decode_text != nullptr,
                  field.name != "guardians" && field.name != "counts" && field.name != "raw")
            << field.name;
    }
    const auto set = [&](std::string_view name, std::string_view text) {
        const auto fields = fields_of<Everything>();
        std::ranges::find(fields, name, &Field::name)->decode_text(text, &out, Where{nullptr, name}, errors);
    };
    set("few", "1,2");
    set("few", "3");
    set("colour", "red");
    set("maybe", "");
    EXPECT_TRUE(errors.empty());
    EXPECT_THAT(out.few.items, ElementsAre(1, 2, 3));
    set("number", "12x");
    set("text", "\xff");
    set("few", "4");
    EXPECT_THAT(
        errors.list(),
        ElementsAre(
            FieldError{"number", "value"}, FieldError{"text", "value"}, FieldError{"few", "too_many"}));
}

TEST(Json, SchemasAreNamedByModuleAndMayContainThemselves) {
    Components components;
    const auto reference = schema<std::vector<Node>>(components);
    EXPECT_EQ(boost::json::serialize(reference),
              R"({"type":"array","items":{"$ref":"#/components/schemas/json.Node"}})");
    EXPECT_TRUE(components.contains("json.Node"));
    schema<Everything>(components);
    const auto text = boost::json::serialize(components);
    EXPECT_THAT(text, HasSubstr(R"("maybe":{"type":["integer","null"])"));
    EXPECT_THAT(text, HasSubstr(R"("colour":{"type":"string","enum":["red","dark_green"]})"));
    EXPECT_EQ(detail::component_name("educard::http::Page<educard::cards::Item>"), "cards.ItemPage");
    EXPECT_EQ(detail::component_name("educard::cards::(anonymous namespace)::Item"), "cards.Item");
    EXPECT_EQ(detail::component_name("educard::cards::{anonymous}::Item"), "cards.Item");
}

TEST(Json, TwoStructsMayNotBeOneSchema) {
    Components components{{"json.Node", boost::json::object{{"properties", {{"other", nullptr}}}}}};
    EXPECT_THROW(schema<Node>(components), std::logic_error);
}

}  // namespace

}  // namespace educard::json
