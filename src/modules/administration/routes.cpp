#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/administration/administration.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/rollout/rollout.hpp"
#include "runtime/audit.hpp"
#include "runtime/jobs.hpp"
#include "spreadsheet/table.hpp"
#include "sql/sql.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace educard::administration {

namespace {

constexpr int kDefaultLimit = 50;
constexpr int kMaxLimit = 200;
constexpr std::size_t kMaxExported = 10'000;

struct AuditEventsInput {
    std::optional<OrganisationId> organisation_id;  // with all below it; the caller's own highest when absent
    std::optional<std::string> action;
    std::optional<AccountId> account_id;
    std::optional<std::string> user_name;  // of who did it, instead
    std::optional<std::string> subject;
    std::optional<Time> from;
    std::optional<Time> until;
    std::optional<AuditEventId> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(AuditEventsInput,
                      (),
                      (organisation_id, action, account_id, user_name, subject, from, until, cursor, limit))

struct AuditEventView {
    AuditEventId id;
    Time at;
    std::optional<AccountId> account_id;      // who did it; none: the system, or nobody signed in
    std::optional<std::string> account_name;  // whom the account belongs to
    std::string action;
    std::string organisation_path;
    std::optional<std::string> organisation_name;  // of the last in that path, on the day of the event
    std::string subject_kind;
    std::string subject;
    std::optional<std::string> subject_name;  // of an account or an organisation, and the applicant's
    boost::json::value details;
    bool sealed = false;  // in a signed block
};
BOOST_DESCRIBE_STRUCT(AuditEventView,
                      (),
                      (id,
                       at,
                       account_id,
                       account_name,
                       action,
                       organisation_path,
                       organisation_name,
                       subject_kind,
                       subject,
                       subject_name,
                       details,
                       sealed))

struct JobInput {
    JobId id;
};
BOOST_DESCRIBE_STRUCT(JobInput, (), (id))

struct EventsInput {
    json::List<std::string, 20> topics;  // "job:<id>", "progress:<organisation id>"
};
BOOST_DESCRIBE_STRUCT(EventsInput, (), (topics))

AuditEventView view_of_event(const AuditEvent& event) {
    boost::system::error_code fault;
    auto details = boost::json::parse(event.details, fault);
    return {event.id,
            event.at,
            event.account,
            {},
            event.action,
            event.organisation_path,
            {},
            event.subject_kind,
            event.subject,
            {},
            fault ? boost::json::value() : std::move(details),
            event.block.has_value()};
}

/// Puts names to who acted and what was acted upon, each account looked up once.
class Names {
public:
    Names(sql::Tx& tx, const organisations::Organisations& organisations, const NameOf& name_of)
        : tx_(tx), organisations_(organisations), name_of_(name_of) {}

    void add_to(AuditEventView& event) {
        if (event.account_id) {
            event.account_name = of_account(*event.account_id);
        }
        event.organisation_name = of_path(event.organisation_path, date_in_china(event.at));
        const auto subject = parse_id(event.subject);
        if (subject && event.subject_kind == "account") {
            event.subject_name = of_account(AccountId{*subject});
        } else if (subject && event.subject_kind == "application") {
            event.subject_name = name_of_.application(tx_, ApplicationId{*subject});
        } else if (subject && event.subject_kind == "organisation") {
            event.subject_name = of_organisation(OrganisationId{*subject}, date_in_china(event.at));
        }
    }

private:
    std::optional<std::string> of_account(AccountId id) {
        const auto [known, is_new] = accounts_.try_emplace(id);
        if (is_new) {
            known->second = name_of_.account(tx_, id);
        }
        return known->second;
    }
    std::optional<std::string> of_organisation(OrganisationId id, Date day) {
        const auto [known, is_new] = names_.try_emplace({id, day});
        if (is_new) {
            const auto found = organisations_.find(tx_, id);
            known->second = found ? std::optional(organisations::display_name(*found, day)) : std::nullopt;
        }
        return known->second;
    }
    /// "/32/3201/": the last of them.
    std::optional<std::string> of_path(std::string_view path, Date day) {
        if (path.ends_with('/')) {
            path.remove_suffix(1);
        }
        const auto id = parse_id(path.substr(path.rfind('/') + 1));
        return id ? of_organisation(OrganisationId{*id}, day) : std::nullopt;
    }

