#include "cli/province_writer.hpp"

#include "cli/province_school.hpp"

#include <fmt/format.h>

namespace educard::cli {

namespace {

constexpr std::chrono::days kBegan{90};  // so long ago the province began with the card

/// Names of administrators, who do not apply for anything.
std::string administrator_of(const organisations::Organisation& office) {
    return office.name + "管理员";
}

}  // namespace

ProvinceWriter::ProvinceWriter(Platform& platform, Options options)
    : platform_(platform),
      options_(std::move(options)),
      policy_version_(accounts::Accounts::current_policy(Language::zh_cn).version),
      audit_(clock_, platform.foundation.ids),
      organisations_(clock_, platform.foundation.ids, audit_),
      people_(clock_, platform.foundation.ids, platform.foundation.cipher, audit_),
      accounts_(accounts::Parts{.database = *platform.foundation.database,
                                .clock = clock_,
                                .ids = platform.foundation.ids,
                                .keys = platform.foundation.keys,
                                .random = platform.foundation.random,
                                .limits = platform.foundation.limits,
                                .audit = audit_,
                                .organisations = organisations_}),
      roster_(roster::Needs{.database = *platform.foundation.database,
                            .clock = clock_,
                            .ids = platform.foundation.ids,
                            .organisations = organisations_,
                            .cipher = platform.foundation.cipher,
                            .blind_index = platform.foundation.blind_index,
                            .audit = audit_,
                            .jobs = platform.jobs,
                            .texts = platform.foundation.texts,
                            .observer = platform.progress_of_roster,
                            .folder = {}}),
      cards_(cards::Parts{.database = *platform.foundation.database,
                          .clock = clock_,
                          .ids = platform.foundation.ids,
                          .keys = platform.foundation.keys,
                          .audit = audit_,
                          .holders = platform.holders_of_cards,
                          .origin = "",
                          .serial_mark = {}}),
      applications_(applications::Needs{.clock = clock_,
                                        .ids = platform.foundation.ids,
                                        .organisations = organisations_,
                                        .accounts = platform.accounts_of_applicants,
                                        .people = platform.people_of_applications,
                                        .roster = platform.roster_of_applications,
                                        .cards = platform.cards_of_applications,
                                        .cipher = platform.foundation.cipher,
                                        .blind_index = platform.foundation.blind_index,
                                        .audit = audit_,
                                        .bus = platform.foundation.bus,
                                        .jobs = platform.jobs},
                    applications::Settings{}) {
    clock_.set(options_.now);
}

std::string ProvinceWriter::user_name_of(const organisations::Organisation& office) {
    return office.kind == organisations::Kind::province ? "province" : fmt::format("c{}", office.id.value);
}

AccountId ProvinceWriter::add_administrator(sql::Tx& tx,
                                            const std::string& user_name,
                                            const std::string& name,
                                            Role role,
                                            const organisations::Organisation& organisation) {
    accounts::NewAccount account;
    account.name = name;
    account.user_name = user_name;
    account.password_hash = options_.password_hash;
    const auto id = accounts_.create(tx, account);
    accounts_.appoint_directly(tx, id, role, organisation);
    return id;
}

Caller ProvinceWriter::add_offices(Platform& platform,
                                   sql::Tx& tx,
                                   const ProvincePlan& plan,
                                   const Options& options) {
    ProvinceWriter writer(platform, options);
    writer.clock_.set(options.now - kBegan);
    Caller province;
    for (const auto& office : plan.offices) {
        const auto role = organisations::role_over(office.kind);
        const auto account =
            writer.add_administrator(tx, user_name_of(office), administrator_of(office), role, office);
        if (role == Role::province_admin) {
            province.account = account;
            province.network = "10.0.0.1";
            province.grants = {{.role = role, .organisation = office.id, .path = office.path}};
        }
    }
    return province;
}

MadeAccounts ProvinceWriter::add_school(sql::Tx& tx, const SchoolPlan& plan, std::size_t index) {
    clock_.set(options_.now - kBegan);
    return School(*this, tx, plan, index).write();
}

}  // namespace educard::cli
