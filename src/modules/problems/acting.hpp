#pragma once
// Inside of the module: who may act, and what text is taken.

#include "modules/problems/problems.hpp"
#include "modules/problems/working_days.hpp"

#include <algorithm>

namespace educard::problems {

/// Whether organisations of that kind have a desk. A class has none: its school answers.
constexpr bool is_desk(organisations::Kind kind) {
    return kind != organisations::Kind::class_;
}

/// Whether the caller holds an administrator's office at that very organisation.
inline bool acts_at(const Caller& caller, std::string_view path) {
    return std::ranges::any_of(caller.grants, [&](const Grant& grant) {
        return grant.role != Role::class_teacher && grant.path == path;
    });
}

enum class Need { yes, no };

/// The text of a message, tidied and without ID numbers. Throws invalid "text".
std::string checked_text(std::string_view input, Need need);

}  // namespace educard::problems
