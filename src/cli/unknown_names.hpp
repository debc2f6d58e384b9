#pragma once
// Names that somebody mistyped: of a command, a flag, a setting in the file or an environment variable. Each
// is told with the place it stands in and, when there is one, the known name that is most like it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace educard::cli {

/// The one of `known` that differs from the word by at most two letters (added, left out, exchanged,
/// swapped), and by no more than a third of them. Nothing when none does.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

/// "; did you mean "port"?", or nothing when no known name is like it.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

/// The word of the command line that is neither a command nor a flag, in words; nothing when it has none.
/// After a parse that failed.
std::optional<std::string> find_unknown_word(const CLI::App& app);

/// The first variable EDUCARD_… in the environment that means nothing, in words. Those of the test suite are
/// left out, and what Kubernetes sets for services (EDUCARD_SERVICE_HOST, EDUCARD_PORT_80_TCP…).
std::optional<std::string> find_unknown_variable(const CLI::App& app);

/// Says so when EDUCARD_PORT is not ours but what Kubernetes sets for a service ("tcp://10.0.0.1:80").
std::optional<std::string> find_service_link_for_port();

}  // namespace educard::cli
