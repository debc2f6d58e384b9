// What the headings of the national student-status system, of its teacher counterpart, and of lists that
// schools make themselves mean.

#include "modules/roster/headings.hpp"

#include <algorithm>
#include <iterator>

namespace educard::roster {

namespace {

struct KnownHeading {
    std::string_view text;
    Field field;
};

constexpr KnownHeading kKnown[] = {
    {"姓名", Field::name},
    {"学生姓名", Field::name},
    {"教师姓名", Field::name},
    {"教职工姓名", Field::name},
    {"名字", Field::name},
    {"name", Field::name},
    {"fullname", Field::name},
    {"studentname", Field::name},
    {"身份证", Field::document_number},
    {"身份证号", Field::document_number},
    {"身份证号码", Field::document_number},
    {"身份证件号", Field::document_number},
    {"身份证件号码", Field::document_number},
    {"证件号码", Field::document_number},
    {"证件号", Field::document_number},
    {"公民身份号码", Field::document_number},
    {"居民身份证号", Field::document_number},
    {"居民身份证号码", Field::document_number},
    {"学生身份证号", Field::document_number},
    {"学生身份证号码", Field::document_number},
    {"idnumber", Field::document_number},
    {"idcardnumber", Field::document_number},
    {"nationalid", Field::document_number},
    {"documentnumber", Field::document_number},
    {"idno", Field::document_number},
    {"证件类型", Field::document_kind},
    {"身份证件类型", Field::document_kind},
    {"证件类别", Field::document_kind},
    {"身份证类型", Field::document_kind},
    {"documenttype", Field::document_kind},
    {"documentkind", Field::document_kind},
    {"idtype", Field::document_kind},
    {"性别", Field::gender},
    {"性别码", Field::gender},
    {"gender", Field::gender},
    {"sex", Field::gender},
    {"出生日期", Field::birth_date},
    {"出生年月日", Field::birth_date},
    {"出生年月", Field::birth_date},
    {"生日", Field::birth_date},
    {"birthdate", Field::birth_date},
    {"dateofbirth", Field::birth_date},
    {"birthday", Field::birth_date},
    {"学校代码", Field::school_code},
    {"学校标识码", Field::school_code},
    {"学校(机构)标识码", Field::school_code},
    {"学校机构标识码", Field::school_code},
    {"学校编码", Field::school_code},
    {"机构标识码", Field::school_code},
    {"标识码", Field::school_code},
    {"schoolcode", Field::school_code},
    {"学校", Field::school_name},
    {"学校名称", Field::school_name},
    {"所在学校", Field::school_name},
    {"就读学校", Field::school_name},
    {"单位", Field::school_name},
    {"工作单位", Field::school_name},
    {"单位名称", Field::school_name},
    {"school", Field::school_name},
    {"schoolname", Field::school_name},
    {"年级", Field::grade},
    {"所在年级", Field::grade},
    {"年级名称", Field::grade},
    {"就读年级", Field::grade},
    {"grade", Field::grade},
    {"班级", Field::class_name},
    {"班级名称", Field::class_name},
    {"所在班级", Field::class_name},
    {"行政班", Field::class_name},
    {"班", Field::class_name},
    {"班号", Field::class_name},
    {"年级班级", Field::class_name},
    {"class", Field::class_name},
    {"classname", Field::class_name},
    {"入学年份", Field::entry_year},
    {"入学年月", Field::entry_year},
    {"入学时间", Field::entry_year},
    {"入学日期", Field::entry_year},
    {"入学年度", Field::entry_year},
    {"entryyear", Field::entry_year},
    {"学籍号", Field::student_number},
    {"全国学籍号", Field::student_number},
    {"学籍号码", Field::student_number},
    {"全国学籍号码", Field::student_number},
    {"国家学籍号", Field::student_number},
    {"学生学籍号", Field::student_number},
    {"studentnumber", Field::student_number},
    {"关系", Field::guardian_relation},
    {"与监护人关系", Field::guardian_relation},
    {"与学生关系", Field::guardian_relation},
    {"relation", Field::guardian_relation},
    {"联系电话", Field::guardian_phone},
    {"联系方式", Field::guardian_phone},
    {"联系手机", Field::guardian_phone},
    {"电话", Field::guardian_phone},
    {"电话号码", Field::guardian_phone},
    {"手机", Field::guardian_phone},
    {"手机号", Field::guardian_phone},
    {"手机号码", Field::guardian_phone},
    {"phone", Field::guardian_phone},
    {"mobile", Field::guardian_phone},
    {"岗位", Field::post},
    {"岗位类别", Field::post},
    {"岗位职业", Field::post},
    {"人员类别", Field::post},
    {"教职工类别", Field::post},
    {"职务", Field::post},
    {"post", Field::post},
    {"position", Field::post},
    {"任教学科", Field::subjects},
    {"学科", Field::subjects},
    {"任课学科", Field::subjects},
    {"任教科目", Field::subjects},
    {"subject", Field::subjects},
    {"subjects", Field::subjects},
    {"入职日期", Field::appointed_on},
    {"入职时间", Field::appointed_on},
    {"参加工作年月", Field::appointed_on},
    {"参加工作时间", Field::appointed_on},
    {"来校年月", Field::appointed_on},
    {"到校时间", Field::appointed_on},
    {"聘任日期", Field::appointed_on},
    {"appointedon", Field::appointed_on},
    {"dateofappointment", Field::appointed_on},
};

/// Whose name, relation and telephone number a heading speaks of; who is called father needs no relation.
struct Owner {
    std::string_view who;
    Field name;
    std::optional<Field> relation;
    Field phone;
};
constexpr Owner first_guardian(std::string_view who) {
    return {who, Field::guardian_name, Field::guardian_relation, Field::guardian_phone};
}
constexpr Owner second_guardian(std::string_view who) {
    return {who, Field::guardian2_name, Field::guardian2_relation, Field::guardian2_phone};
}
constexpr Owner father(std::string_view who) {
    return {who, Field::father_name, std::nullopt, Field::father_phone};
}
constexpr Owner mother(std::string_view who) {
    return {who, Field::mother_name, std::nullopt, Field::mother_phone};
}
constexpr Owner kOwners[] = {
    first_guardian("监护人"),
    first_guardian("监护人1"),
    first_guardian("监护人一"),
    first_guardian("第一监护人"),
    first_guardian("家长"),
    first_guardian("家长1"),
    first_guardian("学生家长"),
    first_guardian("成员1"),
    first_guardian("家庭成员1"),
    first_guardian("guardian"),
    first_guardian("parent"),
    second_guardian("监护人2"),
    second_guardian("监护人二"),
    second_guardian("第二监护人"),
    second_guardian("家长2"),
    second_guardian("成员2"),
    second_guardian("家庭成员2"),
    second_guardian("guardian2"),
    father("父亲"),
    father("爸爸"),
    father("学生父亲"),
    father("father"),
    father("father's"),
    mother("母亲"),
    mother("妈妈"),
    mother("学生母亲"),
    mother("mother"),
    mother("mother's"),
};
constexpr std::string_view kOwnersName[] = {"", "姓名", "名字", "的姓名", "name"};
constexpr std::string_view kOwnersRelation[] = {"关系", "与学生关系", "与本人关系", "relation"};
constexpr std::string_view kOwnersPhone[] = {"电话",
                                             "电话号码",
                                             "联系电话",
                                             "联系电话号码",
                                             "联系方式",
                                             "联系手机",
                                             "手机",
                                             "手机号",
                                             "手机号码",
                                             "手机电话",
                                             "移动电话",
                                             "的电话",
                                             "phone",
                                             "mobile",
                                             "phonenumber"};

/// "父亲联系电话", "监护人2姓名", "家长手机号码"
std::optional<Field> field_of_owner(std::string_view key) {
    for (const auto& owner : kOwners) {
        if (!key.starts_with(owner.who)) {
            continue;
        }
        const auto says = [rest = key.substr(owner.who.size())](const auto& endings) {
            return std::ranges::find(endings, rest) != std::end(endings);
        };
        if (says(kOwnersName)) {
            return owner.name;
        }
        if (owner.relation && says(kOwnersRelation)) {
            return owner.relation;
        }
        if (says(kOwnersPhone)) {
            return owner.phone;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Field> field_of_heading(std::string_view heading) {
    const std::string key = heading_key(heading);
    const auto* found = std::ranges::find(kKnown, std::string_view(key), &KnownHeading::text);
    return found == std::end(kKnown) ? field_of_owner(key) : std::optional(found->field);
}

}  // namespace educard::roster
