#include "http/server.hpp"

#include "http/bind.hpp"
#include "runtime/bus.hpp"
#include "testing/test_database.hpp"
#include "testing/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <latch>
#include <mutex>
#include <thread>

namespace educard::http {

struct Echo {
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Echo, (), (text))

namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::status_in;
using testing::Wire;

constexpr std::string_view kGet = "GET /api/v1/hello HTTP/1.1\r\nHost: x\r\n\r\n";

std::string post(std::string_view path, std::string_view body, std::string_view more = "") {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
           std::string(more) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

/// Lets a test hold a request inside its function.
class Gate {
public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void wait_for_somebody() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_ > 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;
    bool open_ = false;
};

class ServerTest : public ::testing::Test {
protected:
    ServerTest() {
        declare();
        options_.port = 0;
        options_.threads = 2;
        options_.upload_folder = folder_.path();
        options_.limits.stop_time = milliseconds(2000);
    }

    /// Workers end before what they work on; the lock waits for whoever is about to begin one.
    ~ServerTest() override {
        server_.reset();
        const std::lock_guard lock(mutex_);
        workers_.clear();
    }

    void declare() {
        routes_.get("/api/v1/hello", read([](sql::Tx&, const Caller&) { return Echo{"hello"}; }))
            .summary("x")
            .anyone();
        routes_.post("/api/v1/echo", read([](sql::Tx&, const Caller&, const Echo& input) { return input; }))
            .summary("x")
            .max_body(1000)
            .anyone();
        routes_
            .get("/api/v1/wait", blocking([this](const Caller&) {
                     gate_.pass();
                     return Echo{"waited"};
                 }))
            .summary("x")
            .anyone();
        routes_
            .post("/api/v1/files", upload([](const Caller&, const Upload& file) {
                      std::ifstream stream(file.path);
                      std::string text(std::istreambuf_iterator<char>(stream), {});
                      return Echo{std::to_string(file.bytes) + ":" + text.substr(0, 10)};
                  }))
            .summary("x")
            .max_body(200'000)
            .anyone();
        routes_.post("/api/v1/closed-files", upload([](const Caller&, const Upload&) {}))
            .summary("x")
            .signed_in();
        routes_.get("/api/v1/events", events([](sql::Tx&, const Caller&) { return Subscription{{"topic"}}; }))
            .summary("x")
            .anyone();
        routes_
            .get("/api/v1/big", read([](sql::Tx&, const Caller&) {
                     return Download{"text/plain", std::string(3'000'000, 'x'), std::nullopt, 60, "v1"};
                 }))
            .summary("x")
            .anyone();
    }

    void start() {
        router_.emplace(routes_,
                        Services{.database = *database_,
                                 .texts = texts_,
                                 .authenticate = {},
                                 .run_on_cpu =
                                     [this](std::move_only_function<void()> work) {
                                         const std::lock_guard lock(mutex_);
                                         workers_.emplace_back(std::move(work));
                                     },
                                 .limit = {},
                                 .origin = "http://x",
                                 .trusted_proxies = {}});
        server_.emplace(*router_, bus_, options_);
        server_->start();
    }

    std::string ask(std::string_view octets) {
        Wire wire(server_->port());
        wire.send(octets);
        return wire.answer();
    }

    testing::TestDatabase database_{testing::Schema::none};
    testing::TemporaryFolder folder_;
    Texts texts_;
    LocalBus bus_;
    Gate gate_;
    Routes routes_;
    ServerOptions options_;
    std::mutex mutex_;
    std::vector<std::jthread> workers_;
    std::optional<Router> router_;
    std::optional<Server> server_;
};

TEST_F(ServerTest, AnswersARequest) {
    start();
    const auto answer = ask(kGet);
    EXPECT_EQ(status_in(answer), 200);
    EXPECT_THAT(answer, HasSubstr("\r\n\r\n{\"text\":\"hello\"}"));
    for (const auto* header : {"Date: ",
                               "Content-Type: application/json",
                               "Cache-Control: no-store",
                               "X-Content-Type-Options: nosniff",
                               "X-Request-Id: ",
                               "Content-Security-Policy: "}) {
        EXPECT_THAT(answer, HasSubstr(header));
    }
}

TEST_F(ServerTest, KeepsTheConnectionForTheNextRequest) {
    start();
    Wire wire(server_->port());
    for (int i = 0; i < 3; ++i) {
        wire.send(kGet);
        EXPECT_EQ(status_in(wire.answer()), 200);
    }
    wire.send("GET /api/v1/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(wire.rest(), HasSubstr("Connection: close"));
    Wire old(server_->port());
    old.send("GET /api/v1/hello HTTP/1.0\r\n\r\n");
    EXPECT_EQ(status_in(old.rest()), 200);
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
    start();
    Wire wire(server_->port());
    std::string all;
    for (int i = 0; i < 50; ++i) {
        all += post("/api/v1/echo", "{\"text\":\"" + std::to_string(i) + "\"}");
    }
    wire.send(all);
    for (int i = 0; i < 50; ++i) {
        EXPECT_THAT(wire.answer(), HasSubstr("{\"text\":\"" + std::to_string(i) + "\"}"));
    }
}

TEST_F(ServerTest, ARequestMayComeOctetByOctet) {
    start();
    Wire wire(server_->port());
    for (const char c : post("/api/v1/echo", R"({"text":"slow"})")) {
        wire.send(std::string_view(&c, 1));
    }
    EXPECT_THAT(wire.answer(), HasSubstr("slow"));
}

TEST_F(ServerTest, ChunkedBodiesAreUnderstood) {
    start();
    const auto answer =
        ask("POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: "
            "chunked\r\n\r\n"
            "8;ext=1\r\n{\"text\":\r\n4\r\n\"ab\"\r\n1\r\n}\r\n0\r\nAuthorization: Bearer x\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr(R"({"text":"ab"})"));
}

TEST_F(ServerTest, HeadHasTheLengthAndNoBody) {
    start();
    Wire wire(server_->port());
    wire.send("HEAD /api/v1/hello HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(kGet));
    EXPECT_THAT(wire.head(), HasSubstr("Content-Length: 16"));
    EXPECT_THAT(wire.answer(), HasSubstr("hello"));
}

TEST_F(ServerTest, AKnownVersionIsNotSentAgain) {
    start();
    const auto first = ask("GET /api/v1/big HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(first.size() - first.find("\r\n\r\n") - 4, 3'000'000U);
    EXPECT_THAT(first.substr(0, 1000), HasSubstr("ETag: \"v1\""));
    EXPECT_THAT(first.substr(0, 1000), HasSubstr("max-age=60"));
    const auto again = ask("GET /api/v1/big HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v0\", W/\"v1\"\r\n\r\n");
    EXPECT_EQ(status_in(again), 304);
    EXPECT_THAT(again, Not(HasSubstr("Content-Length")));
}

TEST_F(ServerTest, MalformedRequestsAreRefusedAndTheConnectionCloses) {
    start();
    const std::vector<std::pair<std::string, int>> cases{
        {"GET / HTTP/1.1\r\n\r\n", 400},                        // no Host
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},  // two
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400},
        {"GET /\r\n\r\n", 400},
        {"G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: x\n\n", 400},
        {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nBad\x01Name: y\r\n\r\n", 400},
        {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400},  // TLS
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         400},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
         "5\r\n\r\n0\r\n\r\n",
         400},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n{", 400},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{", 400},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}", 400},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
        {"POST /api/v1/echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
         400},
        {"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\nContent-Length: 2\r\n\r\n{}", 417},
    };
    for (const auto& [octets, status] : cases) {
        Wire wire(server_->port());
        wire.send(octets);
        const auto answer = wire.rest();
        EXPECT_EQ(status_in(answer), status) << octets << answer;
        EXPECT_THAT(answer, HasSubstr("application/problem+json"));
        EXPECT_EQ(answer.find("HTTP/1.1", 9), std::string::npos) << "a second answer to " << octets;
    }
    EXPECT_EQ(status_in(ask(kGet)), 200);
}

TEST_F(ServerTest, AHeaderThatIsTooLongIsRefused) {
    start();
    EXPECT_EQ(status_in(ask("GET / HTTP/1.1\r\nHost: x\r\nCookie: " + std::string(20'000, 'c') + "\r\n\r\n")),
              431);
    EXPECT_EQ(status_in(ask("GET /" + std::string(20'000, 'p') + " HTTP/1.1\r\nHost: x\r\n\r\n")), 431);
}

TEST_F(ServerTest, ABodyThatIsTooLongIsRefused) {
    start();
    const std::string body(1001, ' ');
    const auto refused = ask(post("/api/v1/echo", body));
    EXPECT_EQ(status_in(refused), 413);
    EXPECT_THAT(refused, HasSubstr("1000"));
    const auto chunked =
        ask("POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + body +
            "\r\n0\r\n\r\n");
    EXPECT_EQ(status_in(chunked), 413);
    EXPECT_EQ(status_in(ask(post("/api/v1/echo", std::string(1000, ' ')))), 422);
}

TEST_F(ServerTest, ContinueIsSaidBeforeTheBody) {
    start();
    Wire wire(server_->port());
    wire.send(
        "POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
        "Content-Length: 12\r\n\r\n");
    EXPECT_EQ(wire.head(), "HTTP/1.1 100 Continue\r\n\r\n");
    wire.send(R"({"text":"a"})");
    EXPECT_EQ(status_in(wire.answer()), 200);
    Wire refused(server_->port());
    refused.send(
        "POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 120000\r\n\r\n");
    EXPECT_EQ(status_in(refused.answer()), 413);
}

TEST_F(ServerTest, UploadsGoThroughAFileThatIsGoneAfterwards) {
    start();
    const auto octets = std::string("0123456789") + std::string(150'000, 'y');
    const auto answer =
        ask("POST /api/v1/files HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: " +
            std::to_string(octets.size()) + "\r\n\r\n" + octets);
    EXPECT_THAT(answer, HasSubstr("150010:0123456789"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
    EXPECT_EQ(status_in(ask("POST /api/v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: 200001\r\n\r\n")),
              413);
}

TEST_F(ServerTest, UploadsAreRefusedBeforeTheyAreReceived) {
    start();
    const auto answer =
        ask("POST /api/v1/closed-files HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
            "1000000\r\n\r\n");
    EXPECT_EQ(status_in(answer), 401);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(ServerTest, SlowHeadersRunOutOfTime) {
    options_.limits.header_time = milliseconds(150);
    start();
    Wire wire(server_->port());
    wire.send("GET /api/v1/hello HTTP/1.1\r\nHost:");
    EXPECT_EQ(status_in(wire.rest()), 408);
}

TEST_F(ServerTest, SlowBodiesRunOutOfTime) {
    options_.limits.transfer_time = milliseconds(150);
    start();
    Wire wire(server_->port());
    wire.send("POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    EXPECT_EQ(status_in(wire.rest()), 408);
}

TEST_F(ServerTest, IdleConnectionsAreClosedQuietly) {
    options_.limits.idle_time = milliseconds(150);
    start();
    Wire wire(server_->port());
    wire.send(kGet);
    EXPECT_EQ(status_in(wire.answer()), 200);
    EXPECT_EQ(wire.rest(), "");
}

TEST_F(ServerTest, TooManyConnectionsAreTurnedAway) {
    options_.limits.connections = 2;
    start();
    Wire first(server_->port());
    Wire second(server_->port());
    first.send(kGet);
    second.send(kGet);
    first.answer();
    second.answer();
    Wire third(server_->port());
    EXPECT_THAT(third.rest(), HasSubstr("503"));
    EXPECT_EQ(server_->counts().refused_connections, 1U);
}

TEST_F(ServerTest, TooManyRequestsUnderWayAreTurnedAway) {
    options_.limits.in_flight = 1;
    start();
    Wire busy(server_->port());
    busy.send("GET /api/v1/wait HTTP/1.1\r\nHost: x\r\n\r\n");
    gate_.wait_for_somebody();
    const auto refused = ask(kGet);
    EXPECT_EQ(status_in(refused), 503);
    EXPECT_THAT(refused, HasSubstr("Retry-After: 1"));
    gate_.open();
    EXPECT_THAT(busy.answer(), HasSubstr("waited"));
}

/// Each I/O thread has a listening socket of its own, and closes it when it gets to it.
bool refuses_soon(std::uint16_t port) {
    for (int attempt = 0; attempt < 500; ++attempt) {
        try {
            const Wire wire(port);
        } catch (const std::runtime_error&) {
            return true;
        }
        std::this_thread::yield();
    }
    return false;
}

TEST_F(ServerTest, AStopLetsRequestsUnderWayFinish) {
    start();
    const auto port = server_->port();
    Wire busy(port);
    Wire idle(port);
    idle.send(kGet);
    idle.answer();
    busy.send("GET /api/v1/wait HTTP/1.1\r\nHost: x\r\n\r\n");
    gate_.wait_for_somebody();
    std::jthread stopper([this] { server_->stop(); });
    EXPECT_EQ(idle.rest(), "");
    EXPECT_TRUE(refuses_soon(port));
    gate_.open();
    const auto answer = busy.rest();
    EXPECT_THAT(answer, HasSubstr("waited"));
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST_F(ServerTest, AStopDoesNotWaitForEver) {
    options_.limits.stop_time = milliseconds(100);
    start();
    Wire stalled(server_->port());
    stalled.send("POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    Wire busy(server_->port());
    busy.send("GET /api/v1/wait HTTP/1.1\r\nHost: x\r\n\r\n");
    gate_.wait_for_somebody();
    server_->stop();
    EXPECT_EQ(stalled.rest(), "");
    gate_.open();  // its answer finds nobody, and nothing breaks
    server_.reset();
}

TEST_F(ServerTest, EventsReachWhoListens) {
    options_.limits.heartbeat = milliseconds(50);
    start();
    Wire wire(server_->port());
    wire.send("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(wire.head(), HasSubstr("text/event-stream"));
    wire.until("retry: 3000\n\n");
    bus_.publish({"topic", R"({"n":1})"});
    bus_.publish({"other", R"({"n":2})"});
    bus_.publish({"topic", R"({"n":3})"});
    EXPECT_THAT(wire.until(R"({"n":3})"), Not(HasSubstr(R"({"n":2})")));
    EXPECT_THAT(wire.until(": alive\n\n"), HasSubstr(": alive"));
    std::jthread stopper([this] { server_->stop(); });
    wire.rest();
    stopper.join();
    EXPECT_EQ(bus_.listeners(), 0U);
}

TEST_F(ServerTest, AStreamThatIsReadTooSlowlyIsCutOff) {
    start();
    Wire wire(server_->port());
    wire.send("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n");
    wire.until("retry: 3000\n\n");
    const Event large{"topic", "\"" + std::string(100'000, 'e') + "\""};
    for (int i = 0; i < 2000 && bus_.listeners() > 0; ++i) {
        bus_.publish(large);
    }
    EXPECT_LT(wire.rest().size(), 200'000'000U);
    server_->stop();
    EXPECT_EQ(bus_.listeners(), 0U);
}

TEST_F(ServerTest, ManyClientsAtOnceAreAllAnswered) {
    options_.limits.in_flight = 10'000;
    start();
    std::vector<std::jthread> clients;
    std::atomic<int> answered{0};
    for (int c = 0; c < 16; ++c) {
        clients.emplace_back([&] {
            Wire wire(server_->port());
            for (int i = 0; i < 100; ++i) {
                wire.send(i % 2 == 0 ? kGet
                                     : std::string_view("BREW /api/v1/hello HTTP/1.1\r\nHost: x\r\n\r\n"));
                answered += status_in(wire.answer()) == (i % 2 == 0 ? 200 : 405) ? 1 : 0;
            }
        });
    }
    clients.clear();
    EXPECT_EQ(answered, 1600);
}

TEST_F(ServerTest, APortThatIsTakenIsReported) {
    start();
    auto options = options_;
    options.port = server_->port();
    EXPECT_THROW(Server(*router_, bus_, options), Error);
}

}  // namespace

}  // namespace educard::http
