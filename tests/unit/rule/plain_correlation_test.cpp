// Correlations agree with their definition, worked out window by window over made rules and events
// of one clock.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/time.hpp"
#include "rule_run.hpp"
#include "support/catch.hpp"
#include "support/choices.hpp"

using namespace rdptriage;
using test::CaseBytes;
using test::Choices;

namespace {
struct Seen {
  int second = 0;
  char rule = 'a';
  std::optional<std::string> host, user;
  std::optional<int> number;
};

struct Threshold {
  std::string op;
  int limit = 0;
};

// One correlation over some of the rules a, b and c.
struct Made {
  std::string type;
  std::string rules;  // letters, in order
  bool grouped = false;
  int span = 0;
  std::vector<Threshold> thresholds;
  int percentile = 0;
  int expression = -1;  // one of kExpressions
};

using Rules = std::set<char>;
struct Expression {
  const char* text;
  const char* rules;
  bool (*promising)(const Rules&);  // with every `not` taken as true
  bool (*holds)(const Rules&);
};
bool has(const Rules& rules, char rule) { return rules.count(rule) != 0; }
const Expression kExpressions[] = {
    {"a and not b", "ab", [](const Rules& r) { return has(r, 'a'); },
     [](const Rules& r) { return has(r, 'a') && !has(r, 'b'); }},
    {"a and (b or c)", "abc",
     [](const Rules& r) { return has(r, 'a') && (has(r, 'b') || has(r, 'c')); },
     [](const Rules& r) { return has(r, 'a') && (has(r, 'b') || has(r, 'c')); }},
    {"(a or b) and not c", "abc", [](const Rules& r) { return has(r, 'a') || has(r, 'b'); },
     [](const Rules& r) { return (has(r, 'a') || has(r, 'b')) && !has(r, 'c'); }},
};

Made make_correlation(Choices& choices) {
  const char* const types[] = {"event_count", "value_count",  "temporal",  "temporal_ordered",
                               "value_sum",   "value_median", "value_avg", "value_percentile"};
  const char* const lists[] = {"a", "ab", "abc", "cb"};
  const char* const ops[] = {"gte", "gt", "eq", "lt", "lte", "neq"};
  Made out;
  out.type = types[choices.below(8)];
  out.rules = lists[choices.below(4)];
  out.grouped = choices.below(2) == 0;
  out.span = 1 + choices.below(12);
  const bool temporal = out.type.rfind("temporal", 0) == 0;
  if (out.type == "temporal" && choices.below(3) == 0) {
    out.expression = choices.below(3);
    out.rules = kExpressions[out.expression].rules;
  } else if (!temporal) {
    out.thresholds.push_back({ops[choices.below(6)], 1 + choices.below(4)});
    if (choices.below(4) == 0) out.thresholds.push_back({"lte", 2 + choices.below(4)});
    if (out.thresholds.size() == 2 && out.thresholds[0].op == "lte") out.thresholds.pop_back();
  } else if (out.type == "temporal" && choices.below(3) == 0) {
    out.thresholds.push_back({"gte", 1 + choices.below(3)});
  }
  out.percentile = 10 * choices.below(11);
  return out;
}

std::vector<Seen> make_events(Choices& choices) {
  std::vector<Seen> out;
  const int count = 1 + choices.below(14);
  for (int i = 0; i < count; ++i) {
    Seen& seen = out.emplace_back();
    seen.second = choices.below(40);
    seen.rule = static_cast<char>('a' + choices.below(3));
    const char* const hosts[] = {"x", "X", "y"};
    if (const int host = choices.below(5); host < 3) seen.host = hosts[host];
    const char* const users[] = {"u", "U", "v", "w"};
    if (const int user = choices.below(5); user < 4) seen.user = users[user];
    if (const int number = choices.below(6); number < 5) seen.number = number;
  }
  return out;
}

std::string yaml_of(const Made& made) {
  std::string out;
  for (const char letter : std::string("abc")) {
    out += fmt::format(
        "title: {0}\nname: {0}\nlogsource: {{product: windows}}\n"
        "detection: {{s: {{R: {0}}}, condition: s}}\n---\n",
        letter);
  }
  std::string rules, condition;
  for (const char letter : made.rules)
    rules += fmt::format("{}{}", rules.empty() ? "" : ", ", letter);
  for (const Threshold& threshold : made.thresholds)
    condition += fmt::format(", {}: {}", threshold.op, threshold.limit);
  if (made.type == "value_count") condition += ", field: U";
  if (made.type != "value_count" && made.type.rfind("value_", 0) == 0) condition += ", field: N";
  if (made.type == "value_percentile")
    condition += fmt::format(", percentile: {}", made.percentile);
  out += fmt::format(
      "title: out\nname: out\ncorrelation:\n  type: {}\n  rules: [{}]\n  timespan: {}s\n",
      made.type, rules, made.span);
  if (made.grouped) out += "  group-by: [H]\n";
  if (made.expression >= 0) {
    out += fmt::format("  condition: {}\n", kExpressions[made.expression].text);
  } else if (!condition.empty()) {
    out += fmt::format("  condition: {{{}}}\n", condition.substr(2));
  }
  return out;
}

std::string json_of(const Seen& seen) {
  std::string out =
      fmt::format(R"({{"timestamp": "2026-01-15T10:00:{:02}Z", "R": "{}")", seen.second, seen.rule);
  if (seen.host) out += fmt::format(R"(, "H": "{}")", *seen.host);
  if (seen.user) out += fmt::format(R"(, "U": "{}")", *seen.user);
  if (seen.number) out += fmt::format(R"(, "N": {})", *seen.number);
  return out + "}";
}

char lower(char c) { return c == 'X' || c == 'U' ? static_cast<char>(c + 32) : c; }

// --- the definition ------------------------------------------------------------------------------

using Events = std::vector<Seen>;

bool compares(const Threshold& threshold, double value) {
  const double limit = threshold.limit;
  if (threshold.op == "gte") return value >= limit;
  if (threshold.op == "gt") return value > limit;
  if (threshold.op == "eq") return value == limit;
  if (threshold.op == "lt") return value < limit;
  if (threshold.op == "lte") return value <= limit;
  return value != limit;
}

Rules rules_in(const Events& window) {
  Rules out;
  for (const Seen& seen : window) out.insert(seen.rule);
  return out;
}

std::optional<double> value_of(const Made& made, const Events& window) {
  if (made.type == "event_count") return static_cast<double>(window.size());
  if (made.type == "temporal") return static_cast<double>(rules_in(window).size());
  if (made.type == "value_count") {
    std::set<char> users;
    for (const Seen& seen : window) {
      if (seen.user) users.insert(lower(seen.user->front()));
    }
    return static_cast<double>(users.size());
  }
  std::vector<double> numbers;
  for (const Seen& seen : window) {
    if (seen.number) numbers.push_back(*seen.number);
  }
  if (numbers.empty()) return std::nullopt;
  std::sort(numbers.begin(), numbers.end());
  double sum = 0;
  for (const double number : numbers) sum += number;
  const std::size_t count = numbers.size();
  if (made.type == "value_sum") return sum;
  if (made.type == "value_avg") return sum / static_cast<double>(count);
  if (made.type == "value_median") return (numbers[(count - 1) / 2] + numbers[count / 2]) / 2;
  const double rank = std::ceil(made.percentile * static_cast<double>(count) / 100);
  return numbers[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

bool holds(const Made& made, const Events& window) {
  if (made.expression >= 0) return kExpressions[made.expression].holds(rules_in(window));
  if (made.type == "temporal" && made.thresholds.empty())
    return rules_in(window) == Rules(made.rules.begin(), made.rules.end());
  const auto value = value_of(made, window);
  return value && std::all_of(made.thresholds.begin(), made.thresholds.end(),
                              [&](const Threshold& t) { return compares(t, *value); });
}

// Whether the window is worth judging: from then on no `not` could become true.
bool promising(const Made& made, const Events& window) {
  return made.expression >= 0 ? kExpressions[made.expression].promising(rules_in(window))
                              : holds(made, window);
}

// Some chain through the window in list order with times that do not decrease; its earliest end.
std::optional<int> chain_end(const Made& made, const Events& window, std::size_t link,
                             std::vector<bool>& used, int since) {
  if (link == made.rules.size()) return since;
  std::optional<int> best;
  for (std::size_t i = 0; i < window.size(); ++i) {
    if (used[i] || window[i].rule != made.rules[link] || window[i].second < since) continue;
    if (link == 0 && window[i].second != window[0].second) continue;
    used[i] = true;
    const auto end = chain_end(made, window, link + 1, used, window[i].second);
    used[i] = false;
    if (end && (!best || *end < *best)) best = end;
  }
  return best;
}

// The times of all firings in a group of events, sorted by time.
std::vector<int> firings(const Made& made, const Events& events) {
  const bool aggregate = made.type.rfind("value_", 0) == 0 && made.type != "value_count";
  const bool slides =
      !aggregate && (made.thresholds.empty() || made.expression >= 0 ||
                     (made.thresholds.size() == 1 && made.thresholds[0].op.front() == 'g'));
  std::vector<int> out;
  for (std::size_t first = 0; first < events.size();) {
    Events window;
    for (std::size_t i = first; i < events.size(); ++i) {
      if (events[i].second - events[first].second <= made.span) window.push_back(events[i]);
    }
    std::optional<int> time;
    bool consumed = !slides;
    std::size_t used_up = window.size();
    if (made.type == "temporal_ordered") {
      std::vector<bool> used(window.size());
      time = chain_end(made, window, 0, used, window[0].second);
      consumed = time.has_value();
      // What is behind the last of the last rule may begin a chain of its own.
      const auto is_last = [&](const Seen& seen) { return seen.rule == made.rules.back(); };
      const auto last = std::find_if(window.rbegin(), window.rend(), is_last);
      if (consumed) {
        used_up = static_cast<std::size_t>(
            std::count_if(window.begin(), window.end(),
                          [&](const Seen& seen) { return seen.second <= last->second; }));
      }
    } else if (!slides) {
      if (holds(made, window)) time = window.back().second;
    } else {
      Events part;
      for (const Seen& seen : window) {
        part.push_back(seen);
        if (!promising(made, part)) continue;
        consumed = true;
        if (holds(made, window)) time = seen.second;
        break;
      }
    }
    if (time) out.push_back(*time);
    first += consumed ? used_up : 1;
  }
  return out;
}

using Outcome = std::multiset<std::pair<std::string, int>>;  // group, second

Outcome defined(const Made& made, Events events) {
  std::map<std::string, Events> groups;
  std::stable_sort(events.begin(), events.end(),
                   [](const Seen& a, const Seen& b) { return a.second < b.second; });
  for (const Seen& seen : events) {
    if (made.rules.find(seen.rule) == std::string::npos) continue;
    const bool temporal = made.type.rfind("temporal", 0) == 0;
    if (made.grouped && temporal && !seen.host) continue;
    groups[!made.grouped ? "all"
           : seen.host   ? std::string(1, lower(seen.host->front()))
                         : "none"]
        .push_back(seen);
  }
  Outcome out;
  for (const auto& [group, members] : groups) {
    for (const int second : firings(made, members)) out.emplace(group, second);
  }
  return out;
}

Outcome found(const tests::RunOutcome& outcome) {
  Outcome out;
  for (const tests::FiredGroup& fired : outcome.fired) {
    std::string group = "all";
    if (!fired.group.empty()) group = fired.group[0].second.value_or("none");
    out.emplace(group, static_cast<int>(fired.ticks / base::kTicksPerSecond % 60));
  }
  return out;
}

std::string written(const Outcome& outcome) {
  std::string out;
  for (const auto& [group, second] : outcome) out += fmt::format("{}@{} ", group, second);
  return out;
}

// "" when the engine finds what the definition says.
std::string disagreement(const CaseBytes& bytes, std::size_t* fired = nullptr) {
  Choices choices(bytes);
  const Made made = make_correlation(choices);
  const Events events = make_events(choices);
  tests::RuleRun run;
  run.rules = yaml_of(made);
  for (const Seen& seen : events) run.events.push_back(json_of(seen));
  const tests::RunOutcome outcome = tests::run_rules(run);
  const Outcome want = defined(made, events), got = found(outcome);
  if (fired != nullptr) *fired += want.size();
  if (outcome.problems.empty() && want == got) return {};
  return fmt::format("{}\n{}\nwant {}\ngot {}", run.rules, fmt::join(run.events, "\n"),
                     written(want),
                     outcome.problems.empty() ? written(got) : outcome.problems.front());
}
}  // namespace

TEST_CASE("correlations: what their definition says, on made rules and events") {
  std::mt19937 random(20261122);
  std::size_t fired = 0;
  for (int round = 0; round < 3000; ++round) {
    CaseBytes bytes(90);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    if (disagreement(bytes, &fired).empty()) continue;
    const CaseBytes smallest =
        test::shrink(bytes, [](const CaseBytes& one) { return !disagreement(one).empty(); });
    FAIL("round " << round << ":\n" << disagreement(smallest));
  }
  CHECK(fired > 1000);
}
