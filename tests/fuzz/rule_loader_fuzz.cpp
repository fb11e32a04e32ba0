// Any text loads as rules or is refused with problems; what loads can be linted.
#include <cstdint>
#include <string_view>

#include "fuzz_options.hpp"
#include "rule/lint.hpp"
#include "rule/rule_loader.hpp"

extern "C" const char* __asan_default_options() { return RDPTRIAGE_FUZZ_OPTIONS; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rdptriage::rule;
  const RuleFile file{"fuzz.yml", {reinterpret_cast<const char*>(data), size}};
  LoadOptions options;
  options.log_sources = LogSourceUse::ignore;
  const LoadedRules loaded = load_rules({&file, 1}, options);
  lint({&file, 1}, loaded.rules, {}, LintFor::sigma);
  return 0;
}
