// The values that users give for the %names% in rules with the modifier expand.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace rdptriage::rule {

using Placeholders = std::map<std::string, std::vector<std::string>, std::less<>>;

struct ExpandError {
  enum class Reason { no_values, too_many } reason = Reason::no_values;
  std::string name;  // of the placeholder
};

inline constexpr std::size_t kMaxExpansions = 10'000;

// Every text that `source` stands for: %name% is each value given for it, `\%` a percent sign; a
// percent sign that begins no name is itself.
tl::expected<std::vector<std::string>, ExpandError> expand_placeholders(
    std::string_view source, const Placeholders& placeholders);

}  // namespace rdptriage::rule
