// What an app says of itself when it registers. What is taken is good, and the answer may be sent back as it
// is (RFC 7592, 2.2).

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/oidc/client_metadata.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/redirects.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace {

using namespace educard;

oidc::App as_registered(const oidc::ClientMetadata& metadata) {
    const auto& app = metadata.app;
    return {.name = app.name,
            .purpose = app.purpose,
            .authentication = app.authentication,
            .posts_secret = app.posts_secret,
            .redirect_uris = app.redirect_uris,
            .voluntary = metadata.covered,
            .id_token_algorithm = app.id_token_algorithm,
            .keys = app.keys,
            .service = app.service,
            .pushed = app.pushed,
            .bound = app.bound,
            .device = app.device,
            .post_logout_redirect_uris = app.post_logout_redirect_uris,
            .backchannel_logout_uri = app.backchannel_logout_uri};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    oidc::ClientMetadata metadata;
    try {
        metadata = oidc::parse_client_metadata(text);
    } catch (const Error& error) {
        EDU_ASSERT(error.fault() == Fault::invalid);
        return 0;
    }
    EDU_ASSERT(oidc::find_faults(metadata.app).empty());
    EDU_ASSERT(std::ranges::all_of(metadata.app.redirect_uris, oidc::may_redirect_to));
    const auto answer = oidc::metadata_of(as_registered(metadata));
    const auto again = oidc::parse_client_metadata(boost::json::serialize(answer));
    EDU_ASSERT(oidc::metadata_of(as_registered(again)) == answer);
    return 0;
}
