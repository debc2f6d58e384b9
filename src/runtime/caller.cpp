#include "runtime/caller.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace educard {

bool keep_to_acting(Caller& caller) {
    return std::erase_if(caller.grants, [](const Grant& grant) { return grant.reads_only; }) > 0;
}

bool is_within(std::string_view path, std::string_view ancestor_path) {
    return !ancestor_path.empty() && path.starts_with(ancestor_path);
}

bool may_act(const Caller& caller, std::string_view path, std::initializer_list<Role> roles) {
    return std::ranges::any_of(caller.grants, [&](const Grant& grant) {
        return std::ranges::find(roles, grant.role) != roles.end() && is_within(path, grant.path);
    });
}

bool may_administer(const Caller& caller, std::string_view path) {
    return may_act(caller, path, {Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin});
}

void require_scope(const Caller& caller, std::string_view path, std::initializer_list<Role> roles) {
    if (!may_act(caller, path, roles)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
}

}  // namespace educard
