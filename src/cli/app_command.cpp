#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/platform.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace educard::cli {

namespace {

struct AppOptions {
    std::string name;
    std::string purpose;
    std::string organisation = "32";
    std::vector<std::string> redirect_uris;
    std::vector<std::string> essential{"name"};
    std::vector<std::string> voluntary;
    std::string algorithm = "RS256";
    std::string key_file;
    bool is_public = false;
    bool service = false;
    bool pushed = false;
    bool bound = false;
    bool device = false;
    std::string roster;
    bool no_roster = false;
    bool everywhere = false;
    std::vector<std::string> post_logout_redirect_uris;
    std::optional<std::string> backchannel_logout_uri;
    std::int64_t id = 0;
    oidc::NewInitialToken token;
    bool open = false;
    int days = 7;
};

template <class Enum>
Enum parse(const std::string& text, const std::string& option) {
    Enum value{};
    if (!boost::describe::enum_from_string(text.c_str(), value)) {
        throw Error::invalid(option, "value");
    }
    return value;
}

std::vector<oidc::Claim> parse_claims(const std::vector<std::string>& texts, const std::string& option) {
    std::vector<oidc::Claim> claims;
    for (const auto& text : texts) {
        if (!text.empty()) {
            claims.push_back(parse<oidc::Claim>(text, option));
        }
    }
    return claims;
}

std::string list_of(const std::vector<oidc::Claim>& claims) {
    std::string out;
    for (const auto claim : claims) {
        out += (out.empty() ? "" : ",") + std::string(boost::describe::enum_to_string(claim, ""));
    }
    return out.empty() ? "-" : out;
}

}  // namespace

OrganisationId find_organisation(sql::Tx& tx,
                                 const organisations::Organisations& organisations,
                                 const std::string& text) {
    if (const auto school = organisations.find_school(tx, text)) {
        return school->id;
    }
    const auto id = parse_id(text);
    if (!id || !organisations.find(tx, OrganisationId{*id})) {
        throw Error::invalid("--organisation", "value");
    }
    return OrganisationId{*id};
}

