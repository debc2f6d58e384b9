#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/organisations/organisations.hpp"

namespace educard::organisations {

namespace {

/// An organisation as pages show it. `name` of a class is that of the present school year.
struct OrganisationView {
    OrganisationId id;
    std::optional<OrganisationId> parent_id;
    Kind kind{};
    std::string path;
    std::string name;
    std::optional<std::string> division_code;
    bool direct = false;
    std::optional<std::string> school_code;
    std::optional<SchoolKind> school_kind;
    std::optional<std::string> school_kind_code;
    std::optional<Stage> stage;
    std::optional<int> entry_year;
    std::optional<int> class_number;
    std::optional<int> grade;
    std::optional<std::string> grade_name;
    Date valid_from{};
    std::optional<Date> valid_to;
    std::int64_t version = 0;
    bool may_edit = false;
};
BOOST_DESCRIBE_STRUCT(OrganisationView,
                      (),
                      (id,
                       parent_id,
                       kind,
                       path,
                       name,
                       division_code,
                       direct,
                       school_code,
                       school_kind,
                       school_kind_code,
                       stage,
                       entry_year,
                       class_number,
                       grade,
                       grade_name,
                       valid_from,
                       valid_to,
                       version,
                       may_edit))

struct Step {
    OrganisationId id;
    Kind kind{};
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Step, (), (id, kind, name))

struct OrganisationDetail : OrganisationView {
    std::vector<Step> line;  // from the province down to it
    std::vector<Kind> may_create;
    BOOST_DESCRIBE_CLASS(OrganisationDetail, (OrganisationView), (line, may_create), (), ())
};

struct OneInput {
    OrganisationId id;
    std::optional<Date> as_of;
};
BOOST_DESCRIBE_STRUCT(OneInput, (), (id, as_of))

struct IdInput {
    OrganisationId id;
};
BOOST_DESCRIBE_STRUCT(IdInput, (), (id))

struct SearchInput {
    std::optional<std::string> query;
    std::optional<Kind> kind;
    std::optional<OrganisationId> under;
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(SearchInput, (), (query, kind, under, cursor, limit))

struct ChildrenInput {
    OrganisationId id;
    std::optional<bool> closed;  // those that are closed instead of the open ones
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(ChildrenInput, (), (id, closed, cursor, limit))

constexpr int kDefaultLimit = 50;

OrganisationView view(const Organisations& organisations, const Caller& caller, const Organisation& from) {
    const auto today = organisations.today();
    OrganisationView view{.id = from.id,
                          .parent_id = from.parent_id,
                          .kind = from.kind,
                          .path = from.path,
                          .name = display_name(from, today),
                          .division_code = from.division_code,
                          .direct = from.direct,
                          .school_code = from.school_code,
                          .school_kind = from.school_kind,
                          .school_kind_code = std::nullopt,
                          .stage = from.stage,
                          .entry_year = from.entry_year,
                          .class_number = from.class_number,
                          .grade = std::nullopt,
                          .grade_name = std::nullopt,
                          .valid_from = from.valid_from,
                          .valid_to = from.valid_to,
                          .version = from.version,
                          .may_edit = organisations.may_edit(caller, from)};
    if (from.school_kind) {
        view.school_kind_code = code_of(*from.school_kind);
    }
    if (from.stage && from.entry_year) {
        view.grade = grade_of(*from.entry_year, today);
        view.grade_name = grade_name(*from.stage, *from.entry_year, today);
    }
    return view;
}

OrganisationDetail detail(sql::Tx& tx,
                          const Organisations& organisations,
                          const Caller& caller,
                          const Organisation& from) {
    OrganisationDetail detail;
    static_cast<OrganisationView&>(detail) = view(organisations, caller, from);
    for (const auto& step : organisations.line(tx, from)) {
        detail.line.push_back(
            Step{.id = step.id, .kind = step.kind, .name = display_name(step, organisations.today())});
    }
    detail.may_create = organisations.may_create(caller, from);
    return detail;
}

http::Page<OrganisationView> page(const Organisations& organisations, const Caller& caller, Slice slice) {
    http::Page<OrganisationView> page;
    for (const auto& item : slice.items) {
        page.items.push_back(view(organisations, caller, item));
    }
    page.next = std::move(slice.next);
    return page;
}

void add_reading(http::Routes& routes, Organisations& organisations) {
    routes
        .get("/api/v1/organisations",
             http::read([&](sql::Tx& tx, const Caller& caller, const SearchInput& input) {
                 auto slice = organisations.search(tx,
                                                   Search{.text = input.query.value_or(""),
                                                          .kind = input.kind,
                                                          .under = input.under,
                                                          .cursor = input.cursor,
                                                          .limit = input.limit.value_or(kDefaultLimit)});
                 return page(organisations, caller, std::move(slice));
             }))
        .summary("Find organisations by name, pinyin, initials or code, or list all of a kind, or below one")
        .anyone();
    routes
        .get("/api/v1/organisations/{id}",
             http::read([&](sql::Tx& tx, const Caller& caller, const OneInput& input) {
                 const auto found = input.as_of ? organisations.as_of(tx, input.id, *input.as_of)
                                                : organisations.find(tx, input.id);
                 if (!found) {
                     throw Error(Fault::not_found, "organisations.unknown");
                 }
                 return detail(tx, organisations, caller, *found);
             }))
        .summary("One organisation, now or as it was on a day, with the line above it")
        .anyone()
        .errors({"organisations.unknown"});
    routes
        .get("/api/v1/organisations/{id}/children",
             http::read([&](sql::Tx& tx, const Caller& caller, const ChildrenInput& input) {
                 const int limit = input.limit.value_or(kDefaultLimit);
                 auto slice = input.closed.value_or(false)
                                  ? organisations.closed_children(tx, input.id, input.cursor, limit)
                                  : organisations.children(tx, input.id, input.cursor, limit);
                 return page(organisations, caller, std::move(slice));
             }))
        .summary("What reports to an organisation directly, or did until it was closed")
        .anyone();
    routes
        .get("/api/v1/organisations/{id}/history",
             http::read([&](sql::Tx& tx, const Caller&, const IdInput& input) {
                 return organisations.history(tx, input.id);
             }))
        .summary("Every state of an organisation with its days")
        .anyone();
}

/// Does it, unless an open plan speaks against it.
template <class Do>
Organisation unless_planned(const Organisations& organisations,
                            sql::Tx& tx,
                            const Caller& caller,
                            const Request& request,
                            const Do& act) {
    const auto refusals = organisations.refusals_by_plans(tx, caller, std::span(&request, 1));
    auto done = act();
    if (refusals.front()) {
        throw *refusals.front();
    }
    return done;
}

void add_editing(http::Routes& routes, Organisations& organisations) {
    const auto administrators = {
        Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin};
    routes
        .post("/api/v1/organisations",
              http::write([&](sql::Tx& tx, const Caller& caller, const Draft& draft) {
                  const auto made = unless_planned(organisations, tx, caller, draft, [&] {
                      return organisations.create(tx, caller, draft);
                  });
                  return http::Created<OrganisationDetail>{detail(tx, organisations, caller, made)};
              }))
        .summary("Found an organisation below another")
        .allow(administrators)
        .errors({"organisations.school_code_taken", "organisations.class_exists", "scope.outside"});
    routes
        .patch("/api/v1/organisations/{id}",
               http::write([&](sql::Tx& tx, const Caller& caller, const Change& change) {
                   const auto changed = unless_planned(organisations, tx, caller, change, [&] {
                       return organisations.change(tx, caller, change);
                   });
                   return detail(tx, organisations, caller, changed);
               }))
        .summary("Rename, move or otherwise change an organisation from a day on")
        .allow(administrators)
        .errors({"organisations.changed_meanwhile", "organisations.school_code_taken", "scope.outside"});
    routes
        .get("/api/v1/organisations/{id}/closing",
             http::read([&](sql::Tx& tx, const Caller& caller, const IdInput& input) {
                 return organisations.before_closing(tx, caller, input.id);
             }))
        .summary("What hangs on an organisation that is to be closed: people, offices, what lies below")
        .allow(administrators)
        .errors({"organisations.unknown", "scope.outside"});
    routes
        .post("/api/v1/organisations/{id}/close",
              http::write([&](sql::Tx& tx, const Caller& caller, const Closing& closing) {
                  const auto closed = unless_planned(organisations, tx, caller, closing, [&] {
                      return organisations.close(tx, caller, closing);
                  });
                  return detail(tx, organisations, caller, closed);
              }))
        .summary("Close an organisation, or merge it into a successor")
        .allow(administrators)
        .errors({"organisations.changed_meanwhile",
                 "organisations.has_children",
                 "organisations.has_people",
                 "scope.outside"});
    routes
        .post("/api/v1/organisations/{id}/reopen",
              http::write([&](sql::Tx& tx, const Caller& caller, const Reopening& reopening) {
                  return detail(tx, organisations, caller, organisations.reopen(tx, caller, reopening));
              }))
        .summary("Undo a closing: the same organisation, its code, offices and the classes closed with it")
        .allow(administrators)
        .errors({"organisations.changed_meanwhile",
                 "organisations.not_closed",
                 "organisations.went_into_another",
                 "organisations.parent_closed",
                 "organisations.class_exists",
                 "scope.outside"});
}

}  // namespace

void add_routes(http::Routes& routes, Organisations& organisations) {
    add_reading(routes, organisations);
    add_editing(routes, organisations);
}

}  // namespace educard::organisations
