// Every code of docs/rule-format.md: the mistake that makes it, and where it points.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "base/yaml.hpp"
#include "rule/lint.hpp"
#include "rule/modifier_chain.hpp"
#include "rule/rule_loader.hpp"
#include "support/catch.hpp"

using namespace rdptriage;

namespace {
constexpr const char* kHead = "title: t\nname: t\nlogsource: {product: windows}\n";  // three lines

std::string detection(const std::string& body) {
  return std::string(kHead) + "detection:\n" + body;
}
std::string item(const std::string& line) {
  return detection("  s:\n    " + line + "\n  condition: s\n");
}
std::string correlation(const std::string& body) {
  return item("F: x") + "---\ntitle: c\nname: c\ncorrelation:\n" + body;
}

std::vector<Problem> problems_of(const std::string& text) {
  const rule::RuleFile file{"r.yml", text};
  rule::LoadOptions options;
  options.log_sources = rule::LogSourceUse::ignore;
  return rule::load_rules({&file, 1}, options).problems;
}

struct Case {
  const char* name;
  std::string text;
  const char* code;
  unsigned line, column;
};

std::vector<Case> refusals() {
  return {
      {"not YAML", "title: [\n", "P001", 2, 1},
      {"too deep", std::string(70, '[') + "\n", "P002", 1, 65},
      {"an alias", "title: *x\n", "P003", 1, 8},
      {"a repeated key", "title: a\ntitle: b\n", "P004", 2, 1},
      {"exists with two values", item("F|exists: [true, false]"), "P022", 6, 22},
      {"no modifier behind the bar", item("F|: x"), "P020", 6, 7},
      {"a pattern over rules that selects none",
       correlation("  type: temporal\n  rules: [t]\n  timespan: 5m\n  condition: 1 of zz*\n"),
       "P017", 15, 14},
      {"a document that is no map", "- a\n", "P010", 1, 1},
      {"no title", "logsource: {product: windows}\ndetection: {s: {F: x}, condition: s}\n", "P011",
       1, 1},
      {"no log source", "title: t\ndetection: {s: {F: x}, condition: s}\n", "P011", 1, 1},
      {"an empty log source", "title: t\nlogsource: {}\ndetection: {s: {F: x}, condition: s}\n",
       "P011", 2, 1},
      {"no condition", detection("  s: {F: x}\n"), "P011", 4, 1},
      {"no selection", detection("  condition: s\n"), "P011", 4, 1},
      {"a detection that is a list", std::string(kHead) + "detection: [a]\n", "P012", 4, 1},
      {"a title that is a list",
       "title: [a]\nlogsource: {product: windows}\ndetection: {s: {F: x}, condition: s}\n", "P012",
       1, 1},
      {"an unknown key of rdptriage", item("F: x") + "rdptriage:\n  format: 1\n  stge: nla\n",
       "P013", 10, 3},
      {"an unknown key of a correlation", correlation("  type: event_count\n  rule: [t]\n"), "P013",
       13, 3},
      {"a bracket that is not closed", detection("  s: {F: x}\n  condition: s and (not s\n"),
       "P015", 6, 26},
      {"a selection that is not there", detection("  sel: {F: x}\n  condition: sle\n"), "P016", 6,
       14},
      {"a pattern that selects nothing", detection("  s: {F: x}\n  condition: s or 1 of filter*\n"),
       "P017", 6, 19},
      {"an unknown stage", item("F: x") + "rdptriage:\n  format: 1\n  stage: nlaa\n", "P018", 10,
       10},
      {"a build that is none", item("F: x") + "rdptriage:\n  since: 24H2\n", "P028", 9, 10},
      {"a version without its build", item("F: x") + "rdptriage:\n  until: 10.0\n", "P028", 9, 10},
      {"a build of five parts", item("F: x") + "rdptriage:\n  since: 10.0.26100.1.2\n", "P028", 9,
       10},
      {"no rule to supersede", item("F: x") + "rdptriage:\n  supersedes: []\n", "P026", 9, 3},
      {"a rule that supersedes itself", item("F: x") + "rdptriage:\n  supersedes: T\n", "P027", 9,
       15},
      {"rules that supersede each other",
       correlation("  type: temporal\n  rules: [t]\n  timespan: 1m\n") +
           "rdptriage:\n  supersedes: [d]\n---\ntitle: d\nname: d\nlogsource: {product: "
           "windows}\ndetection: {s: {F: y}, condition: s}\nrdptriage:\n  supersedes: [c]\n",
       "P027", 23, 16},
      {"translations without a language", item("F: x") + "rdptriage:\n  i18n: {title: T}\n", "P012",
       9, 10},
      {"a translation of what has none", item("F: x") + "rdptriage:\n  i18n: {de: {titel: T}}\n",
       "P013", 9, 15},
      {"a newer format", item("F: x") + "rdptriage:\n  format: 2\n", "P019", 9, 11},
      {"an unknown modifier", item("F|contians: x"), "P020", 6, 7},
      {"a modifier behind the wrong one", item("F|contains|re: x"), "P021", 6, 16},
      {"exists with another modifier", item("F|exists|all: true"), "P021", 6, 7},
      {"utf16 without an encoding", item("F|wide: x"), "P021", 6, 7},
      {"a comparison with a text", item("F|gt: 'abc'"), "P022", 6, 11},
      {"exists without a boolean", item("F|exists: 'x'"), "P022", 6, 15},
      {"null under contains", item("F|contains: null"), "P022", 6, 17},
      {"a wildcard under base64", item("F|base64: 'a*'"), "P022", 6, 15},
      {"a map as value", item("F: {a: b}"), "P022", 6, 8},
      {"a regular expression with look-ahead", item("F|re: '(?=x)'"), "P023", 6, 11},
      {"a network with host bits", item("F|cidr: 10.0.0.1/8"), "P024", 6, 13},
      {"a placeholder without values", item("F|expand: '%x%'"), "P025", 6, 15},
      {"an empty list of values", item("F: []"), "P026", 6, 5},
      {"an empty selection", detection("  s: {}\n  condition: s\n"), "P026", 5, 6},
      {"a name that is taken", item("F: x") + "---\n" + item("F: y"), "P030", 9, 1},
      {"a rule that is not there",
       correlation(
           "  type: event_count\n  rules: [nobody]\n  timespan: 1m\n  condition: {gte: 2}\n"),
       "P031", 13, 11},
      {"a correlation that needs itself",
       correlation("  type: temporal\n  rules: [t, c]\n  timespan: 1m\n"), "P032", 9, 1},
      {"an unknown type", correlation("  type: event_sequence\n  rules: [t]\n  timespan: 1m\n"),
       "P033", 12, 9},
      {"a span without unit", correlation("  type: temporal\n  rules: [t]\n  timespan: 10\n"),
       "P034", 14, 13},
      {"a count without condition",
       correlation("  type: event_count\n  rules: [t]\n  timespan: 1m\n"), "P035", 12, 3},
      {"a percentile without its key",
       correlation("  type: value_percentile\n  rules: [t]\n  timespan: 1m\n  condition: {field: "
                   "F, gte: 1}\n"),
       "P035", 15, 3},
      {"an alias of a stranger",
       correlation("  type: temporal\n  rules: [t]\n  timespan: 1m\n  group-by: a\n  aliases: {a: "
                   "{x: F}}\n"),
       "P036", 16, 17},
      {"an aggregation in a condition", detection("  s: {F: x}\n  condition: s | count() > 3\n"),
       "P037", 6, 16},
      {"a timeframe", detection("  s: {F: x}\n  timeframe: 1m\n  condition: s\n"), "P037", 6, 3},
      {"an action", "title: t\naction: global\n", "P037", 2, 1},
  };
}

std::vector<Case> doubts() {
  const std::string own = "rdptriage:\n  format: 1\n";
  return {
      {"an unused selection", detection("  s: {F: x}\n  u: {F: y}\n  condition: s\n"), "P014", 6,
       3},
      {"hexadecimal without quotes", item("F: 0x17"), "P040", 6, 8},
      {"leading zeros without quotes", item("F|endswith: 0012"), "P040", 6, 17},
      {"all with one value", item("F|contains|all: abc"), "P041", 6, 5},
      {"re with contains", item("F|re|contains: 'abc'"), "P042", 6, 5},
      {"an expression without literal", item("F|re: '^[0-9]+$'"), "P043", 6, 11},
      {"event ids that contradict each other",
       detection("  a: {EventID: 1}\n  b: {EventID: 2}\n  condition: a and b\n"), "P044", 7, 14},
      {"wildcards at both ends", item("F: '*abc*'"), "P045", 6, 8},
      {"a short contains", item("F|contains: ab"), "P046", 6, 17},
      {"no references", item("F: x") + own, "P048", 8, 1},
      {"no tests", item("F: x") + own, "P049", 8, 1},
      {"no test of what must not match",
       item("F: x") + own + "  tests:\n    - {events: [{F: x}], match: [0]}\n", "P049", 10, 3},
      {"a text with an unknown value",
       item("F: x") + own + "  keep: {user: F}\n  says: 'for {usr}'\n", "P059", 11, 9},
      {"a text with a brace", item("F: x") + own + "  says: 'a {} b'\n", "P059", 10, 9},
      {"a translation with an unknown value",
       item("F: x") + own + "  keep: {user: F}\n  i18n: {de: {says: 'von {usr}'}}\n", "P059", 11,
       21},
      {"a translation to no language", item("F: x") + own + "  i18n: {jp: {title: T}}\n", "P065",
       10, 10},
      {"a translation to English", item("F: x") + own + "  i18n: {en: {title: T}}\n", "P065", 10,
       10},
      {"builds that begin behind their end",
       item("F: x") + own + "  since: 26100\n  until: 10.0.22631.5000\n", "P044", 10, 10},
      {"DRL without author", item("F: x") + "license: DRL-1.1\n", "P050", 8, 10},
      {"no id", item("F: x"), "P051", 1, 1},
      {"an unknown level", item("F: x") + "level: severe\n", "P052", 8, 8},
      {"an operator in capitals", detection("  s: {F: x}\n  condition: s AND s\n"), "P054", 6, 14},
      {"a selection that cannot be named", detection("  's x': {F: x}\n  condition: 1 of them\n"),
       "P055", 5, 3},
      {"a mistyped key", item("F: x") + "referencs: [a]\n", "P056", 8, 1},
  };
}

std::string list(const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& problem : problems) out += problem.text;
  return out;
}

