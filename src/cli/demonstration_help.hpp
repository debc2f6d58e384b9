#pragma once
// Questions about registering and the card, and their answers, from the notice that founded it; for the
// demonstration.

#include "modules/questions/questions.hpp"

namespace educard::cli {

/// Writes and publishes them for the whole province, open to all. `province` is its administrator.
void publish_help(sql::Tx& tx, const questions::Questions& questions, const Caller& province);

}  // namespace educard::cli
