#include "testing/call.hpp"

#include "testing/test_database.hpp"

#include <boost/json/parse.hpp>

#include <fstream>

namespace educard::testing {

namespace {

http::Request make(std::string method, std::string target, std::string body) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.content_type = body.empty() ? "" : "application/json";
    request.body = std::move(body);
    request.peer = "192.0.2.1";
    request.id = "test";
    return request;
}

}  // namespace

boost::json::value Answer::json() const {
    boost::system::error_code fault;
    auto value = boost::json::parse(body, fault);
    return fault ? boost::json::value() : value;
}

std::string Answer::code() const {
    const auto value = json();
    const auto* object = value.if_object();
    const auto* code = object != nullptr ? object->if_contains("code") : nullptr;
    const auto* text = code != nullptr ? code->if_string() : nullptr;
    return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

std::string Answer::header(std::string_view name) const {
    for (const auto& header : headers) {
        if (header.name == name) {
            return header.value;
        }
    }
    return {};
}

Api::Api(sql::Database& database,
         const http::Routes& routes,
         std::function<std::optional<Caller>(sql::Tx&, std::string_view)> authenticate) {
    if (!authenticate) {
        authenticate = [this](sql::Tx&, std::string_view token) -> std::optional<Caller> {
            const std::lock_guard lock(mutex_);
            const auto found = callers_.find(token);
            return found == callers_.end() ? std::nullopt : std::optional(found->second);
        };
    }
    router_ = std::make_unique<http::Router>(routes,
                                             http::Services{.database = database,
                                                            .texts = texts_,
                                                            .authenticate = std::move(authenticate),
                                                            .run_on_cpu =
                                                                [this](std::move_only_function<void()> work) {
                                                                    const std::lock_guard lock(mutex_);
                                                                    workers_.emplace_back(std::move(work));
                                                                },
                                                            .limit = {},
                                                            .origin = "http://localhost:8080",
                                                            .trusted_proxies = {}});
}

Api::~Api() {
    decltype(workers_) workers;  // joined when the lock is free again
    {
        const std::lock_guard lock(
            mutex_);  // a worker may have answered before whoever started it put it down
        workers = std::move(workers_);
    }
}

Answer Api::send(http::Request request, const std::optional<Caller>& caller) {
    if (caller) {
        const std::lock_guard lock(mutex_);
        const auto token = "t" + std::to_string(callers_.size());
        callers_.emplace(token, *caller);
        request.authorization = "Bearer " + token;
    }
    auto response = router_->call(std::move(request));
    if (response.body.empty()) {
        response.body = response.shared_body;
    }
    return {response.status,
            std::move(response.content_type),
            std::move(response.body),
            std::move(response.headers)};
}

Answer Api::get(std::string target, const std::optional<Caller>& caller) {
    return send(make("GET", std::move(target), ""), caller);
}

Answer Api::del(std::string target, const std::optional<Caller>& caller) {
    return send(make("DELETE", std::move(target), ""), caller);
}

Answer Api::post(std::string target, std::string body, const std::optional<Caller>& caller) {
    return send(make("POST", std::move(target), std::move(body)), caller);
}

Answer Api::put(std::string target, std::string body, const std::optional<Caller>& caller) {
    return send(make("PUT", std::move(target), std::move(body)), caller);
}

Answer Api::patch(std::string target, std::string body, const std::optional<Caller>& caller) {
    return send(make("PATCH", std::move(target), std::move(body)), caller);
}

Answer Api::upload(std::string target,
                   std::string_view content,
                   std::string content_type,
                   const std::optional<Caller>& caller) {
    const TemporaryFolder folder;
    const auto path = folder.file("upload");
    std::ofstream(path, std::ios::binary) << content;
    auto request = make("POST", std::move(target), "");
    request.content_type = content_type;
    request.upload = http::Upload{path, content.size(), std::move(content_type)};
    return send(std::move(request), caller);
}

Caller caller_with(Role role, OrganisationId organisation, std::string path, AccountId account) {
    Caller caller;
    caller.account = account;
    caller.grants.push_back({role, organisation, std::move(path)});
    return caller;
}

}  // namespace educard::testing
