// Verifications of shown cards a second on one core, against two bare ECDSA P-256 verifications by OpenSSL
// with keys that are loaded and contexts that are made beforehand: offline (`educard verify`) and online
// (against the database, no network). Every card is another person's, with another key. Usage: bench_cards
// [ROUNDS]

#include "base/ids.hpp"
#include "bench/report.hpp"
#include "modules/cards/cards.hpp"
#include "runtime/audit.hpp"
#include "sql/sql.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/core.h>
#include <string>
#include <vector>

namespace {

using namespace educard;

constexpr std::size_t kCards = 200;

class Everybody final : public cards::Holders {
public:
    bool has_consent(sql::Tx&, PersonId) const override { return true; }
    std::optional<cards::Holder> find(sql::Tx&, PersonId person) const override {
        return cards::Holder{.name = fmt::format("张小明{}", person.value),
                             .role = cards::HolderRole::student,
                             .school = "南京市第一小学",
                             .school_code = "2132000001",
                             .stage = "primary",
                             .class_name = std::nullopt,
                             .entry_year = std::nullopt,
                             .path = "/32/3201/320102/77/"};
    }
    std::vector<PersonId> owners_of(sql::Tx&, std::string_view) const override { return {}; }
    std::optional<PersonId> in_roster(sql::Tx&, cards::RosterEntryId) const override { return std::nullopt; }
    std::optional<std::string> name_of(sql::Tx&, AccountId) const override { return std::nullopt; }
};

struct Bare {
    EVP_PKEY* key;
    EVP_PKEY_CTX* context;
    std::vector<unsigned char> signature;
    crypto::Digest digest;
};

Bare make_bare() {
    Bare bare{};
    bare.key = EVP_EC_gen("P-256");
    bare.digest = crypto::sha256("what was signed");
    auto* signer = EVP_PKEY_CTX_new(bare.key, nullptr);
    EVP_PKEY_sign_init(signer);
    std::size_t length = 80;
    bare.signature.resize(length);
    EVP_PKEY_sign(signer, bare.signature.data(), &length, bare.digest.data(), bare.digest.size());
    bare.signature.resize(length);
    EVP_PKEY_CTX_free(signer);
    bare.context = EVP_PKEY_CTX_new(bare.key, nullptr);
    EVP_PKEY_verify_init(bare.context);
    return bare;
}

int bare_verify(const Bare& bare) {
    return EVP_PKEY_verify(
        bare.context, bare.signature.data(), bare.signature.size(), bare.digest.data(), bare.digest.size());
}

/// What this thread has had of its core: other programs do not count.
double cpu_microseconds() {
    return bench::seconds_of(CLOCK_THREAD_CPUTIME_ID) * 1e6;
}

/// Microseconds for each of kCards calls.
template <class F>
double time_of(F function) {
    const auto begin = cpu_microseconds();
    for (std::size_t i = 0; i < kCards; ++i) {
        function(i);
    }
    return (cpu_microseconds() - begin) / static_cast<double>(kCards);
}

void require(bool good) {
    if (!good) {
        fmt::print("a verification failed\n");
        std::exit(1);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 30;
    const SystemClock clock;
    crypto::SystemRandom random;
    const auto keys = crypto::KeyRing::in_memory(clock, random);
    const auto database = sql::open("sqlite::memory:");
    sql::migrate(*database, sql::embedded_migrations("sqlite"));
    IdSource ids(clock, 1);
    Audit audit(clock, ids);
    const Everybody everybody;
    const cards::Cards cards(
        cards::Parts{*database, clock, ids, keys, audit, everybody, "http://localhost:8080"});
    const auto trust = cards::trust_in(keys);

    std::vector<Bare> bare;
    std::vector<std::pair<Bytes, crypto::P256PrivateKey>> enrolled;
    for (std::size_t i = 0; i < kCards; ++i) {
        bare.push_back(make_bare());
        Caller caller;
        caller.person = PersonId{static_cast<std::int64_t>(i) + 1};
        caller.account = AccountId{caller.person.value};
        auto key = crypto::P256PrivateKey::generate();
        const auto seconds = std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count();
        const auto message = cards::enrolment_message(caller.account, seconds, key.public_key());
        const cards::Enrolment enrolment{.public_key = key.public_key().to_jwk(),
                                         .name = "phone",
                                         .time = seconds,
                                         .proof = to_base64url(key.sign(as_bytes(message)))};
        const auto credential = database->write([&](sql::Tx& tx) {
            cards.issue(tx, caller.person);
            return cards.enrol(tx, caller, enrolment).credential;
        });
        enrolled.emplace_back(from_base64url(credential).value(), std::move(key));
    }
    cards::KnownLists lists;
    const auto list = database->read([&](sql::Tx& tx) { return cards.status_list(tx, 0); });
    require(lists.add(list.token, trust).has_value());

    std::vector<double> bare_times;
    std::vector<double> offline_times;
    std::vector<double> online_times;
    for (int round = 0; round < rounds; ++round) {
        std::vector<std::string> codes;
        for (const auto& [credential, key] : enrolled) {
            codes.push_back(cards::present(credential, clock.now(), key));
        }
        bare_times.push_back(
            time_of([&](std::size_t i) { require(bare_verify(bare[i]) + bare_verify(bare[i]) == 2); }));
        offline_times.push_back(time_of([&](std::size_t i) {
            require(cards::verify(codes[i], trust, clock.now(), lists).reason == cards::Reason::valid);
        }));
        database->read([&](sql::Tx& tx) {
            online_times.push_back(time_of(
                [&](std::size_t i) { require(cards.verify(tx, codes[i]).reason == cards::Reason::valid); }));
        });
    }
    // The best round of each: what the code takes when nothing else runs.
    const auto best = [](const std::vector<double>& times) { return *std::ranges::min_element(times); };
    fmt::print("two bare verifications {:.1f} us\n", best(bare_times));
    fmt::print("offline                {:.1f} us, ratio {:.2f} (aim 0.95)\n",
               best(offline_times),
               best(bare_times) / best(offline_times));
    fmt::print("online                 {:.1f} us, ratio {:.2f} (aim 0.70)\n",
               best(online_times),
               best(bare_times) / best(online_times));
    bench::report(
        "verify_offline.against_two_verifications", "ratio", best(bare_times) / best(offline_times), 0.95);
    bench::report(
        "verify_online.against_two_verifications", "ratio", best(bare_times) / best(online_times), 0.7);
}
