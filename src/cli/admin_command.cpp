#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/foundation.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/organisations/organisations.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <termios.h>
#include <unistd.h>

namespace educard::cli {

namespace {

constexpr OrganisationId kProvince{32};  // the root of the tree has its division code as id

struct AdminOptions {
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

/// Of an account that has the name already; nothing when the name is free.
std::optional<std::string> find_obstacle(sql::Tx& tx,
                                         const accounts::Accounts& accounts,
                                         const std::string& user_name,
                                         OrganisationId province) {
    const auto account = accounts.find_by_user_name(tx, user_name);
    if (!account) {
        return std::nullopt;
    }
    const auto holders = accounts.holders(tx, province, Role::province_admin);
    if (std::ranges::find(holders, account->id, &accounts::Appointment::account_id) != holders.end()) {
        return account->user_name +
               " is an administrator of the province already; nothing was changed, not the password either";
    }
    return "there is an account " + account->user_name +
           " already, which is no administrator of the province: choose another user name, or let an "
           "administrator appoint it";
}

accounts::Accounts accounts_of(Foundation& base, const organisations::Organisations& organisations) {
    return accounts::Accounts({*base.database,
                               base.clock,
                               base.ids,
                               base.keys,
                               base.random,
                               base.limits,
                               base.audit,
                               organisations});
}

int create_administrator(const Settings& settings, const AdminOptions& wanted) {
    if (settings.is_embedded() && when_keys_are_missing(settings) == crypto::WhenMissing::create) {
        std::fprintf(stderr,
                     "educard: there is no installation in %s yet; this begins one\n",
                     std::filesystem::absolute(settings.data).c_str());
    }
    Foundation base(settings);
    const organisations::Organisations organisations(base.clock, base.ids, base.audit);
    base.database->write([&](sql::Tx& tx) { organisations.seed(tx); });
    const auto accounts = accounts_of(base, organisations);
    const auto user_name = wanted.user_name.empty() ? ask("User name") : wanted.user_name;
    const auto obstacle =
        base.database->read([&](sql::Tx& tx) { return find_obstacle(tx, accounts, user_name, kProvince); });
    if (obstacle) {
        std::fprintf(stderr, "educard: %s\n", obstacle->c_str());
        return 1;
    }
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
    accounts.create_first_administrator(user_name, name, password);
    std::printf("%s is an administrator of the province.\n", user_name.c_str());
    return 0;
}

int remove_second_factor(const Settings& settings, const std::string& user_name) {
    Foundation base(existing(settings));
    const organisations::Organisations organisations(base.clock, base.ids, base.audit);
    const auto accounts = accounts_of(base, organisations);
    enum class Outcome { unknown, none, removed };
    const auto outcome = base.database->write([&](sql::Tx& tx) {
        const auto account = accounts.find_by_user_name(tx, user_name);
        if (!account) {
            return Outcome::unknown;
        }
        return accounts.remove_second_factors(tx, account->id) ? Outcome::removed : Outcome::none;
    });
    if (outcome == Outcome::unknown) {
        std::fprintf(stderr, "educard: there is no account %s\n", user_name.c_str());
        return 1;
    }
    std::printf(outcome == Outcome::removed ? "%s signs in with the password only, from now on.\n"
                                            : "%s has no second factor; nothing was changed.\n",
                user_name.c_str());
    return 0;
}

}  // namespace

void add_admin_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* admin =
        app.add_subcommand("admin", "Administrators of the whole province; accounts that are locked out");
    admin->require_subcommand(1);
    auto* command =
        admin->add_subcommand("create", "Make an account that is an administrator of the province");
    const auto wanted = std::make_shared<AdminOptions>();
    command->add_option("--user-name", wanted->user_name, "User name; asked for when absent");
    command->add_option("--name", wanted->name, "The person's name; asked for when absent");
    command->add_flag(
        "--password-stdin", wanted->password_from_input, "Read the password from standard input");
    command->callback([&settings, &chosen, wanted] {
        chosen = [&settings, wanted] { return create_administrator(settings, *wanted); };
    });
    auto* remove = admin->add_subcommand(
        "remove-second-factor",
        "For an account whose owner, known to you in person, lost authenticator and recovery codes");
    const auto user_name = std::make_shared<std::string>();
    remove->add_option("user-name", *user_name, "Its user name")->required();
    remove->callback([&settings, &chosen, user_name] {
        chosen = [&settings, user_name] { return remove_second_factor(settings, *user_name); };
    });
}

}  // namespace educard::cli
