#include "http/router.hpp"

#include "http/either_way.hpp"
#include "sql/brief.hpp"
#include "sql/sql.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <spdlog/spdlog.h>

namespace educard::http {

namespace {

constexpr std::size_t kMaxParameters = 100;

std::optional<Method> parse_method(std::string_view text) {
    for (const auto method : {Method::get, Method::post, Method::put, Method::patch, Method::del}) {
        if (to_text(method) == text) {
            return method;
        }
    }
    return text == "HEAD" ? std::optional(Method::get) : std::nullopt;
}

bool is_of_type(std::string_view content_type, std::string_view wanted) {
    auto type = content_type.substr(0, content_type.find(';'));
    while (type.ends_with(' ')) {
        type.remove_suffix(1);
    }
    return type == wanted;
}

std::string_view media_type_of(const Route& route) {
    return route.style != Style::api && !route.json_body ? "application/x-www-form-urlencoded"
                                                         : "application/json";
}

/// Routes in the style of OAuth take no session, so any page may call them.
void allow_any_origin(Response& response) {
    response.headers.push_back({"Access-Control-Allow-Origin", "*"});
}

Response no_content(std::string allow) {
    Response response;
    response.status = 204;
    response.headers.push_back({"Allow", std::move(allow)});
    return response;
}

/// Splits and decodes a query; nothing when it is malformed.
std::optional<Parameters> parse_query(std::string_view query) {
    Parameters parameters;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) {
            continue;
        }
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = percent_decode(pair.substr(0, equals), Plus::space);
        auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), Plus::space);
        if (!name || !value || parameters.size() >= kMaxParameters) {
            return std::nullopt;
        }
        parameters.emplace_back(std::move(*name), std::move(*value));
    }
    return parameters;
}

}  // namespace

/// A segment of the path templates; literal segments win over {members}.
struct Router::Node {
    std::map<std::string, Node, std::less<>> literal;
    std::unique_ptr<Node> member;
    std::array<const Route*, 5> routes{};  // by Method

    bool is_end() const {
        return std::ranges::any_of(routes, [](const Route* route) { return route != nullptr; });
    }

    /// Whether GET of it is a page of the client.
    bool is_page() const {
        return std::ranges::any_of(routes,
                                   [](const Route* route) { return route != nullptr && route->beside_page; });
    }

    bool is_oauth() const {
        return std::ranges::any_of(
            routes, [](const Route* route) { return route != nullptr && route->style != Style::api; });
    }

    /// The node at `path`; fills `values` with what stands where members are.
    const Node* find(std::string_view path, std::vector<std::string_view>& values) const {
        if (path.empty()) {
            return is_end() ? this : nullptr;
        }
        path.remove_prefix(1);  // the slash
        const auto end = std::min(path.find('/'), path.size());
        const auto segment = path.substr(0, end);
        if (const auto next = literal.find(segment); next != literal.end()) {
            if (const auto* found = next->second.find(path.substr(end), values)) {
                return found;
            }
        }
        if (member == nullptr || segment.empty()) {
            return nullptr;
        }
        values.push_back(segment);
        const auto* found = member->find(path.substr(end), values);
        if (found == nullptr) {
            values.pop_back();
        }
        return found;
    }

    std::string allowed() const {
        std::string list = "OPTIONS";
        for (const auto* route : routes) {
            if (route != nullptr) {
                list.append(", ").append(to_text(route->method));
                list += route->method == Method::get ? ", HEAD" : "";
            }
        }
        return list;
    }
};

/// One request on its way. Shared by the steps that run it on other threads, never by two of them at a time.
struct Router::Exchange {
    Request request;
    Match match;
    Done done;
    Language language{};
    std::shared_ptr<const void> input;
    Caller caller;
    std::optional<RepeatKey> repeat;
    bool answered_before = false;
    Response response;

    Style style() const { return match.route->style; }
    void finish(Response answer) {
        if (style() != Style::api) {
            allow_any_origin(answer);
        }
        done(std::move(answer));
    }
};

