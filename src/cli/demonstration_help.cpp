#include "cli/demonstration_help.hpp"

#include <string_view>

namespace educard::cli {

namespace {

using questions::Audience;

struct Entry {
    std::string_view title;
    std::string_view answer;
    std::vector<Audience> audience;
};

std::vector<Entry> entries() {
    const std::vector<Audience> everybody{
        Audience::student, Audience::guardian, Audience::teacher, Audience::staff, Audience::administrator};
    return {
        {"什么是教育卡？",
         "教育卡分电子卡和实体卡。\n\n电子卡是全省中小学师生统一使用的电子身份证明，等同于电子学生证、教师证"
         "，免费发放。\n\n"
         "实体卡可随身携带，用于门禁、图书借阅、机房和校园小额消费等线下应用，由各地根据条件开通。",
         everybody},
        {"怎样注册并认证？",
         "1. 打开本网站，用身份证件号码注册个人账户。\n2. "
         "用用户名、密码和验证码登录，填写并确认个人信息，然后提交。\n"
         "3. 学生由班主任审核，教师由学校管理员审核。\n4. "
         "审核通过后，系统生成唯一的教育卡号，电子卡即可使用。",
         everybody},
        {"学生要填写哪些信息？",
         "- 姓名\n- 学校、年级、班级\n- 入校年份\n- 监护人信息\n\n未满十四周岁的学生，需要监护人同意。",
         {Audience::student, Audience::guardian}},
        {"教师要填写哪些信息？",
         "- 姓名\n- 学校\n- 任职时间\n- 任教学科\n\n提交后由学校管理员审核。",
         {Audience::teacher, Audience::staff}},
        {"认证要收费吗？",
         "不收费。电子卡免费发放给全省中小学（包括普通中小学、中等职业学校、特殊教育学校）在校师生。",
         everybody},
        {"必须办理配套通讯卡吗？",
         "不必须。配套通讯卡由用户自愿选择，不办理也能使用教育卡的全部认证功能。取得教育卡号后可以申请。",
         {Audience::student, Audience::guardian, Audience::teacher}},
        {"手机丢了，电子卡怎么办？",
         "在“我的教育卡”里挂失，或请班主任、学校管理员停用。卡号不变，换新设备登录后可以重新启用。",
         {Audience::student, Audience::guardian, Audience::teacher}},
    };
}

}  // namespace

void publish_help(sql::Tx& tx, const questions::Questions& questions, const Caller& province) {
    for (const auto& entry : entries()) {
        questions::NewQuestion draft;
        draft.organisation_id = OrganisationId{32};
        draft.language = Language::zh_cn;
        draft.title = entry.title;
        draft.answer.value = entry.answer;
        draft.audience = entry.audience;
        draft.open_to_all = true;
        const auto made = questions.create(tx, province, draft);
        questions.publish(tx, province, {.id = made.id, .version = made.version, .number = made.number});
    }
}

}  // namespace educard::cli
