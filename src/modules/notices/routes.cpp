#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/notices/notices.hpp"

namespace educard::notices {

namespace {

struct NoticesInput {
    std::optional<NoticeId> before;
};
BOOST_DESCRIBE_STRUCT(NoticesInput, (), (before))

struct NoticeRef {
    NoticeId id;
};
BOOST_DESCRIBE_STRUCT(NoticeRef, (), (id))

struct UntilInput {
    NoticeId last;
};
BOOST_DESCRIBE_STRUCT(UntilInput, (), (last))

}  // namespace

void add_routes(http::Routes& routes, Notices& notices) {
    using namespace http;
    routes
        .get("/api/v1/me/notices",
             read([&notices](sql::Tx& tx, const Caller& caller, const NoticesInput& input) {
                 return notices.list(tx, caller.account, input.before);
             }))
        .summary("What the caller has to be told and has not put away, newest first")
        .signed_in();
    routes
        .post("/api/v1/me/notices/{id}/dismiss",
              write([&notices](sql::Tx& tx, const Caller& caller, const NoticeRef& input) {
                  notices.dismiss(tx, caller.account, input.id);
              }))
        .summary("Put a notice away")
        .signed_in()
        .errors({"notices.unknown"});
    routes
        .post("/api/v1/me/notices/dismiss",
              write([&notices](sql::Tx& tx, const Caller& caller, const UntilInput& input) {
                  notices.dismiss_until(tx, caller.account, input.last);
              }))
        .summary("Put all notices up to this one away")
        .signed_in();
}

}  // namespace educard::notices
