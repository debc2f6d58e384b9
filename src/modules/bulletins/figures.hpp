#pragma once
// What a bulletin says in numbers: computed once, then only kept and shown. Values and pure functions, but
// for compute. Part of bulletins.hpp, which includes it.

#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "modules/rollout/rollout.hpp"
#include "runtime/caller.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::bulletins {

using rollout::Level;

enum class People { everybody, student, teacher, staff };
BOOST_DESCRIBE_ENUM(People, everybody, student, teacher, staff)

/// One organisation, under its name of the day.
struct FigureRow {
    OrganisationId id;
    std::string name;
    std::optional<std::string> code;
    bool closed = false;
    bool rest = false;  // not an organisation of the level, but who belongs to none of them
    std::int64_t total = 0;
    std::int64_t certified = 0;
    std::int64_t in_review = 0;
    std::int64_t returned = 0;
    std::int64_t not_begun = 0;
    std::int64_t overdue = 0;
    std::optional<Date> deadline;
    bool complete = false;
    std::optional<bool> on_time;

    bool operator==(const FigureRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(FigureRow,
                      (),
                      (id,
                       name,
                       code,
                       closed,
                       rest,
                       total,
                       certified,
                       in_review,
                       returned,
                       not_begun,
                       overdue,
                       deadline,
                       complete,
                       on_time))

/// What a word in the table means, as it was when the figures were computed.
struct Definition {
    std::string term;  // the row's member
    std::string zh_cn;
    std::string en;

    bool operator==(const Definition&) const = default;
};
BOOST_DESCRIBE_STRUCT(Definition, (), (term, zh_cn, en))

struct Figures {
    Date day{};
    Time as_of;         // when it was counted
    bool live = false;  // counted in the course of the day; else as the day ended
    Level level{};
    People people{};
    FigureRow organisation;            // all together
    json::List<FigureRow, 5000> rows;  // in the order of codes
    std::vector<Definition> definitions;

    bool operator==(const Figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(Figures, (), (day, as_of, live, level, people, organisation, rows, definitions))

Figures figures_of(const rollout::LevelProgress& progress, Level level, People people, Date today);

/// Tenths of a percent, rounded down, so that 1000 means all; nothing of nobody.
std::optional<std::int64_t> rate_of(const FigureRow& row);
/// The highest rate first, who has nobody last; equal ones in the order of codes.
std::vector<FigureRow> by_rate(std::vector<FigureRow> rows);

enum class Column { total, certified, in_review, returned, not_begun, overdue };
BOOST_DESCRIBE_ENUM(Column, total, certified, in_review, returned, not_begun, overdue)
std::int64_t value_of(const FigureRow& row, Column column);

/// One number that is another in the later version; one side is empty where the row was not there.
struct ChangedCell {
    OrganisationId organisation_id;
    std::string name;
    Column column{};
    std::optional<std::int64_t> before;
    std::optional<std::int64_t> after;
};
BOOST_DESCRIBE_STRUCT(ChangedCell, (), (organisation_id, name, column, before, after))

/// In the order of the later version's rows, then those that are gone; the sum last.
std::vector<ChangedCell> difference(const Figures& before, const Figures& after);

}  // namespace educard::bulletins
