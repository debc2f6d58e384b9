#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/foundation.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/organisations/organisations.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <termios.h>
#include <unistd.h>

namespace educard::cli {

namespace {

struct Wanted {
    std::string user_name;
    std::string name;
    bool password_from_input = false;
};

/// Keeps what is typed off the screen while it lives.
class SilentTerminal {
public:
    SilentTerminal() : silent_(tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (silent_) {
            termios now = before_;
            now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &now);
        }
    }
    ~SilentTerminal() {
        if (silent_) {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        }
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;

private:
    termios before_{};
    bool silent_;
};

std::string read_line() {
    std::string line;
    std::getline(std::cin, line);
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    return line;
}

std::string ask(const char* prompt) {
    std::fprintf(stderr, "%s: ", prompt);
    return read_line();
}

std::string ask_password(const char* prompt) {
    std::fprintf(stderr, "%s: ", prompt);
    const SilentTerminal silent;
    auto password = read_line();
    std::fprintf(stderr, "\n");
    return password;
}

int create(const Settings& settings, const Wanted& wanted) {
    const auto user_name = wanted.user_name.empty() ? ask("User name") : wanted.user_name;
    const auto name = wanted.name.empty() ? ask("Name") : wanted.name;
    std::string password;
    if (wanted.password_from_input) {
        password = read_line();
    } else {
        password = ask_password("Password");
        if (password != ask_password("Once more")) {
            std::fprintf(stderr, "educard: the two passwords differ\n");
            return 1;
        }
    }
    Foundation base(settings);
    const organisations::Organisations organisations(base.clock, base.ids, base.audit);
    base.database->write([&](sql::Tx& tx) { organisations.seed(tx); });
    const accounts::Accounts accounts({*base.database,
                                       base.clock,
                                       base.ids,
                                       base.keys,
                                       base.random,
                                       base.limits,
                                       base.audit,
                                       organisations});
    accounts.create_first_administrator(user_name, name, password);
    std::printf("%s is an administrator of the province.\n", user_name.c_str());
    return 0;
}

}  // namespace

void add_admin_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* admin = app.add_subcommand("admin", "Administrators of the whole province");
    admin->require_subcommand(1);
    auto* command =
        admin->add_subcommand("create", "Make an account that is an administrator of the province");
    const auto wanted = std::make_shared<Wanted>();
    command->add_option("--user-name", wanted->user_name, "User name; asked for when absent");
    command->add_option("--name", wanted->name, "The person's name; asked for when absent");
    command->add_flag(
        "--password-stdin", wanted->password_from_input, "Read the password from standard input");
    command->callback(
        [&settings, &chosen, wanted] { chosen = [&settings, wanted] { return create(settings, *wanted); }; });
}

}  // namespace educard::cli
