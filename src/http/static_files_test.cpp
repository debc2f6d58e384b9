#include "http/static_files.hpp"

#include <gtest/gtest.h>

namespace educard::http {
namespace {

// Every test program embeds the message texts; they stand in for the client's files here.
Request get(std::string target) {
    Request request;
    request.target = std::move(target);
    return request;
}

TEST(StaticFiles, FilesAreFoundByTheirExactNameOnly) {
    const StaticFiles files("http/");
    const auto found = files.find(get("/messages.json?x=1"));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->content_type, "application/json");
    EXPECT_FALSE(found->shared_body.empty());
    EXPECT_TRUE(found->etag.has_value());
    for (const auto* target : {"/../runtime/messages.json",
                               "/%2e%2e/runtime/messages.json",
                               "/messages.JSON",
                               "//messages.json",
                               "/messages.json/",
                               "/x/messages.json"}) {
        EXPECT_FALSE(files.find(get(target)).has_value()) << target;
    }
}

TEST(StaticFiles, WithoutAClientThereIsNoFallback) {
    EXPECT_FALSE(StaticFiles("http/").find(get("/card")).has_value());
    EXPECT_TRUE(StaticFiles("no/such/").empty());
}

TEST(StaticFiles, MediaTypesFollowTheExtension) {
    EXPECT_EQ(media_type("/assets/app-1a2b.js"), "text/javascript; charset=utf-8");
    EXPECT_EQ(media_type("/manifest.webmanifest"), "application/manifest+json");
    EXPECT_EQ(media_type("/what"), "application/octet-stream");
}

}  // namespace
}  // namespace educard::http