namespace {

void print_secret(const std::string& secret) {
    std::printf("client_secret  %s\nThe secret is shown this once; only its digest is kept.\n",
                secret.c_str());
}

std::string read_text(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

oidc::Authentication authentication_of(const AppOptions& wanted) {
    if (wanted.is_public) {
        return oidc::Authentication::none;
    }
    return wanted.key_file.empty() ? oidc::Authentication::client_secret
                                   : oidc::Authentication::private_key_jwt;
}

/// The server may have been started with another one.
const char* port_note(const Settings& settings) {
    return settings.public_url.empty() ? " (with the port of your server)" : "";
}

int create_app(const Settings& settings, const AppOptions& wanted) {
    std::string owner;
    const auto keys = wanted.key_file.empty() ? std::string() : read_text(wanted.key_file);
    const Platform platform(existing(settings));
    const auto registered = platform.foundation.database->write([&](sql::Tx& tx) {
        const auto organisation = find_organisation(tx, platform.organisations, wanted.organisation);
        owner = platform.organisations.get(tx, organisation).name;
        return platform.oidc.register_app(
            tx,
            Caller{},
            {.organisation_id = organisation,
             .name = wanted.name,
             .purpose = wanted.purpose,
             .authentication = authentication_of(wanted),
             .redirect_uris = wanted.redirect_uris,
             .essential = parse_claims(wanted.essential, "--essential"),
             .voluntary = parse_claims(wanted.voluntary, "--voluntary"),
             .id_token_algorithm = parse<oidc::Algorithm>(wanted.algorithm, "--algorithm"),
             .keys = keys,
             .service = wanted.service,
             .pushed = wanted.pushed,
             .bound = wanted.bound,
             .device = wanted.device,
             .post_logout_redirect_uris = wanted.post_logout_redirect_uris,
             .backchannel_logout_uri = wanted.backchannel_logout_uri});
    });
    std::printf("client_id      %lld\n", static_cast<long long>(registered.app.id.value));
    if (registered.secret) {
        print_secret(*registered.secret);
    }
    std::printf("discovery      %s/.well-known/openid-configuration%s\n",
                settings.origin().c_str(),
                port_note(settings));
    if (wanted.redirect_uris.empty() && !wanted.device) {
        return 0;  // nobody enters it
    }
    std::printf(
        "lets in        whoever agrees; pupils of %s below fourteen without a question: it answers for the "
        "app\n",
        owner.c_str());
    return 0;
}

int list_apps(const Settings& settings) {
    const Platform platform(existing(settings));
    const auto apps =
        platform.foundation.database->read([&](sql::Tx& tx) { return platform.oidc.list_apps(tx); });
    if (apps.empty()) {
        std::printf("No app is registered. Register one with: educard app create --help\n");
    }
    for (const auto& app : apps) {
        std::printf("%lld  %-8s  %s  essential: %s  voluntary: %s\n",
                    static_cast<long long>(app.id.value),
                    app.deleted_at ? "deleted"
                    : app.testing && app.state == oidc::AppState::active
                        ? "in test"
                        : boost::describe::enum_to_string(app.state, ""),
                    app.name.c_str(),
                    list_of(app.essential).c_str(),
                    list_of(app.voluntary).c_str());
        for (const auto& uri : app.redirect_uris) {
            std::printf("    %s\n", uri.c_str());
        }
    }
    return 0;
}

int rotate_secret(const Settings& settings, std::int64_t id) {
    const Platform platform(existing(settings));
    print_secret(platform.foundation.database->write(
        [&](sql::Tx& tx) { return platform.oidc.rotate_secret(tx, Caller{}, oidc::AppId{id}); }));
    std::printf("The secret before it is good for seven more days.\n");
    return 0;
}

int replace_keys(const Settings& settings, const AppOptions& wanted) {
    const auto keys = read_text(wanted.key_file);
    const Platform platform(existing(settings));
    platform.foundation.database->write(
        [&](sql::Tx& tx) { platform.oidc.replace_keys(tx, Caller{}, oidc::AppId{wanted.id}, keys); });
    std::printf("The app's keys are replaced.\n");
    return 0;
}

int set_claims(const Settings& settings, const AppOptions& wanted) {
    const Platform platform(existing(settings));
    platform.foundation.database->write([&](sql::Tx& tx) {
        platform.oidc.set_claims(tx,
                                 Caller{},
                                 oidc::AppId{wanted.id},
                                 parse_claims(wanted.essential, "--essential"),
                                 parse_claims(wanted.voluntary, "--voluntary"));
    });
    std::printf("That is what the app may hear from now on.\n");
    return 0;
}

int set_rosters(const Settings& settings, const AppOptions& wanted) {
    const Platform platform(existing(settings));
    const oidc::AppId id{wanted.id};
    const auto seen = platform.foundation.database->write([&](sql::Tx& tx) -> std::string {
        if (wanted.roster.empty()) {
            platform.oneroster.withdraw(tx, Caller{}, id);
            return {};
        }
        const auto organisation = find_organisation(tx, platform.organisations, wanted.roster);
        platform.oneroster.approve(tx, Caller{}, id, organisation);
        return platform.organisations.get(tx, organisation).name;
    });
    std::printf(
        "%s\n",
        seen.empty() ? "The app sees no roster any more." : ("The app sees the rosters of " + seen).c_str());
    return 0;
}

int create_token(const Settings& settings, const AppOptions& wanted) {
    const Platform platform(existing(settings));
    const auto made = platform.foundation.database->write([&](sql::Tx& tx) {
        auto token = wanted.token;
        token.organisation_id = find_organisation(tx, platform.organisations, wanted.organisation);
        token.life = std::chrono::days(wanted.days);
        token.testing = !wanted.open;
        return platform.oidc.make_initial_token(tx, Caller{}, token);
    });
    std::printf(
        "id             %lld\ninitial_token  %s\nThe token is shown this once; only its digest is kept.\n",
        static_cast<long long>(made.kept.id.value),
        made.token.c_str());
    std::printf("register at    %s/oidc/register%s\n", settings.origin().c_str(), port_note(settings));
    return 0;
}

int list_tokens(const Settings& settings) {
    const Platform platform(existing(settings));
    const auto tokens = platform.foundation.database->read(
        [&](sql::Tx& tx) { return platform.oidc.list_initial_tokens(tx); });
    if (tokens.empty()) {
        std::printf("There is no initial access token. Make one with: educard app token create --help\n");
    }
    for (const auto& token : tokens) {
        std::printf("%lld  organisation %lld  uses left: %lld  until %s%s\n",
                    static_cast<long long>(token.id.value),
                    static_cast<long long>(token.organisation_id.value),
                    static_cast<long long>(token.uses_left),
                    to_text(token.expires_at).c_str(),
                    token.revoked_at ? "  revoked" : "");
    }
    return 0;
}

int revoke_token(const Settings& settings, std::int64_t id) {
    const Platform platform(existing(settings));
    platform.foundation.database->write(
        [&](sql::Tx& tx) { platform.oidc.revoke_initial_token(tx, Caller{}, oidc::InitialTokenId{id}); });
    std::printf("No app is registered with the token any more. Those that were stay.\n");
    return 0;
}

int approve(const Settings& settings, const AppOptions& wanted) {
    const Platform platform(existing(settings));
    platform.foundation.database->write(
        [&](sql::Tx& tx) { platform.portal.approve(tx, oidc::AppId{wanted.id}, wanted.everywhere); });
    std::printf("The app is approved. People can enter it.\n");
    return 0;
}

int print_usage(const Settings& settings, std::int64_t id) {
    const Platform platform(existing(settings));
    platform.portal.count_usage(portal::Portal::Count::now);
    const auto days = platform.foundation.database->read(
        [&](sql::Tx& tx) { return platform.portal.usage_of(tx, oidc::AppId{id}); });
    std::printf("day         sign-ins  people\n");
    for (const auto& day : days) {
        std::printf("%s  %8lld  %6lld\n",
                    to_text(day.day).c_str(),
                    static_cast<long long>(day.sign_ins),
                    static_cast<long long>(day.people));
    }
    return 0;
}

int set_state(const Settings& settings, std::int64_t id, oidc::AppState state) {
    const Platform platform(existing(settings));
    platform.foundation.database->write(
        [&](sql::Tx& tx) { platform.oidc.set_state(tx, Caller{}, oidc::AppId{id}, state); });
    std::printf("%s\n",
                state == oidc::AppState::active ? "The app lets people in again."
                                                : "The app lets nobody in any more.");
    return 0;
}

/// For apps that register themselves.
void add_token_commands(CLI::App& command,
                        const Settings& settings,
                        Chosen& chosen,
                        const std::shared_ptr<AppOptions>& wanted) {
    auto* tokens =
        command.add_subcommand("token", "Initial access tokens, with which apps register themselves");
    tokens->require_subcommand(1);
    auto* making = tokens->add_subcommand("create", "Make one; it is shown once");
    making
        ->add_option("--organisation",
                     wanted->organisation,
                     "Who answers for what is registered with it: id, division code or school code")
        ->required();
    making->add_flag(
        "--open",
        wanted->open,
        "Apps that come with it are open to everybody at once, not in test until they are approved");
    making->add_option("--uses", wanted->token.uses, "How many apps may be registered with it, up to 1000")
        ->capture_default_str();
    making->add_option("--days", wanted->days, "How long it is good, up to 366")->capture_default_str();
    making->callback([&settings, &chosen, wanted] {
        chosen = [&settings, wanted] { return create_token(settings, *wanted); };
    });
    tokens->add_subcommand("list", "All of them")->callback([&settings, &chosen] {
        chosen = [&settings] { return list_tokens(settings); };
    });
    auto* revoking = tokens->add_subcommand("revoke", "Let no app register with it any more");
    revoking->add_option("id", wanted->id)->required();
    revoking->callback([&settings, &chosen, wanted] {
        chosen = [&settings, wanted] { return revoke_token(settings, wanted->id); };
    });
}

}  // namespace

void add_app_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* command = app.add_subcommand("app", "Apps that people enter with their card (OpenID Connect)");
    command->require_subcommand(1);
    const auto wanted = std::make_shared<AppOptions>();

