#pragma once
// Calling declared routes without a socket: the same path through the router as over the wire.
//
//   testing::TestDatabase database;
//   http::Routes routes;
//   cards::add_routes(routes, cards);
//   testing::Api api(*database, routes);
//   const auto caller = …;                                   // Caller with its grants
//   const auto answer = api.post("/api/v1/cards/1/suspend", R"({"reason":"lost"})", caller);
//   EXPECT_EQ(answer.status, 200);

#include "http/router.hpp"
#include "sql/sql.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace educard::testing {

struct Answer {
    int status = 0;
    std::string content_type;
    std::string body;
    std::vector<http::Header> headers;

    /// The body as JSON; null when it is not.
    boost::json::value json() const;
    /// The problem's code; empty when it is not a problem.
    std::string code() const;
    std::string header(std::string_view name) const;
};

class Api {
public:
    /// `authenticate` may be given to test the real thing; by default callers are who the test says.
    Api(sql::Database& database,
        const http::Routes& routes,
        std::function<std::optional<Caller>(sql::Tx&, std::string_view)> authenticate = {});
    ~Api();

    Answer get(std::string target, const std::optional<Caller>& caller = {});
    Answer del(std::string target, const std::optional<Caller>& caller = {});
    Answer post(std::string target, std::string body, const std::optional<Caller>& caller = {});
    Answer put(std::string target, std::string body, const std::optional<Caller>& caller = {});
    Answer patch(std::string target, std::string body, const std::optional<Caller>& caller = {});
    /// Sends octets to an upload route.
    Answer upload(std::string target,
                  std::string_view content,
                  std::string content_type,
                  const std::optional<Caller>& caller = {});
    /// Anything else.
    Answer send(http::Request request, const std::optional<Caller>& caller = {});

private:
    Texts texts_;
    std::mutex mutex_;
    std::map<std::string, Caller, std::less<>> callers_;
    std::unique_ptr<http::Router> router_;
    std::vector<std::jthread> workers_;
};

/// A signed-in caller with one grant.
Caller caller_with(Role role,
                   OrganisationId organisation,
                   std::string path,
                   AccountId account = AccountId{1});

}  // namespace educard::testing
