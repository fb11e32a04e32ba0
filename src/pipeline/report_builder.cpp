#include "pipeline/report_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include "diagnosis/template_text.hpp"
#include "event/field_lookup.hpp"
#include "pipeline/evidence_table.hpp"
#include "timeline/stages.hpp"

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
constexpr std::size_t kEvidencePerStage = 3;
constexpr std::size_t kMostCollect = 5;

constexpr std::int64_t kTicksPerMillisecond = 10'000;

// "UTC+01:00"
std::string zone_name(std::int64_t ticks) {
  const std::int64_t minutes = std::abs(ticks) / (60'000 * kTicksPerMillisecond);
  return fmt::format("UTC{}{:02}:{:02}", ticks < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

// "session-host" → "session host"
std::string role_in_words(std::string role) {
  std::replace(role.begin(), role.end(), '-', ' ');
  return role;
}

std::string host_id(timeline::HostIndex host) { return fmt::format("h{}", host + 1); }

int severity_rank(std::string_view severity) {
  constexpr std::string_view kOrder[] = {"critical", "high", "medium", "low"};
  const auto at = std::find(std::begin(kOrder), std::end(kOrder), severity);
  return static_cast<int>(at - std::begin(kOrder));
}

class Builder {
 public:
  Builder(const Gathered& gathered, const diagnosis::Question& question,
          const diagnosis::Answer& answer, Report& report)
      : gathered_(gathered),
        q_(question),
        answer_(answer),
        report_(report),
        evidence_(gathered.store, *question.timeline) {}

  void run() {
    report_.verdict = answer_.verdict;
    word_evidence();
    add_hosts();
    plan_findings();
    add_diagnoses();
    add_findings();
    add_attempts();
    add_coverage();
    add_rules();
    add_collect();
    report_.evidence = evidence_.take();
  }

 private:
  const Cause& cause_of(const Judgment& judgment) const {
    return q_.causes->causes()[judgment.cause];
  }

  std::optional<std::string> value_of(const Fact& fact, std::string_view field) const {
    for (const std::uint32_t index : fact.events) {
      auto value = event::first_value(gathered_.store.events()[index], field);
      if (value && !value->empty()) return value;
    }
    return std::nullopt;
  }

  // `name` is one of the rule's kept values, or a field of the event.
  std::optional<std::string> shown_value(const Fact& fact, std::string_view name) const {
    for (const auto& [shown, field] : q_.rules[fact.rule].triage.keep) {
      if (shown == name) return value_of(fact, field);
    }
    return value_of(fact, name);
  }

  std::string message_of(const Fact& fact) const {
    const rule::RuleInfo& rule = q_.rules[fact.rule];
    if (rule.triage.says.empty()) return rule.title;
    return diagnosis::fill_template(rule.triage.says,
                                    [&](std::string_view name) { return shown_value(fact, name); });
  }

  // What each quoted record says, in the words of the rule that knows it best: one that saw a stage
  // break before others, the graver before the lighter.
  void word_evidence() {
    std::map<std::uint32_t, const Fact*> best;
    for (const Fact& fact : q_.facts->all()) {
      if (fact.events.size() != 1 || q_.rules[fact.rule].generated_for) continue;
      const auto [at, added] = best.emplace(fact.events.front(), &fact);
      if (!added && tells_more(fact, *at->second)) at->second = &fact;
    }
    for (const auto& [event, fact] : best) {
      evidence_.set_words(event, message_of(*fact));
      telling_[event] = fact;
    }
  }

  // The events of a fact, the one that tells most first.
  std::vector<std::uint32_t> by_weight(const Fact& fact) const {
    std::vector<std::uint32_t> events = fact.events;
    std::stable_sort(events.begin(), events.end(), [this](std::uint32_t a, std::uint32_t b) {
      const auto first = telling_.find(a), second = telling_.find(b);
      if (first == telling_.end()) return false;
      if (second == telling_.end()) return true;
      return tells_more(*first->second, *second->second);
    });
    return events;
  }

  bool tells_more(const Fact& a, const Fact& b) const {
    const rule::RuleInfo &first = q_.rules[a.rule], &second = q_.rules[b.rule];
    const auto rank = [](const rule::RuleInfo& rule) {
      return std::make_tuple(rule.kind != rule::RuleKind::detection, rule.triage.state != "failed",
                             severity_rank(rule.level), rule.triage.says.empty());
    };
    return rank(first) < rank(second);
  }

  void add_hosts() {
    for (timeline::HostIndex i = 0; i < q_.timeline->hosts.size(); ++i) {
      const timeline::HostRecord& record = q_.timeline->hosts[i];
      Host host;
      host.id = host_id(i);
      host.name = record.name;
      host.roles = record.roles;
      if (record.clock_offset) {
        host.clock_offset_ms = *record.clock_offset / kTicksPerMillisecond;
        host.clock_uncertainty_ms =
            static_cast<std::uint64_t>(*record.clock_uncertainty / kTicksPerMillisecond);
      }
      if (record.zone) host.time_zone = zone_name(*record.zone);
      report_.hosts.push_back(std::move(host));
    }
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
      const std::int64_t time = fact.instant.value_or(INT64_MAX);
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
      finding.title = info.title;
      finding.severity = info.level;
      finding.author = info.author;
      finding.license = info.license;
      finding.message = message_of(facts.front());
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
          if (finding.evidence.size() < kEvidencePerFinding) add_unique(finding.evidence, event);
        }
      }
      for (const timeline::AttemptIndex attempt : attempts) {
        finding.attempts.push_back(q_.timeline->attempts[attempt].key);
      }
      report_.findings.push_back(std::move(finding));
    }
  }

  void note_time(const Fact& fact, Finding& finding) const {
    if (!fact.instant) return;
    const Timestamp time{*fact.instant};
    if (!finding.first_seen || time < *finding.first_seen) finding.first_seen = time;
    if (!finding.last_seen || *finding.last_seen < time) finding.last_seen = time;
  }

  void add_unique(std::vector<std::string>& ids, std::uint32_t event) {
    std::string id = evidence_.id_of(event);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }

  // --- Diagnoses ---------------------------------------------------------------------------------

  void add_diagnoses() {
    for (const std::size_t index : answer_.ranked) {
      const Judgment& judgment = answer_.judgments[index];
      const Cause& cause = cause_of(judgment);
      Diagnosis diagnosis;
      diagnosis.cause = cause.id;
      diagnosis.title = cause.title;
      diagnosis.category = cause.category;
      diagnosis.rank = static_cast<unsigned>(report_.diagnoses.size() + 1);
      weigh(judgment, cause, diagnosis);
      const auto fact_value = [&](std::string_view name) -> std::optional<std::string> {
        for (const auto& [known, value] : diagnosis.facts) {
          if (known == name) return value;
        }
        return std::nullopt;
      };
      diagnosis.title = diagnosis::fill_template(cause.title, fact_value);
      diagnosis.explanation = diagnosis::fill_template(cause.explanation, fact_value);
      for (const diagnosis::Remedy& remedy : cause.remedies) {
        RemediationStep step;
        step.step = static_cast<unsigned>(diagnosis.remediation.size() + 1);
        step.actor = remedy.actor;
        step.text = diagnosis::fill_template(remedy.text, fact_value);
        step.command = remedy.run;
        step.shell = remedy.shell;
        step.undo = diagnosis::fill_template(remedy.undo, fact_value);
        step.risk = remedy.risk;
        diagnosis.remediation.push_back(std::move(step));
      }
      for (const std::string& text : cause.verify) {
        diagnosis.verify.push_back(diagnosis::fill_template(text, fact_value));
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
      diagnosis.confidence.why.push_back(fmt::format("{}{}", message_of(*judged.facts.front()),
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
    if (judgment.label != ConfidenceLabel::confirmed) {
      diagnosis.confidence.why.push_back(
          judgment.held_back_by
              ? "another cause fits about as well: " +
                    q_.causes->causes()[*judgment.held_back_by].id
              : std::string(
                    "nothing read is decisive: the component that failed has not said why"));
    }
  }

  void quote(const JudgedItem& judged, std::vector<std::string>& ids) {
    std::size_t quoted = 0;
    for (const Fact* fact : judged.facts) {
      for (const std::uint32_t event : by_weight(*fact)) {
        if (quoted++ < kEvidencePerItem) add_unique(ids, event);
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
        if (auto value = value_of(*fact, field)) facts.emplace_back(shown, std::move(*value));
      }
    }
  }

  // --- Attempts ----------------------------------------------------------------------------------

  void add_attempts() {
    for (std::size_t i = 0; i < q_.timeline->attempts.size(); ++i) {
      const timeline::AttemptRecord& record = q_.timeline->attempts[i];
      const diagnosis::AttemptView& view = answer_.attempts[i];
      Attempt attempt;
      attempt.id = record.key;
      if (record.start) attempt.start = Timestamp{*record.start};
      if (record.end) attempt.end = Timestamp{*record.end};
      attempt.outcome = view.outcome;
      name_hosts(record, attempt);
      find_codes(record, attempt);
      if (view.stopped_at) attempt.stopped_at = timeline::stage_names()[*view.stopped_at];
      add_stages(view, attempt);
      report_.attempts.push_back(std::move(attempt));
    }
  }

  void name_hosts(const timeline::AttemptRecord& record, Attempt& attempt) const {
    for (const timeline::HostIndex host : record.hosts) {
      for (const std::string& role : q_.timeline->hosts[host].roles) {
        std::string* slot = role == "client"         ? &attempt.client
                            : role == "gateway"      ? &attempt.gateway
                            : role == "session-host" ? &attempt.target
                                                     : nullptr;
        if (slot != nullptr && slot->empty()) *slot = host_id(host);
      }
    }
  }

  void find_codes(const timeline::AttemptRecord& record, Attempt& attempt) const {
    for (const std::uint32_t index : record.events) {
      const event::Event& event = gathered_.store.events()[index];
      if (event.key.service != "client-disconnect") continue;
      if (attempt.disconnect_code.empty()) {
        attempt.disconnect_code = event::first_value(event, "ErrorCode").value_or(std::string());
      }
      if (attempt.extended_code.empty()) {
        attempt.extended_code =
            event::first_value(event, "ExtendedErrorCode").value_or(std::string());
      }
    }
  }

  // Stages of a gateway or proxy only where one was used; then all of them up to the one that broke
  // were passed, like the others.
  void add_stages(const diagnosis::AttemptView& view, Attempt& attempt) {
    const auto names = timeline::stage_names();
    const auto said = [&](std::size_t i) {
      return !view.stages[i].facts.empty() || view.stopped_at == i;
    };
    std::size_t reached = view.stopped_at.value_or(0);
    bool gateway = false;
    for (std::size_t i = 0; i < names.size(); ++i) {
      gateway = gateway || (names[i] != "proxy" && timeline::is_optional_stage(i) && said(i));
      if (view.stages[i].state == StageState::passed) reached = std::max(reached, i);
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (timeline::is_optional_stage(i) && !(names[i] == "proxy" ? said(i) : gateway)) continue;
      StageResult stage;
      stage.stage = names[i];
      stage.state = view.stages[i].state;
      if (stage.state == StageState::unknown && i < reached) stage.state = StageState::passed;
      for (const Fact* fact : view.stages[i].facts) {
        for (const std::uint32_t event : fact->events) {
          if (stage.evidence.size() < kEvidencePerStage) add_unique(stage.evidence, event);
        }
      }
      attempt.stages.push_back(std::move(stage));
    }
  }

  // --- What was looked at ------------------------------------------------------------------------

  static std::string moment(std::int64_t ticks) {
    return format_time(Timestamp{ticks}).substr(0, 19) + "Z";
  }

  std::string machine(std::optional<timeline::HostIndex> host) const {
    return host ? " of " + q_.timeline->hosts[*host].name : std::string();
  }

  // Why a log that is there says nothing of the failure.
  std::string silence(const std::string& source, const diagnosis::Reach& reach) const {
    const std::string log = diagnosis::source_in_words(source);
    if (reach.kind == diagnosis::Reach::Kind::gap) {
      return fmt::format("{} has a gap where it failed: {} records are missing between {} and {}",
                         log, reach.records, moment(reach.from), moment(reach.until));
    }
    return fmt::format("{} begins after the failure, at {}{}", log, moment(reach.from),
                       reach.cleared ? ": it was cleared then" : "");
  }

  void add_coverage() {
    for (const std::string& source : q_.coverage->sources().names()) {
      Coverage coverage;
      coverage.source = source;
      coverage.state = CoverageState::present;
      for (const auto& [silent, reach] : answer_.silent) {
        if (silent != source) continue;
        coverage.state = CoverageState::rolled_over;
        if (reach.host) coverage.host = host_id(*reach.host);
        coverage.effect = silence(source, reach);
      }
      report_.coverage.push_back(std::move(coverage));
    }
    const auto empty = q_.coverage->sources().empty();
    for (const std::string& source : empty) {
      Coverage coverage;
      coverage.source = source;
      coverage.state = CoverageState::empty;
      coverage.effect = diagnosis::source_in_words(source) + " is empty";
      report_.coverage.push_back(std::move(coverage));
    }
    for (const diagnosis::Answer::Missing& missing : answer_.missing) {
      if (std::find(empty.begin(), empty.end(), missing.source) != empty.end()) continue;
      Coverage coverage;
      coverage.source = missing.source;
      coverage.state = CoverageState::not_supplied;
      const std::string log = diagnosis::source_in_words(missing.source);
      if (missing.how == diagnosis::Reach::Kind::off) {
        coverage.state = CoverageState::empty;
        if (missing.host) coverage.host = host_id(*missing.host);
        coverage.effect = log + machine(missing.host) + " is switched off";
      } else if (missing.how == diagnosis::Reach::Kind::other_machine) {
        coverage.effect = fmt::format("no {} of the {}", log, role_in_words(missing.role));
      } else {
        coverage.effect = "no " + log;
      }
      report_.coverage.push_back(std::move(coverage));
    }
  }

  void add_rules() {
    for (const rule::RuleInfo& rule : q_.rules) {
      if (rule.generated_for) continue;
      const std::string source = diagnosis::source_of(rule);
      if (!q_.facts->of(rule.index).empty()) {
        ++report_.rules_matched;
      } else if (source.empty() || q_.coverage->sources().has(source)) {
        ++report_.rules_not_matched;
      } else {
        report_.rules_not_evaluated.push_back(
            {rule.handle(), "no " + diagnosis::source_in_words(source)});
      }
    }
    std::sort(report_.rules_not_evaluated.begin(), report_.rules_not_evaluated.end(),
              [](const NotEvaluated& a, const NotEvaluated& b) { return a.rule < b.rule; });
  }

  std::string host_with_role(const std::string& role) const {
    for (const Host& host : report_.hosts) {
      if (std::find(host.roles.begin(), host.roles.end(), role) != host.roles.end()) return host.id;
    }
    return {};
  }

  void add_collect() {
    for (const diagnosis::Collect& collect : answer_.collect) {
      if (report_.collect_next.size() == kMostCollect) break;
      CollectNext next;
      next.rank = static_cast<unsigned>(report_.collect_next.size() + 1);
      next.host = host_with_role(collect.item->host);
      next.role = collect.item->host;
      next.why = collect.item->why;
      next.command = collect.item->run;
      for (const diagnosis::CauseIndex cause : collect.settles) {
        next.would_confirm.push_back(q_.causes->causes()[cause].id);
      }
      report_.collect_next.push_back(std::move(next));
    }
  }

  const Gathered& gathered_;
  const diagnosis::Question& q_;
  const diagnosis::Answer& answer_;
  Report& report_;
  EvidenceTable evidence_;
  std::map<std::uint32_t, const Fact*> telling_;  // of an event: what its words are from
  std::vector<rule::RuleIndex> finding_order_;
  std::map<rule::RuleIndex, std::string> finding_ids_;
};
}  // namespace

void build_report(const Gathered& gathered, const diagnosis::Question& question,
                  const diagnosis::Answer& answer, Report& report) {
  Builder(gathered, question, answer, report).run();
}

}  // namespace rdptriage::pipeline