    auto* making = command->add_subcommand("create", "Register an app; prints its client_id and secret");
    making->add_option("--name", wanted->name, "What people see")->required();
    making->add_option("--purpose", wanted->purpose, "What it needs the claims for; people see it")
        ->required();
    making->add_option("--redirect-uri", wanted->redirect_uris, "Where people return to; may be given again");
    making->add_option(
        "--organisation", wanted->organisation, "Who answers for it: id, division code or school code");
    making
        ->add_option("--essential",
                     wanted->essential,
                     "Claims without which it does not work: name,role,stage,school,class_name,card_number")
        ->delimiter(',');
    making->add_option("--voluntary", wanted->voluntary, "Claims that people may leave out")->delimiter(',');
    making->add_option("--algorithm", wanted->algorithm, "Of the ID token: RS256, ES256 or EdDSA");
    auto* is_public = making->add_flag(
        "--public", wanted->is_public, "A program on people's own devices, which cannot keep a secret");
    making
        ->add_option(
            "--key-file",
            wanted->key_file,
            "The app signs instead of sending a secret (private_key_jwt): its public keys, a JWK Set")
        ->check(CLI::ExistingFile)
        ->excludes(is_public);
    making->add_flag(
        "--service", wanted->service, "It may ask for tokens in its own name (client_credentials)");
    making->add_flag(
        "--device", wanted->device, "It runs on devices without a browser (device authorization)");
    making->add_option("--post-logout-redirect-uri",
                       wanted->post_logout_redirect_uris,
                       "Where people return to after the app signed them out; may be given again");
    making->add_option("--backchannel-logout-uri",
                       wanted->backchannel_logout_uri,
                       "Where the app is told that somebody signed out");
    making->add_flag("--require-par", wanted->pushed, "It has to push its requests (RFC 9126)");
    making->add_flag("--require-dpop", wanted->bound, "It has to bind its tokens to a key (RFC 9449)");
    making->callback([&settings, &chosen, wanted] {
        chosen = [&settings, wanted] { return create_app(settings, *wanted); };
    });

