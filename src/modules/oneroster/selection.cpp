#include "modules/oneroster/selection.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <ranges>
#include <span>

namespace educard::oneroster {

namespace {

using boost::json::object;

constexpr std::array<std::string_view, 7> kOrgFields = {
    "sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parent"};
constexpr std::array<std::string_view, 10> kClassFields = {"sourcedId",
                                                           "status",
                                                           "dateLastModified",
                                                           "title",
                                                           "classCode",
                                                           "classType",
                                                           "grades",
                                                           "course",
                                                           "school",
                                                           "terms"};
constexpr std::array<std::string_view, 5> kCourseFields = {
    "sourcedId", "status", "dateLastModified", "title", "org"};
constexpr std::array<std::string_view, 8> kSessionFields = {
    "sourcedId", "status", "dateLastModified", "title", "startDate", "endDate", "type", "schoolYear"};
constexpr std::array<std::string_view, 10> kUserFields = {"sourcedId",
                                                          "status",
                                                          "dateLastModified",
                                                          "username",
                                                          "enabledUser",
                                                          "givenName",
                                                          "familyName",
                                                          "roles",
                                                          "primaryOrg",
                                                          "grades"};
constexpr std::array<std::string_view, 10> kEnrollmentFields = {"sourcedId",
                                                                "status",
                                                                "dateLastModified",
                                                                "user",
                                                                "class",
                                                                "school",
                                                                "role",
                                                                "primary",
                                                                "beginDate",
                                                                "endDate"};

std::span<const std::string_view> fields_of(Collection collection) {
    switch (collection) {
        case Collection::orgs:
        case Collection::schools:
            return kOrgFields;
        case Collection::classes:
            return kClassFields;
        case Collection::courses:
            return kCourseFields;
        case Collection::academic_sessions:
            return kSessionFields;
        case Collection::users:
        case Collection::students:
        case Collection::teachers:
            return kUserFields;
        case Collection::enrollments:
            return kEnrollmentFields;
    }
    return {};
}

bool is_field(Collection collection, std::string_view path) {
    return std::ranges::find(fields_of(collection), path.substr(0, path.find('.'))) !=
           fields_of(collection).end();
}

Error invalid(std::string_view what) {
    return Error(Fault::invalid, "imsx.invaliddata").with("what", std::string(what));
}

Error invalid_filter(std::string_view what) {
    return Error(Fault::invalid, "imsx.invalid_filter_field").with("what", std::string(what));
}

std::string_view describe(FilterFault fault) {
    switch (fault) {
        case FilterFault::empty:
            return "it is empty";
        case FilterFault::field:
            return "a field is missing";
        case FilterFault::comparison:
            return "one of = != > >= < <= ~ is missing";
        case FilterFault::value:
            return "a value in single quotes is missing";
        case FilterFault::joint:
            return "AND or OR joins two conditions at most";
    }
    return {};
}

Filter read_filter(Collection collection, std::string_view text) {
    auto filter = parse_filter(text);
    if (!filter) {
        throw invalid_filter(describe(filter.error()));
    }
    for (const auto& condition : filter->conditions) {
        if (!is_field(collection, condition.field)) {
            throw invalid_filter("there is no field " + condition.field);
        }
        const bool compares = condition.comparison != Comparison::contains;
        if (condition.field == "dateLastModified" && compares && moment_text(condition.value).empty()) {
            throw invalid_filter("dateLastModified is compared with a moment (RFC 3339) or a day");
        }
    }
    return std::move(*filter);
}

Selected sorted(const Selection& selection,
                const std::function<void(const Place&, const std::function<bool(Record&&)>&)>& run) {
    std::vector<Record> all;
    std::size_t examined = 0;
    run({}, [&](Record&& record) {
        if (record.value && (!selection.filter || matches(*selection.filter, *record.value))) {
            all.push_back(std::move(record));
        }
        if (++examined > kMaxExamined || all.size() > kMaxSorted) {
            throw invalid("too many records to sort: narrow it down, to a school for instance");
        }
        return true;
    });
    std::vector<std::pair<std::string, std::size_t>>
        order;  // what is equal stays in the order of the collection
    for (const auto& record : all) {
        const auto values = values_at(*record.value, selection.sort);
        order.emplace_back(values.empty() ? std::string() : values.front(), order.size());
    }
    std::ranges::sort(order, [&](const auto& a, const auto& b) {
        const auto by_text = selection.descending ? b.first <=> a.first : a.first <=> b.first;
        return by_text != 0 ? by_text < 0 : a.second < b.second;
    });
    Selected selected;
    selected.total = all.size();
    const auto end = std::min(all.size(), selection.offset + selection.limit);
    for (auto i = std::min(selection.offset, all.size()); i < end; ++i) {
        auto& record = all[order[i].second];
        if (record.subject) {
            selected.subjects.push_back(std::move(*record.subject));
        }
        selected.records.push_back(std::move(*record.value));
    }
    if (end < all.size()) {
        selected.next = Place();
        selected.next_offset = end;
    }
    return selected;
}

}  // namespace

std::vector<std::string> read_fields(Collection collection, const std::optional<std::string>& text) {
    std::vector<std::string> fields;
    if (!text) {
        return fields;
    }
    bool blank = true;
    for (const auto part : std::views::split(*text, ',')) {
        std::string_view field(part.begin(), part.end());
        while (field.starts_with(' ')) {
            field.remove_prefix(1);
        }
        while (field.ends_with(' ')) {
            field.remove_suffix(1);
        }
        blank = blank && field.empty();
        const bool known = std::ranges::find(fields_of(collection), field) != fields_of(collection).end();
        if (known && std::ranges::find(fields, field) == fields.end()) {
            fields.emplace_back(field);
        }
    }
    if (blank) {
        throw Error(Fault::invalid, "imsx.invalid_selection_field");
    }
    return fields;
}

object keep_fields(object record, const std::vector<std::string>& fields) {
    if (fields.empty()) {
        return record;
    }
    object kept;
    for (const auto& field : fields) {
        if (const auto* value = record.if_contains(field)) {
            kept[field] = *value;
        }
    }
    return kept;
}

Selection read_selection(Collection collection, const ListInput& input) {
    Selection selection;
    const auto limit = input.limit.value_or(kUsualLimit);
    const auto offset = input.offset.value_or(0);
    if (limit < 1 || limit > kMaxLimit) {
        throw invalid("limit is 1 to 1000");
    }
    if (offset < 0 || offset > kMaxOffset) {
        throw invalid("offset is 0 to 10000; further on the links lead (rel=next)");
    }
    selection.limit = static_cast<std::size_t>(limit);
    selection.offset = static_cast<std::size_t>(offset);
    if (input.cursor) {
        auto place = parse_cursor(*input.cursor);
        if (!place) {
            throw invalid("cursor comes from a link and stays as it is");
        }
        selection.from = std::move(*place);
    }
    if (input.sort && is_field(collection, *input.sort)) {
        selection.sort = *input.sort;
    }
    if (input.orderBy && *input.orderBy != "asc" && *input.orderBy != "desc") {
        throw invalid("orderBy is asc or desc");
    }
    selection.descending = input.orderBy == "desc";
    if (input.filter) {
        selection.filter = read_filter(collection, *input.filter);
    }
    selection.fields = read_fields(collection, input.fields);
    return selection;
}

Selected select(const Selection& selection,
                const std::function<void(const Place&, const std::function<bool(Record&&)>&)>& run) {
    if (!selection.sort.empty()) {
        return sorted(selection, run);
    }
    Selected selected;
    auto skip = selection.offset;
    std::size_t examined = 0;
    Place last;
    run(selection.from, [&](Record&& record) {
        if (record.value && (!selection.filter || matches(*selection.filter, *record.value))) {
            if (selected.records.size() == selection.limit) {
                selected.next = last;
                return false;
            }
            if (skip > 0) {
                --skip;
            } else {
                if (record.subject) {
                    selected.subjects.push_back(std::move(*record.subject));
                }
                selected.records.push_back(std::move(*record.value));
            }
        }
        last = std::move(record.place);
        if (++examined == kMaxExamined) {
            selected.next = last;
            selected.next_offset = skip;
            return false;
        }
        return true;
    });
    if (!selected.next && selection.from == Place() && skip == 0) {
        selected.total = selection.offset + selected.records.size();
    }
    return selected;
}

}  // namespace educard::oneroster
