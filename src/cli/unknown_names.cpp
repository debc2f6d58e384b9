#include "cli/unknown_names.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <regex>
#include <unistd.h>

namespace educard::cli {

namespace {

constexpr std::size_t kMostWrong = 2;

/// Edits between two words, with neighbours that changed places as one (optimal string alignment).
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::vector<std::size_t>> cost(left.size() + 1, std::vector<std::size_t>(right.size() + 1));
    for (std::size_t i = 0; i <= left.size(); ++i) {
        for (std::size_t j = 0; j <= right.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            const std::size_t other = left[i - 1] == right[j - 1] ? 0 : 1;
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + other});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[left.size()][right.size()];
}

void add_flags(const CLI::App& app, std::vector<std::string>& flags) {
    for (const auto* option : app.get_options()) {
        for (const auto& name : option->get_lnames()) {
            flags.push_back("--" + name);
        }
    }
}

void add_variables(const CLI::App& app, std::vector<std::string>& variables) {
    for (const auto* option : app.get_options()) {
        if (!option->get_envname().empty()) {
            variables.push_back(option->get_envname());
        }
    }
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        add_variables(*command, variables);
    }
}

/// Whether Kubernetes put the variable there, as it does in every container for every service of its
/// namespace: one that is called educard, or educard-anything, has names like ours.
bool is_service_link(std::string_view name, std::string_view value) {
    static const std::regex kLink(
        "EDUCARD(_[A-Z0-9]+)*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|"
        "PORT|ADDR))?)");
    static const std::regex kAddress("(tcp|udp|sctp)://.*");
    return std::regex_match(name.begin(), name.end(), kLink) ||
           (name.ends_with("_PORT") && std::regex_match(value.begin(), value.end(), kAddress));
}

std::vector<std::string> commands_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
    }
    return names;
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
    std::optional<std::string> best;
    std::size_t fewest = std::min(kMostWrong, word.size() / 3) + 1;
    for (const auto& name : known) {
        if (const auto wrong = distance(word, name); wrong < fewest) {
            fewest = wrong;
            best = name;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    const auto like = nearest(word, known);
    return like ? fmt::format("; did you mean \"{}\"?", *like) : std::string();
}

std::optional<std::string> find_unknown_word(const CLI::App& app) {
    const auto words = app.remaining(true);
    if (words.empty()) {
        return std::nullopt;
    }
    const auto& word = words.front();
    std::string line = app.get_name();
    std::vector<std::string> flags;
    add_flags(app, flags);
    const CLI::App* command = &app;
    while (!command->get_subcommands().empty()) {
        command = command->get_subcommands().front();
        line += " " + command->get_name();
        add_flags(*command, flags);
    }
    if (word.starts_with('-')) {
        const auto flag = word.substr(0, word.find('='));
        return fmt::format("\"{}\" has no flag \"{}\"{}\nRun {} --help for those it has.",
                           line,
                           flag,
                           did_you_mean(flag, flags),
                           line);
    }
    const auto commands = commands_of(*command);
    if (commands.empty()) {
        return fmt::format("\"{}\" does not know what to do with \"{}\"\nRun {} --help for what it takes.",
                           line,
                           word,
                           line);
    }
    return fmt::format("\"{}\" has no command \"{}\"{}\nThere are: {}. Run {} --help for what they do.",
                       line,
                       word,
                       did_you_mean(word, commands),
                       CLI::detail::join(commands, ", "),
                       line);
}

std::optional<std::string> find_unknown_variable(const CLI::App& app) {
    constexpr std::string_view kOurs = "EDUCARD_";
    std::vector<std::string> known{"EDUCARD_CONFIG", "EDUCARD_KEYS_PASSPHRASE"};
    add_variables(app, known);
    for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
        const std::string_view entry(*at);
        const auto name = entry.substr(0, entry.find('='));
        const auto value = entry.substr(std::min(entry.size(), name.size() + 1));
        const bool of_tests = name.starts_with("EDUCARD_TEST_") || name == "EDUCARD_BINARY";
        if (name.starts_with(kOurs) && !of_tests && std::ranges::find(known, name) == known.end() &&
            !is_service_link(name, value)) {
            return fmt::format(
                "there is no setting \"{}\" (environment variable){}", name, did_you_mean(name, known));
        }
    }
    return std::nullopt;
}

std::optional<std::string> find_service_link_for_port() {
    const char* value = std::getenv("EDUCARD_PORT");
    if (value == nullptr || !is_service_link("EDUCARD_PORT", value)) {
        return std::nullopt;
    }
    return fmt::format(
        "EDUCARD_PORT is \"{}\", which is no port: Kubernetes sets it for a service that is named educard.\n"
        "Give the service another name, set enableServiceLinks: false for the pod, or say --port.",
        value);
}

}  // namespace educard::cli
