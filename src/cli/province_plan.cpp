#include "cli/province_plan.hpp"

#include "base/error.hpp"
#include "cli/chance.hpp"
#include "cli/province_facts.hpp"
#include "modules/people/people.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <numeric>

namespace educard::cli {

namespace {

using namespace std::string_view_literals;
using organisations::Kind;
using organisations::Organisation;
using organisations::SchoolKind;
using organisations::Stage;

constexpr std::int64_t kPeopleOfProvince = 10'800'000;
constexpr std::int64_t kSchoolsOfProvince = 7'200;
constexpr std::int64_t kFewestSchools = 6;
constexpr double kPupilShare = 0.925;  // of all people; then teachers, the rest is other staff
constexpr double kTeacherShare = 0.063;
constexpr std::size_t kMostChildren = 2'000;

int pupils_of(const KindFact& fact) {
    return std::accumulate(fact.stages.begin(), fact.stages.end(), 0, [](int sum, const StageSize& one) {
        return sum + one.pupils;
    });
}

int class_size(Stage stage) {
    switch (stage) {
        case Stage::primary:
            return 42;
        case Stage::junior:
            return 45;
        case Stage::senior:
            return 48;
        case Stage::vocational:
            return 40;
        case Stage::special:
            return 9;
    }
    return 40;
}

double pupils_for_a_teacher(const KindFact& fact) {
    switch (fact.stages.front().stage) {
        case Stage::primary:
            return 17;
        case Stage::special:
            return 4;
        default:
            return 12;
    }
}

/// Shares out `total` by weights, each at least `least`, so that the sum is right.
std::vector<std::int64_t> share_out(std::int64_t total,
                                    const std::vector<double>& weights,
                                    std::int64_t least) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<std::int64_t> parts;
    double wanted = 0;
    std::int64_t given = 0;
    for (const double weight : weights) {
        wanted += weight / sum * static_cast<double>(total);
        const auto part = std::max(least, static_cast<std::int64_t>(std::llround(wanted)) - given);
        parts.push_back(part);
        given += part;
    }
    for (std::size_t i = 0; given != total; i = (i + 1) % parts.size()) {  // what the least have too much
        if (given < total || parts[i] > least) {
            const std::int64_t step = given < total ? 1 : -1;
            parts[i] += step;
            given += step;
        }
    }
    return parts;
}

/// Takes the places in turn, each as often as its weight says, at any length of the row.
class Turns {
public:
    explicit Turns(std::vector<double> weights) : weights_(std::move(weights)), taken_(weights_.size()) {
        sum_ = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    }
    std::size_t next() {
        ++count_;
        std::size_t best = 0;
        double most = -1e300;
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            const double lacks = weights_[i] / sum_ * count_ - static_cast<double>(taken_[i]);
            if (lacks > most) {
                most = lacks;
                best = i;
            }
        }
        ++taken_[best];
        return best;
    }

private:
    std::vector<double> weights_;
    std::vector<std::int64_t> taken_;
    double sum_ = 0;
    double count_ = 0;
};

struct Place {
    Organisation organisation;
    std::string division;
    Organisation city_schools;  // where schools of the city itself report to
    double weight = 0;
};

class Planner {
public:
    Planner(sql::Tx& tx,
            const organisations::Organisations& organisations,
            std::int64_t people,
            std::uint64_t seed)
        : tx_(tx), organisations_(organisations), people_(people), chance_(seed, 0) {}

    ProvincePlan plan() {
        plan_.people = people_;
        find_places();
        make_schools();
        fill_schools();
        number_people();
        return std::move(plan_);
    }

private:
    std::vector<Organisation> children(OrganisationId parent) const {
        std::vector<Organisation> found;
        std::optional<std::string> cursor;
        do {
            auto slice = organisations_.children(tx_, parent, cursor, 200);
            std::ranges::move(slice.items, std::back_inserter(found));
            cursor = slice.next;
        } while (cursor && found.size() < kMostChildren);
        std::erase_if(found, [](const Organisation& one) { return one.kind == Kind::school; });
        return found;
    }