Router::Router(const Routes& routes, Services services)
    : services_(std::move(services)), root_(std::make_unique<Node>()) {
    if (const auto faults = routes.faults(); !faults.empty()) {
        Error error(Fault::internal, "http.routes");
        for (const auto& fault : faults) {
            std::move(error).with("fault", fault);
        }
        throw error;
    }
    for (const auto& route : routes.list()) {
        insert(*route);
    }
}

Router::~Router() = default;

void Router::insert(const Route& route) {
    auto* node = root_.get();
    std::string_view rest = route.path;
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto end = std::min(rest.find('/'), rest.size());
        const auto segment = rest.substr(0, end);
        rest = rest.substr(end);
        if (segment.starts_with('{')) {
            if (node->member == nullptr) {
                node->member = std::make_unique<Node>();
            }
            node = node->member.get();
        } else {
            node = &node->literal[std::string(segment)];
        }
    }
    node->routes.at(static_cast<std::size_t>(route.method)) = &route;
}

void Router::add_page(std::string path, FixedPage page) {
    pages_.emplace(std::move(path), std::move(page));
}

Response Router::refusal(int status, const Error& error, const Request& request) const {
    return problem(status, error, services_.texts, choose_language(request), request.id);
}

Response Router::refuse(const std::exception_ptr& thrown,
                        Language language,
                        std::string_view request_id,
                        Style style) const {
    if (services_.on_refused) {
        try {
            std::rethrow_exception(thrown);
        } catch (const Error& error) {
            services_.on_refused(error);
        } catch (...) {
            // no refusal but a fault of ours: problem() logs it
        }
    }
    if (style == Style::imsx) {
        return imsx_error(thrown, services_.texts, request_id);
    }
    if (style == Style::oauth) {
        return oauth_error(thrown, services_.texts, request_id);
    }
    return problem(thrown, services_.texts, language, request_id);
}

std::variant<Router::Match, Response> Router::match(const Request& request) const {
    const auto method = parse_method(request.method);
    const auto path = request.path();
    const bool reading = method == Method::get;
    if (path.empty() || path.front() != '/') {
        return refusal(400, Error(Fault::invalid, "http.bad_request"), request);
    }
    if (const auto page = pages_.find(path); page != pages_.end()) {
        if (!reading) {
            auto response = request.method == "OPTIONS"
                                ? no_content("")
                                : refusal(405, Error(Fault::invalid, "http.method_not_allowed"), request);
            response.headers.push_back({"Allow", "GET, HEAD, OPTIONS"});
            return response;
        }
        return Match{.route = nullptr, .page = &page->second, .path = {}, .query = {}};
    }
    std::vector<std::string_view> values;
    const auto* node = root_->find(path, values);
    const bool is_page = node == nullptr ? !path.starts_with("/api/") : node->is_page();
    if (reading && is_page && files_ != nullptr) {
        if (auto file = files_->find(request)) {
            return std::move(*file);
        }
    }
    if (node == nullptr) {
        return refusal(404, Error(Fault::not_found, "http.not_found"), request);
    }
    if (request.method == "OPTIONS") {
        auto response = no_content(node->allowed());
        if (node->is_oauth()) {
            allow_any_origin(response);
            response.headers.push_back({"Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP"});
            response.headers.push_back({"Access-Control-Max-Age", "86400"});
        }
        return response;
    }
    const auto* route = method ? node->routes.at(static_cast<std::size_t>(*method)) : nullptr;
    if (route == nullptr) {
        auto response = refusal(405, Error(Fault::invalid, "http.method_not_allowed"), request);
        response.headers.push_back({"Allow", node->allowed()});
        return response;
    }
    Match match{.route = route, .page = nullptr, .path = {}, .query = {}};
    auto query = parse_query(request.query());
    bool well_formed = query.has_value();
    const auto names = path_members(route->path);
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto value = percent_decode(values.at(i), Plus::literal);
        well_formed = well_formed && value.has_value();
        match.path.emplace_back(names[i], value ? std::move(*value) : std::string());
    }
    if (!well_formed) {
        return refusal(400, Error(Fault::invalid, "http.bad_request"), request);
    }
    match.query = std::move(*query);
    return match;
}

