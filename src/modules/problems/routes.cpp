#include "http/routes.hpp"

#include "base/picture.hpp"
#include "http/bind.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/routes.hpp"

#include <algorithm>

namespace educard::problems {

namespace {

using http::read;
using http::write;

constexpr int kRows = 30;
constexpr int kMostRows = 100;

struct PictureRef {
    ProblemId id;
    PictureId picture_id;
};
BOOST_DESCRIBE_STRUCT(PictureRef, (), (id, picture_id))

struct NoticeRef {
    NoticeId id;
};
BOOST_DESCRIBE_STRUCT(NoticeRef, (), (id))

struct MineInput {
    std::optional<ProblemId> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(MineInput, (), (cursor, limit))

struct Unseen {
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Unseen, (), (count))

void add_own(http::Routes& routes, Problems& problems) {
    routes
        .get("/api/v1/problems/homes",
             read([&problems](sql::Tx& tx, const Caller& caller) { return problems.homes(tx, caller); }))
        .summary("For which organisations the caller may report a problem without choosing, and who answers")
        .signed_in();
    routes
        .get("/api/v1/problems/unseen", read([&problems](sql::Tx& tx, const Caller& caller) {
                 return Unseen{problems.unseen(tx, caller)};
             }))
        .summary("How many of the caller's problems have something new")
        .signed_in();
    routes
        .get("/api/v1/problems", read([&problems](sql::Tx& tx, const Caller& caller, const MineInput& input) {
                 const int limit = std::clamp(input.limit.value_or(kRows), 1, kMostRows);
                 return page_of(problems.mine(tx, caller, input.cursor, limit));
             }))
        .summary("Problems that the caller reported, newest first")
        .signed_in();
    routes
        .post("/api/v1/problems", write([&problems](sql::Tx& tx, const Caller& caller, const Report& input) {
                  return http::Created<Problem>{problems.report(tx, caller, input)};
              }))
        .summary("Report a problem; it goes to the nearest desk at which somebody is")
        .signed_in()
        .errors({"input.invalid", "runtime.too_many"});
    routes
        .get("/api/v1/problems/{id}",
             read([&problems](sql::Tx& tx, const Caller& caller, const ProblemRef& input) {
                 return problems.get(tx, caller, input.id);
             }))
        .summary("A problem that the caller reported: where it is, and what was said")
        .signed_in()
        .errors({"problems.unknown"});
    routes
        .post("/api/v1/problems/{id}/seen",
              write([&problems](sql::Tx& tx, const Caller& caller, const ProblemRef& input) {
                  problems.see(tx, caller, input.id);
              }))
        .summary("The caller has looked at it")
        .signed_in()
        .errors({"problems.unknown"});
    routes
        .post("/api/v1/problems/{id}/messages",
              write([&problems](sql::Tx& tx, const Caller& caller, const Message& input) {
                  return problems.add(tx, caller, input);
              }))
        .summary("Add something, or answer what the desk asked")
        .signed_in()
        .errors({"input.invalid",
                 "problems.unknown",
                 "problems.is_over",
                 "problems.too_much_said",
                 "problems.changed_meanwhile",
                 "runtime.too_many"});
    routes
        .post("/api/v1/problems/{id}/reopen",
              write([&problems](sql::Tx& tx, const Caller& caller, const Message& input) {
                  return problems.reopen(tx, caller, input);
              }))
        .summary("It is not solved: open it again, up to 14 days later")
        .signed_in()
        .errors({"input.invalid",
                 "problems.unknown",
                 "problems.not_over",
                 "problems.too_late",
                 "problems.changed_meanwhile"});
    routes
        .post("/api/v1/problems/{id}/withdraw",
              write([&problems](sql::Tx& tx, const Caller& caller, const ProblemRef& input) {
                  return problems.withdraw(tx, caller, input.id);
              }))
        .summary("It is no problem any more")
        .signed_in()
        .errors({"problems.unknown",
                 "problems.is_over",
                 "problems.others_have_it",
                 "problems.changed_meanwhile"});
}

void add_pictures(http::Routes& routes, Problems& problems) {
    routes
        .post("/api/v1/problems/{id}/pictures",
              http::upload(
                  [&problems](const Caller& caller, const ProblemRef& input, const http::Upload& file) {
                      return http::Created<PictureView>{problems.add_picture(caller, input.id, file.path)};
                  }))
        .summary(
            "Add a screenshot: PNG, JPEG or WebP, at most 5 MB; what it says beside the picture is dropped")
        .signed_in()
        .max_body(kLargestPicture)
        .errors({"input.invalid",
                 "problems.unknown",
                 "problems.is_over",
                 "problems.too_many_pictures",
                 "problems.changed_meanwhile"});
    routes
        .get("/api/v1/problems/{id}/pictures/{picture_id}",
             read([&problems](sql::Tx& tx, const Caller& caller, const PictureRef& input) {
                 auto file = problems.picture(tx, caller, input.id, input.picture_id);
                 return http::Download{.content_type = std::move(file.content_type),
                                       .body = std::move(file.octets),
                                       .file_name = "screenshot",
                                       .cache_seconds = 0,
                                       .etag = std::nullopt};
             }))
        .summary("A screenshot, for its reporter and the desks")
        .signed_in()
        .errors({"problems.unknown"});
}

void add_notices(http::Routes& routes, Problems& problems) {
    routes
        .get("/api/v1/problem-notices",
             read([&problems](sql::Tx& tx, const Caller& caller) { return problems.notices(tx, caller); }))
        .summary("Known problems where the caller is, while they last")
        .anyone();
    routes
        .post("/api/v1/problem-notices/{id}/me-too",
              write([&problems](sql::Tx& tx, const Caller& caller, const NoticeRef& input) {
                  return problems.me_too(tx, caller, input.id);
              }))
        .summary("The caller has this problem too; counted once")
        .signed_in()
        .errors({"problems.notice_unknown"});
}

}  // namespace

http::Page<Line> page_of(Slice slice) {
    http::Page<Line> page{.items = std::move(slice.items), .next = {}};
    if (slice.next) {
        page.next = std::to_string(slice.next->value);
    }
    return page;
}

void add_routes(http::Routes& routes, Problems& problems) {
    add_own(routes, problems);
    add_pictures(routes, problems);
    add_notices(routes, problems);
    add_desk_routes(routes, problems);
}

}  // namespace educard::problems
