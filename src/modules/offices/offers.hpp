#pragma once
// An office within an invitation, as it is kept.

#include "base/json.hpp"
#include "modules/offices/offices.hpp"
#include "modules/offices/store.hpp"

namespace educard::offices {

struct Offices::Offer {
    OrganisationId organisation_id;
    Role role{};
    std::optional<std::int64_t> takes_over;  // an appointment that ends when this begins
    std::optional<Time> ends_at;             // as that one's would
    bool replace = false;                    // the present class teacher
    BOOST_DESCRIBE_CLASS(Offer, (), (organisation_id, role, takes_over, ends_at, replace), (), ())
};

}  // namespace educard::offices
