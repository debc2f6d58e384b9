#include "base/json.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
#include "modules/cards/cards.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace educard::cli {

namespace {

constexpr int kAccepted = 0;
constexpr int kRefused = 1;
constexpr int kCaution = 3;

struct VerifyOptions {
    std::vector<std::string> keys;
    std::vector<std::string> statuses;
    std::string code;
    std::string at;
    bool json = false;
};

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    return in ? std::optional(std::move(content)) : std::nullopt;
}

int wrong(const std::string& what, const std::string& which) {
    std::fprintf(stderr, "educard: %s: %s\n", which.c_str(), what.c_str());
    return kWrongUsage;
}

void print(const cards::VerificationView& view, bool as_json) {
    if (as_json) {
        std::printf("%s\n", json::encode(view).c_str());
        return;
    }
    std::printf("%s: %s",
                boost::describe::enum_to_string(view.result, ""),
                boost::describe::enum_to_string(view.reason, ""));
    if (view.name) {
        std::printf("  %s  %s  %s  %s",
                    view.name->c_str(),
                    view.role.value_or("").c_str(),
                    view.school_code.value_or("").c_str(),
                    view.stage.value_or("").c_str());
    }
    std::printf("\n");
    std::fflush(stdout);
}

int status_of(cards::Result result) {
    switch (result) {
        case cards::Result::accept:
            return kAccepted;
        case cards::Result::caution:
            return kCaution;
        case cards::Result::refuse:
            break;
    }
    return kRefused;
}

class Verifier {
public:
    /// 0 when all files could be read.
    int load(const VerifyOptions& options) {
        for (const auto& path : options.keys) {
            const auto text = read_file(path);
            const auto keys = text ? cards::Trust::from_json(*text) : std::nullopt;
            if (!keys) {
                return wrong("cannot be read, or holds no issuer keys", path);
            }
            trust_.add(*keys);
        }
        for (const auto& path : options.statuses) {
            const auto token = read_file(path);
            const auto added = token ? lists_.add(as_bytes(*token), trust_)
                                     : std::unexpected(crypto::StatusListFault::unreadable);
            if (!added) {
                return wrong(boost::describe::enum_to_string(added.error(), ""), path);
            }
        }
        if (!options.at.empty()) {
            at_ = parse_time(options.at);
            if (!at_) {
                return wrong("no RFC 3339 time", options.at);
            }
        }
        return 0;
    }

    int check(const std::string& code, bool as_json) const {
        const auto now = at_.value_or(SystemClock().now());
        const auto view = cards::view_of(cards::verify(code, trust_, now, lists_), now);
        print(view, as_json);
        return status_of(view.result);
    }

private:
    cards::Trust trust_;
    cards::KnownLists lists_;
    std::optional<Time> at_;
};

int verify(const VerifyOptions& options) {
    Verifier verifier;
    if (const int status = verifier.load(options); status != 0) {
        return status;
    }
    if (options.code != "-") {
        return verifier.check(options.code, options.json);
    }
    int worst = kAccepted;
    for (std::string line; std::getline(std::cin, line);) {
        if (!line.empty()) {
            const int status = verifier.check(line, options.json);
            worst = status == kRefused || worst == kRefused ? kRefused : std::max(worst, status);
        }
    }
    return worst;
}

}  // namespace

void add_verify_command(CLI::App& app, const Settings&, Chosen& chosen) {
    auto* command = app.add_subcommand("verify", "Check a shown e-card without any network");
    command->footer(
        "Exit status: 0 accepted, 1 refused, 2 wrong usage or a file that cannot be read, 3 caution (no "
        "fresh status\n"
        "list). The reasons are in docs/card-format.md.");
    auto options = std::make_shared<VerifyOptions>();
    command
        ->add_option("--keys",
                     options->keys,
                     "Issuer keys, as GET /api/v1/issuer-keys or educard keys export-public give them")
        ->allow_extra_args(false)  // one file each time, so that the code may follow
        ->required();
    command
        ->add_option("--status", options->statuses, "A status list, as GET /api/v1/status-lists/N gives it")
        ->allow_extra_args(false);
    command->add_option("--at", options->at, "Check as of this time (RFC 3339) instead of now");
    command->add_flag("--json", options->json, "Answer in JSON, one object a line");
    command
        ->add_option("code",
                     options->code,
                     "What the QR code says (EDU1:…), or - for one code a line on standard input")
        ->required();
    command->callback([&chosen, options] { chosen = [options] { return verify(*options); }; });
}

}  // namespace educard::cli