Caller Router::identify(sql::Tx* tx, const Request& request, const Route& route) const {
    Caller caller;
    const auto token = token_of(request);
    if (route.style != Style::api) {
        caller.authorization = request.authorization;
        caller.dpop = request.dpop;
    } else if (tx != nullptr && !token.text.empty() && services_.authenticate) {
        caller = services_.authenticate(*tx, token.text).value_or(Caller{});
    }
    caller.language = choose_language(request);
    caller.network = client_network(request, services_.trusted_proxies);
    caller.user_agent = request.user_agent.substr(0, 200);
    return caller;
}

/// What can be refused without knowing who is calling.
void Router::check_before(const Request& request, const Route& route) const {
    const auto token = token_of(request);
    // A bearer token is never sent by a browser on its own.
    const bool bearer = !token.text.empty() && !token.from_cookie;
    const bool acts_for_session = route.method != Method::get && route.style == Style::api;
    if (acts_for_session && !bearer && is_foreign(request, services_.origin)) {
        throw Error(Fault::forbidden, "http.foreign_origin");
    }
    if (route.access != Access::anyone && token.text.empty()) {
        throw Error(Fault::unauthenticated, "http.sign_in_required");
    }
    if (!services_.limit) {
        return;
    }
    if (const auto wait = services_.limit(route.rate, client_network(request, services_.trusted_proxies))) {
        throw Error(Fault::too_many, "http.too_many")
            .with("seconds", std::to_string(wait->count()))
            .retry_after(*wait);
    }
}

Caller Router::admit_caller(sql::Tx& tx, const Request& request, const Route& route) const {
    auto caller = identify(&tx, request, route);
    if (route.access != Access::anyone && !caller.signed_in()) {
        throw Error(Fault::unauthenticated, "http.sign_in_required");
    }
    // The one place that keeps inspectors from doing anything: what acts does not see that they are
    // something.
    const bool reads = route.use == Use::by_method ? route.method == Method::get : route.use == Use::reading;
    const bool inspects = !reads && keep_to_acting(caller);
    if (route.access == Access::roles) {
        const bool holds_one = std::ranges::any_of(caller.grants, [&](const Grant& grant) {
            return std::ranges::find(route.roles, grant.role) != route.roles.end();
        });
        if (!holds_one) {
            throw Error(Fault::forbidden, inspects ? "http.inspector_only_reads" : "http.role_required");
        }
    }
    if (route.proven && !caller.proven) {
        throw Error(Fault::forbidden, "http.proof_required");
    }
    return caller;
}

void Router::admit(const Request& head,
                   const Match& match,
                   std::move_only_function<void(std::optional<Response>)> done) const {
    const auto language = choose_language(head);
    const auto shared_done = std::make_shared<decltype(done)>(std::move(done));
    const auto fail = [this, language, id = head.id, style = match.route->style](
                          const std::exception_ptr& thrown) { return refuse(thrown, language, id, style); };
    try {
        check_before(head, *match.route);
        services_.database.submit_read(
            [this, head, route = match.route](sql::Tx& tx) {
                static_cast<void>(admit_caller(tx, head, *route));
            },
            [shared_done, fail](const std::exception_ptr& thrown) {
                (*shared_done)(thrown ? std::optional(fail(thrown)) : std::nullopt);
            });
    } catch (...) {
        (*shared_done)(fail(std::current_exception()));
    }
}

void Router::handle(Request request, Match match, Done done) const {
    if (match.page != nullptr) {
        done((*match.page)(request));
        return;
    }
    const auto exchange = std::make_shared<Exchange>();
    exchange->language = choose_language(request);
    exchange->request = std::move(request);
    exchange->match = std::move(match);
    exchange->done = std::move(done);
    try {
        run(exchange);
    } catch (...) {
        exchange->finish(
            refuse(std::current_exception(), exchange->language, exchange->request.id, exchange->style()));
    }
}

