#pragma once
// Names of people who do not exist, roughly as often as such names are: family names by their share among
// people in Jiangsu, given names of the fashion of their time, now and then characters and forms that break
// weaker systems (G4). Pure; any thread.

#include "cli/chance.hpp"

#include <string>
#include <string_view>

namespace educard::cli {

enum class Sex { male, female };

/// A family name by its frequency.
std::string_view family_name(Chance& chance);

/// The whole name of somebody born in that year.
std::string full_name(Chance& chance, std::string_view family, Sex sex, int birth_year);

}  // namespace educard::cli