    sql::Tx& tx_;
    const organisations::Organisations& organisations_;
    const NameOf& name_of_;
    std::map<AccountId, std::optional<std::string>> accounts_;
    std::map<std::pair<OrganisationId, Date>, std::optional<std::string>> names_;
};

/// The part of the tree to show; "" is everything, for who administers the whole province.
std::string path_to_show(sql::Tx& tx,
                         const Caller& caller,
                         const organisations::Organisations& organisations,
                         std::optional<OrganisationId> wanted) {
    if (wanted) {
        const auto path = organisations.get(tx, *wanted).path;
        if (!may_administer(caller, path)) {
            throw Error(Fault::forbidden, "scope.outside");
        }
        return path;
    }
    const Grant* highest = nullptr;
    for (const auto& grant : caller.grants) {
        const bool administers = grant.role != Role::class_teacher;
        if (administers && (highest == nullptr || grant.path.size() < highest->path.size())) {
            highest = &grant;
        }
    }
    if (highest == nullptr) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    return highest->role == Role::province_admin ? std::string() : highest->path;
}

http::Page<AuditEventView> list_events(sql::Tx& tx,
                                       const Caller& caller,
                                       const Audit& audit,
                                       const organisations::Organisations& organisations,
                                       const NameOf& name_of,
                                       const AuditEventsInput& input) {
    AuditQuery query;
    query.organisation_path = path_to_show(tx, caller, organisations, input.organisation_id);
    query.before = input.cursor;
    query.limit = std::clamp(input.limit.value_or(kDefaultLimit), 1, kMaxLimit);
    query.action = input.action;
    query.account = input.account_id;
    if (input.user_name) {
        query.account = name_of.by_user_name(tx, *input.user_name);
        if (!query.account) {
            throw Error::invalid("user_name", "accounts.user_name_unknown");
        }
    }
    query.subject = input.subject;
    query.from = input.from;
    query.until = input.until;
    const auto events = audit.list(tx, query);
    http::Page<AuditEventView> page;
    std::ranges::transform(events, std::back_inserter(page.items), &view_of_event);
    Names names(tx, organisations, name_of);
    for (auto& event : page.items) {
        names.add_to(event);
    }
    if (events.size() == static_cast<std::size_t>(query.limit)) {
        page.next = std::to_string(events.back().id.value);
    }
    return page;
}

std::vector<std::string> csv_of(const AuditEventView& event) {
    return {to_text(event.at),
            event.action,
            event.organisation_name.value_or(""),
            event.account_name.value_or(""),
            event.account_id ? std::to_string(event.account_id->value) : "",
            event.subject_kind,
            event.subject_name.value_or(event.subject),
            event.details.is_null() ? "" : boost::json::serialize(event.details),
            event.sealed ? "1" : "0"};
}

/// Page by page, so that no read lasts long; at most kMaxExported.
http::Download export_events(sql::Database& database,
                             const Caller& caller,
                             Audit& audit,
                             const organisations::Organisations& organisations,
                             const NameOf& name_of,
                             AuditEventsInput input) {
    std::string csv("\xEF\xBB\xBF");
    csv += caller.language == Language::en
               ? "Time (UTC),Act,Organisation,Who,Account,Kind,Subject,Details,Sealed\r\n"
               : "时间（UTC）,操作,机构,操作人,账户,对象类型,对象,详情,已封存\r\n";
    input.limit = kMaxLimit;
    std::size_t rows = 0;
    for (bool more = true; more && rows < kMaxExported;) {
        const auto page = database.read(
            [&](sql::Tx& tx) { return list_events(tx, caller, audit, organisations, name_of, input); });
        for (const auto& event : page.items) {
            csv += spreadsheet::csv_line(csv_of(event));
        }
        rows += page.items.size();
        more = page.next.has_value();
        if (more) {
            input.cursor = page.items.back().id;
        }
    }
    database.write([&](sql::Tx& tx) {
        audit.record(
            tx,
            caller,
            AuditEntry{.action = "administration.audit_exported",
                       .organisation_path = path_to_show(tx, caller, organisations, input.organisation_id),
                       .subject_kind = "",
                       .subject = "",
                       .details = ""});
    });
    return {.content_type = "text/csv; charset=utf-8",
            .body = std::move(csv),
            .file_name = "audit.csv",
            .cache_seconds = 0,
            .etag = std::nullopt};
}

JobView get_own_job(sql::Tx& tx, const Caller& caller, Jobs& jobs, JobId id) {
    const auto job = jobs.find(tx, id);
    if (!job || job->owner != caller.account) {
        throw Error(Fault::not_found, "administration.unknown_job");
    }
    return view_of(*job);
}

/// Every topic is one that the caller may hear, or the whole request is refused.
http::Subscription subscribe(sql::Tx& tx,
                             const Caller& caller,
                             Jobs& jobs,
                             const rollout::Rollout& rollout,
                             const std::vector<std::string>& topics) {
    json::FieldErrors errors;
    http::Subscription subscription;
    for (std::size_t i = 0; i < topics.size(); ++i) {
        const std::string_view topic = topics[i];
        const auto colon = std::min(topic.find(':'), topic.size());
        const auto kind = topic.substr(0, colon);
        const auto id = parse_id(topic.substr(std::min(colon + 1, topic.size())));
        if (id && kind == "job") {
            subscription.topics.push_back("job:" +
                                          std::to_string(get_own_job(tx, caller, jobs, JobId{*id}).id.value));
        } else if (id && kind == "progress") {
            subscription.topics.push_back(rollout.topic(tx, caller, OrganisationId{*id}));
        } else {
            const json::Where list{nullptr, "topics"};
            errors.add(json::Where{&list, {}, i}, "value");
        }
    }
    if (topics.empty()) {
        errors.add(json::Where{nullptr, "topics"}, "required");
    }
    std::move(errors).throw_if_any();
    return subscription;
}

}  // namespace

void add_routes(http::Routes& routes,
                sql::Database& database,
                Audit& audit,
                Jobs& jobs,
                const organisations::Organisations& organisations,
                const rollout::Rollout& rollout,
                NameOf name_of) {
    using namespace http;
    routes
        .get("/api/v1/audit-events",
             read([&, name_of](sql::Tx& tx, const Caller& caller, const AuditEventsInput& input) {
                 return list_events(tx, caller, audit, organisations, name_of, input);
             }))
        .summary("Who saw or changed what in the caller's part of the tree, newest first")
        .errors({"scope.outside"})
        .allow({Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin});
    routes
        .get("/api/v1/audit-events.csv",
             blocking([&, name_of = std::move(name_of)](const Caller& caller, const AuditEventsInput& input) {
                 return export_events(database, caller, audit, organisations, name_of, input);
             }))
        .summary("The same as a file, the newest 10,000; audited")
        .errors({"scope.outside"})
        .rate(Rate::costly)
        .allow({Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin});
    routes
        .get("/api/v1/jobs/{id}", read([&](sql::Tx& tx, const Caller& caller, const JobInput& input) {
                 return get_own_job(tx, caller, jobs, input.id);
             }))
        .summary("How far a background job that the caller started has come")
        .errors({"administration.unknown_job"})
        .signed_in();
    routes
        .get("/api/v1/events", events([&](sql::Tx& tx, const Caller& caller, const EventsInput& input) {
                 return subscribe(tx, caller, jobs, rollout, input.topics.items);
             }))
        .summary("Live events: job:<id> of the caller's own jobs, progress:<organisation id>")
        .errors({"administration.unknown_job", "scope.outside"})
        .signed_in();
}

}  // namespace educard::administration
