#pragma once
// Working days: Monday to Friday. Public holidays, and the days worked in exchange for them, are decided year
// by year and not known here: a turn that crosses one is shorter than it should be.

#include "base/time.hpp"

namespace educard::problems {

/// The day on which a turn of so many working days ends that begins after `from`: Thursday and three is
/// Tuesday. `days` is at least 1.
Date add_working_days(Date from, int days);

/// How many working days come after `from`, up to and with `to`; 0 when `to` is not later.
int working_days_between(Date from, Date to);

}  // namespace educard::problems
