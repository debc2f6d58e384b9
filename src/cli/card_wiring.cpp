#include "cli/card_wiring.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <algorithm>

namespace educard::cli {

namespace {

cards::HolderRole role_of(applications::Kind kind) {
    switch (kind) {
        case applications::Kind::student:
            return cards::HolderRole::student;
        case applications::Kind::teacher:
            return cards::HolderRole::teacher;
        case applications::Kind::staff:
            break;
    }
    return cards::HolderRole::staff;
}

/// The stage of a class, or of a school that has but one.
std::optional<std::string> stage_of(const organisations::Organisation& place) {
    if (place.stage) {
        return boost::describe::enum_to_string(*place.stage, "");
    }
    std::optional<std::string> only;
    int count = 0;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<organisations::Stage>>([&](auto stage) {
        if (place.school_kind && organisations::may_teach(*place.school_kind, stage.value)) {
            only = stage.name;
            ++count;
        }
    });
    return count == 1 ? only : std::nullopt;
}

}  // namespace

std::optional<cards::Holder> CardHolders::find(sql::Tx& tx, PersonId id) const {
    const auto person = people_.find(tx, id);
    if (!person || applications_ == nullptr) {
        return std::nullopt;
    }
    const auto today = organisations_.today();
    auto affiliations = applications_->affiliations_of(tx, id);
    std::erase_if(affiliations, [&](const auto& one) { return one.ends_on && *one.ends_on <= today; });
    const auto latest = std::ranges::max_element(affiliations, {}, &applications::Affiliation::starts_on);
    if (latest == affiliations.end()) {
        return std::nullopt;
    }
    const auto school = organisations_.get(tx, latest->school_id);
    const auto place = latest->class_id ? organisations_.get(tx, *latest->class_id) : school;
    const bool is_student = latest->kind == applications::Kind::student;
    return cards::Holder{.name = person->name,
                         .role = role_of(latest->kind),
                         .school = school.name,
                         .school_code = school.school_code.value_or(""),
                         .stage = stage_of(is_student ? place : school),
                         .class_name = is_student && latest->class_id
                                           ? std::optional(organisations::display_name(place, today))
                                           : std::nullopt,
                         .entry_year = latest->entry_year,
                         .path = is_student ? place.path : school.path};
}

}  // namespace educard::cli
