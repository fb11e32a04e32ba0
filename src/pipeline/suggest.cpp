#include "rdptriage/suggest.hpp"

#include "base/text.hpp"

namespace rdptriage {

std::string suggest(std::string_view typed, const std::vector<std::string>& known) {
  return std::string(base::nearest_word(typed, {known.begin(), known.end()}));
}

}  // namespace rdptriage
