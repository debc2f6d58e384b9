#include "http/bind.hpp"
#include "http/routes.hpp"
#include "modules/organisations/organisations.hpp"

namespace educard::organisations {

namespace {

constexpr std::size_t kMaxUpload = 16U << 20U;
constexpr int kRowsOfPage = 50;

struct ImportRef {
    ImportId id;
};
BOOST_DESCRIBE_STRUCT(ImportRef, (), (id))

struct RowsInput {
    ImportId id;
    std::optional<ImportOutcome> outcome;
    std::optional<std::int64_t> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(RowsInput, (), (id, outcome, cursor, limit))

http::Page<ImportRow> page(std::vector<ImportRow> rows, int limit) {
    http::Page<ImportRow> page{.items = std::move(rows), .next = std::nullopt};
    if (page.items.size() >= static_cast<std::size_t>(limit)) {
        page.next = std::to_string(page.items.back().ordinal);
    }
    return page;
}

}  // namespace

void add_routes(http::Routes& routes, Imports& imports) {
    const auto administrators = {
        Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin};
    routes
        .post("/api/v1/organisation-imports",
              http::upload([&](const Caller& caller, const NewImport& input, const http::Upload& upload) {
                  return http::Created<ImportView>{imports.upload(caller, input, upload.path)};
              }))
        .summary("Judge a list of schools or classes (.csv, .xlsx) without changing anything")
        .allow(administrators)
        .rate(http::Rate::costly)
        .max_body(kMaxUpload)
        .errors({"organisations.import_headings",
                 "organisations.import_class_headings",
                 "organisations.import_empty",
                 "organisations.import_too_long"});
    routes
        .get("/api/v1/organisation-imports/{id}",
             http::read([&](sql::Tx& tx, const Caller& caller, const ImportRef& input) {
                 return imports.get(tx, caller, input.id);
             }))
        .summary("One import with its counts")
        .allow(administrators)
        .errors({"organisations.import_unknown"});
    routes
        .get("/api/v1/organisation-imports/{id}/rows",
             http::read([&](sql::Tx& tx, const Caller& caller, const RowsInput& input) {
                 const int limit = input.limit.value_or(kRowsOfPage);
                 return page(
                     imports.rows(tx, caller, input.id, input.outcome, input.cursor.value_or(-1), limit),
                     limit);
             }))
        .summary("The rows of an import and what is wrong with them")
        .allow(administrators);
    routes
        .post("/api/v1/organisation-imports/{id}/confirm",
              http::write([&](sql::Tx& tx, const Caller& caller, const ImportRef& input) {
                  return imports.confirm(tx, caller, input.id);
              }))
        .summary("Found and change what the dry run said: all of it or nothing")
        .allow(administrators)
        .errors({"organisations.import_confirmed", "organisations.changed_meanwhile"});
}

}  // namespace educard::organisations
