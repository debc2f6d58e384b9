// Figures of a part of the tree: what has been is counted at each desk as it happens, what is open now is
// few.

#include "base/error.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/store.hpp"
#include "spreadsheet/table.hpp"

#include <fmt/format.h>
#include <map>

namespace educard::problems {

namespace {

constexpr double kSecondsInAnHour = 3600;
constexpr int kChildrenAtOnce = 200;
constexpr int kMostChildren = 2000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// A tally that still knows the seconds its mean comes from.
struct Sum {
    Tally tally;
    std::int64_t answer_seconds = 0;
    std::int64_t overdue = 0;

    template <class Row>
    void add(const Row& row) {
        tally.waiting += row.waiting;
        tally.arrived += row.arrived;
        tally.answered += row.answered;
        tally.solved += row.solved;
        tally.escalated += row.escalated;
        tally.taken_overdue += row.overdue;
        answer_seconds += row.answer_seconds;
    }
    Tally result() const {
        auto out = tally;
        if (out.answered > 0) {
            out.hours_to_answer =
                static_cast<double>(answer_seconds) / static_cast<double>(out.answered) / kSecondsInAnHour;
        }
        return out;
    }
};

OfOrganisation of(const organisations::Organisation& organisation, const Sum& sum, Date today) {
    OfOrganisation out;
    static_cast<Tally&>(out) = sum.result();
    out.organisation_id = organisation.id;
    out.name = organisations::display_name(organisation, today);
    out.kind = organisation.kind;
    out.overdue = sum.overdue;
    return out;
}

/// "/32/3201/" of "/32/3201/77/" below "/32/"; the path itself when it is not below.
std::string_view child_of(std::string_view path, std::string_view above) {
    const auto end = path.find('/', above.size());
    return end == std::string_view::npos ? path : path.substr(0, end + 1);
}

std::string csv_line(const OfOrganisation& row) {
    return fmt::format("{},{},{},{},{},{},{},{},{}\r\n",
                       spreadsheet::csv_cell(row.name),
                       row.waiting,
                       row.overdue,
                       row.arrived,
                       row.answered,
                       row.hours_to_answer ? fmt::format("{:.1f}", *row.hours_to_answer) : "",
                       row.solved,
                       row.escalated,
                       row.taken_overdue);
}

}  // namespace

Statistics Problems::statistics(sql::Tx& tx, const Caller& caller, OrganisationId id) const {
    using std::chrono::days;
    const auto organisation = parts_.organisations.get(tx, id);
    if (!may_administer(caller, organisation.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    const auto& path = organisation.path;
    std::map<std::string, Sum, std::less<>> children;
    Sum whole;
    Sum own;
    const auto each = [&](std::string_view at, const auto& use) {
        use(whole);
        use(at == path ? own : children[std::string(child_of(at, path))]);
    };
    for (const auto& row : store::counts_by_desk(tx, path)) {
        each(row.path, [&](Sum& sum) { sum.add(row); });
    }
    Statistics out;
    out.as_of = parts_.clock.now();
    std::map<organisations::Kind, OfLevel> levels;
    const std::array<Time, 4> moments = {
        out.as_of - days(1), out.as_of - days(3), out.as_of - days(7), out.as_of - days(30)};
    for (const auto& row : store::open_by_desk(tx, path, today(), moments)) {
        each(row.desk_path, [&](Sum& sum) { sum.overdue += row.overdue; });
        auto& level = levels[row.desk_level];
        level.level = row.desk_level;
        level.waiting += row.waiting;
        level.overdue += row.overdue;
        out.ages.one_day += row.after_1;
        out.ages.three_days += row.after_2 - row.after_1;
        out.ages.one_week += row.after_3 - row.after_2;
        out.ages.one_month += row.after_4 - row.after_3;
        out.ages.older += row.waiting - row.after_4;
    }
    for (const auto& row : store::counts_by_kind(tx, path)) {
        Sum sum;
        sum.add(row);
        OfKind of_kind;
        static_cast<Tally&>(of_kind) = sum.result();
        of_kind.kind = row.kind;
        out.kinds.push_back(of_kind);
    }
    for (const auto& [kind, level] : levels) {
        out.levels.push_back(level);
    }
    out.whole = of(organisation, whole, today());
    out.own = of(organisation, own, today());
    std::optional<std::string> cursor;
    do {
        auto slice = parts_.organisations.children(tx, id, cursor, kChildrenAtOnce);
        for (const auto& child : slice.items) {
            const auto found = children.find(child.path);
            if (child.kind != organisations::Kind::class_) {
                out.below.push_back(of(child, found == children.end() ? Sum{} : found->second, today()));
            }
        }
        cursor = std::move(slice.next);
    } while (cursor && organisation.kind != organisations::Kind::school &&
             out.below.size() < static_cast<std::size_t>(kMostChildren));
    return out;
}

std::string Problems::statistics_csv(sql::Tx& tx, const Caller& caller, OrganisationId id) const {
    const auto found = statistics(tx, caller, id);
    std::string csv(kByteOrderMark);
    csv += caller.language == Language::en
               ? "Organisation,Waiting,Overdue,Arrived,Answered,Hours to answer,Solved,Handed up,Went up "
                 "overdue\r\n"
               : "机构,待处理,已超期,收到,已答复,平均答复时长（小时）,已解决,主动上报,超期上报\r\n";
    for (const auto& child : found.below) {
        csv += csv_line(child);
    }
    return csv + csv_line(found.whole);
}

}  // namespace educard::problems
