#include "http/bind.hpp"
#include "http/routes.hpp"
#include "modules/applications/bulk_works.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace educard::applications {

namespace {

constexpr int kDefaultPage = 50;
constexpr int kMaxPage = 200;

struct WorkInput {
    BulkWorkId id;
};
BOOST_DESCRIBE_STRUCT(WorkInput, (), (id))

struct WorksInput {
    OrganisationId organisation_id;
    std::optional<BulkWorkId> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(WorksInput, (), (organisation_id, cursor, limit))

struct WorkSchoolsInput {
    BulkWorkId id;
    std::optional<OrganisationId> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(WorkSchoolsInput, (), (id, cursor, limit))

struct WorkItemsInput {
    BulkWorkId id;
    BulkOutcome outcome{};
    std::optional<OrganisationId> school_id;
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(WorkItemsInput, (), (id, outcome, school_id, cursor, limit))

int page_of(std::optional<int> limit) {
    return std::clamp(limit.value_or(kDefaultPage), 1, kMaxPage);
}

/// A page that goes on after its last item when it is full.
template <class T, class CursorOf>
http::Page<T> page_of(std::vector<T> items, int limit, CursorOf cursor_of) {
    http::Page<T> page{.items = std::move(items), .next = std::nullopt};
    if (std::ssize(page.items) == limit) {
        page.next = cursor_of(page.items.back());
    }
    return page;
}

BulkItems items_of(const WorkItemsInput& input) {
    BulkItems which{.id = input.id,
                    .outcome = input.outcome,
                    .school_id = input.school_id,
                    .after_school = {},
                    .after = {},
                    .limit = page_of(input.limit)};
    if (input.cursor) {
        const std::string_view text = *input.cursor;
        const auto dot = std::min(text.find('.'), text.size());
        const auto school = parse_id(text.substr(0, dot));
        const auto application = parse_id(text.substr(std::min(dot + 1, text.size())));
        if (!school || !application) {
            throw Error::invalid("cursor", "value");
        }
        which.after_school = OrganisationId{*school};
        which.after = ApplicationId{*application};
    }
    return which;
}

void add_orders(http::Routes& routes, BulkWorks& works) {
    routes
        .post("/api/v1/bulk-works",
              http::write([&](sql::Tx& tx, const Caller& caller, const NewBulkWork& input) {
                  return http::Created<BulkWork>{works.begin(tx, caller, input)};
              }))
        .summary("Begin the dry run of re-opening or closing many applications; nothing is changed by it")
        .allow(kAdministrators)
        .rate(http::Rate::costly)
        .errors({"scope.outside"});
    routes
        .post("/api/v1/bulk-works/{id}/confirm",
              http::write([&](sql::Tx& tx, const Caller& caller, const BulkConfirmation& input) {
                  return works.confirm(tx, caller, input);
              }))
        .summary("Do what the dry run found, as a job; the applicants see the reason")
        .allow(kAdministrators)
        .proven()
        .errors({"applications.bulk_work_unknown",
                 "applications.bulk_not_yours",
                 "applications.bulk_still_counting",
                 "applications.bulk_nothing",
                 "applications.bulk_undo_late"});
    routes
        .post("/api/v1/bulk-works/{id}/undo",
              http::write([&](sql::Tx& tx, const Caller& caller, const WorkInput& input) {
                  return http::Created<BulkWork>{works.begin_undo(tx, caller, input.id)};
              }))
        .summary("Begin the dry run of undoing a work, within a week of its confirmation")
        .allow(kAdministrators)
        .rate(http::Rate::costly)
        .errors(
            {"applications.bulk_work_unknown", "applications.bulk_undo_late", "applications.bulk_no_undo"});
}

void add_views(http::Routes& routes, BulkWorks& works) {
    routes
        .get(
            "/api/v1/bulk-works", http::read([&](sql::Tx& tx, const Caller& caller, const WorksInput& input) {
                const auto limit = page_of(input.limit);
                return page_of(
                    works.list(tx, caller, input.organisation_id, input.cursor.value_or(BulkWorkId{}), limit),
                    limit,
                    [](const BulkWork& work) { return std::to_string(work.id.value); });
            }))
        .summary("Bulk works and dry runs at an organisation and below it, newest first")
        .allow(kAdministrators)
        .errors({"scope.outside"});
    routes
        .get("/api/v1/bulk-works/{id}",
             http::read([&](sql::Tx& tx, const Caller& caller, const WorkInput& input) {
                 return works.get(tx, caller, input.id);
             }))
        .summary("One bulk work: how far it is, what was done, and why the rest was not")
        .allow(kAdministrators)
        .errors({"applications.bulk_work_unknown"});
    routes
        .get("/api/v1/bulk-works/{id}/schools",
             http::read([&](sql::Tx& tx, const Caller& caller, const WorkSchoolsInput& input) {
                 const auto limit = page_of(input.limit);
                 return page_of(
                     works.schools(tx, caller, input.id, input.cursor.value_or(OrganisationId{}), limit),
                     limit,
                     [](const BulkSchool& school) { return std::to_string(school.school_id.value); });
             }))
        .summary("What a bulk work is for each school")
        .allow(kAdministrators)
        .errors({"applications.bulk_work_unknown"});
    routes
        .get("/api/v1/bulk-works/{id}/items",
             http::read([&](sql::Tx& tx, const Caller& caller, const WorkItemsInput& input) {
                 const auto which = items_of(input);
                 return page_of(works.items(tx, caller, which), which.limit, [](const BulkItemView& item) {
                     return fmt::format("{}.{}", item.school_id.value, item.id.value);
                 });
             }))
        .summary("The applications of a bulk work, school by school")
        .allow(kAdministrators)
        .errors({"applications.bulk_work_unknown"});
    routes
        .get("/api/v1/bulk-works/{id}/result.csv",
             http::blocking([&](const Caller& caller, const WorkInput& input) {
                 return http::Download{.content_type = "text/csv; charset=utf-8",
                                       .body = works.to_csv(caller, input.id),
                                       .file_name = "bulk-work.csv",
                                       .cache_seconds = 0,
                                       .etag = std::nullopt};
             }))
        .summary("The same as a file; audited")
        .allow(kAdministrators)
        .rate(http::Rate::costly)
        .errors({"applications.bulk_work_unknown"});
}

}  // namespace

void add_routes(http::Routes& routes, BulkWorks& works) {
    add_orders(routes, works);
    add_views(routes, works);
}

}  // namespace educard::applications
