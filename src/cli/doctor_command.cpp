#include "cli/commands.hpp"
#include "cli/counted.hpp"
#include "cli/platform.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

namespace educard::cli {

namespace {

struct Finding {
    std::string what;
    std::vector<std::string> faults;
    std::vector<std::string> notes = {};  // worth knowing, and nothing is wrong
};

Finding check_files(const Settings& settings) {
    Finding finding{.what = "files", .faults = {}};
    const auto permissions = std::filesystem::status(settings.keys_file()).permissions();
    if ((permissions & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) !=
        std::filesystem::perms::none) {
        finding.faults.push_back(settings.keys_file() + " can be read by others: chmod 600");
    }
    constexpr std::uintmax_t kLittle = 1ULL << 30U;
    if (const auto space = std::filesystem::space(settings.data); space.available < kLittle) {
        finding.faults.push_back(fmt::format("only {} MB free in {}", space.available >> 20U, settings.data));
    }
    return finding;
}

Finding check_database(Platform& platform) {
    return {.what = "database", .faults = platform.foundation.database->integrity_faults()};
}

/// Whether a block was signed by one of this installation's audit keys.
bool is_ours(const crypto::KeyRing& keys, std::string_view key_id, ByteView message, ByteView signature) {
    const auto id = crypto::parse_key_id(key_id);
    const auto* key = id ? keys.find(crypto::Purpose::audit_signature, *id) : nullptr;
    crypto::Signature octets{};
    if (key == nullptr || signature.size() != octets.size()) {
        return false;
    }
    std::ranges::copy(signature, octets.begin());
    return crypto::Ed25519PrivateKey(key->material.view()).public_key().verify(message, octets);
}

Finding check_audit(Platform& platform) {
    Finding finding{.what = "audit log", .faults = {}};
    auto& foundation = platform.foundation;
    const auto faults = foundation.database->read([&](sql::Tx& tx) {
        return verify_audit(
            tx, foundation.clock.now(), [&](std::string_view key_id, ByteView message, ByteView signature) {
                return is_ours(foundation.keys, key_id, message, signature);
            });
    });
    for (const auto& fault : faults) {
        finding.faults.push_back(
            fmt::format("block {}: {}", fault.block, boost::describe::enum_to_string(fault.kind, "")));
    }
    return finding;
}

Finding check_progress(Platform& platform) {
    Finding finding{.what = "progress", .faults = {}};
    const auto wrong =
        platform.foundation.database->read([&](sql::Tx& tx) { return platform.rollout.wrong_counts(tx); });
    for (const auto organisation : wrong) {
        finding.faults.push_back(fmt::format(
            "the counts of organisation {} are not those of its roster, or counted in another place",
            organisation.value));
    }
    return finding;
}

/// Whether numbers that were handed out could be handed out again.
Finding check_serials(Platform& platform) {
    using enum cards::MarkState;
    Finding finding{.what = "serials", .faults = {}};
    const auto found =
        platform.foundation.database->read([&](sql::Tx& tx) { return platform.cards.examine_serials(tx); });
    for (const auto& serials : found) {
        switch (serials.state) {
            case fits:
                break;
            case behind:
                finding.notes.push_back(fmt::format("{}: the database is a copy; {} left out",
                                                    serials.name,
                                                    counted(serials.difference,
                                                            "that was handed out after it is",
                                                            "that were handed out after it are")));
                break;
            case missing:
                finding.notes.push_back(
                    fmt::format("{}: no mark of those handed out; {} are left out to be safe",
                                serials.name,
                                cards::SerialMark::kLeap));
                break;
            case outdated:
                finding.faults.push_back(
                    fmt::format("{}: the mark is {} behind the database, so both may be copies; {} are left "
                                "out to be safe",
                                serials.name,
                                -serials.difference,
                                cards::SerialMark::kLeap));
                break;
        }
    }
    return finding;
}

/// Whether the cap of the installation held messages back: too low for it, or somebody has messages sent.
Finding check_sms(Platform& platform) {
    Finding finding{.what = "sms", .faults = {}};
    const auto refused =
        platform.foundation.database->read([&](sql::Tx& tx) { return platform.sms.count_refused(tx); });
    if (refused > 0) {
        finding.notes.push_back(
            fmt::format("{} in the last week, for the cap was reached (sms-per-hour, sms-per-day)",
                        counted(refused, "message was refused", "messages were refused")));
    }
    return finding;
}

int examine(const Settings& settings, bool recount) {
    Platform platform(existing(settings));
    if (recount) {
        platform.foundation.database->write([&](sql::Tx& tx) { platform.rollout.recount(tx); });
    }
    platform.sealer.seal();  // what was written since the server stopped
    bool well = true;
    for (const auto& finding : {check_files(settings),
                                check_database(platform),
                                check_audit(platform),
                                check_progress(platform),
                                check_serials(platform),
                                check_sms(platform)}) {
        std::printf("%-10s %s\n", finding.what.c_str(), finding.faults.empty() ? "well" : "");
        for (const auto& note : finding.notes) {
            std::printf("  note: %s\n", note.c_str());
        }
        for (const auto& fault : finding.faults) {
            std::printf("  %s\n", fault.c_str());
            well = false;
        }
    }
    const auto head = platform.foundation.database->read([](sql::Tx& tx) { return audit_head(tx); });
    std::printf("audit head %s\n", head.c_str());
    return well ? 0 : 1;
}

}  // namespace

void add_doctor_command(CLI::App& app, const Settings& settings, Chosen& chosen) {
    auto* command = app.add_subcommand("doctor", "Say what is wrong with this installation");
    auto recount = std::make_shared<bool>(false);
    command->add_flag("--recount", *recount, "Count the progress anew from the rosters first");
    command->callback([&settings, &chosen, recount] {
        chosen = [&settings, recount] { return examine(settings, *recount); };
    });
}

}  // namespace educard::cli
