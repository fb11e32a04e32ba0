#include "pipeline/report_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "diagnosis/template_text.hpp"
#include "pipeline/attempt_rows.hpp"
#include "pipeline/coverage_rows.hpp"
#include "pipeline/evidence_table.hpp"
#include "pipeline/fact_words.hpp"
#include "rdptriage/names.hpp"

namespace rdptriage::pipeline {

using diagnosis::Cause;
using diagnosis::EvidenceItem;
using diagnosis::Fact;
using diagnosis::ItemState;
using diagnosis::JudgedItem;
using diagnosis::Judgment;

namespace {
constexpr std::size_t kEvidencePerFinding = 5;
constexpr std::size_t kEvidencePerItem = 2;

class Builder {
 public:
  Builder(const Gathered& gathered, const diagnosis::Question& question,
          const diagnosis::Answer& answer, const RuleSetImpl& rules, Report& report)
      : gathered_(gathered),
        q_(question),
        answer_(answer),
        rules_(rules),
        texts_(rules.translations()),
        report_(report),
        evidence_(gathered.store, *question.timeline),
        words_(gathered.store, question, texts_) {}

  void run() {
    report_.verdict = answer_.verdict;
    words_.word_evidence(evidence_);
    add_hosts(*q_.timeline, report_);
    plan_findings();
    add_diagnoses();
    add_findings();
    add_attempts(gathered_.store, *q_.timeline, answer_, evidence_, report_);
    add_coverage(q_, answer_, report_);
    add_rules(q_, rules_.rule_sources(), report_);
    add_collect(q_, answer_, report_);
    report_.evidence = evidence_.take();
  }

 private:
  const Cause& cause_of(const Judgment& judgment) const {
    return q_.causes->causes()[judgment.cause];
  }

  // --- Findings ----------------------------------------------------------------------------------

  bool is_finding(rule::RuleIndex rule) const {
    const rule::RuleInfo& info = q_.rules[rule];
    if (info.generated_for) return false;
    if (info.visibility == rule::Visibility::shown) return true;
    const auto& wanted = q_.causes->evidence_rules();
    return std::binary_search(wanted.begin(), wanted.end(), rule);
  }

  // Ids come first, so that diagnoses can name them: by severity, then time, then rule.
  void plan_findings() {
    struct Row {
      rule::RuleIndex rule;
      int severity;
      std::int64_t time;
    };
    std::vector<Row> rows;
    for (const Fact& fact : q_.facts->all()) {
      if (!is_finding(fact.rule)) continue;
      const std::int64_t time = fact.ticks.value_or(INT64_MAX);
      if (rows.empty() || rows.back().rule != fact.rule) {
        rows.push_back({fact.rule, severity_rank(q_.rules[fact.rule].level), time});
      }
      rows.back().time = std::min(rows.back().time, time);
    }
    std::sort(rows.begin(), rows.end(), [this](const Row& a, const Row& b) {
      if (a.severity != b.severity) return a.severity < b.severity;
      if (a.time != b.time) return a.time < b.time;
      return q_.rules[a.rule].handle() < q_.rules[b.rule].handle();
    });
    for (const Row& row : rows) {
      finding_order_.push_back(row.rule);
      finding_ids_[row.rule] = fmt::format("F{}", finding_order_.size());
    }
  }

  void add_findings() {
    for (const rule::RuleIndex rule : finding_order_) {
      const auto facts = q_.facts->of(rule);
      const rule::RuleInfo& info = q_.rules[rule];
      Finding finding;
      finding.id = finding_ids_[rule];
      finding.rule = info.handle();
      finding.title = words_.title_of(info);
      finding.severity = info.level;
      finding.author = info.author;
      finding.license = info.license;
      finding.rule_id = info.id;
      finding.rule_modified = info.modified.empty() ? info.date : info.modified;
      finding.rule_source = fmt::format("{}:{}", info.file, info.line);
      finding.message = words_.message_of(facts.front());
      finding.count = std::max<std::uint64_t>(gathered_.match_count[rule], facts.size());
      finding.stage = info.triage.stage;
      finding.stage_state = info.triage.state == "failed"   ? StageState::failed
                            : info.triage.state == "passed" ? StageState::passed
                                                            : StageState::unknown;
      std::set<timeline::AttemptIndex> attempts;
      for (const Fact& fact : facts) {
        if (fact.attempt) attempts.insert(*fact.attempt);
        note_time(fact, finding);
        for (const std::uint32_t event : fact.events) {
          if (finding.evidence.size() < kEvidencePerFinding)
            evidence_.quote(event, finding.evidence);
        }
      }
      for (const timeline::AttemptIndex attempt : attempts) {
        finding.attempts.push_back(q_.timeline->attempts[attempt].key);
      }
      report_.findings.push_back(std::move(finding));
    }
  }

  void note_time(const Fact& fact, Finding& finding) const {
    if (!fact.ticks || fact.scale != timeline::TimeScale::common) return;
    const Timestamp time{*fact.ticks};
    if (!finding.first_seen || time < *finding.first_seen) finding.first_seen = time;
    if (!finding.last_seen || *finding.last_seen < time) finding.last_seen = time;
  }

  // --- Diagnoses ---------------------------------------------------------------------------------

