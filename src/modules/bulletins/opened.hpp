#pragma once
// Inside of bulletins: a bulletin that the caller may see, with what its functions need of it.

#include "modules/bulletins/store.hpp"

namespace educard::bulletins {

struct Bulletins::Opened {
    store::BulletinRow row;
    organisations::Organisation organisation;  // under its present name
    bool may_edit = false;
};

/// A correction before it is written.
struct Bulletins::Corrected {
    Opened opened;
    store::VersionRow before;
    store::VersionRow after;
    Figures figures;
    Wording wording;
};

/// How long a reason or another text of a person may be, in octets.
inline constexpr std::size_t kMostReason = 1000;

/// Throws invalid with field "reason".
void require_reason(const std::string& reason);

}  // namespace educard::bulletins
