#include "pipeline/coverage_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "pipeline/attempt_rows.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::size_t kMostCollect = 5;

std::string host_with_role(const Report& report, const std::string& role) {
  for (const Host& host : report.hosts) {
    if (std::find(host.roles.begin(), host.roles.end(), role) != host.roles.end()) return host.id;
  }
  return {};
}

// "session-host" → "session host"
std::string role_in_words(std::string role) {
  std::replace(role.begin(), role.end(), '-', ' ');
  return role;
}

std::string moment(std::int64_t ticks) { return format_time(Timestamp{ticks}).substr(0, 19) + "Z"; }

// Why a log that is there says nothing of the failure.
std::string silence(const std::string& source, const diagnosis::Reach& reach) {
  const std::string log = diagnosis::source_in_words(source);
  if (reach.kind == diagnosis::Reach::Kind::gap) {
    return fmt::format("{} has a gap where it failed: {} records are missing between {} and {}",
                       log, reach.records, moment(reach.from), moment(reach.until));
  }
  return fmt::format("{} begins after the failure, at {}{}", log, moment(reach.from),
                     reach.cleared ? ": it was cleared then" : "");
}

CoverageState state_of(const diagnosis::Reach& silent) {
  if (silent.kind == diagnosis::Reach::Kind::gap) return CoverageState::gap;
  return silent.cleared ? CoverageState::cleared : CoverageState::rolled_over;
}

Coverage not_there(const diagnosis::Answer::Missing& missing, const timeline::Timeline& timeline) {
  Coverage coverage;
  coverage.source = missing.source;
  coverage.state = CoverageState::not_supplied;
  const std::string log = diagnosis::source_in_words(missing.source);
  if (missing.how == diagnosis::Reach::Kind::off) {
    coverage.state = CoverageState::off;
    if (missing.host) coverage.host = host_id(*missing.host);
    const std::string whose = missing.host ? " of " + timeline.hosts[*missing.host].name : "";
    coverage.effect = log + whose + " is switched off";
  } else if (missing.how == diagnosis::Reach::Kind::other_machine) {
    coverage.effect = fmt::format("no {} of the {}", log, role_in_words(missing.role));
  } else {
    coverage.effect = "no " + log;
  }
  return coverage;
}

// Logs that are known to be off are told even where no cause needs them.
void add_switched_off(const diagnosis::Question& question, Report& report) {
  for (const diagnosis::CollectItem& item : question.causes->general_collect()) {
    if (item.when_off.empty()) continue;
    const auto reach = question.coverage->of(item.when_off, item.host, std::nullopt);
    const bool told =
        std::any_of(report.coverage.begin(), report.coverage.end(),
                    [&](const Coverage& coverage) { return coverage.source == item.when_off; });
    if (told || reach.kind != diagnosis::Reach::Kind::off) continue;
    report.coverage.push_back(
        not_there({item.when_off, item.host, reach.kind, reach.host}, *question.timeline));
  }
}
}  // namespace

void add_coverage(const diagnosis::Question& question, const diagnosis::Answer& answer,
                  Report& report) {
  const diagnosis::SourceSet& sources = question.coverage->sources();
  for (const std::string& source : sources.names()) {
    Coverage coverage;
    coverage.source = source;
    coverage.state = CoverageState::present;
    for (const auto& [silent, reach] : answer.silent) {
      if (silent != source) continue;
      coverage.state = state_of(reach);
      if (reach.host) coverage.host = host_id(*reach.host);
      coverage.effect = silence(source, reach);
    }
    report.coverage.push_back(std::move(coverage));
  }
  const auto empty = sources.empty();
  for (const std::string& source : empty) {
    Coverage coverage;
    coverage.source = source;
    coverage.state = CoverageState::empty;
    coverage.effect = diagnosis::source_in_words(source) + " is empty";
    report.coverage.push_back(std::move(coverage));
  }
  const auto failed = sources.failed();
  for (const std::string& source : failed) {
    Coverage coverage;
    coverage.source = source;
    coverage.state = CoverageState::collector_failed;
    coverage.effect = "whoever collected the files found no " + diagnosis::source_in_words(source);
    report.coverage.push_back(std::move(coverage));
  }
  for (const diagnosis::Answer::Missing& missing : answer.missing) {
    if (std::find(empty.begin(), empty.end(), missing.source) != empty.end()) continue;
    if (std::find(failed.begin(), failed.end(), missing.source) != failed.end()) continue;
    report.coverage.push_back(not_there(missing, *question.timeline));
  }
  add_switched_off(question, report);
}

RuleSources rule_sources(std::span<const rule::RuleInfo> rules) {
  RuleSources out;
  std::map<std::string, std::size_t> known;
  for (const rule::RuleInfo& rule : rules) {
    if (rule.generated_for) continue;
    const auto [at, is_new] = known.emplace(diagnosis::source_of(rule), out.sources.size());
    if (is_new) out.sources.push_back({at->first, "no " + diagnosis::source_in_words(at->first)});
    out.rows.push_back({rule.index, at->second});
  }
  std::sort(out.rows.begin(), out.rows.end(),
            [&rules](const RuleSources::Row& a, const RuleSources::Row& b) {
              return rules[a.rule].handle() < rules[b.rule].handle();
            });
  return out;
}

void add_rules(const diagnosis::Question& question, const RuleSources& sources, Report& report) {
  std::vector<bool> present;
  for (const RuleSources::Source& source : sources.sources)
    present.push_back(source.name.empty() || question.coverage->sources().has(source.name));
  report.rules_not_evaluated.reserve(sources.rows.size());
  for (const RuleSources::Row& row : sources.rows) {
    if (!question.facts->of(row.rule).empty()) {
      ++report.rules_matched;
    } else if (present[row.source]) {
      ++report.rules_not_matched;
    } else {
      report.rules_not_evaluated.push_back(
          {question.rules[row.rule].handle(), sources.sources[row.source].absent});
    }
  }
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
