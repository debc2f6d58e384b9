#pragma once
// Fills a new installation with something to look at: schools of several kinds in the real tree, their
// rosters, people of every role, applications in every state, cards. Goes through the same functions as real
// use.

#include "cli/demonstration_people.hpp"
#include "cli/platform.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace educard::cli {

/// Begins the line that names somebody without an account, to try registration with; their ID number ends it.
constexpr std::string_view kNewcomer = "注册试用 To try registration: ";

class Demonstration {
public:
    /// `folder` is for the files that are imported on the way.
    Demonstration(Platform& platform, std::filesystem::path folder);

    /// Fills the installation; gives what to print for those who want to try it (accounts, a child to
    /// register).
    std::string fill();

private:
    struct School {
        organisations::Organisation organisation;
        std::string division;
        Caller administrator;
        std::vector<DemonstrationPerson> teachers;
    };
    struct Plan;
    struct Row {
        DemonstrationPerson person;
        organisations::ClassKey key;
    };

    School found(const Plan& plan);
    std::vector<Row> enrol(const School& school, const Plan& plan);
    void import(const School& school, roster::Kind kind, const std::string& csv);
    void run_jobs();

    AccountId make_account(const std::string& user_name, const DemonstrationPerson& person, bool consent);
    AccountId make_administrator(const std::string& user_name,
                                 const std::string& name,
                                 Role role,
                                 OrganisationId organisation);
    Caller caller_of(AccountId account) const;
    Caller office(AccountId account, Role role, const organisations::Organisation& organisation) const;

    /// Registers somebody and hands their application in. Gives its id and version.
    applications::Step apply(AccountId account,
                             applications::Kind kind,
                             const applications::Profile& profile);
    void decide(const Caller& reviewer,
                const applications::Step& step,
                applications::Verdict verdict,
                const std::string& reason);
    void certify_pupils(const School& school, const std::vector<Row>& rows, const Caller& teacher);
    Caller appoint_class_teacher(School& school);

    Platform& platform_;
    std::filesystem::path folder_;
    DemonstrationPeople people_;
    std::string password_hash_;
    Caller province_;
    std::string newcomer_;
};

}  // namespace educard::cli
