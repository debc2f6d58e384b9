#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/foundation.hpp"
#include "modules/cards/cards.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include <CLI/CLI.hpp>
#include <cstdio>

namespace educard::cli {

namespace {

crypto::KeyRing existing_keys(const Settings& settings, const Clock& clock, crypto::Random& random) {
    return open_keys(settings, clock, random, crypto::WhenMissing::refuse);
}

int list_keys(const Settings& settings) {
    const SystemClock clock;
    crypto::SystemRandom random;
    const auto ring = existing_keys(settings, clock, random);
    std::printf("installation %s, issuer %s, file %s\n",
                ring.installation().c_str(),
                ring.issuer().c_str(),
                settings.keys_file().c_str());
    for (const auto* key : ring.list()) {
        std::printf("%s  %-16s  %-7s  made %s%s%s\n",
                    crypto::to_text(key->id).c_str(),
                    boost::describe::enum_to_string(key->purpose, ""),
                    boost::describe::enum_to_string(key->state, ""),
                    educard::to_text(key->created_at).c_str(),
                    key->retired_at ? "  retired " : "",
                    key->retired_at ? educard::to_text(*key->retired_at).c_str() : "");
    }
    return 0;
}

int rotate_key(const Settings& settings, const std::string& purpose_name) {
    crypto::Purpose purpose{};
    if (!boost::describe::enum_from_string(purpose_name.c_str(), purpose)) {
        std::fprintf(stderr, "educard: no such purpose: %s (see educard keys list)\n", purpose_name.c_str());
        return 2;
    }
    const SystemClock clock;
    crypto::SystemRandom random;
    auto ring = existing_keys(settings, clock, random);
    const auto& key = ring.rotate(purpose, clock, random);
    std::printf(
        "%s  %s  active. Restart every educard that serves this installation, and copy the key ring to where "
        "its backup is.\n",
        crypto::to_text(key.id).c_str(),
        purpose_name.c_str());
    if (purpose == crypto::Purpose::session_token) {
        std::printf("Everybody has to sign in again.\n");
    }
    return 0;
}

int export_public(const Settings& settings) {
    const SystemClock clock;
    crypto::SystemRandom random;
    const auto ring = existing_keys(settings, clock, random);
    std::printf("%s\n", cards::issuer_keys_json(ring).c_str());
    return 0;
}

}  // namespace

void add_keys_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* keys = app.add_subcommand("keys", "The key ring of this installation");
    keys->require_subcommand(1);
    keys->add_subcommand("list", "Every key: id, purpose, state, when it was made; never the key itself")
        ->callback([&] { chosen = [&settings] { return list_keys(settings); }; });
    auto* rotation = keys->add_subcommand("rotate",
                                          "Make a new key; the old one stays for opening and checking. "
                                          "Refused for blind_index and card_number");
    auto purpose = std::make_shared<std::string>();
    rotation
        ->add_option(
            "purpose", *purpose, "field_encryption, issuer_signature, audit_signature or session_token")
        ->required();
    rotation->callback([&settings, &chosen, purpose] {
        chosen = [&settings, purpose] { return rotate_key(settings, *purpose); };
    });
    keys->add_subcommand("export-public",
                         "Print the issuer's public keys, for educard verify and other verifiers")
        ->callback([&] { chosen = [&settings] { return export_public(settings); }; });
}

}  // namespace educard::cli
