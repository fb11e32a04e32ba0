// A condition is a tree, or an error that lies inside its text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rule/condition.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rdptriage::rule;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tree = parse_condition(text);
  if (!tree && tree.error().offset > size) std::abort();
  return 0;
}
