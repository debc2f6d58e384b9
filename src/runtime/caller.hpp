#pragma once
// Who asks, and what they may do: the one place where authority over the organisation tree is decided (A5,
// F1). Values only; any thread.

#include "base/ids.hpp"

#include <boost/describe/enum.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace educard {

/// What an appointment makes of somebody, for one organisation and all below it. An inspector is appointed at
/// a place of any kind and sees what its administrator sees: their grant has that administrator's role and is
/// for reading only.
enum class Role { province_admin, city_admin, county_admin, school_admin, class_teacher, inspector };
BOOST_DESCRIBE_ENUM(Role, province_admin, city_admin, county_admin, school_admin, class_teacher, inspector)

/// A role that is in force now. `path` is the organisation's materialised path, "/1/32/3201/".
struct Grant {
    Role role{};
    OrganisationId organisation;
    std::string path;
    bool reads_only = false;  // of an inspector; routes that do something never see it (http/router.cpp)
};

enum class Language { zh_cn, en };
BOOST_DESCRIBE_ENUM(Language, zh_cn, en)

struct Caller {
    AccountId account;  // none when nobody is signed in
    PersonId person;    // none before certification
    SessionId session;
    std::string methods;  // by which they signed in, as in RFC 8176, separated by blanks
    bool proven = false;  // has shown not long ago that it is them
    std::vector<Grant> grants;
    Language language = Language::zh_cn;
    std::string network;        // the client's address, IPv6 cut to its /64: what rate limits count by
    std::string user_agent;     // as sent, cut to 200 bytes
    std::string authorization;  // this and the next: headers, of routes in the style of OAuth only
    std::string dpop;

    bool signed_in() const { return static_cast<bool>(account); }
};

/// Leaves out what is for reading only. Whether there was such.
bool keep_to_acting(Caller& caller);

/// "/1/32/3201/" contains "/1/32/3201/77/" and itself.
bool is_within(std::string_view path, std::string_view ancestor_path);

/// Whether a grant of one of `roles` covers the organisation at `path`. The only question about scope that
/// there is.
bool may_act(const Caller& caller, std::string_view path, std::initializer_list<Role> roles);

inline constexpr std::initializer_list<Role> kAdministrators{
    Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin};
/// Whoever holds an office: administrators and class teachers.
inline constexpr std::initializer_list<Role> kOfficers{
    Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin, Role::class_teacher};

/// Whether an administrator's grant covers it.
bool may_administer(const Caller& caller, std::string_view path);

/// Throws Error(forbidden, "scope.outside") unless may_act.
void require_scope(const Caller& caller, std::string_view path, std::initializer_list<Role> roles);

}  // namespace educard
