#pragma once
// An app with what the portal keeps of it. Inside of the module.

#include "modules/portal/portal.hpp"
#include "modules/portal/store.hpp"

namespace educard::portal {

struct Portal::Found {
    oidc::App app;
    organisations::Organisation owner;
    store::Listing listing;  // version 0: there is none yet

    Draft current() const;
    std::optional<Draft> proposal() const;
    Shown shown() const;
};

/// What is kept of the app and what the directory says, as one.
Draft draft_of(const oidc::App& app, Shown shown);
oidc::NewApp app_of(const Draft& draft);
/// Of an app without a listing.
Shown nothing_shown();

}  // namespace educard::portal
