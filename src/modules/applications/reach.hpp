#pragma once
// Who may review what, and from when: the caller's offices, those delegated to them, and how far the turn has
// passed up the tree since an application was handed in.

#include "modules/applications/applications.hpp"
#include "modules/applications/store.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace educard::applications {

/// An office that lets the caller review, their own or one that was delegated to them.
struct Reach {
    Role role{};
    OrganisationId organisation;
    std::string path;
    int depth = 0;
    std::optional<AccountId> on_behalf_of;
    bool reads_only = false;
};

int depth_of(std::string_view path);

/// An office as a job keeps it.
struct Office {
    Role role{};
    OrganisationId organisation;
};
BOOST_DESCRIBE_STRUCT(Office, (), (role, organisation))
std::vector<Office> offices_of(const Caller& caller);
/// Who began a job, with those of their offices that they still hold.
Caller caller_of(sql::Tx& tx, const Needs& needs, AccountId account, const std::vector<Office>& offices);

/// Own offices first.
std::vector<Reach> own_reaches(const Caller& caller);
/// Whether the account may review in place of that office: at a school its certified teachers and staff,
/// above it whoever holds an office at the same organisation.
bool may_stand_in(sql::Tx& tx, const Needs& needs, const Reach& reach, AccountId account);
/// Offices that others delegated to the caller and still hold themselves, while the caller is their
/// colleague.
std::vector<Reach> delegated_reaches(sql::Tx& tx, const Needs& needs, const Caller& caller);
std::vector<Reach> all_reaches(sql::Tx& tx, const Needs& needs, const Caller& caller);

bool covers(const Reach& reach, const store::Record& record);
/// When the turn comes to somebody with that reach.
Time turn_begins(const Reach& reach, const store::Record& record, const Settings& settings);

/// The organisation whose turn it is now.
std::optional<Turn> turn_of(sql::Tx& tx,
                            const Needs& needs,
                            const Settings& settings,
                            const store::Record& record);

/// By what a reviewer is known among guardians.
struct Marks {
    AccountId account;
    Bytes document;         // empty: they claimed none
    Bytes phone;            // empty: their account has none
    std::string name = {};  // as names are compared
};
Marks marks_of(sql::Tx& tx, const Needs& needs, AccountId reviewer);
/// Of the reviewer, and of those who delegated one of these offices to them.
std::vector<Marks> marks_around(sql::Tx& tx,
                                const Needs& needs,
                                AccountId reviewer,
                                std::span<const Reach> reaches);

/// Whether the application is the reviewer's own, or their child's.
bool concerns(sql::Tx& tx, const Needs& needs, const Marks& reviewer, const store::Record& record);
bool concerns(sql::Tx& tx, const Needs& needs, AccountId reviewer, const store::Record& record);
bool concerns_any(sql::Tx& tx,
                  const Needs& needs,
                  const std::vector<Marks>& reviewers,
                  const store::Record& record);
/// Whether a guardian is called as one of them. No proof that it is their child: names are shared, and
/// phones change. The record with its sealed part.
bool is_guardians_name(const Needs& needs, const std::vector<Marks>& reviewers, const store::Record& record);

}  // namespace educard::applications