bool has(const std::vector<Problem>& problems, const Case& c) {
  return std::any_of(problems.begin(), problems.end(), [&](const Problem& problem) {
    return problem.code == c.code && problem.line == c.line && problem.column == c.column;
  });
}
}  // namespace

TEST_CASE("rule problems: each mistake has its code and place") {
  CHECK(problems_of(item("F: x")).empty());
  for (const Case& c : refusals()) {
    const auto problems = problems_of(c.text);
    INFO(c.name << "\n" << list(problems));
    REQUIRE_FALSE(problems.empty());
    CHECK(has(problems, c));
  }
}

TEST_CASE("rule problems: all of all files in one run") {
  const std::string bad = item("F|contians: x"),
                    worse = item("F: []") + "---\n" + item("G|cidr: x");
  const rule::RuleFile files[] = {{"a.yml", bad}, {"b.yml", worse}, {"c.yml", kHead}};
  const auto loaded = rule::load_rules(files, {});
  CHECK(loaded.problems.size() >= 4);
  CHECK(loaded.rules.rules().empty());
}

TEST_CASE("rule problems: did you mean") {
  CHECK(problems_of(item("F|contians: x"))[0].help == "did you mean `contains`?");
  CHECK(problems_of(detection("  sel: {F: x}\n  condition: sle\n"))[0].help ==
        "did you mean `sel`?");
  CHECK(problems_of(item("F: x") + "rdptriage:\n  format: 1\n  stage: nlaa\n")[0].help ==
        "did you mean `nla`?");
}