    void find_places() {
        const auto province = organisations_.get(tx_, OrganisationId{32});
        plan_.offices.push_back(province);
        for (const auto& city : children(province.id)) {
            plan_.offices.push_back(city);
            const bool is_city = city.kind == Kind::city;
            const auto below = is_city ? children(city.id) : std::vector{city};
            add_places(city, below);
            if (is_city) {
                std::ranges::copy(below, std::back_inserter(plan_.offices));
            }
        }
        EDU_ASSERT(!places_.empty());
    }

    void add_places(const Organisation& city, const std::vector<Organisation>& below) {
        const auto known = std::ranges::find(kCities,
                                             city.id.value / (city.kind == Kind::city ? 1 : 100),
                                             &std::pair<std::int64_t, double>::first);
        const double residents = known == kCities.end() ? 300 : known->second;
        const auto own = std::ranges::find_if(
            below, [](const Organisation& one) { return one.name.ends_with("直属学校"); });
        std::vector<Place> found;
        std::string division;
        double sum = 0;
        for (const auto& one : below) {
            if (own != below.end() && one.id == own->id) {
                continue;
            }
            const auto code = one.division_code.value_or("");
            const bool is_division = code.size() == 6 && people::find_division(code).has_value();
            division = is_division ? code : division;
            found.push_back({.organisation = one,
                             .division = is_division ? code : std::string(),
                             .city_schools = own == below.end() ? one : *own,
                             .weight = (one.kind == Kind::unit ? 0.3 : 1.0) * (0.6 + 0.8 * chance_.share())});
            sum += found.back().weight;
        }
        for (auto& place : found) {
            place.division = place.division.empty() ? division : place.division;
            place.weight *= (city.kind == Kind::city ? residents : residents / 10) / sum;
            if (!place.division.empty()) {
                places_.push_back(std::move(place));
            }
        }
    }

    void make_schools() {
        const auto count = std::max(
            kFewestSchools, (people_ * kSchoolsOfProvince + kPeopleOfProvince / 2) / kPeopleOfProvince);
        std::vector<double> kinds;
        std::ranges::transform(kKinds, std::back_inserter(kinds), &KindFact::schools);
        std::vector<double> weights;
        std::ranges::transform(places_, std::back_inserter(weights), &Place::weight);
        Turns kind_turns(kinds);
        Turns place_turns(weights);
        for (std::int64_t index = 0; index < count; ++index) {
            const auto turn = kind_turns.next();
            const auto& fact = kKinds[count == kFewestSchools ? static_cast<std::size_t>(index) : turn];
            add_school(fact, places_[place_turns.next()], static_cast<int>(index));
            facts_.push_back(&fact);
        }
    }

    void add_school(const KindFact& fact, const Place& place, int index) {
        const auto stage = fact.stages.front().stage;
        const bool of_city = (stage == Stage::vocational || stage == Stage::special) && index % 5 < 2;
        SchoolPlan school;
        school.parent = of_city ? place.city_schools : place.organisation;
        school.division = place.division;
        school.kind = fact.kind;
        school.name = name_of(school.parent, fact);
        school.code = fmt::format("{}32{:06}", category_of(fact.kind), index + 1);
        EDU_ASSERT(organisations::fits_school_code(school.code, school.kind));
        plan_.schools.push_back(std::move(school));
    }

    static std::string_view category_of(SchoolKind kind) {
        for (const auto category : {"21"sv, "31"sv, "34"sv, "36"sv, "51"sv}) {
            if (organisations::fits_school_code(std::string(category) + "32000000", kind)) {
                return category;
            }
        }
        return "37";
    }

    /// "南京市玄武区" is too long for a name; the county's own name stands before that of the school.
    std::string name_of(const Organisation& parent, const KindFact& fact) {
        auto place = parent.name;
        if (const auto cut = place.rfind("直属学校"); cut != std::string::npos) {
            place.resize(cut);
        }
        const auto number = named_[{parent.id.value, fact.ending}]++;
        const auto word = kWords[number % kWords.size()];
        const auto round = number / kWords.size();
        return round == 0 ? fmt::format("{}{}{}", place, word, fact.ending)
                          : fmt::format("{}{}第{}{}",
                                        place,
                                        word,
                                        kOrdinals[std::min(round, kOrdinals.size() - 1)],
                                        fact.ending);
    }

