#include "pipeline/test_causes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/problem.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "pipeline/yaml_json.hpp"
#include "rdptriage/analyze.hpp"
#include "rdptriage/names.hpp"

namespace rdptriage::pipeline {

namespace {
using diagnosis::CauseTest;

Report run(const CauseTest& test, const RuleSet& pack) {
  std::string lines;
  for (const base::YamlNode& event : test.events) lines += yaml_as_json(event) + "\n";
  CaseOptions options;
  options.jobs = 1;
  options.code = test.code;
  Case input(std::move(options));
  if (!input.add_bytes("events.jsonl", std::as_bytes(std::span(lines.data(), lines.size())))) {
    return {};
  }
  return analyze(input, pack);
}

bool is_firm(const Diagnosis& diagnosis) {
  return diagnosis.confidence.label != ConfidenceLabel::possible;
}

std::string found(const Report& report) {
  std::string out(name_of(report.verdict));
  for (const Diagnosis& diagnosis : report.diagnoses) {
    out += fmt::format(", {} {}", name_of(diagnosis.confidence.label), diagnosis.cause);
  }
  return out;
}

std::vector<std::string> complaints(const CauseTest& test, const Report& report) {
  std::vector<std::string> out;
  if (!test.verdict.empty() && name_of(report.verdict) != test.verdict) {
    out.push_back(fmt::format("the verdict is not {}", test.verdict));
  }
  const std::string first = report.diagnoses.empty() ? "" : report.diagnoses.front().cause;
  if (!test.expected.empty() && first != test.expected) {
    out.push_back(fmt::format("the first cause is not {}", test.expected));
  }
  for (const Diagnosis& diagnosis : report.diagnoses) {
    const auto& wrong = test.not_causes;
    if (is_firm(diagnosis) &&
        std::find(wrong.begin(), wrong.end(), diagnosis.cause) != wrong.end()) {
      out.push_back(fmt::format("it accuses {}", diagnosis.cause));
    }
  }
  return out;
}
}  // namespace

void test_causes(const SelectedRules& selected, RuleTestResult& result) {
  std::vector<RulePackFile> files;
  for (const rule::RuleFile& file : selected.files) {
    files.push_back(
        {std::string(file.path), {}, file.text, part_of(file.path, file.text), file.pack});
  }
  for (const rule::RuleFile& file : selected.log_source_files) {
    files.push_back({std::string(file.path), {}, file.text, PackPart::log_sources});
  }
  const RuleSet pack(
      std::make_shared<const RuleSetImpl>(std::move(files), "", selected.placeholders));
  for (const CauseTest& test : pack.impl().causes().tests()) {
    ++result.tests;
    const Report report = run(test, pack);
    const auto wrong = complaints(test, report);
    if (wrong.empty()) continue;
    const auto file =
        std::find_if(selected.files.begin(), selected.files.end(),
                     [&](const rule::RuleFile& one) { return one.path == test.file; });
    const std::string_view text = file == selected.files.end() ? std::string_view{} : file->text;
    result.failures.push_back(base::make_problem(
        "P061", {test.file, text}, {test.line, 1, 1},
        fmt::format("test of the cause `{}`: {}", test.cause, fmt::join(wrong, "; ")), "",
        fmt::format("the answer is: {}", found(report))));
  }
}

}  // namespace rdptriage::pipeline
