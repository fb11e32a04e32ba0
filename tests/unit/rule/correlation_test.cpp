// Correlations over several clocks: what is certain, what is only possible, what is not.
#include <string>
#include <vector>

#include "rule/correlation.hpp"
#include "rule/rule_loader.hpp"
#include "support/catch.hpp"

using namespace rdptriage;

namespace {
constexpr std::int64_t kSecond = 10'000'000;

std::string detection(const char* name) {
  return std::string("title: ") + name + "\nname: " + name +
         "\nlogsource: {product: windows}\ndetection: {s: {F: x}, condition: s}\n---\n";
}

struct Seen {
  char rule;  // a, b or c
  int second;
  std::uint32_t clock = 0;
  int uncertainty = 0;
};

// "yes 3" for a firing with three events, "possible 2" …; "" for none.
std::string outcome(const std::string& correlation, const std::vector<Seen>& seen) {
  const std::string text = detection("a") + detection("b") + detection("c") +
                           "title: out\nname: out\ncorrelation: {" + correlation + "}\n";
  const rule::RuleFile file{"r.yml", text};
  const auto loaded = rule::load_rules({&file, 1}, {});
  REQUIRE(loaded.problems.empty());
  std::vector<rule::Hit> hits;
  for (const Seen& one : seen) {
    rule::Hit& hit = hits.emplace_back();
    hit.rule = loaded.rules.find(std::string(1, one.rule))->index;
    hit.time.ticks = one.second * kSecond;
    hit.clock = one.clock;
    hit.uncertainty = one.uncertainty * kSecond;
  }
  std::string out;
  for (const rule::Firing& firing : rule::correlate(loaded.rules, hits)) {
    if (!out.empty()) out += ", ";
    out += firing.certainty == rule::Certainty::yes ? "yes " : "possible ";
    out += std::to_string(firing.members.size());
  }
  return out;
}

struct Case {
  const char* name;
  const char* correlation;
  std::vector<Seen> seen;
  const char* want;
};

std::vector<Case> cases() {
  const char* both = "type: temporal, rules: [a, b], timespan: 10s";
  const char* chain = "type: temporal_ordered, rules: [a, b], timespan: 10s";
  const char* without =
      "type: temporal, rules: [a, b, c], timespan: 10s, condition: a and b and not c";
  const char* twice = "type: event_count, rules: [a], timespan: 10s, condition: {gte: 2}";
  const char* once = "type: event_count, rules: [a], timespan: 10s, condition: {eq: 1}";
  return {
      {"one clock is exact against itself", both, {{'a', 0, 1, 60}, {'b', 10, 1, 60}}, "yes 2"},
      {"one clock, too far apart", both, {{'a', 0, 1, 60}, {'b', 11, 1, 60}}, ""},
      {"two clocks, near whatever the error", both, {{'a', 0, 1, 0}, {'b', 6, 2, 4}}, "yes 2"},
      {"two clocks, near only with luck", both, {{'a', 0, 1, 0}, {'b', 7, 2, 4}}, "possible 2"},
      {"two clocks, near only if they were off",
       both,
       {{'a', 0, 1, 0}, {'b', 14, 2, 4}},
       "possible 2"},
      {"two clocks, far whatever the error", both, {{'a', 0, 1, 0}, {'b', 19, 2, 4}}, ""},
      {"both clocks may be off", both, {{'a', 0, 1, 2}, {'b', 12, 2, 2}}, "possible 2"},
      {"in order", chain, {{'a', 0, 1, 0}, {'b', 3, 1, 0}}, "yes 2"},
      {"out of order on one clock", chain, {{'a', 3, 1, 5}, {'b', 0, 1, 5}}, ""},
      {"out of order by less than the clocks", chain, {{'a', 3, 1, 0}, {'b', 0, 2, 5}}, "yes 2"},
      {"out of order by more than the clocks", chain, {{'a', 9, 1, 0}, {'b', 0, 2, 5}}, ""},
      {"equal times are in order", chain, {{'b', 3, 1, 0}, {'a', 3, 1, 0}}, "yes 2"},
      {"and not, nothing there", without, {{'a', 0}, {'b', 3}}, "yes 2"},
      {"and not, surely there", without, {{'a', 0}, {'b', 3}, {'c', 5}}, ""},
      {"and not, perhaps there",
       without,
       {{'a', 0, 1, 0}, {'b', 3, 1, 0}, {'c', 12, 2, 4}},
       "possible 3"},
      {"a count that one clock proves",
       twice,
       {{'a', 0, 1, 0}, {'a', 9, 1, 0}, {'a', 12, 2, 4}},
       "yes 3"},
      {"a count that needs the other clock",
       twice,
       {{'a', 0, 1, 0}, {'a', 12, 2, 4}},
       "possible 2"},
      {"exactly one, unless the clocks were off",
       once,
       {{'a', 0, 1, 0}, {'a', 12, 2, 4}},
       "possible 2"},
  };
}
}  // namespace

TEST_CASE("correlation: three answers over several clocks") {
  for (const Case& c : cases()) {
    INFO(c.name);
    CHECK(outcome(c.correlation, c.seen) == c.want);
  }
}

TEST_CASE("correlation: the order of hits does not matter") {
  for (const Case& c : cases()) {
    INFO(c.name);
    std::vector<Seen> turned(c.seen.rbegin(), c.seen.rend());
    CHECK(outcome(c.correlation, turned) == c.want);
  }
}
