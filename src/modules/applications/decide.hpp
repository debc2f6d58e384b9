#pragma once
// One decision on one application; bulk approval takes the same steps.

#include "modules/applications/applications.hpp"
#include "modules/applications/reach.hpp"
#include "modules/applications/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace educard::applications {

/// The office through which the caller may decide now, or when one of theirs first may.
struct Seat {
    std::optional<Reach> reach;
    std::optional<Time> from;  // when none may yet; nothing when none covers the application at all
};
Seat seat_among(const std::vector<Reach>& reaches,
                const store::Record& record,
                const Settings& settings,
                Time now);
/// Own offices first; delegations are asked for only when those do not do, of these first such by somebody
/// whom the application does not concern.
Seat seat_of(sql::Tx& tx,
             const Needs& needs,
             const Settings& settings,
             const Caller& caller,
             const store::Record& record);

/// Of the caller, and of whoever delegated the seat to them.
std::vector<Marks> marks_around(sql::Tx& tx, const Needs& needs, const Caller& caller, const Seat& seat);

/// Throws forbidden when it is the own application of one of the reviewers, or their child's.
void require_unconcerned(sql::Tx& tx,
                         const Needs& needs,
                         const std::vector<Marks>& reviewers,
                         const store::Record& record);

/// Throws conflict with who ("you" or their office) and when, unless it is handed in.
void require_undecided(sql::Tx& tx, const Caller& caller, const store::Record& record);

/// The code with which approval is refused for want of a guardian's consent.
std::optional<std::string> find_consent_refusal(sql::Tx& tx, const Needs& needs, const store::Record& record);

/// What the audit log says of a return or a rejection.
std::string details_of(const std::string& reason);

/// What every decision leaves behind, beside the application itself and the roster: the event in its history,
/// the audit log, word to the applicant and to the reviewers. The record as it was before.
void add_event(sql::Tx& tx,
               const Needs& needs,
               const Caller& caller,
               const Reach& reach,
               const store::Record& record,
               EventKind kind,
               const std::optional<std::string>& reason);
void record_and_tell(sql::Tx& tx,
                     const Needs& needs,
                     const Caller& caller,
                     const store::Record& record,
                     State state,
                     std::string details);

/// Approves what is handed in: person, account, affiliation, roster, card number, event, audit, word to the
/// applicant. What the reviewer had to state for it goes into the audit log.
enum class Statement { none, guardian_is_not_me };
void approve(sql::Tx& tx,
             const Needs& needs,
             const Caller& caller,
             const Reach& reach,
             const store::Record& record,
             Statement statement = Statement::none);

}  // namespace educard::applications
