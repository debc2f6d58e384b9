#pragma once
// Identifiers: 64-bit, ordered by time, made by the node without asking anybody; a type of its own for each thing,
// strings in JSON (JavaScript cannot hold 64 bits).

#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace educard {

/// An id of one kind of thing: `using PersonId = Id<struct PersonTag>;`. Zero means "none" and is never made.
template <class Tag>
struct Id {
    std::int64_t value = 0;

    auto operator<=>(const Id&) const = default;
    explicit operator bool() const { return value != 0; }
};

/// Decimal digits, as ids appear in JSON and URLs; nothing for anything but a positive 63-bit number.
std::optional<std::int64_t> parse_id(std::string_view text);

/// When an id of an IdSource was made, to the millisecond.
Time made_at(std::int64_t id);

// The ids that more than one module speaks of.
using OrganisationId = Id<struct OrganisationTag>;
using PersonId = Id<struct PersonTag>;
using AccountId = Id<struct AccountTag>;
using SessionId = Id<struct SessionTag>;
using ApplicationId = Id<struct ApplicationTag>;
using JobId = Id<struct JobTag>;

/// Makes ids: 41 bits of milliseconds since 2024, 10 bits node number, 12 bits counter. When more than 4,096 are asked
/// for within a millisecond the counter runs ahead of the clock rather than waiting. Any thread may call it.
class IdSource {
public:
    /// `node` is 0 to 1023 and must be held by no other running process on the same database.
    IdSource(const Clock& clock, unsigned node);

    template <class AnyId>
    AnyId next() {
        return AnyId{next_value()};
    }

private:
    std::int64_t next_value();

    const Clock& clock_;
    std::int64_t node_bits_;
    std::atomic<std::int64_t> last_{0};  // milliseconds << 12 | counter
};

}  // namespace educard

template <class Tag>
struct std::hash<educard::Id<Tag>> {
    std::size_t operator()(educard::Id<Tag> id) const noexcept { return std::hash<std::int64_t>()(id.value); }
};
