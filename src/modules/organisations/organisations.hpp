#pragma once
// The tree that everybody reports through: province, cities and directly reporting counties, counties and
// education-only units, schools, classes. It is not the tree of GB/T 2260, whose codes are only an attribute,
// and both change over time: each state is kept with the days on which it held. Owns organisation,
// organisation_history, school_code and organisation_import. The clock, the id source and the audit outlive
// it; any thread may call it.

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace educard {
class Audit;
namespace http {
class Routes;
}
}  // namespace educard

namespace educard::organisations {

enum class Kind { province, city, county, unit, school, class_ };
// Written out because the wire says "class", which no enumerator can be called.
#define EDU_KIND(enumerator, text)                   \
    , [] {                                           \
        struct Entry {                               \
            static constexpr auto value() noexcept { \
                return Kind::enumerator;             \
            }                                        \
            static constexpr auto name() noexcept {  \
                return text;                         \
            }                                        \
        };                                           \
        return Entry();                              \
    }()
inline auto boost_enum_descriptor_fn(Kind**) {
    return boost::describe::detail::enum_descriptor_fn_impl(
        0 EDU_KIND(province, "province") EDU_KIND(city, "city") EDU_KIND(county, "county")
            EDU_KIND(unit, "unit") EDU_KIND(school, "school") EDU_KIND(class_, "class"));
}
#undef EDU_KIND

/// JY/T 1001-2012, school type (办学类型), of the kinds that the card is for; code_of gives its three digits.
enum class SchoolKind {
    primary,            // 211
    primary_branch,     // 218 教学点
    junior,             // 311
    nine_year,          // 312
    vocational_junior,  // 321
    complete,           // 341
    senior,             // 342
    twelve_year,        // 345
    vocational,         // 361 调整后中职
    technical,          // 362
    teacher_training,   // 363
    adult_secondary,    // 364
    vocational_senior,  // 365
    skilled_workers,    // 366
    correctional,       // 371 工读
    blind,              // 511
    deaf,               // 512
    intellectual,       // 513 培智
    other_special,      // 514
};
BOOST_DESCRIBE_ENUM(SchoolKind,
                    primary,
                    primary_branch,
                    junior,
                    nine_year,
                    vocational_junior,
                    complete,
                    senior,
                    twelve_year,
                    vocational,
                    technical,
                    teacher_training,
                    adult_secondary,
                    vocational_senior,
                    skilled_workers,
                    correctional,
                    blind,
                    deaf,
                    intellectual,
                    other_special)

std::string_view code_of(SchoolKind kind);
std::optional<SchoolKind> school_kind_of(std::string_view code);
/// By code or by a usual Chinese name ("312", "九年一贯制学校", "完中").
std::optional<SchoolKind> read_school_kind(std::string_view text);

/// What a class is taught; decides how its years are counted and called.
enum class Stage { primary, junior, senior, vocational, special };
BOOST_DESCRIBE_ENUM(Stage, primary, junior, senior, vocational, special)

/// Primary 6, junior and senior 3, vocational 3, special 9.
int years_of(Stage stage);
bool may_teach(SchoolKind kind, Stage stage);

/// Year in which the school year of that day began; it begins on 1 September.
int school_year_of(Date day);
/// 1 for the first year; below 1 before entry; above years_of(stage) after leaving.
int grade_of(int entry_year, Date day);
/// "三年级（2）班", "七年级（1）班", "高一（3）班", "中职一年级（3）班"; "2027级（2）班" before entry and
/// "初中2026届（2）班" after leaving, by the year.
std::string class_name(Stage stage, int entry_year, int number, Date day);
/// "三年级", "初一", "高三" and the like; "小学2020级" outside the years of the stage.
std::string grade_name(Stage stage, int entry_year, Date day);

struct ClassKey {
    Stage stage{};
    int entry_year = 0;
    int number = 0;

    bool operator==(const ClassKey&) const = default;
};
/// Reads how a spreadsheet names a class in a school of that kind on that day: "三年级" + "2班", "高一(3)班",
/// "初2024级（12）班", "八（4）", "2024级" + "03". Either text may be empty when the other one says all.
/// Nothing when it is not understood.
std::optional<ClassKey> read_class(std::string_view grade,
                                   std::string_view name,
                                   SchoolKind school,
                                   Date day);

/// Digits of the national school code: ten, 32 in the third and fourth place, a category that fits the kind.
bool is_school_code(std::string_view code);
bool fits_school_code(std::string_view code, SchoolKind kind);

/// An organisation as it is now (or, from as_of, as it was then).
struct Organisation {
    OrganisationId id;
    std::optional<OrganisationId> parent_id;
    Kind kind{};
    std::string path;  // as it is now; ends with the own id and a slash
    int depth = 0;
    std::string name;  // empty for a class; see display_name
    std::optional<std::string> division_code;
    bool direct = false;
    std::optional<std::string> school_code;
    std::optional<SchoolKind> school_kind;
    std::optional<Stage> stage;
    std::optional<int> entry_year;
    std::optional<int> class_number;
    Date valid_from{};
    std::optional<Date> valid_to;  // first day on which it no longer exists
    std::int64_t version = 0;

