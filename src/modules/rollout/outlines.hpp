#pragma once
// The outlines of places that maps are drawn from: those of the program, or what the province put in their
// place, checked by its content. Part of rollout.hpp, which includes it. What the constructor is given
// outlives it; any thread.

#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::rollout {

/// `cities`: what reports to the province. `counties`: of all cities.
enum class MapName { cities, counties };
BOOST_DESCRIBE_ENUM(MapName, cities, counties)

struct Outline {
    MapName name{};
    bool replaced = false;
    std::optional<std::string> credit;           // whose map it is
    std::optional<std::string> approval_number;  // 审图号
    std::optional<Time> replaced_at;
    std::int64_t places = 0;
};
BOOST_DESCRIBE_STRUCT(Outline, (), (name, replaced, credit, approval_number, replaced_at, places))

struct ReplaceOutline {
    MapName name{};
    std::string credit;
    std::optional<std::string> approval_number;
};
BOOST_DESCRIBE_STRUCT(ReplaceOutline, (), (name, credit, approval_number))

class Outlines {
public:
    static constexpr std::size_t kMostOctets = 5U << 20U;

    Outlines(sql::Database& database,
             const Clock& clock,
             const organisations::Organisations& organisations,
             Audit& audit)
        : database_(database), clock_(clock), organisations_(organisations), audit_(audit) {}

    std::vector<Outline> list(sql::Tx& tx) const;
    /// GeoJSON.
    std::string get(sql::Tx& tx, MapName name) const;
    /// By the province's administrators: a FeatureCollection (RFC 7946) of polygons in degrees, each with the
    /// division code of a place that reports to the province, or of a county. Throws invalid with what is
    /// wrong. Not inside a Tx.
    Outline replace(const Caller& caller, const ReplaceOutline& input, std::string_view content) const;
    /// Back to the program's own.
    void restore(sql::Tx& tx, const Caller& caller, MapName name) const;

private:
    Outline describe(sql::Tx& tx, MapName name) const;

    sql::Database& database_;
    const Clock& clock_;
    const organisations::Organisations& organisations_;
    Audit& audit_;
};

void add_routes(http::Routes& routes, const Outlines& outlines);

}  // namespace educard::rollout
