// Any text is YAML within the limits, or one problem with a place in the text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/yaml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rdptriage::base;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto roots = parse_yaml({"fuzz.yml", text});
  if (!roots && roots.error().text.empty()) std::abort();
  return 0;
}
