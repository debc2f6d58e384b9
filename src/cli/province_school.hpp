#pragma once
// One school of a made-up province while it is written; see ProvinceWriter.

#include "cli/province_writer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace educard::cli {

class ProvinceWriter::School {
public:
    School(ProvinceWriter& writer, sql::Tx& tx, const SchoolPlan& plan, std::size_t index);

    MadeAccounts write();

private:
    struct Class {
        organisations::Organisation organisation;
        const YearPlan* year = nullptr;
        int first = 0;  // of the year's pupils
        int pupils = 0;
        std::optional<Caller> teacher;
        rollout::CountsByKind counts;
    };
    /// How far somebody has come.
    enum class Standing { none, registered, draft, submitted, withdrawn, returned, rejected, approved };
    BOOST_DESCRIBE_NESTED_ENUM(
        Standing, none, registered, draft, submitted, withdrawn, returned, rejected, approved)
    struct Person {
        MadePerson made;
        roster::Record record;
        const Class* in_class = nullptr;  // of a pupil, or the one that a teacher leads
        Standing standing{};
        roster::Entered entered;
        std::string user_name;
    };
    struct Times {
        Time registered;
        Time submitted;
        Time decided;
    };

    void found();
    void add_classes();
    void add_employees();
    void add_employee(int index, Class* leads);
    void add_pupils(Class& in);
    void add_pupil(Class& in, int index);

    Standing standing();
    Times times_of(Standing standing);
    std::string user_name_for(const MadePerson& person) const;
    roster::Record record_of(const MadePerson& person, roster::Kind kind) const;
    void add_guardians(const MadePerson& person, roster::Record& record);
    void count(roster::Kind kind, Standing standing, rollout::CountsByKind* of_class);

    void enter_roster(Person& person);
    /// From the account on: application, person, card. Gives who they are when signed in.
    Caller bring_on(const Person& person, const Times& times, const Caller& reviewer);
    AccountId add_account(const Person& person, const Times& times, std::optional<PersonId> certified);
    PersonId certify(const Person& person, Time at);
    applications::Profile profile_of(const Person& person);
    applications::Past past_of(const Person& person, const Times& times);

    ProvinceWriter& writer_;
    sql::Tx& tx_;
    const SchoolPlan& plan_;
    const std::size_t index_;
    Chance chance_;
    const Date today_;
    const int school_year_;
    const double progress_;  // of this school: 0 has not begun, 1 is nearly through
    SchoolPeople people_;
    std::int64_t next_person_;
    organisations::Organisation school_;
    Caller administrator_;
    std::vector<Class> classes_;
    rollout::CountsByKind counts_;
    MadeAccounts made_;
};

}  // namespace educard::cli