TEST_CASE("rule lint: each doubt has its code and place") {
  for (const Case& c : doubts()) {
    const rule::RuleFile file{"r.yml", c.text};
    rule::LoadOptions options;
    options.log_sources = rule::LogSourceUse::ignore;
    const auto loaded = rule::load_rules({&file, 1}, options);
    const auto found = rule::lint({&file, 1}, loaded.rules, {}, rule::LintFor::own);
    INFO(c.name << "\n" << list(loaded.problems) << list(found));
    REQUIRE(loaded.problems.empty());
    CHECK(has(found, c));
  }
}

TEST_CASE("rule lint: what other engines do not understand") {
  const std::string text =
      "title: t\nname: t\nlogsource: {product: rdp, service: client-trace}\ndetection:\n"
      "  s:\n    UserData.A.B: x\n  condition: any of s*\n---\ntitle: c\nname: c\ncorrelation:\n  "
      "type: "
      "temporal\n"
      "  rules: [t]\n  timespan: 1m\n  condition: t and not t\n";
  const std::string map_text = "services: {system: [System]}\n";
  const rule::RuleFile file{"r.yml", text};
  rule::LogSourceMap sources;
  std::vector<Problem> none;
  sources.add({"map.yml", map_text}, none);
  const auto loaded = rule::load_rules({&file, 1}, {});
  REQUIRE(loaded.problems.empty());
  std::set<std::string> own, sigma;
  for (const Problem& problem : rule::lint({&file, 1}, loaded.rules, sources, rule::LintFor::own))
    own.insert(problem.code);
  for (const Problem& problem : rule::lint({&file, 1}, loaded.rules, sources, rule::LintFor::sigma))
    sigma.insert(problem.code);
  for (const char* code : {"P070", "P071", "P072", "P073"}) {
    INFO(code);
    CHECK(own.count(code) == 0);
    CHECK(sigma.count(code) == 1);
  }
}

