#include "modules/campaigns/content.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace educard::campaigns {

namespace {

constexpr std::size_t kLongestName = 200;  // octets
constexpr std::int64_t kEarliestReminder = 90;

template <class T>
void make_unique(std::vector<T>& items) {
    std::ranges::sort(items);
    items.erase(std::ranges::unique(items).begin(), items.end());
}

void check_phase(const Content& content,
                 const PhaseInput& phase,
                 const std::string& path,
                 std::vector<FieldError>& errors) {
    if (phase.begins_on < content.begins_on) {
        errors.push_back({path + ".begins_on", "campaigns.before_begin"});
    }
    if (phase.deadline < phase.begins_on) {
        errors.push_back({path + ".deadline", "campaigns.deadline_before_begin"});
    } else if (phase.deadline > content.ends_on) {
        errors.push_back({path + ".deadline", "campaigns.after_end"});
    }
    if (phase.later != Later::until) {
        return;
    }
    if (!phase.latest) {
        errors.push_back({path + ".latest", "required"});
    } else if (*phase.latest < phase.deadline) {
        errors.push_back({path + ".latest", "campaigns.latest_before_deadline"});
    } else if (*phase.latest > content.ends_on) {
        errors.push_back({path + ".latest", "campaigns.after_end"});
    }
}

}  // namespace

std::vector<FieldError> find_faults(Content& content) {
    std::vector<FieldError> errors;
    content.name = trim(content.name);
    if (content.name.empty()) {
        errors.push_back({"name", "required"});
    } else if (content.name.size() > kLongestName) {
        errors.push_back({"name", "too_long"});
    }
    if (content.ends_on < content.begins_on) {
        errors.push_back({"ends_on", "campaigns.ends_before_begin"});
    }
    if (content.concerns.items.empty()) {
        errors.push_back({"concerns", "required"});
    }
    if (content.target_percent < 1 || content.target_percent > 100) {
        errors.push_back({"target_percent", "campaigns.percent"});
    }
    std::set<Phase> seen;
    for (std::size_t at = 0; at < content.phases.items.size(); ++at) {
        auto& phase = content.phases.items[at];
        const auto path = fmt::format("phases[{}]", at);
        if (!seen.insert(phase.phase).second) {
            errors.push_back({path + ".phase", "campaigns.phase_twice"});
        }
        check_phase(content, phase, path, errors);
        if (phase.later != Later::until) {
            phase.latest.reset();
        }
    }
    if (!seen.contains(Phase::certification)) {
        errors.push_back({"phases", "campaigns.needs_certification"});
    }
    for (const auto days : content.reminder_days.items) {
        if (days < 0 || days > kEarliestReminder) {
            errors.push_back({"reminder_days", "campaigns.reminder_days"});
            break;
        }
    }
    make_unique(content.concerns.items);
    make_unique(content.school_kinds.items);
    make_unique(content.reminder_days.items);
    std::ranges::reverse(content.reminder_days.items);
    return errors;
}

void write_content(const Content& content, store::CampaignRow& row) {
    row.name = content.name;
    row.text = content.text.value;
    row.begins_on = content.begins_on;
    row.ends_on = content.ends_on;
    row.concerns = joined(content.concerns.items);
    row.school_kinds = joined(content.school_kinds.items);
    row.reminder_days = joined_days(content.reminder_days.items);
}

std::string joined_days(const std::vector<std::int64_t>& days) {
    return fmt::format("{}", fmt::join(days, ","));
}

std::vector<std::int64_t> parted_days(std::string_view text) {
    std::vector<std::int64_t> days;
    each_part(text, [&](std::string_view part) {
        std::int64_t day = 0;
        std::from_chars(part.data(), part.data() + part.size(), day);
        days.push_back(day);
    });
    return days;
}

}  // namespace educard::campaigns
