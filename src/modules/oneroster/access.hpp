#pragma once
// What an app may see, decided once for a request. Inside of the module.

#include "modules/oneroster/oneroster.hpp"

namespace educard::oneroster {

/// What left the rosters is shown as tobedeleted for so long, and then no more.
inline constexpr std::chrono::days kShownAfterEnd{90};

struct Access {
    oidc::App app;
    organisations::Organisation root;
    Time approved_at;
    Time now;
    const oidc::Oidc& oidc;
    std::string origin;

    Date today() const { return date_in_china(now); }
    /// What ended before is not shown.
    Date since() const { return date_in_china(now - kShownAfterEnd); }
    std::string url(std::string_view path) const { return origin + std::string(kBase) + std::string(path); }
    bool is_open(const std::optional<Date>& end) const { return !end || *end > today(); }
    bool is_shown(const std::optional<Date>& end) const { return !end || *end > since(); }
};

/// By which name an app knows somebody; kept, so that the name leads back to them.
struct Subject {
    PersonId person;
    std::string subject;
};

}  // namespace educard::oneroster