    bool is_open(Date day) const;
};
BOOST_DESCRIBE_STRUCT(Organisation,
                      (),
                      (id,
                       parent_id,
                       kind,
                       path,
                       depth,
                       name,
                       division_code,
                       direct,
                       school_code,
                       school_kind,
                       stage,
                       entry_year,
                       class_number,
                       valid_from,
                       valid_to,
                       version))

/// The name people see: a class is called by its year of the given day.
std::string display_name(const Organisation& organisation, Date day);

struct Draft {
    OrganisationId parent_id;
    Kind kind{};
    std::optional<std::string> name;  // everything but a class
    std::optional<std::string> division_code;
    std::optional<std::string> school_code;
    std::optional<SchoolKind> school_kind;
    std::optional<Stage> stage;
    std::optional<int> entry_year;
    std::optional<int> class_number;
    std::optional<Date> valid_from;  // today when absent
};
BOOST_DESCRIBE_STRUCT(Draft,
                      (),
                      (parent_id,
                       kind,
                       name,
                       division_code,
                       school_code,
                       school_kind,
                       stage,
                       entry_year,
                       class_number,
                       valid_from))

/// What whoever runs one of that kind is: its administrator, or the teacher of a class.
Role role_over(Kind kind);

/// Whether one of that kind may stand directly below one of the other, and whether it may be moved there.
bool fits_below(Kind child, Kind parent);
bool may_move_below(Kind child, Kind parent);

/// Organisations that give up their name in the same step, because they end or get another.
using Leaving = std::vector<OrganisationId>;

/// Open ones that lie below an organisation.
struct Below {
    std::int64_t schools = 0;
    std::int64_t classes = 0;
    std::int64_t others = 0;
};
BOOST_DESCRIBE_STRUCT(Below, (), (schools, classes, others))

/// What is absent stays as it is.
struct Change {
    OrganisationId id;
    std::int64_t version = 0;
    std::optional<Date>
        effective_on;  // today when absent; not in the future, not before the state it ends began
    std::optional<std::string> name;
    std::optional<OrganisationId> parent_id;
    std::optional<std::string> division_code;
    std::optional<std::string> school_code;
    std::optional<SchoolKind> school_kind;
    std::optional<int> class_number;
};
BOOST_DESCRIBE_STRUCT(
    Change,
    (),
    (id, version, effective_on, name, parent_id, division_code, school_code, school_kind, class_number))

struct Closing {
    OrganisationId id;
    std::int64_t version = 0;
    std::optional<Date> valid_to;                // today when absent; may lie ahead
    std::optional<OrganisationId> successor_id;  // takes over the open children (not classes)
    std::optional<std::int64_t> people;  // as many as BeforeClosing said; may be absent when there are none
};
BOOST_DESCRIBE_STRUCT(Closing, (), (id, version, valid_to, successor_id, people))

/// What others keep for an organisation.
struct Attached {
    std::int64_t people = 0;     // in the rosters of it and of all below it
    std::int64_t certified = 0;  // of these
    std::int64_t offices = 0;    // held at it, and at its classes
};

/// What hangs on an organisation, to be looked at before it is closed.
struct BeforeClosing {
    OrganisationId id;
    std::int64_t version = 0;
    std::int64_t open_below = 0;  // directly
    std::int64_t people = 0;
    std::int64_t certified = 0;
    std::int64_t offices = 0;
};
BOOST_DESCRIBE_STRUCT(BeforeClosing, (), (id, version, open_below, people, certified, offices))

struct Reopening {
    OrganisationId id;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Reopening, (), (id, version))

/// What somebody wants of the tree at once.
using Request = std::variant<Draft, Change, Closing>;

/// What began a state.
enum class HistoryChange { founded, changed, renamed, moved, reopened };
BOOST_DESCRIBE_ENUM(HistoryChange, founded, changed, renamed, moved, reopened)

/// One state, with the days on which it held.
struct State {
    std::optional<OrganisationId> parent_id;
    Kind kind{};
    std::string name;
    std::optional<std::string> division_code;
    std::optional<std::string> school_code;
    std::optional<SchoolKind> school_kind;
    std::optional<Stage> stage;
    std::optional<int> entry_year;
    std::optional<int> class_number;
    HistoryChange change{};
    std::optional<OrganisationId> successor_id;
    Date valid_from{};
    std::optional<Date> valid_to;
};
BOOST_DESCRIBE_STRUCT(State,
                      (),
                      (parent_id,
                       kind,
                       name,
                       division_code,
                       school_code,
                       school_kind,
                       stage,
                       entry_year,
                       class_number,
                       change,
                       successor_id,
                       valid_from,
                       valid_to))

struct Search {
    std::string text;                     // part of a name, pinyin or initials; a code from its beginning
    std::optional<Kind> kind;             // any but class when absent
    std::optional<OrganisationId> under;  // the whole tree when absent
    std::optional<std::string> cursor;
    int limit = 50;
};

/// Some rows and where the next ones begin.
struct Slice {
    std::vector<Organisation> items;
    std::optional<std::string> next;
};

class Organisations {
public:
    Organisations(const Clock& clock, IdSource& ids, Audit& audit);

