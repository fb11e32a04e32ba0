#include "pipeline/coverage_rows.hpp"

#include <algorithm>

namespace rdptriage::pipeline {

namespace {
constexpr std::size_t kMostCollect = 5;

std::string host_with_role(const Report& report, const std::string& role) {
  for (const Host& host : report.hosts) {
    if (std::find(host.roles.begin(), host.roles.end(), role) != host.roles.end()) return host.id;
  }
  return {};
}
}  // namespace

void add_coverage(const diagnosis::Question& question, const diagnosis::Answer& answer,
                  Report& report) {
  for (const std::string& source : question.sources->names()) {
    Coverage coverage;
    coverage.source = source;
    coverage.state = CoverageState::present;
    for (const auto& [rolled, begin] : answer.rolled_over) {
      if (rolled != source) continue;
      coverage.state = CoverageState::rolled_over;
      coverage.effect = diagnosis::source_in_words(source) + " begins after the failure, at " +
                        format_time(Timestamp{begin}).substr(0, 19) + "Z";
    }
    report.coverage.push_back(std::move(coverage));
  }
  const auto empty = question.sources->empty();
  for (const std::string& source : empty) {
    Coverage coverage;
    coverage.source = source;
    coverage.state = CoverageState::empty;
    coverage.effect = diagnosis::source_in_words(source) + " is empty";
    report.coverage.push_back(std::move(coverage));
  }
  for (const std::string& source : answer.missing) {
    if (std::find(empty.begin(), empty.end(), source) != empty.end()) continue;
    Coverage coverage;
    coverage.source = source;
    coverage.state = CoverageState::not_supplied;
    coverage.effect = "no " + diagnosis::source_in_words(source);
    report.coverage.push_back(std::move(coverage));
  }
}

void add_rules(const diagnosis::Question& question, Report& report) {
  for (const rule::RuleInfo& rule : question.rules) {
    if (rule.generated_for) continue;
    const std::string source = diagnosis::source_of(rule);
    if (!question.facts->of(rule.index).empty()) {
      ++report.rules_matched;
    } else if (source.empty() || question.sources->has(source)) {
      ++report.rules_not_matched;
    } else {
      report.rules_not_evaluated.push_back(
          {rule.handle(), "no " + diagnosis::source_in_words(source)});
    }
  }
  std::sort(report.rules_not_evaluated.begin(), report.rules_not_evaluated.end(),
            [](const NotEvaluated& a, const NotEvaluated& b) { return a.rule < b.rule; });
}

void add_collect(const diagnosis::Question& question, const diagnosis::Answer& answer,
                 Report& report) {
  for (const diagnosis::Collect& collect : answer.collect) {
    if (report.collect_next.size() == kMostCollect) break;
    CollectNext next;
    next.rank = static_cast<unsigned>(report.collect_next.size() + 1);
    next.host = host_with_role(report, collect.item->host);
    next.role = collect.item->host;
    next.why = collect.item->why;
    next.command = collect.item->run;
    for (const diagnosis::CauseIndex cause : collect.settles) {
      next.would_confirm.push_back(question.causes->causes()[cause].id);
    }
    report.collect_next.push_back(std::move(next));
  }
}

}  // namespace rdptriage::pipeline
