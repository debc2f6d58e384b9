#pragma once

#include "base/error.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include <optional>

namespace educard::cli {

/// The same value in another module's enumeration; both name their enumerators alike.
template <class To, class From>
To same(From value) {
    To out{};
    EDU_ASSERT(boost::describe::enum_from_string(boost::describe::enum_to_string(value, ""), out));
    return out;
}

template <class To, class From>
std::optional<To> same(std::optional<From> value) {
    return value ? std::optional(same<To>(*value)) : std::nullopt;
}

}  // namespace educard::cli
