#include "modules/accounts/devices.hpp"

#include "base/text.hpp"

#include <array>
#include <utility>

namespace educard::accounts {

namespace {

using Mark = std::pair<std::string_view, std::string_view>;

template <std::size_t N>
std::string_view first_of(std::string_view user_agent, const std::array<Mark, N>& marks) {
    for (const auto& [mark, name] : marks) {
        if (user_agent.contains(mark)) {
            return name;
        }
    }
    return {};
}

// In this order: nearly every browser says that it is Safari, and many that they are Chrome.
constexpr std::array<Mark, 13> kBrowsers{{{"MicroMessenger", "WeChat"},
                                          {"DingTalk", "DingTalk"},
                                          {"HuaweiBrowser", "Huawei Browser"},
                                          {"MiuiBrowser", "Mi Browser"},
                                          {"QQBrowser", "QQ Browser"},
                                          {"UCBrowser", "UC Browser"},
                                          {"Edg", "Edge"},
                                          {"Firefox", "Firefox"},
                                          {"HeadlessChrome", "Chrome (headless)"},
                                          {"Chrome", "Chrome"},
                                          {"Safari", "Safari"},
                                          {"curl", "curl"},
                                          {"educard", "educard"}}};
constexpr std::array<Mark, 7> kSystems{{{"HarmonyOS", "HarmonyOS"},
                                        {"Android", "Android"},
                                        {"iPhone", "iPhone"},
                                        {"iPad", "iPad"},
                                        {"Windows", "Windows"},
                                        {"Mac OS X", "macOS"},
                                        {"Linux", "Linux"}}};

}  // namespace

std::string device_name_of(const std::optional<std::string>& given, std::string_view user_agent) {
    constexpr std::size_t kMost = 60;
    if (given) {
        if (auto name = tidy(*given); !name.empty() && count_characters(name) <= kMost) {
            return name;
        }
    }
    const auto browser = first_of(user_agent, kBrowsers);
    const auto system = first_of(user_agent, kSystems);
    if (browser.empty() || system.empty()) {
        return std::string(browser.empty() ? system : browser);
    }
    return std::string(browser) + " · " + std::string(system);
}

}  // namespace educard::accounts
