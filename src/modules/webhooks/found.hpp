#pragma once
// An app that the caller looks after, and what of it was asked for. Inside of the module.

#include "modules/webhooks/store.hpp"

#include <optional>
#include <string>

namespace educard::webhooks {

struct Webhooks::Found {
    oidc::App app;
    organisations::Organisation organisation;  // that answers for it
    std::optional<store::EndpointRow> endpoint;
    std::optional<store::DeliveryRow> delivery;
};

}  // namespace educard::webhooks