namespace {
std::string read_source(const char* path) {
  std::ifstream in(std::string(RDPTRIAGE_SOURCE_DIR) + path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

// Every P and three digits in the text.
std::set<std::string> codes_in(const std::string& text) {
  std::set<std::string> out;
  for (std::size_t at = text.find('P'); at != std::string::npos; at = text.find('P', at + 1)) {
    const std::string code = text.substr(at, 4);
    if (code.find_first_not_of("0123456789", 1) == std::string::npos && code.size() == 4)
      out.insert(code);
  }
  return out;
}
}  // namespace

TEST_CASE("rule lint: what the map of log sources knows") {
  const std::string map_text =
      "services: {system: [System], security: [Security]}\nfields:\n  - names: [HostKey]\n"
      "  - {product: windows, names: [EventID, Data]}\n"
      "  - {product: rdp, service: client-trace, names: [HttpStatus, HttpUrl]}\n"
      "  - {product: windows, service: security, names: [LogonType]}\n";
  rule::LogSourceMap sources;
  std::vector<Problem> none;
  sources.add({"map.yml", map_text}, none);
  REQUIRE(none.empty());
  const auto codes = [&](const std::string& source, const std::string& field) {
    const std::string text = "title: t\nname: t\nlogsource: {" + source + "}\ndetection: {s: {'" +
                             field + "': x}, condition: s}\n";
    const rule::RuleFile file{"r.yml", text};
    const auto loaded = rule::load_rules({&file, 1}, {});
    std::string out;
    for (const Problem& problem : rule::lint({&file, 1}, loaded.rules, sources, rule::LintFor::own))
      if (problem.code == "P053" || problem.code == "P057") out += problem.code + problem.help;
    return out;
  };
  const std::string trace = "product: rdp, service: client-trace";
  CHECK(codes(trace, "HttpStatus").empty());
  CHECK(codes(trace, "HostKey|contains").empty());
  CHECK(codes(trace, "HtpStatus") == "P057did you mean `HttpStatus`?");
  CHECK(codes(trace, "Http Status").empty());
  CHECK(codes(trace, "EventID").substr(0, 4) == "P057");
  CHECK(codes("product: windows, service: system", "Anything").empty());
  const std::string security = "product: windows, service: security";
  CHECK(codes(security, "LogonType").empty());
  CHECK(codes(security, "EventID").empty());
  CHECK(codes(security, "EventData.Any.Path").empty());
  CHECK(codes(security, "Logontype") == "P057did you mean `LogonType`?");
  CHECK(codes(security + ", category: process_creation", "Image").empty());
  CHECK(codes("product: windows, service: sistem", "Anything").substr(0, 4) == "P053");
}

TEST_CASE("rule lint: what an expression costs matters in logs, not in captures") {
  rule::LogSourceMap sources;
  std::vector<Problem> none;
  sources.add({"map.yml",
               "services: {sysmon: [Sysmon]}\ncategories:\n  - {product: windows, category: "
               "file_event, alternatives: [{service: sysmon}]}\n"},
              none);
  REQUIRE(none.empty());
  const auto doubtful = [&](const std::string& source) {
    const std::string text = "title: t\nname: t\nlogsource: {" + source +
                             "}\ndetection: {s: {'F|re': '^[0-9]'}, condition: s}\n";
    const rule::RuleFile file{"r.yml", text};
    const auto found =
        rule::lint({&file, 1}, rule::load_rules({&file, 1}, {}).rules, sources, rule::LintFor::own);
    return std::any_of(found.begin(), found.end(),
                       [](const Problem& problem) { return problem.code == "P043"; });
  };
  CHECK(doubtful("product: windows, category: file_event"));
  CHECK(doubtful("product: windows, service: sysmon"));
  CHECK(doubtful("product: rdp, service: client-trace"));
  CHECK_FALSE(doubtful("product: windows, category: rdp_file"));
}

TEST_CASE("rule problems: every code is documented and has a test") {
  const std::set<std::string> documented = codes_in(read_source("/docs/rule-format.md"));
  REQUIRE(documented.size() > 50);
  // Those that need a pack of causes, formats or tables are tested with them.
  std::set<std::string> tested;
  for (const char* path :
       {"/tests/unit/rule/problem_test.cpp", "/tests/cli/rules_test.cpp",
        "/tests/cli/rules_lint_test.cpp", "/tests/cli/rules_packs_test.cpp",
        "/tests/unit/diagnosis/cause_loader_test.cpp", "/tests/unit/pipeline/test_causes_test.cpp",
        "/tests/unit/pipeline/translations_test.cpp", "/tests/unit/explain/code_table_test.cpp",
        "/tests/unit/reader/text_format_test.cpp"}) {
    tested.merge(codes_in(read_source(path)));
  }
  for (const std::string& code : documented) {
    INFO(code);
    CHECK(tested.count(code) == 1);
  }
  for (const auto& cases : {refusals(), doubts()}) {
    for (const Case& c : cases) {
      INFO(c.code);
      CHECK(documented.count(c.code) == 1);
    }
  }
}

TEST_CASE("schema for editors: knows every modifier") {
  const std::string schema = read_source("/rules/schema/rule.json");
  for (const std::string_view name : rule::modifier_names()) {
    INFO(name);
    const bool known = schema.find("|" + std::string(name) + "|") != std::string::npos ||
                       schema.find("(" + std::string(name) + "|") != std::string::npos ||
                       schema.find("|" + std::string(name) + ")") != std::string::npos;
    CHECK(known);
  }
}
