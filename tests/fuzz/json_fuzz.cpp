// What decodes can be written, and what was written decodes to the same; what does not decode says why.

#include "base/json.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace educard {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Leaf {
    std::string text;
    std::optional<double> share;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (text, share))

struct Tree {
    std::optional<PersonId> id;
    std::optional<std::int64_t> number;
    std::optional<std::uint8_t> small;
    std::optional<bool> flag;
    std::optional<Colour> colour;
    std::optional<Time> at;
    std::optional<Date> day;
    std::optional<Bytes> key;
    std::optional<std::vector<Leaf>> leaves;
    std::optional<std::map<std::string, Leaf>> named;
    std::optional<boost::json::value> raw;
    std::optional<std::vector<Tree>> children;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (id, number, small, flag, colour, at, day, key, leaves, named, raw, children))

namespace {

/// Boost 1.81 reads the last digit of some fractions differently from how it was written.
bool is_exact(const Tree& tree) {
    const auto is_whole = [](const Leaf& leaf) { return !leaf.share; };
    return !tree.raw && std::ranges::all_of(tree.leaves.value_or(std::vector<Leaf>()), is_whole) &&
           std::ranges::all_of(tree.named.value_or(std::map<std::string, Leaf>()),
                               [&](const auto& named) { return is_whole(named.second); }) &&
           std::ranges::all_of(tree.children.value_or(std::vector<Tree>()), &is_exact);
}

}  // namespace

}  // namespace educard

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace educard;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string written;
    bool exact = false;
    try {
        const auto tree = json::decode<Tree>(text);
        exact = is_exact(tree);
        written = json::encode(tree);
    } catch (const Error& error) {
        EDU_ASSERT(error.fault() == Fault::invalid && error.fields().size() <= 100);
        return 0;
    }
    EDU_ASSERT(json::is_clean_text(written));
    const auto again = json::encode(json::decode<Tree>(written));
    EDU_ASSERT(!exact || again == written);
    return 0;
}
