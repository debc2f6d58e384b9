#include "http/observe.hpp"

#include "http/bind.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Observe, AnswersAreCountedByRouteTemplateAndStatusClass) {
    Metrics metrics;
    Routes routes;
    routes.get("/api/v1/things", blocking([](const Caller&) {})).summary("x").anyone();
    const auto observe = count_served(metrics, routes);
    observe({"GET", "/api/v1/things", 204, std::chrono::microseconds(800), "r"});
    observe({"GET", "none", 404, std::chrono::microseconds(5), "r"});
    observe({"GET", "/somebody/typed/320102199001011234", 404, std::chrono::microseconds(5), "r"});
    const auto text = metrics.text();
    EXPECT_THAT(text, HasSubstr(R"(educard_http_answers_total{route="/api/v1/things",status="2xx"} 1)"));
    EXPECT_THAT(text, HasSubstr(R"(educard_http_answers_total{route="none",status="4xx"} 1)"));
    EXPECT_THAT(text, Not(HasSubstr("typed")));
}

}  // namespace
}  // namespace educard::http