    void fill_schools() {
        const auto pupils = std::llround(static_cast<double>(people_) * kPupilShare);
        const auto teachers = std::llround(static_cast<double>(people_) * kTeacherShare);
        std::vector<double> sizes;
        std::vector<double> teaching;
        for (const auto* fact : facts_) {
            sizes.push_back(pupils_of(*fact) *
                            std::exp(0.7 * (chance_.share() + chance_.share() + chance_.share() - 1.5)));
        }
        const auto sizes_now = share_out(pupils, sizes, 12);
        for (std::size_t i = 0; i < facts_.size(); ++i) {
            add_years(plan_.schools[i], *facts_[i], sizes_now[i]);
            teaching.push_back(static_cast<double>(sizes_now[i]) / pupils_for_a_teacher(*facts_[i]));
        }
        const auto teachers_now = share_out(teachers, teaching, 1);
        const auto staff_now = share_out(people_ - pupils - teachers, sizes, 0);
        for (std::size_t i = 0; i < facts_.size(); ++i) {
            plan_.schools[i].teachers = static_cast<int>(teachers_now[i]);
            plan_.schools[i].staff = static_cast<int>(staff_now[i]);
        }
    }

    void add_years(SchoolPlan& school, const KindFact& fact, std::int64_t pupils) {
        std::vector<double> weights;
        for (const auto& [stage, size] : fact.stages) {
            const int years = size == 0 ? 0 : organisations::years_of(stage);
            for (int grade = 1; grade <= years; ++grade) {
                school.years.push_back({.stage = stage, .grade = grade});
                weights.push_back(size * (0.92 + 0.16 * chance_.share()) / years);
            }
        }
        const auto parts = share_out(pupils, weights, 0);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            auto& year = school.years[i];
            year.pupils = static_cast<int>(parts[i]);
            year.classes =
                std::clamp((year.pupils + class_size(year.stage) - 1) / class_size(year.stage), 1, 99);
        }
    }

    void number_people() {
        std::map<std::pair<std::string, int>, std::int64_t> births;  // of a division and cohort
        std::map<std::pair<std::string, int>, std::int64_t> late;
        std::map<std::string, std::int64_t> employees;
        std::int64_t person = 0;
        std::int64_t from_elsewhere = 0;
        for (auto& school : plan_.schools) {
            school.first_person = person;
            person += school.people();
            school.first_from_elsewhere = from_elsewhere;
            from_elsewhere += school.people() / kFromElsewhereEvery + 1;
            auto& employee = employees[school.division];
            school.first_employee = employee;
            employee += school.teachers + school.staff;
            for (auto& year : school.years) {
                const auto cohort = std::pair(school.division, age_of(year));
                year.first_birth_number = births[cohort];
                births[cohort] += year.pupils;
                year.first_late_number = late[cohort];
                late[cohort] += year.pupils / kLateEvery + 1;
            }
        }
        EDU_ASSERT(person == people_);
    }

    /// Which cohort it is, counted in years of school.
    static int age_of(const YearPlan& year) {
        const int before = year.stage == Stage::junior                                      ? 6
                           : year.stage == Stage::senior || year.stage == Stage::vocational ? 9
                                                                                            : 0;
        return before + year.grade;
    }

    static constexpr std::array kOrdinals = {
        "一"sv, "二"sv, "三"sv, "四"sv, "五"sv, "六"sv, "七"sv, "八"sv, "九"sv, "十"sv};

    sql::Tx& tx_;
    const organisations::Organisations& organisations_;
    std::int64_t people_;
    Chance chance_;
    std::vector<Place> places_;
    std::vector<const KindFact*> facts_;  // of the schools
    std::map<std::pair<std::int64_t, std::string_view>, std::size_t> named_;
    ProvincePlan plan_;
};

}  // namespace

int SchoolPlan::pupils() const {
    return std::accumulate(
        years.begin(), years.end(), 0, [](int sum, const YearPlan& year) { return sum + year.pupils; });
}

ProvincePlan plan_province(sql::Tx& tx,
                           const organisations::Organisations& organisations,
                           std::int64_t people,
                           std::uint64_t seed) {
    return Planner(tx, organisations, people, seed).plan();
}

}  // namespace educard::cli
