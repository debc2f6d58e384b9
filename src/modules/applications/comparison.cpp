// Application against roster, field by field.

#include "modules/applications/applications.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::applications {

namespace {

std::vector<Span> to_spans(const std::vector<TextSpan>& spans) {
    std::vector<Span> out;
    for (const auto& span : spans) {
        out.push_back(Span{.start = static_cast<std::int64_t>(span.start),
                           .length = static_cast<std::int64_t>(span.length)});
    }
    return out;
}

FieldMatch match_of(NameMatch match) {
    switch (match) {
        case NameMatch::equal:
            return FieldMatch::same;
        case NameMatch::equal_after_folding:
            return FieldMatch::same_after_folding;
        case NameMatch::look_alike:
            return FieldMatch::look_alike;
        case NameMatch::different:
            return FieldMatch::different;
    }
    return FieldMatch::different;
}

FieldComparison compare_text(std::string field, const std::string& application, const std::string& roster) {
    FieldComparison out{.field = std::move(field),
                        .application = application.empty() ? std::nullopt : std::optional(application),
                        .roster = roster.empty() ? std::nullopt : std::optional(roster),
                        .match = FieldMatch::missing,
                        .application_spans = {},
                        .roster_spans = {}};
    if (out.application && out.roster) {
        const auto compared = compare_names(application, roster);
        out.match = match_of(compared.match);
        out.application_spans = to_spans(compared.left);
        out.roster_spans = to_spans(compared.right);
    }
    return out;
}

/// For what either is the same or is not: a place, a day, a year. Equal values may be written differently.
FieldComparison compare_value(std::string field,
                              const std::string& application,
                              const std::string& roster,
                              bool equal) {
    FieldComparison out{.field = std::move(field),
                        .application = application.empty() ? std::nullopt : std::optional(application),
                        .roster = roster.empty() ? std::nullopt : std::optional(roster),
                        .match = FieldMatch::missing,
                        .application_spans = {},
                        .roster_spans = {}};
    if (out.application && out.roster) {
        out.match = equal ? FieldMatch::same : FieldMatch::different;
    }
    return out;
}

template <class T>
std::string text_of(const std::optional<T>& value) {
    if (!value) {
        return {};
    }
    if constexpr (std::is_same_v<T, Date>) {
        return educard::to_text(*value);
    } else {
        return fmt::format("{}", *value);
    }
}

std::string gender_text(people::Gender gender) {
    const bool known = gender == people::Gender::male || gender == people::Gender::female;
    return known ? boost::describe::enum_to_string(gender, "") : "";
}

/// "138****8000": what helps to compare and is no use for calling.
std::string mask_phone(const std::optional<std::string>& phone) {
    const auto digits = phone ? normalise_phone(*phone) : std::nullopt;
    if (!digits) {
        return phone ? "***" : "";
    }
    return digits->substr(0, 3) + "****" + digits->substr(digits->size() - 4);
}

const Guardian* most_like(const Guardian& guardian, const std::vector<Guardian>& others) {
    const Guardian* best = nullptr;
    auto best_match = NameMatch::different;
    for (const auto& other : others) {
        const auto match = compare_names(guardian.name.value_or(""), other.name.value_or("")).match;
        if (match < best_match) {
            best_match = match;
            best = &other;
        }
    }
    if (best == nullptr && !others.empty()) {
        best = &others.front();
    }
    return best;
}

void compare_guardians(std::vector<FieldComparison>& out, const Sides& sides) {
    if (!sides.profile.guardians) {
        return;
    }
    for (std::size_t index = 0; index < sides.profile.guardians->size(); ++index) {
        const auto& guardian = (*sides.profile.guardians)[index];
        const auto* other = most_like(guardian, sides.entry.guardians);
        const auto path = fmt::format("guardians[{}]", index);
        // A second guardian whom the school has not written down is no difference.
        const bool known = other != nullptr && index < sides.entry.guardians.size();
        out.push_back(
            compare_text(path + ".name", guardian.name.value_or(""), known ? other->name.value_or("") : ""));
        if (known) {
            const auto left = guardian.phone ? normalise_phone(*guardian.phone) : std::nullopt;
            const auto right = other->phone ? normalise_phone(*other->phone) : std::nullopt;
            out.push_back(compare_value(
                path + ".phone", mask_phone(guardian.phone), mask_phone(other->phone), left == right));
        }
    }
}

std::string joined(std::vector<std::string> words) {
    for (auto& word : words) {
        word = tidy(word);
    }
    std::ranges::sort(words);
    return fmt::format("{}", fmt::join(words, "、"));
}

}  // namespace

std::vector<FieldComparison> compare(Kind kind, const Sides& sides) {
    const auto& profile = sides.profile;
    const auto& entry = sides.entry;
    std::vector<FieldComparison> out;
    out.push_back(compare_text("name", profile.name.value_or(""), entry.name));
    out.push_back(
        compare_value("school", sides.school, sides.roster_school, profile.school_id == entry.school_id));
    if (kind == Kind::student) {
        out.push_back(
            compare_value("class", sides.class_name, sides.roster_class, profile.class_id == entry.class_id));
        out.push_back(compare_value("entry_year",
                                    text_of(profile.entry_year),
                                    text_of(entry.entry_year),
                                    profile.entry_year == entry.entry_year));
    }
    out.push_back(compare_value("birth_date",
                                text_of(sides.birth_date),
                                text_of(entry.birth_date),
                                sides.birth_date == entry.birth_date));
    out.push_back(compare_value(
        "gender", gender_text(sides.gender), gender_text(entry.gender), sides.gender == entry.gender));
    if (kind == Kind::student) {
        compare_guardians(out, sides);
    } else {
        out.push_back(compare_value("appointed_on",
                                    text_of(profile.appointed_on),
                                    text_of(entry.appointed_on),
                                    profile.appointed_on == entry.appointed_on));
    }
    if (kind == Kind::teacher) {
        const auto left = joined(profile.subjects.value_or(std::vector<std::string>()));
        const auto right = joined(entry.subjects);
        out.push_back(compare_value("subjects", left, right, left == right));
    }
    return out;
}

RosterMatch match_of(std::span<const FieldComparison> fields) {
    const auto holds_off = [](const FieldComparison& field) {
        return field.match == FieldMatch::different || field.match == FieldMatch::look_alike;
    };
    return std::ranges::any_of(fields, holds_off) ? RosterMatch::differs : RosterMatch::exact;
}

}  // namespace educard::applications
