#pragma once
// From a request to an answer: finds the route, decides who is calling and whether they may, runs the bound
// function on the database or the CPU pool, and turns what it throws into problem details. Knows nothing of
// sockets: the server hands requests in, tests do too (src/testing/call.hpp). Built once, constant
// afterwards; any thread.

#include "http/endpoint.hpp"
#include "http/kept_answers.hpp"
#include "http/problem.hpp"
#include "http/request.hpp"
#include "http/static_files.hpp"
#include "runtime/texts.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace educard::sql {
class Database;
}

namespace educard::http {

/// What the router needs from the layers around it; wired by cli. All of it outlives the router.
struct Services {
    sql::Database& database;
    const Texts& texts;
    /// Who holds this token; nothing when nobody does. Given by accounts.
    std::function<std::optional<Caller>(sql::Tx&, std::string_view token)> authenticate;
    /// Runs work on the bounded CPU pool; throws Error(unavailable) when its queue is full.
    std::function<void(std::move_only_function<void()>)> run_on_cpu;
    /// How long this network must wait before another call of that kind; nothing when it may. May be empty:
    /// no limits.
    std::function<std::optional<std::chrono::seconds>(Rate, const std::string& network)> limit;
    /// Answers to requests that may come again; null: none are kept.
    const KeptAnswers* kept_answers = nullptr;
    /// Told of every refusal of a declared route; on any thread. May be empty.
    std::function<void(const Error&)> on_refused;
    std::string origin = "http://localhost:8080";  // what browsers see
    std::vector<std::string> trusted_proxies;
};

/// A page that needs neither caller nor database: /healthz, /metrics, /api.
using FixedPage = std::function<Response(const Request&)>;

class Router {
public:
    using Done = std::move_only_function<void(Response)>;

    /// Throws Error(internal, "http.routes") when declarations are faulty, each fault a parameter.
    Router(const Routes& routes, Services services);
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    /// Serves GET on a fixed path beside the declared routes. Before serving starts.
    void add_page(std::string path, FixedPage page);
    /// What GETs outside /api that nothing else answers get; before serving starts. Outlives the router.
    void set_static_files(const StaticFiles& files) { files_ = &files; }

    /// What a request asks for. Refusals (404, 405, OPTIONS) are a Response.
    struct Match {
        const Route* route = nullptr;
        const FixedPage* page = nullptr;
        Parameters path;
        Parameters query;
    };
    std::variant<Match, Response> match(const Request& request) const;

    /// Answers exactly once: at once or later, on any thread. `request` moves in; a body must be complete by
    /// now.
    void handle(Request request, Match match, Done done) const;

    /// Decides before an upload is received whether it may come; null: yes.
    void admit(const Request& head,
               const Match& match,
               std::move_only_function<void(std::optional<Response>)> done) const;

    /// match and handle in one, waiting for the answer. For tests; not from I/O or database threads.
    Response call(Request request) const;

    Response refusal(int status, const Error& error, const Request& request) const;

private:
    struct Node;
    struct Exchange;

    void insert(const Route& route);
    /// The answer to what was thrown.
    Response refuse(const std::exception_ptr& thrown,
                    Language language,
                    std::string_view request_id,
                    Style style) const;
    Caller identify(sql::Tx* tx, const Request& request, const Route& route) const;
    std::optional<RepeatKey> repeat_key(const Request& request,
                                        const Caller& caller,
                                        const Route& route) const;
    Caller admit_caller(sql::Tx& tx, const Request& request, const Route& route) const;
    void check_before(const Request& request, const Route& route) const;
    static std::shared_ptr<const void> parse_input(const Exchange& exchange);
    void run(const std::shared_ptr<Exchange>& exchange) const;
    void run_in_database(const std::shared_ptr<Exchange>& exchange) const;
    void run_on_cpu(const std::shared_ptr<Exchange>& exchange) const;
    std::exception_ptr work_on_cpu(Exchange& exchange) const;
    void free_key_and(const Exchange& exchange, std::move_only_function<void()> then) const;

    Services services_;
    std::unique_ptr<Node> root_;
    std::map<std::string, FixedPage, std::less<>> pages_;
    const StaticFiles* files_ = nullptr;
};

}  // namespace educard::http