  void add_diagnoses() {
    for (const std::size_t index : answer_.ranked) {
      const Judgment& judgment = answer_.judgments[index];
      const Cause& cause = cause_of(judgment);
      Diagnosis diagnosis;
      diagnosis.cause = cause.id;
      diagnosis.category = cause.category;
      diagnosis.rank = static_cast<unsigned>(report_.diagnoses.size() + 1);
      weigh(judgment, cause, diagnosis);
      const auto fact_value = [&](std::string_view name) -> std::optional<std::string> {
        for (const auto& [known, value] : diagnosis.facts) {
          if (known == name) return value;
        }
        return std::nullopt;
      };
      const auto words = [&](const std::string& part, const std::string& english) {
        return diagnosis::fill_template(texts_.text(cause.id + '.' + part, english), fact_value);
      };
      diagnosis.title = words("title", cause.title);
      diagnosis.explanation = words("explanation", cause.explanation);
      for (const diagnosis::Remedy& remedy : cause.remedies) {
        RemediationStep step;
        step.step = static_cast<unsigned>(diagnosis.remediation.size() + 1);
        step.actor = remedy.actor;
        step.text = words(fmt::format("remedy.{}.text", step.step), remedy.text);
        step.command = remedy.run;
        step.shell = remedy.shell;
        step.undo = words(fmt::format("remedy.{}.undo", step.step), remedy.undo);
        step.risk = remedy.risk;
        diagnosis.remediation.push_back(std::move(step));
      }
      for (const std::string& text : cause.verify) {
        diagnosis.verify.push_back(
            words(fmt::format("verify.{}", diagnosis.verify.size() + 1), text));
      }
      diagnosis.references = cause.references;
      report_.diagnoses.push_back(std::move(diagnosis));
    }
  }

  // What speaks for it, heaviest first, and against it.
  void weigh(const Judgment& judgment, const Cause& cause, Diagnosis& diagnosis) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < cause.evidence.size(); ++i) {
      if (judgment.items[i].state == ItemState::present) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if (cause.evidence[a].decisive != cause.evidence[b].decisive)
        return cause.evidence[a].decisive;
      return cause.evidence[a].weight > cause.evidence[b].weight;
    });
    for (const std::size_t i : order) {
      const EvidenceItem& item = cause.evidence[i];
      const JudgedItem& judged = judgment.items[i];
      if (item.weight == 0) continue;
      const bool in_favor = item.weight > 0;
      diagnosis.confidence.why.push_back(fmt::format("{}{}",
                                                     words_.message_of(*judged.facts.front()),
                                                     item.decisive ? " (decisive)"
                                                     : in_favor    ? ""
                                                                   : " (speaks against it)"));
      if (const auto at = finding_ids_.find(item.rule); at != finding_ids_.end()) {
        (in_favor ? diagnosis.findings : diagnosis.contradicted_by).push_back(at->second);
      }
      if (!in_favor) continue;
      quote(judged, diagnosis.evidence);
      keep_values(judged, diagnosis.facts);
    }
    diagnosis.confidence.label = *judgment.label;
    // For ordering only: grows with the points and never reaches 1.
    const double points = std::max(0.0, judgment.score());
    diagnosis.confidence.score = points / (points + 1);
    if (std::string because = why_not_confirmed(judgment); !because.empty())
      diagnosis.confidence.why.push_back(std::move(because));
  }

  std::string why_not_confirmed(const Judgment& judgment) const {
    if (judgment.label == ConfidenceLabel::confirmed) return {};
    if (judgment.label_of_another_client) {
      return fmt::format(
          "{} for another client's attempt; nothing proves it of the client whose "
          "log is here",
          name_of(*judgment.label_of_another_client));
    }
    if (judgment.held_back_by) {
      return "another cause fits about as well: " + q_.causes->causes()[*judgment.held_back_by].id;
    }
    return "nothing read is decisive: the component that failed has not said why";
  }

  void quote(const JudgedItem& judged, std::vector<std::string>& ids) {
    std::size_t quoted = 0;
    for (const Fact* fact : judged.facts) {
      for (const std::uint32_t event : words_.by_weight(*fact)) {
        if (quoted++ < kEvidencePerItem) evidence_.quote(event, ids);
      }
    }
  }

  void keep_values(const JudgedItem& judged, NamedValues& facts) const {
    for (const Fact* fact : judged.facts) {
      for (const auto& [shown, field] : q_.rules[fact->rule].triage.keep) {
        const bool known = std::any_of(
            facts.begin(), facts.end(),
            [&, &name = shown](const auto& fact_value) { return fact_value.first == name; });
        if (known) continue;
        if (auto value = words_.value_of(*fact, field); value && !value->empty())
          facts.emplace_back(shown, std::move(*value));
      }
    }
  }

  const Gathered& gathered_;
  const diagnosis::Question& q_;
  const diagnosis::Answer& answer_;
  const RuleSetImpl& rules_;
  const Translations& texts_;
  Report& report_;
  EvidenceTable evidence_;
  FactWords words_;
  std::vector<rule::RuleIndex> finding_order_;
  std::map<rule::RuleIndex, std::string> finding_ids_;
};
}  // namespace

void build_report(const Gathered& gathered, const diagnosis::Question& question,
                  const diagnosis::Answer& answer, const RuleSetImpl& rules, Report& report) {
  Builder(gathered, question, answer, rules, report).run();
}

}  // namespace rdptriage::pipeline
