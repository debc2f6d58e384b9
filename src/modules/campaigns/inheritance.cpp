#include "modules/campaigns/inheritance.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace educard::campaigns {

namespace {

constexpr int kQuiet = 4;  // the first quarter of the time, in which nobody is behind

}  // namespace

std::vector<OrganisationId> ids_of(std::string_view path) {
    std::vector<OrganisationId> ids;
    for (std::size_t at = 0; at < path.size();) {
        const auto slash = std::min(path.find('/', at), path.size());
        OrganisationId id;
        std::from_chars(path.data() + at, path.data() + slash, id.value);
        if (id) {
            ids.push_back(id);
        }
        at = slash + 1;
    }
    return ids;
}

std::vector<OwnDeadline> along(std::span<const OrganisationId> line,
                               std::span<const OwnDeadline> all,
                               Phase phase) {
    std::vector<OwnDeadline> found;
    for (const auto id : line) {
        const auto own = std::ranges::find_if(
            all, [&](const OwnDeadline& one) { return one.organisation_id == id && one.phase == phase; });
        if (own != all.end()) {
            found.push_back(*own);
        }
    }
    return found;
}

const OwnTarget* own_of(OrganisationId organisation, std::span<const OwnTarget> all) {
    const auto found = std::ranges::find(all, organisation, &OwnTarget::organisation_id);
    return found == all.end() ? nullptr : &*found;
}

const OwnTarget* nearest_percent(std::span<const OrganisationId> line, std::span<const OwnTarget> all) {
    for (auto id = line.rbegin(); id != line.rend(); ++id) {
        const auto* own = own_of(*id, all);
        if (own != nullptr && own->percent) {
            return own;
        }
    }
    return nullptr;
}

std::optional<Date> latest_allowed(std::span<const OwnDeadline> above) {
    std::optional<Date> limit;
    bool first = true;
    for (const auto& own : above) {
        const auto allows = own.later == Later::locked  ? std::optional(own.deadline)
                            : own.later == Later::until ? own.latest
                                                        : std::nullopt;
        if (first) {
            limit = allows;
        } else if (limit && own.deadline > *limit) {
            limit = allows ? allows : own.deadline;
        } else if (allows && (!limit || *allows < *limit)) {
            limit = allows;
        }
        first = false;
    }
    return limit;
}

std::int64_t target_of(std::int64_t roster, std::int64_t percent) {
    return (roster * percent + 99) / 100;
}

int days_between(Date from, Date to) {
    return static_cast<int>((std::chrono::sys_days(to) - std::chrono::sys_days(from)).count());
}

Standing standing_of(std::int64_t target, std::int64_t certified, Date begins_on, Date deadline, Date today) {
    if (target <= 0) {
        return Standing::nothing;
    }
    if (certified >= target) {
        return Standing::done;
    }
    if (deadline < today) {
        return Standing::overdue;
    }
    const std::int64_t days = days_between(begins_on, deadline) + 1;
    const std::int64_t passed = days_between(begins_on, today);
    const bool early = passed * kQuiet < days;
    return !early && certified * days < target * passed ? Standing::behind : Standing::on_course;
}

}  // namespace educard::campaigns
