#include "modules/oneroster/filter.hpp"

#include "modules/oneroster/names.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace educard::oneroster {
namespace {

const boost::json::object& record() {
    static const auto value = boost::json::parse(
        R"({"sourcedId": "7", "status": "active", "dateLastModified": "2026-09-01T08:00:00.000000Z",
            "familyName": "O'Neill", "grades": ["01", "02"],
            "roles": [{"role": "student", "org": {"sourcedId": "70"}}, {"role": "teacher", "org": {"sourcedId": "71"}}]})");
    return value.as_object();
}

bool holds(std::string_view text) {
    const auto filter = parse_filter(text);
    EXPECT_TRUE(filter.has_value()) << text;
    return filter && matches(*filter, record());
}

FilterFault fault_of(std::string_view text) {
    const auto filter = parse_filter(text);
    EXPECT_FALSE(filter.has_value()) << text;
    return filter ? FilterFault{} : filter.error();
}

TEST(RosterFilter, ComparesText) {
    EXPECT_TRUE(holds("status='active'"));
    EXPECT_TRUE(holds("status = 'ACTIVE'"));
    EXPECT_FALSE(holds("status!='active'"));
    EXPECT_TRUE(holds("familyName~'neil'"));
    EXPECT_TRUE(holds("familyName='o''neill'"));
    EXPECT_FALSE(holds("familyName='oneill'"));
    EXPECT_FALSE(holds("nothing='x'"));
    EXPECT_TRUE(holds("nothing!='x'"));
}

TEST(RosterFilter, ComparesMomentsWhateverTheirZone) {
    EXPECT_TRUE(holds("dateLastModified='2026-09-01T16:00:00+08:00'"));
    EXPECT_TRUE(holds("dateLastModified>'2026-09-01'"));
    EXPECT_FALSE(holds("dateLastModified>'2026-09-01T08:00:00Z'"));
    EXPECT_TRUE(holds("dateLastModified>='2026-09-01T08:00:00Z'"));
    EXPECT_TRUE(holds("dateLastModified<'2026-09-02'"));
    EXPECT_TRUE(holds("dateLastModified<='2026-09-01T08:00:00.000Z'"));
}

TEST(RosterFilter, AListHoldsWhenOneOfItsValuesDoes) {
    EXPECT_TRUE(holds("roles.role='teacher'"));
    EXPECT_FALSE(holds("roles.role!='teacher'"));
    EXPECT_TRUE(holds("roles.org.sourcedId='71'"));
    EXPECT_TRUE(holds("grades='02'"));
    EXPECT_FALSE(holds("grades='03'"));
}

TEST(RosterFilter, JoinsTwoAtMost) {
    EXPECT_TRUE(holds("status='active' AND sourcedId='7'"));
    EXPECT_FALSE(holds("status='active' and sourcedId='8'"));
    EXPECT_TRUE(holds("status='active'  OR  sourcedId='8'"));
    EXPECT_EQ(fault_of("a='1' AND b='2' AND c='3'"), FilterFault::joint);
    EXPECT_EQ(fault_of("a='1'AND b='2'"), FilterFault::joint);
    EXPECT_EQ(fault_of("a='1' ANDb='2'"), FilterFault::joint);
    EXPECT_EQ(fault_of("a='1' XOR b='2'"), FilterFault::joint);
}

TEST(RosterFilter, SaysWhatIsMissing) {
    EXPECT_EQ(fault_of(""), FilterFault::empty);
    EXPECT_EQ(fault_of("  "), FilterFault::empty);
    EXPECT_EQ(fault_of("='1'"), FilterFault::field);
    EXPECT_EQ(fault_of(".a='1'"), FilterFault::field);
    EXPECT_EQ(fault_of("a.='1'"), FilterFault::field);
    EXPECT_EQ(fault_of("a"), FilterFault::comparison);
    EXPECT_EQ(fault_of("a LIKE 'b'"), FilterFault::comparison);
    EXPECT_EQ(fault_of("a=1"), FilterFault::value);
    EXPECT_EQ(fault_of("a='1"), FilterFault::value);
    EXPECT_EQ(fault_of("a='1' AND "), FilterFault::field);
}

TEST(RosterNames, HaveTwoParts) {
    const auto both = [](std::string_view name) {
        const auto parts = split_name(name);
        return parts.family + "|" + parts.given;
    };
    EXPECT_EQ(both("王小明"), "王|小明");
    EXPECT_EQ(both("欧阳静"), "欧阳|静");
    EXPECT_EQ(both("欧阳"), "欧|阳");
    EXPECT_EQ(both("𬭊小满"), "𬭊|小满");
    EXPECT_EQ(both("阿依古丽·买买提"), "买买提|阿依古丽");
    EXPECT_EQ(both("Anna Maria Berg"), "Berg|Anna Maria");
    EXPECT_EQ(both("王"), "王|王");
    EXPECT_EQ(both(""), "|");
}

}  // namespace
}  // namespace educard::oneroster
