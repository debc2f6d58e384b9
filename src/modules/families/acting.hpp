#pragma once
// Inside of the module: a guardian who may decide now, and who speaks for a child's school.

#include "modules/families/families.hpp"
#include "modules/families/store.hpp"

namespace educard::families {

/// Civil Code of the PRC, art. 17: from then on nobody is their guardian.
inline constexpr int kAgeOfMajority = 18;

struct Families::Acting {
    store::LinkRow row;
    Child child;
    AccountId account;  // the child's
};

/// The class teacher of the child's class, and every administrator above it.
bool may_speak_for_school(const Caller& caller, const Child& child);

}  // namespace educard::families
