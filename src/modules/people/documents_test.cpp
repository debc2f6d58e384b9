#include "modules/people/documents.hpp"

#include <gtest/gtest.h>

#include <string>

namespace educard::people {
namespace {

using namespace std::chrono_literals;
constexpr Date kToday = 2026y / 11 / 23;

DocumentFault fault_of(std::string_view text) {
    const auto id = parse_national_id(text, kToday);
    EXPECT_FALSE(id.has_value()) << text;
    return id ? DocumentFault::implausible : id.error();
}

TEST(NationalId, AcceptsTheExamplesOfTheStandard) {
    const auto woman = parse_national_id("11010519491231002X", kToday);
    ASSERT_TRUE(woman);
    EXPECT_EQ(woman->birth_date, Date(1949y / 12 / 31));
    EXPECT_EQ(woman->gender, Gender::female);
    const auto man = parse_national_id("440524188001010014", kToday);
    ASSERT_TRUE(man);
    EXPECT_EQ(man->gender, Gender::male);
}

TEST(NationalId, NormalisesLowerCaseFullWidthAndSpaces) {
    for (const auto* text : {"11010519491231002x",
                             "１１０１０５１９４９１２３１００２Ｘ",
                             " 110105 19491231 002X ",
                             "110105-19491231-002ｘ",
                             "'11010519491231002X",
                             "\xEF\xBB\xBF"
                             "11010519491231002X\xC2\xA0"}) {
        const auto id = parse_national_id(text, kToday);
        ASSERT_TRUE(id) << text;
        EXPECT_EQ(id->number, "11010519491231002X");
    }
}

TEST(NationalId, GivesEachFaultItsOwnName) {
    EXPECT_EQ(fault_of(""), DocumentFault::empty);
    EXPECT_EQ(fault_of("　"), DocumentFault::empty);
    EXPECT_EQ(fault_of("1101051949123100"), DocumentFault::length);
    EXPECT_EQ(fault_of("11010519491231002XX"), DocumentFault::length);
    EXPECT_EQ(fault_of("110105491231002"), DocumentFault::old_form);
    EXPECT_EQ(fault_of("3.20106E+17"), DocumentFault::damaged);
    EXPECT_EQ(fault_of("3.20106e+17"), DocumentFault::damaged);
    EXPECT_EQ(fault_of("320106201503124000"), DocumentFault::damaged);
    EXPECT_EQ(fault_of("1101051949123100AX"), DocumentFault::characters);
    EXPECT_EQ(fault_of("11010519491231002Y"), DocumentFault::characters);
    EXPECT_EQ(fault_of("张三"), DocumentFault::characters);
    EXPECT_EQ(fault_of("990105194912310026"), DocumentFault::division);
    EXPECT_EQ(fault_of("000000194912310026"), DocumentFault::division);
    EXPECT_EQ(fault_of("110105194902300024"), DocumentFault::date);
    EXPECT_EQ(fault_of("110105194913010024"), DocumentFault::date);
    EXPECT_EQ(fault_of("110105202611240024"), DocumentFault::future_date);
    EXPECT_EQ(fault_of("110105194912310021"), DocumentFault::check_digit);
}

TEST(NationalId, RefusesEverySingleWrongDigit) {
    const std::string right = "11010519491231002X";
    for (std::size_t i = 0; i < 17; ++i) {
        for (char c = '0'; c <= '9'; ++c) {
            std::string wrong = right;
            wrong[i] = c;
            EXPECT_EQ(parse_national_id(wrong, kToday).has_value(), wrong == right) << wrong;
        }
    }
}

std::string with_check(std::string seventeen) {
    for (const char c : std::string_view("0123456789X")) {
        if (parse_national_id(seventeen + c, kToday)) {
            return seventeen + c;
        }
    }
    return {};
}

TEST(NationalId, AcceptsAbolishedDivisionsOfEveryProvince) {
    for (const auto* code : {"320624",
                             "320721",
                             "320482",
                             "320982",
                             "320202",
                             "320684",
                             "320611",
                             "511002",
                             "440524",
                             "222401",
                             "659001",
                             "460003",
                             "441900",
                             "442000",
                             "810000",
                             "820000",
                             "830000",
                             "710000",
                             "110229"}) {
        EXPECT_FALSE(with_check(std::string(code) + "19800101001").empty()) << code;
    }
    EXPECT_TRUE(with_check("32999919800101001").empty());
    EXPECT_TRUE(with_check("32000019800101001").empty());
}

TEST(OtherDocuments, HaveRulesOfPlausibility) {
    const auto fault = [](DocumentKind kind, const char* number) {
        return find_document_fault({kind, number}, kToday);
    };
    EXPECT_EQ(fault(DocumentKind::passport, "E12345678"), std::nullopt);
    EXPECT_EQ(fault(DocumentKind::passport, "ｅ１２３４５６７８"), std::nullopt);
    EXPECT_EQ(fault(DocumentKind::passport, "E1"), DocumentFault::implausible);
    EXPECT_EQ(fault(DocumentKind::passport, "ABCDEFGH"), DocumentFault::implausible);
    EXPECT_EQ(fault(DocumentKind::passport, "111111111"), DocumentFault::implausible);
    EXPECT_EQ(fault(DocumentKind::passport, ""), DocumentFault::empty);
    EXPECT_EQ(fault(DocumentKind::hong_kong, "A123456(3)"), std::nullopt);
    EXPECT_EQ(fault(DocumentKind::hong_kong, "H12345678"), std::nullopt);
    EXPECT_EQ(fault(DocumentKind::macao, "5123456(7)"), std::nullopt);
    EXPECT_EQ(fault(DocumentKind::macao, "1234567(8)"), std::nullopt) << "a number that counts up is one";
    EXPECT_EQ(fault(DocumentKind::macao, "00000000"), DocumentFault::implausible);
    EXPECT_EQ(fault(DocumentKind::macao, "1234567"), DocumentFault::implausible);
    EXPECT_EQ(fault(DocumentKind::taiwan_travel_permit, "12345678"), std::nullopt);
    EXPECT_EQ(fault(DocumentKind::passport, "123456789"), std::nullopt);
    EXPECT_EQ(fault(DocumentKind::permanent_residence, "USA110080010101"), std::nullopt);
    EXPECT_EQ(fault(DocumentKind::permanent_residence, "USA11008"), DocumentFault::implausible);
    EXPECT_EQ(fault(DocumentKind::officer, "军字第1234567号"), std::nullopt);
    EXPECT_EQ(fault(DocumentKind::other, "无"), DocumentFault::implausible);
    EXPECT_EQ(fault(DocumentKind::other, "<script>1</script>"), DocumentFault::implausible);
    EXPECT_EQ(fault(DocumentKind::resident_id, "11010519491231002X"), std::nullopt);
}

TEST(OtherDocuments, AreFoundByCodeAndName) {
    EXPECT_EQ(find_document_kind("1"), DocumentKind::resident_id);
    EXPECT_EQ(find_document_kind("Ａ"), DocumentKind::passport);
    EXPECT_EQ(find_document_kind("z"), DocumentKind::other);
    EXPECT_EQ(find_document_kind(" 居民身份证 "), DocumentKind::resident_id);
    EXPECT_EQ(find_document_kind("Passport"), DocumentKind::passport);
    EXPECT_EQ(find_document_kind("驾驶证"), std::nullopt);
    EXPECT_EQ(find_document_kind("C"), std::nullopt);
    EXPECT_EQ(code_of(DocumentKind::household_register), 'B');
}

TEST(Mask, ShowsThreeAndFour) {
    EXPECT_EQ(mask("11010519491231002X"), "110***********002X");
    EXPECT_EQ(mask("E12345678"), "E12**5678");
    EXPECT_EQ(mask("12345678"), "******78");
    EXPECT_EQ(mask("1234"), "****");
    EXPECT_EQ(mask(""), "");
}

TEST(Divisions, AreKnownInEveryEra) {
    EXPECT_EQ(find_division("320102"), "玄武区");
    EXPECT_EQ(find_division("320103"), "白下区");
    EXPECT_EQ(find_division("32"), "江苏省");
    EXPECT_EQ(find_division("3205"), "苏州市");
    EXPECT_EQ(find_division("999999"), std::nullopt);
    EXPECT_EQ(find_division(""), std::nullopt);
}

}  // namespace
}  // namespace educard::people