    /// Modules that keep paths of their own follow an organisation that is moved with all below it. Before
    /// serving starts.
    using Moved =
        std::function<void(sql::Tx& tx, std::string_view from, std::string_view to, int depth_change)>;
    void when_moved(Moved moved) { when_moved_.push_back(std::move(moved)); }
    /// Who keeps the name somewhere is told of another one. Before serving starts.
    using Renamed = std::function<void(sql::Tx& tx, const Organisation& organisation)>;
    void when_renamed(Renamed renamed) { when_renamed_.push_back(std::move(renamed)); }
    /// Who knows what is attached to an organisation. Before serving starts; without it nothing is.
    using CountAttached = std::function<Attached(sql::Tx& tx, const Organisation& organisation)>;
    void count_attached_with(CountAttached count) { count_attached_ = std::move(count); }

    /// Who keeps plans for the tree gives, for each of what somebody is about to do at once, the refusal when
    /// an open plan speaks against it. Before serving starts; without it none does.
    using AgainstPlans = std::function<std::vector<std::optional<Error>>(
        sql::Tx& tx, const Caller& caller, std::span<const Request> requests)>;
    void hold_against_plans_with(AgainstPlans hold) { against_plans_ = std::move(hold); }
    /// Call it before they are done, and throw afterwards: who may not do it hears nothing of plans.
    std::vector<std::optional<Error>> refusals_by_plans(sql::Tx& tx,
                                                        const Caller& caller,
                                                        std::span<const Request> requests) const;

    /// Loads the tree of Jiangsu (data/jiangsu/organisations.json) with the division codes as ids, and its
    /// changes since 2014 as history. Does nothing when the province is there. Gives the number of
    /// organisations it made.
    std::size_t seed(sql::Tx& tx) const;

    std::optional<Organisation> find(sql::Tx& tx, OrganisationId id) const;
    /// Throws not_found "organisations.unknown".
    Organisation get(sql::Tx& tx, OrganisationId id) const;
    /// Its state on that day; nothing when it did not exist then.
    std::optional<Organisation> as_of(sql::Tx& tx, OrganisationId id, Date day) const;
    std::vector<State> history(sql::Tx& tx, OrganisationId id) const;
    /// From the province down to the organisation itself.
    std::vector<Organisation> line(sql::Tx& tx, const Organisation& organisation) const;
    /// Whether a school has it or once had it.
    bool was_school_code_used(sql::Tx& tx, std::string_view school_code) const;
    std::optional<Organisation> find_school(sql::Tx& tx, std::string_view school_code) const;
    std::optional<Organisation> find_class(sql::Tx& tx, OrganisationId school, const ClassKey& key) const;
    /// Open classes of a school, in order of stage, year and number. At most 1,000.
    std::vector<Organisation> classes_of(sql::Tx& tx, OrganisationId school) const;
    /// The school that a class, or the school itself, belongs to; not_found for anything above.
    Organisation school_of(sql::Tx& tx, const Organisation& organisation) const;

    /// In the order of codes, names, years. `limit` is cut to 200. Those closed before today are left out.
    Slice children(sql::Tx& tx, OrganisationId parent, std::optional<std::string> cursor, int limit) const;
    /// Those that are left out there, in the same order.
    Slice closed_children(sql::Tx& tx,
                          OrganisationId parent,
                          std::optional<std::string> cursor,
                          int limit) const;
    /// Exact names first, then beginnings, then the rest.
    Slice search(sql::Tx& tx, const Search& search) const;