std::shared_ptr<const void> Router::parse_input(const Exchange& exchange) {
    const auto& route = *exchange.match.route;
    const auto& body = exchange.request.body;
    if (route.style == Style::api) {
        return route.endpoint->parse({.path = exchange.match.path,
                                      .query = exchange.match.query,
                                      .body = body,
                                      .from_body = takes_body(route),
                                      .ignores_unknown = false});
    }
    if (route.json_body) {
        const Parameters whole{{"body", body}};
        return route.endpoint->parse({.path = exchange.match.path,
                                      .query = whole,
                                      .body = {},
                                      .from_body = false,
                                      .ignores_unknown = true});
    }
    const auto form = takes_body(route) ? parse_query(body) : exchange.match.query;
    if (!form) {
        throw Error(Fault::invalid, "http.bad_request");
    }
    return route.endpoint->parse({.path = exchange.match.path,
                                  .query = *form,
                                  .body = {},
                                  .from_body = false,
                                  .ignores_unknown = true});
}

void Router::run(const std::shared_ptr<Exchange>& exchange) const {
    const auto& request = exchange->request;
    const auto& route = *exchange->match.route;
    check_before(request, route);
    const bool from_body = takes_body(route);
    const auto expected = media_type_of(route);
    if (from_body && !request.body.empty() && !is_of_type(request.content_type, expected)) {
        exchange->finish(
            problem(415,
                    Error(Fault::invalid, "http.media_type").with("expected", std::string(expected)),
                    services_.texts,
                    exchange->language,
                    request.id));
        return;
    }
    exchange->input = parse_input(*exchange);
    const auto kind = route.endpoint->kind;
    if (kind == Endpoint::Kind::immediate) {
        exchange->caller = identify(nullptr, request, route);
        exchange->finish(route.endpoint->run(nullptr, exchange->caller, exchange->input.get(), nullptr));
    } else if (kind == Endpoint::Kind::blocking || kind == Endpoint::Kind::upload) {
        run_on_cpu(exchange);
    } else {
        run_in_database(exchange);
    }
}

/// Only what changes something has a key that counts; a POST may be a question whose body is too long for a
/// query.
std::optional<RepeatKey> Router::repeat_key(const Request& request,
                                            const Caller& caller,
                                            const Route& route) const {
    const bool changes = route.method != Method::get && route.endpoint->kind != Endpoint::Kind::read;
    return services_.kept_answers != nullptr && changes ? repeat_key_of(request, caller) : std::nullopt;
}

void Router::run_in_database(const std::shared_ptr<Exchange>& exchange) const {
    const auto& route = *exchange->match.route;
    sql::Work work = [this, exchange](sql::Tx& tx) {
        const auto& bound = *exchange->match.route;
        exchange->caller = admit_caller(tx, exchange->request, bound);
        const auto repeat = repeat_key(exchange->request, exchange->caller, bound);
        if (repeat) {
            if (auto before = services_.kept_answers->claim(tx, *repeat)) {
                exchange->response = std::move(*before);
                return;
            }
        }
        exchange->response = bound.endpoint->run(&tx, exchange->caller, exchange->input.get(), nullptr);
        if (repeat) {
            services_.kept_answers->keep(tx, *repeat, exchange->response);
        }
    };
    sql::Done finished = [this, exchange](const std::exception_ptr& thrown) {
        exchange->finish(thrown ? refuse(thrown, exchange->language, exchange->request.id, exchange->style())
                                : std::move(exchange->response));
    };
    const auto& request = exchange->request;
    const auto* either = route.endpoint->run.target<EitherWay>();
    // An answer that is kept for its key is written, whatever the function does.
    const bool only_reads = either != nullptr && either->only_reads && request.idempotency_key.empty() &&
                            either->only_reads(identify(nullptr, request, route), exchange->input.get());
    if (route.endpoint->kind == Endpoint::Kind::write && !only_reads) {
        services_.database.submit_write(std::move(work), std::move(finished));
    } else if (either != nullptr && either->brief) {
        sql::submit_brief_read(services_.database, std::move(work), std::move(finished));
    } else {
        services_.database.submit_read(std::move(work), std::move(finished));
    }
}

