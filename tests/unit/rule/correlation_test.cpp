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
  rule::ClockState state = rule::ClockState::measured;
  std::uint32_t scale = 0;
};
constexpr auto kUnmeasured = rule::ClockState::unmeasured;

// "yes 3" for a firing with three events, "possible 2" …; "" for none.
std::string outcome(const std::string& correlation, const std::vector<Seen>& seen,
                    const std::string& more = {}) {
  const std::string text = detection("a") + detection("b") + detection("c") +
                           "title: out\nname: out\ncorrelation: {" + correlation + "}\n" + more;
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
    hit.clock_state = one.state;
    hit.scale = one.scale;
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
      {"what is behind the last link is in no chain",
       chain,
       {{'a', 0}, {'b', 2}, {'a', 4}},
       "yes 2"},
      {"and may begin one of its own",
       chain,
       {{'a', 0}, {'b', 2}, {'a', 4}, {'b', 12}},
       "yes 2, yes 2"},
      {"links that repeat are all of one chain",
       chain,
       {{'a', 0}, {'b', 2}, {'a', 4}, {'b', 8}},
       "yes 4"},
      {"behind the last link by less than the clocks",
       chain,
       {{'a', 0, 1, 0}, {'b', 2, 1, 0}, {'a', 4, 2, 5}},
       "yes 3"},
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

TEST_CASE("correlation: a chain takes the earliest link that the clocks allow") {
  const char* chain = "type: temporal_ordered, rules: [a, b, c], timespan: 10s";
  // The b of the other clock may be later than a; that of a's own clock is surely earlier.
  CHECK(outcome(chain, {{'b', 2, 1, 0}, {'b', 1, 2, 4}, {'a', 3, 1, 0}, {'c', 5, 1, 0}}) ==
        "yes 4");
  CHECK(outcome(chain, {{'b', 2, 1, 0}, {'a', 3, 1, 0}, {'c', 5, 1, 0}}).empty());
  CHECK(outcome(chain, {{'b', 1, 2, 1}, {'a', 3, 1, 0}, {'c', 5, 1, 0}}).empty());
}

TEST_CASE("correlation: chains in many hits of uncertain clocks take no time") {
  const char* chain = "type: temporal_ordered, rules: [a, b], timespan: 1s";
  std::vector<Seen> seen = {{'c', 0, 2, 100'000}};
  for (int i = 0; i < 40'000; ++i) seen.push_back({i < 20'000 ? 'b' : 'a', i, 1, 100'000});
  CHECK(outcome(chain, seen).empty());  // every b is before every a, on one clock
}

TEST_CASE("correlation: times of unknown zones are compared inside their artifact only") {
  const char* both = "type: temporal, rules: [a, b], timespan: 10s";
  const auto known = rule::ClockState::measured;
  CHECK(outcome(both, {{'a', 0, 1, 0, known, 1}, {'b', 3, 1, 0, known, 1}}) == "yes 2");
  CHECK(outcome(both, {{'a', 0, 1, 0, known, 1}, {'b', 3, 1, 0, known, 0}}).empty());
  CHECK(outcome(both, {{'a', 0, 1, 0, known, 1}, {'b', 3, 2, 9, known, 2}}).empty());
}

TEST_CASE("correlation: skew: required leaves clocks apart that nothing measured") {
  const std::string both = "type: temporal, rules: [a, b], timespan: 10s";
  const std::string required = "rdptriage: {format: 1, skew: required}\n";
  const std::vector<Seen> guessed = {{'a', 0, 1, 60, kUnmeasured}, {'b', 3, 2, 60, kUnmeasured}};
  const std::vector<Seen> measured = {{'a', 0, 1, 0}, {'b', 3, 2, 2}};
  const std::vector<Seen> one = {{'a', 0, 1, 60, kUnmeasured}, {'b', 3, 1, 60, kUnmeasured}};
  const std::vector<Seen> mixed = {{'a', 0, 1, 0}, {'b', 1, 2, 60, kUnmeasured}, {'b', 3, 3, 2}};
  CHECK(outcome(both, guessed) == "possible 2");
  CHECK(outcome(both, guessed, required).empty());
  CHECK(outcome(both, measured, required) == "yes 2");
  CHECK(outcome(both, one, required) == "yes 2");
  CHECK(outcome(both, mixed, required) == "yes 2");
}

TEST_CASE("correlation: a list of hits has an end, and says what is behind it") {
  rule::HitList list(2);
  rule::Hit hit;
  CHECK(list.add(hit));
  CHECK(list.add(hit));
  CHECK_FALSE(list.add(hit));
  list.leave_out(4);
  CHECK(list.hits().size() == 2);
  CHECK(list.left_out() == 5);
  CHECK(rule::kMostHits == 1'000'000);
}