    /// Administrators above it make an organisation; a school's administrator makes its classes. Two open
    /// ones of a kind below the same one differ in name.
    Organisation create(sql::Tx& tx,
                        const Caller& caller,
                        const Draft& draft,
                        const Leaving& leaving = {}) const;
    /// The same below a parent that the caller of this function has at hand.
    Organisation create_below(sql::Tx& tx,
                              const Caller& caller,
                              const Organisation& parent,
                              const Draft& draft,
                              const Leaving& leaving = {}) const;
    /// Throws what create would, and makes nothing.
    void check(sql::Tx& tx, const Caller& caller, const Draft& draft, const Leaving& leaving = {}) const;
    /// Throws conflict "organisations.changed_meanwhile" when the version is not the present one.
    Organisation change(sql::Tx& tx, const Caller& caller, const Change& change) const;
    /// What whoever may close it should know first.
    BeforeClosing before_closing(sql::Tx& tx, const Caller& caller, OrganisationId id) const;
    /// Throws conflict "organisations.has_people" with the number of people when `people` is another one.
    Organisation close(sql::Tx& tx, const Caller& caller, const Closing& closing) const;
    /// Puts an organisation, with all below it, below another of fitting kind from that day on. A class may
    /// get another number. Nothing is asked of the caller but their name: who calls this has asked. Throws as
    /// change does.
    Organisation relocate(sql::Tx& tx,
                          const Caller& caller,
                          Organisation organisation,
                          const Organisation& parent,
                          Date day,
                          std::optional<int> class_number = std::nullopt) const;
    /// What is wrong with it as one directly below `parent`, by the fields of Draft.
    std::vector<FieldError> faults_below(const Organisation& organisation, const Organisation& parent) const;
    /// Another one of its kind and name that is open on that day (today, when that is later) below `parent`.
    std::optional<Organisation> namesake(sql::Tx& tx,
                                         const Organisation& organisation,
                                         OrganisationId parent,
                                         Date day,
                                         const Leaving& leaving = {}) const;
    /// Open ones of that kind and name anywhere.
    std::int64_t count_namesakes(sql::Tx& tx, Kind kind, std::string_view name) const;
    Below count_below(sql::Tx& tx, const Organisation& organisation) const;
    bool is_too_large_to_move(sql::Tx& tx, const Organisation& organisation) const;
    /// Open ones directly below, of any kind, at most `limit`.
    std::vector<Organisation> open_children(sql::Tx& tx, OrganisationId parent, int limit) const;
    /// The day on which its present state began.
    Date state_since(sql::Tx& tx, const Organisation& organisation) const;
    /// Undoes a closing: the organisation with its code, the classes that ended with it and, as nothing ended
    /// them, the offices. What a successor took over stays there.
    Organisation reopen(sql::Tx& tx, const Caller& caller, const Reopening& reopening) const;
    /// Whether the caller may change, close or reopen it; who only inspects may not.
    bool may_edit(const Caller& caller, const Organisation& organisation) const;
    /// The kinds of organisation that the caller may found directly below it.
    std::vector<Kind> may_create(const Caller& caller, const Organisation& parent) const;

    const Clock& clock() const { return clock_; }
    IdSource& ids() const { return ids_; }
    Date today() const { return date_in_china(clock_.now()); }

private:
    Organisation drafted(sql::Tx& tx,
                         const Caller& caller,
                         const Organisation& parent,
                         const Draft& draft,
                         const Leaving& leaving) const;
    /// Throws by field "name".
    void require_own_name(sql::Tx& tx,
                          const Organisation& organisation,
                          Date day,
                          const Leaving& leaving) const;
    void move(sql::Tx& tx, Organisation& organisation, const Organisation& parent) const;
    void audit(sql::Tx& tx, const Caller& caller, std::string action, const Organisation& organisation) const;
    Attached attached_to(sql::Tx& tx, const Organisation& organisation) const;
    /// Begins a new state of a closed organisation that is open again.
    void begin_again(sql::Tx& tx, const Caller& caller, const Organisation& organisation) const;
    /// Moves the open children of an organisation that ends to its successor.
    void adopt(
        sql::Tx& tx, const Caller& caller, const Organisation& from, OrganisationId to, Date day) const;

    const Clock& clock_;
    IdSource& ids_;
    Audit& audit_;
    std::vector<Moved> when_moved_;
    std::vector<Renamed> when_renamed_;
    CountAttached count_attached_;
    AgainstPlans against_plans_;
};

void add_routes(http::Routes& routes, Organisations& organisations);

}  // namespace educard::organisations

#include "modules/organisations/imports.hpp"  // IWYU pragma: export
