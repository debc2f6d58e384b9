#pragma once
// When a delivery is tried again. Inside of the module.

#include <array>
#include <chrono>

namespace educard::webhooks {

/// Between attempts: some three days in all. As the specification recommends, up to a tenth longer by chance.
inline constexpr std::array<std::chrono::seconds, 9> kWaits{std::chrono::seconds(5),
                                                            std::chrono::minutes(5),
                                                            std::chrono::minutes(30),
                                                            std::chrono::hours(2),
                                                            std::chrono::hours(5),
                                                            std::chrono::hours(10),
                                                            std::chrono::hours(14),
                                                            std::chrono::hours(20),
                                                            std::chrono::hours(24)};

}  // namespace educard::webhooks
