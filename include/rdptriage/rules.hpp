// Rules on their own: run them over logs, check them, run their embedded tests, list them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rdptriage/case.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/function_ref.hpp"
#include "rdptriage/notice.hpp"
#include "rdptriage/problem.hpp"
#include "rdptriage/report.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage {

// Which rules: files and folders of them, or the embedded pack when there are none.
struct RuleSelection {
  std::vector<std::filesystem::path> paths;
  // Sigma log sources: whether a rule sees only the events of its own, and where their map is
  // (empty: the embedded rules/logsources.yml).
  enum class LogSources : std::uint8_t { ignore, apply } log_sources = LogSources::apply;
  std::filesystem::path log_source_map;
  std::filesystem::path placeholders;  // JSON: {"name": ["value", …]}; empty: none
  // What to do when some rules have problems: nothing, or to go on without them.
  enum class OnProblem : std::uint8_t { refuse, keep_going } on_problem = OnProblem::refuse;
  // Matches that correlations look at in all, some 250 bytes each; a notice says how many more
  // there were.
  std::uint64_t most_correlated = 1'000'000;
  // Matched events of a file that are kept until those of the files before it were told, some 90
  // bytes each. With more, the reading of that file waits for its turn.
  std::uint64_t most_ahead = 100'000;
};

// One detection that matched one event, or one firing of a correlation. Lives for the callback.
struct RuleMatch {
  enum class Kind : std::uint8_t { detection, correlation } kind = Kind::detection;
  std::string_view rule;  // name, else id, else title
  std::string_view id, title, level, author;
  // detection
  std::string_view artifact;  // path as shown
  std::uint64_t index = 0;    // 0-based position of the event among those of its artifact
  std::optional<std::uint64_t> record_id, record_number, line;
  std::optional<Timestamp> time;  // correlation: when its condition became true
  // correlation
  std::vector<std::pair<std::string, std::optional<std::string>>> group;
  std::uint64_t events = 0;  // that took part
  bool certain = true;
};

struct MatchSummary {
  std::vector<Problem> problems;  // of rules that were left out
  std::vector<ArtifactReport> artifacts;
  std::vector<Notice> notices;
  std::uint64_t rules = 0, events = 0, matches = 0;
};

// The matches of rules over a case, without a diagnosis.
// Calls `match` in the order of artifacts, events and rules, correlations last; the order does not
// depend on the number of threads. Fails when rules cannot be read or, unless told to go on,
// loaded.
Result<MatchSummary> match_rules(const Case& input, const RuleSelection& rules,
                                 FunctionRef<void(const RuleMatch&)> match);

// One line of `rules list`.
struct RuleSummary {
  std::string rule, id, title, level, status, author, file;
  bool correlation = false;
  std::string log_source;                    // "windows/security"
  std::vector<std::string> supersedes = {};  // handles of rules
  std::string since = {}, until = {};        // builds of Windows
  std::vector<std::string> languages = {};   // of its own texts, besides English
};
Result<std::vector<RuleSummary>> list_rules(const RuleSelection& rules,
                                            std::vector<Problem>& problems);

// Everything that is wrong or doubtful; problems that stop a rule from loading come first in each
// file. `sigma`: also what other Sigma engines would not understand.
enum class LintScope : std::uint8_t { own, sigma };
struct LintResult {
  std::vector<Problem> problems;  // rules that cannot be loaded
  std::vector<Problem> findings;  // doubtful, but working
  std::uint64_t rules = 0;
};
Result<LintResult> lint_rules(const RuleSelection& rules, LintScope scope);

// The tests inside rule files.
struct RuleTestResult {
  std::vector<Problem> problems;  // rules that cannot be loaded
  std::vector<Problem> failures;  // one for each test that did not hold
  std::uint64_t rules = 0, tests = 0, untested = 0;
};
Result<RuleTestResult> test_rules(const RuleSelection& rules);

// Why a rule does or does not match an event, item by item. `event` is a JSON object.
Result<std::string> explain_rule(const RuleSelection& rules, std::string_view rule,
                                 std::string_view event);

}  // namespace rdptriage
