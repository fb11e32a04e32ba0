// "Did you mean …?" for everything a person types.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rdptriage {

// The known word that a mistyped one most likely means, or "" when none is near.
std::string suggest(std::string_view typed, const std::vector<std::string>& known);

}  // namespace rdptriage
