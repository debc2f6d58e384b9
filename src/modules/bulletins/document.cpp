#include "modules/bulletins/document.hpp"

namespace educard::bulletins {

namespace {

constexpr Words kChinese{.serial = "序号",
                         .organisation = "单位",
                         .total = "应认证",
                         .certified = "已认证",
                         .in_review = "审核中",
                         .returned = "已退回",
                         .not_begun = "未开始",
                         .overdue = "逾期未认证",
                         .rate = "认证率",
                         .deadline = "截止日期",
                         .complete = "全部完成",
                         .on_time = "按期完成",
                         .yes = "是",
                         .no = "否",
                         .sum = "合计",
                         .table = "附表　认证进度一览",
                         .chart = "附图　认证率",
                         .definitions = "指标说明",
                         .masthead = "教育卡通报",
                         .by_code = "按机构代码排列，不分先后",
                         .by_rate = "按认证率由高到低排列",
                         .draft = "草稿",
                         .as_of = "统计时点：",
                         .people = "统计对象：",
                         .closed = "（已撤销）",
                         .sheet = "认证进度",
                         .chart_sheet = "图表"};
constexpr Words kEnglish{.serial = "No.",
                         .organisation = "Organisation",
                         .total = "To certify",
                         .certified = "Certified",
                         .in_review = "In review",
                         .returned = "Returned",
                         .not_begun = "Not begun",
                         .overdue = "Overdue",
                         .rate = "Rate",
                         .deadline = "Deadline",
                         .complete = "Complete",
                         .on_time = "On time",
                         .yes = "Yes",
                         .no = "No",
                         .sum = "Sum",
                         .table = "Table: progress of certification",
                         .chart = "Figure: rate of certification",
                         .definitions = "What the words mean",
                         .masthead = " · education card bulletin",
                         .by_code = "In the order of codes",
                         .by_rate = "In the order of the rate",
                         .draft = "Draft",
                         .as_of = "Counted: ",
                         .people = "People: ",
                         .closed = " (closed)",
                         .sheet = "Progress",
                         .chart_sheet = "Chart"};

}  // namespace

const Words& words_in(Language language) {
    return language == Language::en ? kEnglish : kChinese;
}

}  // namespace educard::bulletins
