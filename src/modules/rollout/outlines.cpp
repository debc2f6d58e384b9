#include "modules/rollout/outlines.hpp"

#include "base/json.hpp"
#include "base/resources.hpp"
#include "modules/rollout/store_outlines.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <set>

namespace educard::rollout {

namespace {

constexpr std::size_t kLeastKnown = 2;
constexpr std::size_t kLeastPoints = 4;  // RFC 7946, 3.1.6: a ring is closed
constexpr std::size_t kCodeDigits = 6;
constexpr double kMostLongitude = 180;
constexpr double kMostLatitude = 90;
constexpr std::size_t kMostCredit = 200;
constexpr std::size_t kMostApproval = 60;

std::string_view file_of(MapName name) {
    return name == MapName::cities ? "web/maps/jiangsu.json" : "web/maps/jiangsu-counties.json";
}

const boost::json::value* member(const boost::json::value& object, std::string_view name) {
    return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

bool is_text(const boost::json::value* value, std::string_view text) {
    return value != nullptr && value->is_string() && value->get_string() == text;
}

bool is_within(const boost::json::value& number, double most) {
    if (!number.is_number()) {
        return false;
    }
    const auto value = number.to_number<double>();
    return value >= -most && value <= most;
}

bool is_position(const boost::json::value& position) {
    return position.is_array() && position.get_array().size() >= 2 &&
           is_within(position.get_array()[0], kMostLongitude) &&
           is_within(position.get_array()[1], kMostLatitude);
}

bool is_ring(const boost::json::value& ring) {
    return ring.is_array() && ring.get_array().size() >= kLeastPoints &&
           std::ranges::all_of(ring.get_array(), is_position) &&
           ring.get_array().front() == ring.get_array().back();
}

bool is_polygon(const boost::json::value& polygon) {
    return polygon.is_array() && !polygon.get_array().empty() &&
           std::ranges::all_of(polygon.get_array(), is_ring);
}

bool is_shape(const boost::json::value* geometry) {
    if (geometry == nullptr) {
        return false;
    }
    const auto* const type = member(*geometry, "type");
    const auto* const coordinates = member(*geometry, "coordinates");
    if (coordinates == nullptr || !coordinates->is_array() || coordinates->get_array().empty()) {
        return false;
    }
    if (is_text(type, "Polygon")) {
        return is_polygon(*coordinates);
    }
    return is_text(type, "MultiPolygon") && std::ranges::all_of(coordinates->get_array(), is_polygon);
}

std::string code_of(const boost::json::value& feature) {
    const auto* const properties = member(feature, "properties");
    const auto* const code = properties == nullptr ? nullptr : member(*properties, "code");
    const bool is_code = code != nullptr && code->is_string() && code->get_string().size() == kCodeDigits &&
                         std::ranges::all_of(code->get_string(), [](char c) { return c >= '0' && c <= '9'; });
    return is_code ? std::string(code->get_string()) : std::string();
}

[[noreturn]] void refuse(std::string code, std::string name, std::string value) {
    throw Error(Fault::invalid, std::move(code)).with(std::move(name), std::move(value));
}

/// The division codes of a map. Throws what is wrong with it.
std::set<std::string> check(std::string_view content) {
    std::set<std::string> codes;
    const auto look = [&](const boost::json::value& map) {
        const auto* const features = member(map, "features");
        if (!is_text(member(map, "type"), "FeatureCollection") || features == nullptr ||
            !features->is_array() || features->get_array().empty()) {
            throw Error(Fault::invalid, "rollout.map_not_collection");
        }
        std::size_t number = 0;
        for (const auto& feature : features->get_array()) {
            ++number;
            auto code = code_of(feature);
            if (code.empty()) {
                refuse("rollout.map_code", "n", std::to_string(number));
            }
            if (!is_shape(member(feature, "geometry"))) {
                refuse("rollout.map_geometry", "code", code);
            }
            if (!codes.insert(code).second) {
                refuse("rollout.map_code_twice", "code", code);
            }
        }
    };
    try {
        json::parse(content, look);
    } catch (const Error& error) {
        if (error.code() == "json.malformed") {
            throw Error(Fault::invalid, "rollout.map_not_json");
        }
        throw;
    }
    return codes;
}

void require_province(const Caller& caller) {
    if (std::ranges::none_of(caller.grants,
                             [](const Grant& grant) { return grant.role == Role::province_admin; })) {
        throw Error(Fault::forbidden, "scope.outside");
    }
}

}  // namespace

Outline Outlines::describe(sql::Tx& tx, MapName name) const {
    const auto found = store::find_outline(tx, name);
    return found
               ? Outline{name, true, found->credit, found->approval_number, found->replaced_at, found->places}
               : Outline{.name = name};
}

std::vector<Outline> Outlines::list(sql::Tx& tx) const {
    return {describe(tx, MapName::cities), describe(tx, MapName::counties)};
}

std::string Outlines::get(sql::Tx& tx, MapName name) const {
    if (auto content = store::outline_content(tx, name)) {
        return std::move(*content);
    }
    return std::string(
        find_resource(file_of(name)).value_or(R"({"type":"FeatureCollection","features":[]})"));
}

Outline Outlines::replace(const Caller& caller, const ReplaceOutline& input, std::string_view content) const {
    require_province(caller);
    if (content.size() > kMostOctets) {
        throw Error(Fault::invalid, "rollout.map_too_large");
    }
    std::vector<FieldError> faults;
    if (input.credit.empty()) {
        faults.push_back({"credit", "required"});
    } else if (input.credit.size() > kMostCredit) {
        faults.push_back({"credit", "too_long"});
    }
    if (input.approval_number && input.approval_number->size() > kMostApproval) {
        faults.push_back({"approval_number", "too_long"});
    }
    if (!faults.empty()) {
        throw Error::invalid(std::move(faults));
    }
    const auto codes = check(content);
    return database_.write([&](sql::Tx& tx) {
        std::size_t known = 0;
        for (const auto& code : store::division_codes(tx, input.name)) {
            known += codes.contains(code);
        }
        if (known < kLeastKnown) {
            throw Error(Fault::invalid, "rollout.map_unknown_places");
        }
        const auto places = static_cast<std::int64_t>(codes.size());
        store::put_outline(
            tx, input.name, content, {input.credit, input.approval_number, clock_.now(), places});
        audit_.record(tx,
                      caller,
                      {.action = "rollout.map_replaced",
                       .subject_kind = "map",
                       .subject = json::Codec<MapName>::print(input.name)});
        return describe(tx, input.name);
    });
}

void Outlines::restore(sql::Tx& tx, const Caller& caller, MapName name) const {
    require_province(caller);
    if (store::remove_outline(tx, name)) {
        audit_.record(tx,
                      caller,
                      {.action = "rollout.map_restored",
                       .subject_kind = "map",
                       .subject = json::Codec<MapName>::print(name)});
    }
}

}  // namespace educard::rollout