/// Gives what the function threw. Its answer is kept before it is sent, or the key is free again when it
/// failed.
std::exception_ptr Router::work_on_cpu(Exchange& exchange) const {
    std::exception_ptr thrown;
    try {
        const auto& request = exchange.request;
        exchange.response = exchange.match.route->endpoint->run(
            nullptr, exchange.caller, exchange.input.get(), request.upload ? &*request.upload : nullptr);
    } catch (...) {
        thrown = std::current_exception();
    }
    if (!exchange.repeat) {
        return thrown;
    }
    try {
        services_.database.write([&](sql::Tx& tx) {
            if (thrown) {
                services_.kept_answers->give_up(tx, *exchange.repeat);
            } else {
                services_.kept_answers->keep(tx, *exchange.repeat, exchange.response);
            }
        });
    } catch (const Error& error) {
        // What was asked for is done; only a repetition would not find its answer.
        spdlog::warn("an answer could not be kept: {}", error.code());
    }
    return thrown;
}

/// For a request that was claimed and cannot be worked on after all.
void Router::free_key_and(const Exchange& exchange, std::move_only_function<void()> then) const {
    if (!exchange.repeat) {
        then();
        return;
    }
    auto shared_then = std::make_shared<std::move_only_function<void()>>(std::move(then));
    try {
        services_.database.submit_write(
            [this, repeat = *exchange.repeat](sql::Tx& tx) { services_.kept_answers->give_up(tx, repeat); },
            [shared_then](const std::exception_ptr&) { (*shared_then)(); });
    } catch (const Error&) {  // the database is too busy as well: the key is free again after a while
        (*shared_then)();
    }
}

/// Finds out who is calling on a database thread, then runs the function on the CPU pool.
void Router::run_on_cpu(const std::shared_ptr<Exchange>& exchange) const {
    const auto fail = [this, exchange](const std::exception_ptr& thrown) {
        exchange->finish(refuse(thrown, exchange->language, exchange->request.id, exchange->style()));
    };
    auto task = [this, exchange, fail] {
        if (const auto thrown = work_on_cpu(*exchange)) {
            fail(thrown);
        } else {
            exchange->finish(std::move(exchange->response));
        }
    };
    sql::Work admission = [this, exchange](sql::Tx& tx) {
        const auto& route = *exchange->match.route;
        exchange->caller = admit_caller(tx, exchange->request, route);
        exchange->repeat = repeat_key(exchange->request, exchange->caller, route);
        if (exchange->repeat) {
            if (auto before = services_.kept_answers->claim(tx, *exchange->repeat)) {
                exchange->response = std::move(*before);
                exchange->answered_before = true;
            }
        }
    };
    sql::Done admitted =
        [this, fail, exchange, task = std::move(task)](const std::exception_ptr& thrown) mutable {
            if (thrown) {
                fail(thrown);
                return;
            }
            if (exchange->answered_before) {
                exchange->finish(std::move(exchange->response));
                return;
            }
            try {
                services_.run_on_cpu(std::move(task));
            } catch (...) {
                free_key_and(*exchange, [fail, refused = std::current_exception()] { fail(refused); });
            }
        };
    if (exchange->request.idempotency_key.empty()) {
        services_.database.submit_read(std::move(admission), std::move(admitted));
    } else {
        services_.database.submit_write(std::move(admission), std::move(admitted));
    }
}

Response Router::call(Request request) const {
    auto matched = match(request);
    if (auto* refused = std::get_if<Response>(&matched)) {
        return std::move(*refused);
    }
    std::promise<Response> answer;
    handle(std::move(request), std::move(std::get<Match>(matched)), [&](Response response) {
        answer.set_value(std::move(response));
    });
    return answer.get_future().get();
}

}  // namespace educard::http
