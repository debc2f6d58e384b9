#pragma once
// The answer to an app as a form that the browser posts (OAuth 2.0 Form Post Response Mode). Inside of the
// module, but for what the route needs.

#include "base/time.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace educard::oidc {

struct AnswerParameter {
    std::string name;
    std::string value;
};
BOOST_DESCRIBE_STRUCT(AnswerParameter, (), (name, value))

/// What the ticket holds, sealed, between the page that asked and the one that posts.
struct PostedAnswer {
    std::string redirect_uri;
    std::vector<AnswerParameter> parameters;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(PostedAnswer, (), (redirect_uri, parameters, expires_at))

/// A page that posts to one origin and may do nothing else.
struct PostingPage {
    std::string html;
    std::string policy;  // its Content-Security-Policy
};

/// `origin`: of answer.redirect_uri (form_origin).
PostingPage posting_page(const PostedAnswer& answer, std::string_view origin);

}  // namespace educard::oidc
