// Rules, a NUL byte, an event as JSON: the fast matcher agrees with the plain one.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "fuzz_options.hpp"
#include "reader/event_json.hpp"
#include "rule/matcher.hpp"
#include "rule/rule_loader.hpp"
#include "support/plain_matcher.hpp"

extern "C" const char* __asan_default_options() { return RDPTRIAGE_FUZZ_OPTIONS; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rdptriage;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\0');
  if (end == std::string_view::npos) return 0;
  const rule::RuleFile file{"fuzz.yml", text.substr(0, end)};
  rule::LoadOptions options;
  options.log_sources = rule::LogSourceUse::ignore;
  const rule::LoadedRules loaded = rule::load_rules({&file, 1}, options);
  rule::Matcher matcher(loaded.rules);
  const tests::PlainMatcher plain(loaded.rules, {}, options.log_sources);
  std::vector<rule::RuleIndex> hits;
  reader::visit_json_event(text.substr(end + 1), {}, [&](EventView& event) {
    matcher.match(event, hits);
    std::vector<rule::RuleIndex> listed;
    for (const rule::RuleIndex hit : hits) {
      if (!loaded.rules.rules()[hit].generated_for) listed.push_back(hit);
    }
    if (listed != plain.match(event)) std::abort();
  });
  return 0;
}