    command->add_subcommand("list", "All apps")->callback([&settings, &chosen] {
        chosen = [&settings] { return list_apps(settings); };
    });

    const auto with_id = [&](const char* name, const char* what, std::function<int(std::int64_t)> act) {
        auto* acting = command->add_subcommand(name, what);
        acting->add_option("client_id", wanted->id)->required();
        acting->callback(
            [&chosen, wanted, act = std::move(act)] { chosen = [wanted, act] { return act(wanted->id); }; });
    };
    with_id("rotate",
            "Make a new secret; the one before stays good for seven days",
            [&settings](std::int64_t id) { return rotate_secret(settings, id); });
    auto* approving = command->add_subcommand("approve", "Open an app that is in test, without a review");
    approving->add_option("client_id", wanted->id)->required();
    approving->add_flag(
        "--everywhere",
        wanted->everywhere,
        "Offer it in the whole province, not only to those whom its organisation answers for");
    approving->callback([&settings, &chosen, wanted] {
        chosen = [&settings, wanted] { return approve(settings, *wanted); };
    });
    with_id("usage", "Sign-ins of the last thirty days, counted now", [&settings](std::int64_t id) {
        return print_usage(settings, id);
    });
    auto* replacing = command->add_subcommand("keys", "Replace the public keys of an app that signs");
    replacing->add_option("client_id", wanted->id)->required();
    replacing->add_option("file", wanted->key_file, "A JWK Set")->required()->check(CLI::ExistingFile);
    replacing->callback([&settings, &chosen, wanted] {
        chosen = [&settings, wanted] { return replace_keys(settings, *wanted); };
    });
    auto* claiming = command->add_subcommand("claims", "Change what an app may hear");
    claiming->add_option("client_id", wanted->id)->required();
    claiming->add_option("--essential", wanted->essential, "As for create")->delimiter(',')->required();
    claiming->add_option("--voluntary", wanted->voluntary, "As for create")->delimiter(',');
    claiming->callback([&settings, &chosen, wanted] {
        chosen = [&settings, wanted] { return set_claims(settings, *wanted); };
    });
    auto* rosters = command->add_subcommand(
        "rosters", "Let an app read the rosters of an organisation and all below it (OneRoster), or none");
    rosters->add_option("client_id", wanted->id)->required();
    auto* where = rosters->add_option("--organisation", wanted->roster, "Id, division code or school code");
    auto* none = rosters->add_flag("--none", wanted->no_roster, "No rosters any more")->excludes(where);
    rosters->callback([&settings, &chosen, wanted, where, none] {
        if (where->count() + none->count() == 0) {
            throw CLI::RequiredError("--organisation or --none");
        }
        chosen = [&settings, wanted] { return set_rosters(settings, *wanted); };
    });
    with_id("disable", "Let nobody in any more", [&settings](std::int64_t id) {
        return set_state(settings, id, oidc::AppState::disabled);
    });
    with_id("enable", "Let people in again", [&settings](std::int64_t id) {
        return set_state(settings, id, oidc::AppState::active);
    });
    add_token_commands(*command, settings, chosen, wanted);
    add_webhook_commands(*command, settings, chosen);
}

}  // namespace educard::cli
