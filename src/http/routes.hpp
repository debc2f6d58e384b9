#pragma once
// A route is declared once: path, function, who may call. Its types are the documentation: from them come
// parsing with all field errors, serialising, the OpenAPI document, the TypeScript types and the permission
// table.
//
//   struct DecideInput { ApplicationId id; Verdict verdict{}; std::optional<std::string> reason; };   //
//   described routes.post("/api/v1/applications/{id}/decision", write([this](sql::Tx& tx, const Caller&
//   caller,
//                const DecideInput& input) { return decide(tx, caller, input); }))
//       .summary("Approve, return or reject an application").allow({Role::class_teacher,
//       Role::school_admin});
//
// One described struct is the whole input: members named in the path template come from the path; of the
// others, GET and DELETE (and upload and event routes) take theirs from the query, POST, PUT and PATCH from
// the JSON body. Unknown members and query parameters are refused. A handler may leave its input out.
// Results: a described struct or a vector of one (200), Page<T>, void (204), Created<T> (201), Accepted<T>
// (202), Reply<T> (any of these with headers, cookies), Download (octets). Routes are declared before serving
// starts and never change after; handlers may run on any thread, many at a time.
//
// This header is light; the templates behind read/write/… are in http/bind.hpp, which only routes.cpp files
// include.

#include "runtime/caller.hpp"

#include <boost/describe/class.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace educard::http {

struct NoInput {};
BOOST_DESCRIBE_STRUCT(NoInput, (), ())

/// 204, for a Reply that only sets headers: Reply<NoContent>.
struct NoContent {};

template <class T>
struct Created {
    T body;
};

template <class T>
struct Accepted {
    T body;
};

/// One page of a list: `next` is the cursor of the following page, if there is one.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next;

    BOOST_DESCRIBE_CLASS(Page, (), (items, next), (), ())
};

struct Header {
    std::string name;
    std::string value;
};

template <class T>
struct Reply {
    T body;
    std::vector<Header> headers;
};

/// JSON whose members a protocol decides, written already.
struct Json {
    std::string body;
    int status = 200;
    int cache_seconds = 0;
};

/// Octets for download. `cache_seconds` 0 means no-store; `etag` (unquoted) enables 304.
struct Download {
    std::string content_type;
    std::string body;
    std::optional<std::string> file_name;
    int cache_seconds = 0;
    std::optional<std::string> etag;
};

/// A request body that was streamed to a temporary file, which is removed when the handler returns unless it
/// moves it.
struct Upload {
    std::filesystem::path path;
    std::uint64_t bytes = 0;
    std::string content_type;
};

/// What an event stream (text/event-stream) listens to; see runtime/bus.hpp.
struct Subscription {
    std::vector<std::string> topics;
};

enum class Method { get, post, put, patch, del };

/// How often one network may call: `normal` for most, the others for what costs or can be guessed at.
enum class Rate { normal, costly, guessable };

/// Who may call at all. What part of the tree somebody may act on is decided by the function (require_scope).
enum class Access { undeclared, anyone, signed_in, roles };

/// Whether a grant that is for reading only (Grant::reads_only) counts. `by_method`: for GET it does.
enum class Use { by_method, reading, acting };

/// How a route is spoken to. `api`: JSON bodies, problem details, strict inputs. `oauth`: as OAuth 2.0 has it
/// (RFC 6749): form bodies whose unknown parameters are ignored, errors as {"error": "invalid_grant"}, any
/// origin, and no session: whoever calls says who they are in the Authorization header
/// (Caller::authorization) or in the form. `imsx`: the same, but for errors, which are imsx_StatusInfo as
/// 1EdTech's services have it.
enum class Style { api, oauth, imsx };

struct Endpoint;  // http/endpoint.hpp: a bound function, as read(f), write(f), … make it

/// What is declared about one route.
struct Route {
    Method method{};
    std::string path;  // "/api/v1/applications/{id}/decision"
    std::shared_ptr<const Endpoint> endpoint;
    std::string summary;
    std::string tag;  // by default the path's first segment after /api/v1
    Access access = Access::undeclared;
    Style style = Style::api;
    std::vector<Role> roles;
    bool proven = false;
    Use use = Use::by_method;
    std::vector<std::string> errors;  // codes, for the documentation
    Rate rate = Rate::normal;
    std::size_t max_body = 1U << 20U;  // octets
    bool json_body = false;            // in the style of OAuth: no form
    bool beside_page = false;          // GET of its path is a page of the client
};

/// The rest of a declaration, in any order. Every route says who may call it.
class RouteBuilder {
public:
    explicit RouteBuilder(Route& route) : route_(route) {}

    RouteBuilder& summary(std::string text);
    RouteBuilder& tag(std::string name);
    /// Callers who hold one of these roles somewhere in the tree.
    RouteBuilder& allow(std::initializer_list<Role> roles);
    RouteBuilder& signed_in();
    /// Of those, callers who have shown not long ago that it is them, by password or second factor: for what
    /// somebody at an unlocked device must not do. Others hear "http.proof_required".
    RouteBuilder& proven();
    /// Only reads, though it is a POST: a question that is too long or too personal for an address. Inspectors may ask it.
    RouteBuilder& reading();
    /// Not for inspectors, though it is a GET: it shows numbers in clear, or what only who acts has.
    RouteBuilder& acting();
    RouteBuilder& anyone();
    /// For anyone, in the style of OAuth.
    RouteBuilder& oauth();
    /// The same with errors as 1EdTech's services have them.
    RouteBuilder& imsx();
    /// Of a route in the style of OAuth: instead of a form the body is JSON whose members a protocol decides,
    /// as those of http::Json. The input has it as its member `body`, as it came.
    RouteBuilder& json_body();
    /// GET of the same path is a page of the client.
    RouteBuilder& beside_page();
    /// Codes that callers should be ready for, beside the general ones.
    RouteBuilder& errors(std::initializer_list<std::string> codes);
    RouteBuilder& rate(Rate rate);
    RouteBuilder& max_body(std::size_t octets);

private:
    Route& route_;
};

class Routes {
public:
    Routes();
    ~Routes();
    Routes(const Routes&) = delete;
    Routes& operator=(const Routes&) = delete;

    RouteBuilder get(std::string path, Endpoint endpoint);
    RouteBuilder post(std::string path, Endpoint endpoint);
    RouteBuilder put(std::string path, Endpoint endpoint);
    RouteBuilder patch(std::string path, Endpoint endpoint);
    RouteBuilder del(std::string path, Endpoint endpoint);

    /// All routes in the order of their declaration.
    const std::vector<std::unique_ptr<Route>>& list() const { return routes_; }

    /// What is wrong with the declarations (no access declared, two the same, path members that the input
    /// lacks); empty when nothing is. Router refuses to start otherwise.
    std::vector<std::string> faults() const;

private:
    RouteBuilder add(Method method, std::string path, Endpoint endpoint);

    std::vector<std::unique_ptr<Route>> routes_;
};

/// The names in braces of a path template.
std::vector<std::string_view> path_members(std::string_view path);

std::string_view to_text(Method method);

}  // namespace educard::http
