#include "modules/bulletins/figures.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace educard::bulletins {

namespace {

constexpr std::int64_t kThousand = 1000;

rollout::Counts counts_of(const rollout::NodeProgress& node, People people) {
    switch (people) {
        case People::everybody:
            return node.counts;
        case People::student:
            return node.by_kind.student;
        case People::teacher:
            return node.by_kind.teacher;
        case People::staff:
            return node.by_kind.staff;
    }
    return node.counts;
}

/// The deadline is judged by those whom the bulletin is about.
FigureRow row_of(const rollout::NodeProgress& node, People people, Date next_day) {
    const auto counts = counts_of(node, people);
    FigureRow row{.id = node.id,
                  .name = node.name,
                  .code = node.code,
                  .closed = node.closed,
                  .total = counts.total(),
                  .certified = counts.certified,
                  .in_review = counts.in_review,
                  .returned = counts.returned,
                  .not_begun = counts.not_begun,
                  .deadline = node.standing.deadline,
                  .complete = counts.total() > 0 && counts.certified == counts.total()};
    if (row.deadline && *row.deadline < next_day) {
        row.overdue = row.total - row.certified;
    }
    // What was at the deadline is known of everybody only.
    row.on_time = people == People::everybody
                      ? node.standing.on_time
                      : rollout::standing_of(counts, row.deadline, next_day, {}).on_time;
    return row;
}

std::vector<Definition> definitions_of(bool live) {
    return {
        {"total", "应认证：名册中在册的人员数。", "To certify: the people in the rosters."},
        {"certified",
         "已认证：已通过审核并取得教育卡号的人员数。",
         "Certified: the people whose review ended well and who have a card number."},
        {"in_review",
         "审核中：已提交认证申请、尚未作出审核决定的人员数。",
         "In review: the people whose application waits for a decision."},
        {"returned",
         "已退回：申请被退回修改、尚未再次提交的人员数。",
         "Returned: the people whose application was returned and has not come again."},
        {"not_begun",
         "未开始：尚未提交认证申请，或申请不予通过的人员数。",
         "Not begun: the people who have not applied, or whose application was rejected."},
        {"rate",
         "认证率：已认证人数占应认证人数的比例，保留一位小数，不进位；100%表示全部完成。",
         "Rate: the certified among those to certify, one decimal, rounded down; 100% means all."},
        {"overdue",
         "逾期未认证：本单位截止日期已过仍未认证的人员数；没有截止日期的不计。各单位截止日期不同的，分项之和"
         "与合计可以不同。",
         "Overdue: the people not certified after the deadline of the row itself; none where there is no "
         "deadline. Where deadlines differ the rows need not add up to the total."},
        {"complete", "全部完成：应认证人员全部已认证。", "Complete: everybody who is to be certified is."},
        {"on_time",
         "按期完成：截止日期当日结束时已全部认证，或截止日期之前已全部完成；尚无定论或没有记录的留空。",
         "On time: complete when the day of the deadline ended, or before it; empty while it is open or not "
         "known."},
        live ? Definition{"as_of",
                          "统计时点：以统计时刻的实时数据为准。",
                          "Counted: the figures are those of the moment of counting."}
             : Definition{"as_of",
                          "统计时点：以当日结束时保存的数据为准。",
                          "Counted: the figures are those kept as the day ended."},
    };
}

}  // namespace

Figures figures_of(const rollout::LevelProgress& progress, Level level, People people, Date today) {
    const bool live = progress.day == today;
    // A day that ended is over; today is not.
    const auto next_day = live ? today : Date(std::chrono::sys_days(progress.day) + std::chrono::days(1));
    Figures figures{.day = progress.day,
                    .as_of = progress.as_of,
                    .live = live,
                    .level = level,
                    .people = people,
                    .organisation = row_of(progress.organisation, people, next_day),
                    .rows = {},
                    .definitions = definitions_of(live)};
    for (const auto& node : progress.nodes) {
        auto row = row_of(node, people, next_day);
        row.rest = node.id == progress.organisation.id ||
                   (level == Level::counties && node.kind == organisations::Kind::city);
        if (row.rest && row.total == 0) {
            continue;  // of other people
        }
        figures.rows.items.push_back(std::move(row));
    }
    // The tree has directly reporting counties before the city that they lie in. Classes have no codes.
    auto& rows = figures.rows.items;
    if (std::ranges::all_of(rows, [](const FigureRow& row) { return row.code || row.rest; })) {
        const auto key = [&](const FigureRow& row) {
            const bool is_last = row.id == figures.organisation.id;
            return std::tuple(is_last, row.code.value_or(""), row.rest, row.id);
        };
        std::ranges::sort(rows, {}, key);
    }
    return figures;
}

std::optional<std::int64_t> rate_of(const FigureRow& row) {
    return row.total == 0 ? std::nullopt : std::optional(row.certified * kThousand / row.total);
}

std::vector<FigureRow> by_rate(std::vector<FigureRow> rows) {
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::size_t first, std::size_t second) {
        const auto& one = rows[first];
        const auto& other = rows[second];
        if (one.total == 0 || other.total == 0) {
            return (one.total > 0) == (other.total > 0) ? first < second : one.total > 0;
        }
        const auto left = one.certified * other.total;
        const auto right = other.certified * one.total;
        return left == right ? first < second : left > right;
    });
    std::vector<FigureRow> ordered;
    for (const auto at : order) {
        ordered.push_back(std::move(rows[at]));
    }
    return ordered;
}

std::int64_t value_of(const FigureRow& row, Column column) {
    switch (column) {
        case Column::total:
            return row.total;
        case Column::certified:
            return row.certified;
        case Column::in_review:
            return row.in_review;
        case Column::returned:
            return row.returned;
        case Column::not_begun:
            return row.not_begun;
        case Column::overdue:
            return row.overdue;
    }
    return 0;
}

namespace {

constexpr Column kColumns[] = {Column::total,
                               Column::certified,
                               Column::in_review,
                               Column::returned,
                               Column::not_begun,
                               Column::overdue};

void add_changes(std::vector<ChangedCell>& cells, const FigureRow* before, const FigureRow* after) {
    const auto& known = after == nullptr ? *before : *after;
    for (const auto column : kColumns) {
        const auto was = before == nullptr ? std::nullopt : std::optional(value_of(*before, column));
        const auto is = after == nullptr ? std::nullopt : std::optional(value_of(*after, column));
        if (was != is) {
            cells.push_back({known.id, known.name, column, was, is});
        }
    }
}

}  // namespace

std::vector<ChangedCell> difference(const Figures& before, const Figures& after) {
    std::map<std::pair<OrganisationId, bool>, const FigureRow*> earlier;
    for (const auto& row : before.rows.items) {
        earlier.emplace(std::pair(row.id, row.rest), &row);
    }
    std::vector<ChangedCell> cells;
    for (const auto& row : after.rows.items) {
        const auto was = earlier.extract(std::pair(row.id, row.rest));
        add_changes(cells, was ? was.mapped() : nullptr, &row);
    }
    for (const auto& row : before.rows.items) {
        if (earlier.contains(std::pair(row.id, row.rest))) {
            add_changes(cells, &row, nullptr);
        }
    }
    add_changes(cells, &before.organisation, &after.organisation);
    return cells;
}

}  // namespace educard::bulletins
