// GitHub code scanning takes 25,000 results a run and 20 runs a file; a bigger fleet keeps the rest
// out of SARIF and says so. GitLab reads JUnit by classname and name, so both together are unique.
#include "rdptriage/fleet.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <tuple>

#include "report/fleet_counts.hpp"
#include "report/fleet_html.hpp"
#include "report/json_document.hpp"
#include "report/safe_text.hpp"
#include "report/sarif.hpp"

namespace rdptriage {

namespace {

using Json = nlohmann::ordered_json;
using report::Cases;
using report::safe_markup;

constexpr std::size_t kMostResults = 25'000, kMostRuns = 20;

Json message(std::string_view text) { return {{"text", safe_text(text, LineBreaks::keep)}}; }

Json sarif_result(const CaseSummary& summary, const std::map<std::string, std::size_t>& rules) {
  const bool explained = summary.explained() && !summary.causes.empty();
  const std::string rule = explained ? summary.causes.front().cause : summary.verdict;
  std::string text = summary.headline;
  for (const std::string& proof : summary.proof) text += "\n" + proof;
  if (!summary.fix.empty()) text += "\nFix, " + summary.fix_actor + ": " + summary.fix;
  if (!explained && !summary.collect_command.empty())
    text += "\nCollect next: " + summary.collect_command;
  Json result = {
      {"ruleId", rule},
      {"ruleIndex", rules.at(rule)},
      {"level", summary.verdict == "diagnosed"   ? "error"
                : summary.verdict == "suspected" ? "warning"
                                                 : "note"},
      {"message", message(text)},
      {"locations",
       Json::array({{{"physicalLocation",
                      {{"artifactLocation", {{"uri", report::sarif_uri(summary.input)}}}}}}})}};
  const std::string key = summary.dedupe_key.empty() ? summary.digest : summary.dedupe_key;
  if (!key.empty()) result["partialFingerprints"] = {{"rdptriage/v1", key + "/" + rule}};
  return result;
}

void write_sarif(const Cases& cases, std::ostream& out) {
  std::map<std::string, std::string> titles;  // by rule id
  Cases reported;
  for (const CaseSummary* summary : cases) {
    if (summary->verdict == "no_failure_found") continue;
    reported.push_back(summary);
    if (summary->explained() && !summary->causes.empty()) {
      titles.emplace(summary->causes.front().cause, summary->causes.front().title);
    } else {
      titles.emplace(summary->verdict, summary->verdict == "inconclusive"
                                           ? "A failure without a proven cause"
                                           : "Nothing that says anything about a connection");
    }
  }
  std::map<std::string, std::size_t> index;
  Json rules = Json::array();
  for (const auto& [id, title] : titles) {
    index.emplace(id, rules.size());
    rules.push_back({{"id", id}, {"shortDescription", message(title)}});
  }
  Json runs = Json::array();
  std::size_t at = 0;
  do {
    Json results = Json::array();
    for (; at < reported.size() && results.size() < kMostResults; ++at)
      results.push_back(sarif_result(*reported[at], index));
    Json invocation = {{"executionSuccessful", true}};
    const std::size_t left = reported.size() - at;
    if (left != 0 && runs.size() + 1 == kMostRuns) {
      invocation["toolExecutionNotifications"] =
          Json::array({{{"level", "warning"},
                        {"message", message(fmt::format("{} more cases are left out", left))}}});
    }
    runs.push_back({{"tool", {{"driver", {{"name", "rdptriage"}, {"rules", rules}}}}},
                    {"automationDetails", {{"id", fmt::format("rdptriage/{}", runs.size() + 1)}}},
                    {"invocations", Json::array({invocation})},
                    {"results", results},
                    {"columnKind", "unicodeCodePoints"}});
  } while (at < reported.size() && runs.size() < kMostRuns);
  const Json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", runs}};
  out << report::write_document(log);
}

void write_junit(const Cases& cases, std::ostream& out) {
  std::size_t failures = 0, errors = 0;
  for (const CaseSummary* summary : cases) {
    errors += summary->verdict == "not_analysable";
    failures += summary->verdict != "not_analysable" && summary->verdict != "no_failure_found";
  }
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  fmt::print(out,
             "<testsuites>\n  <testsuite name=\"rdptriage\" tests=\"{}\" failures=\"{}\" "
             "errors=\"{}\">\n",
             cases.size(), failures, errors);
  for (const CaseSummary* summary : cases) {
    const bool explained = summary->explained() && !summary->causes.empty();
    const std::string group = explained ? summary->causes.front().cause : summary->verdict;
    fmt::print(out, "    <testcase classname=\"{}\" name=\"{}\"",
               safe_markup(group, LineBreaks::escape),
               safe_markup(summary->input, LineBreaks::escape));
    if (summary->verdict == "no_failure_found") {
      out << "/>\n";
      continue;
    }
    const char* element = summary->verdict == "not_analysable" ? "error" : "failure";
    std::string body = summary->headline + "\n";
    for (const std::string& proof : summary->proof) body += "  " + proof + "\n";
    if (!summary->fix.empty()) body += "Fix, " + summary->fix_actor + ": " + summary->fix + "\n";
    if (!summary->collect_command.empty())
      body += "Collect next: " + summary->collect_command + "\n";
    fmt::print(out, ">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n",
               element, safe_markup(summary->verdict, LineBreaks::escape),
               safe_markup(summary->headline, LineBreaks::escape), safe_markup(body));
  }
  out << "  </testsuite>\n</testsuites>\n";
}

void write_counts(const Cases& cases, std::ostream& out) {
  const report::FleetCounts counts = report::count_cases(cases);
  Json causes = Json::array();
  for (const report::CauseCount& cause : counts.causes) {
    causes.push_back({{"cause", cause.cause},
                      {"title", cause.title},
                      {"cases", cause.cases.size()},
                      {"confirmed", cause.confirmed},
                      {"gateways", cause.gateways}});
  }
  Json unknown = Json::array();
  for (const CaseSummary* summary : counts.unknown) unknown.push_back(summary->input);
  const auto table = [](const std::map<std::string, std::map<std::string, std::uint64_t>>& rows) {
    Json json = Json::object();
    for (const auto& [name, cells] : rows) json[name.empty() ? "unknown" : name] = cells;
    return json;
  };
  const Json json = {{"schema_version", "1.0"},
                     {"kind", "rdptriage.fleet"},
                     {"cases", counts.cases},
                     {"verdicts", counts.verdicts},
                     {"partial", counts.partial},
                     {"failed", counts.failed},
                     {"unknown", unknown},
                     {"causes", causes},
                     {"by_gateway", table(counts.by_gateway)},
                     {"by_week", table(counts.by_week)}};
  out << report::write_document(json);
}

}  // namespace

Result<void> Fleet::add(std::string_view line) {
  RDPTRIAGE_TRY(CaseSummary summary, parse_case_line(line));
  const auto rank = [](const CaseSummary& one, const std::string& text) {
    return std::tie(one.tool_version, one.rules_version, text);
  };
  const std::string input = summary.input;
  Entry entry{std::move(summary), std::string(line)};
  const auto at = cases_.find(input);
  if (at == cases_.end()) {
    cases_.emplace(input, std::move(entry));
  } else if (rank(at->second.summary, at->second.line) < rank(entry.summary, entry.line)) {
    at->second = std::move(entry);
  }
  return {};
}

std::vector<FormatInfo> Fleet::formats() {
  return {{"jsonl", "jsonl", "every line once, sorted"},
          {"json", "json", "counts by cause, gateway and week"},
          {"html", "html", "one page: what is not explained first, then causes"},
          {"sarif", "sarif", "SARIF 2.1.0, one result a case"},
          {"junit", "xml", "JUnit XML, one test case a case"}};
}

Result<void> Fleet::write(std::string_view format, std::ostream& out) const {
  if (format == "jsonl") {
    for (const auto& [input, entry] : cases_) out << entry.line << '\n';
    return {};
  }
  Cases cases;
  for (const auto& [input, entry] : cases_) cases.push_back(&entry.summary);
  if (format == "html") {
    report::write_fleet_html(cases, out);
  } else if (format == "sarif") {
    write_sarif(cases, out);
  } else if (format == "junit") {
    write_junit(cases, out);
  } else if (format == "json") {
    write_counts(cases, out);
  } else {
    return fail("FORMAT_UNKNOWN", fmt::format("a fleet has no format '{}'", std::string(format)),
                {}, "use jsonl, json, html, sarif or junit");
  }
  return {};
}

}  // namespace rdptriage
