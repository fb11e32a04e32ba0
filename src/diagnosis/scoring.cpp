#include "diagnosis/scoring.hpp"

#include <algorithm>
#include <utility>

#include "diagnosis/relevance.hpp"

namespace rdptriage::diagnosis {

namespace {
// In half points. The bar between the labels is part of the rule format, not of any one cause.
constexpr int kLikely = 2 * 3;
constexpr int kPossible = 2 * 1;
constexpr int kLead = 2 * 2;
constexpr int kContradiction = -3;        // a weight
constexpr std::size_t kManyAttempts = 3;  // the same proof in so many attempts adds a point

class AttemptJudge {
 public:
  AttemptJudge(const CauseSet& causes, std::span<const rule::RuleInfo> rules, const FactBase& facts,
               const timeline::Timeline& timeline, SourcePresent source_present,
               std::optional<timeline::AttemptIndex> attempt, const Arrival& arrival,
               const std::vector<timeline::HostIndex>* idle = nullptr)
      : causes_(causes),
        facts_(facts),
        source_present_(source_present),
        attempt_(attempt),
        relevance_(rules, timeline, attempt, arrival, idle) {}

  // `candidates` are the causes with a matched rule in their favor.
  std::vector<Judgment> run(const std::vector<CauseIndex>& candidates) {
    std::vector<Judgment> open;
    for (const CauseIndex cause : candidates) {
      if (!has_support(causes_.causes()[cause])) continue;
      Judgment judgment = weigh(cause);
      if (stands_on_something(judgment)) open.push_back(std::move(judgment));
    }
    std::vector<Judgment> done;
    while (!open.empty()) {
      for (Judgment& judgment : open) settle(judgment, open, done);
      const auto next = pick(open);
      Judgment judgment = std::move(open[next]);
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(next));
      if (judgment.label && *judgment.label != ConfidenceLabel::possible) explain(judgment, open);
      done.push_back(std::move(judgment));
    }
    done.erase(std::remove_if(done.begin(), done.end(),
                              [](const Judgment& judgment) { return !judgment.label; }),
               done.end());
    std::sort(done.begin(), done.end(),
              [this](const Judgment& a, const Judgment& b) { return ranks_before(causes_, a, b); });
    return done;
  }

 private:
  const Cause& cause_of(const Judgment& judgment) const { return causes_.causes()[judgment.cause]; }

  // Cheap test before weighing: most causes of a case have nothing in a given attempt.
  bool has_support(const Cause& cause) const {
    return std::any_of(cause.evidence.begin(), cause.evidence.end(), [&](const EvidenceItem& item) {
      if (item.weight <= 0) return false;
      if (item.when != When::fitting && item.when != When::same_attempt) return true;
      return !facts_.of(item.rule, attempt_).empty() || !facts_.of(item.rule, std::nullopt).empty();
    });
  }

  // --- Evidence ---------------------------------------------------------------------------------

  Judgment weigh(CauseIndex index) const {
    const Cause& cause = causes_.causes()[index];
    Judgment judgment;
    judgment.cause = index;
    judgment.attempt = attempt_;
    judgment.items.resize(cause.evidence.size());
    LastEvidence last_evidence;
    // What is "after the last evidence" needs the evidence first.
    for (const bool later : {false, true}) {
      for (std::size_t i = 0; i < cause.evidence.size(); ++i) {
        const EvidenceItem& item = cause.evidence[i];
        if ((item.when == When::after_last_evidence) != later) continue;
        judge_item(cause, item, last_evidence, judgment.items[i]);
        if (later || item.weight <= 0) continue;
        for (const Fact* fact : judgment.items[i].facts) {
          if (!fact->ticks) continue;
          const auto last = last_evidence.emplace(fact->scale, *fact->ticks).first;
          last->second = std::max(last->second, *fact->ticks);
        }
      }
    }
    add_up(judgment);
    return judgment;
  }

  void judge_item(const Cause& cause, const EvidenceItem& item, const LastEvidence& last_evidence,
                  JudgedItem& out) const {
    bool sure = false;
    const auto look_at = [&](std::span<const Fact> facts) {
      for (const Fact& fact : facts) {
        const auto certainty = relevance_.of(cause, item, fact, last_evidence);
        if (!certainty) continue;
        out.facts.push_back(&fact);
        sure = sure || *certainty == Certainty::sure;
      }
    };
    if (item.when == When::fitting || item.when == When::same_attempt) {
      if (attempt_) look_at(facts_.of(item.rule, attempt_));
      if (!attempt_ || item.when == When::fitting) look_at(facts_.of(item.rule, std::nullopt));
    } else {
      look_at(facts_.of(item.rule));
    }
    if (!out.facts.empty()) {
      out.state = ItemState::present;
      out.certainty = sure ? Certainty::sure : Certainty::possible;
    } else {
      out.state = source_present_(item.rule, attempt_) ? ItemState::absent : ItemState::unknown;
    }
  }

  // --- Score ------------------------------------------------------------------------------------

  void add_up(Judgment& judgment) const {
    const Cause& cause = cause_of(judgment);
    int sum = 0;
    bool in_many = false;
    for (std::size_t i = 0; i < cause.evidence.size(); ++i) {
      const JudgedItem& item = judgment.items[i];
      if (item.state != ItemState::present) continue;
      const int weight = cause.evidence[i].weight;
      sum += item.certainty == Certainty::possible ? weight : 2 * weight;
      in_many =
          in_many || (weight > 0 && facts_.attempts_of(cause.evidence[i].rule) >= kManyAttempts);
    }
    judgment.half_points = sum + (in_many ? 2 : 0);
  }

  bool stands_on_something(const Judgment& judgment) const {
    const Cause& cause = cause_of(judgment);
    for (std::size_t i = 0; i < cause.evidence.size(); ++i) {
      if (judgment.items[i].state == ItemState::present && cause.evidence[i].weight > 0)
        return true;
    }
    return false;
  }

  bool is_decided(const Judgment& judgment) const {
    const Cause& cause = cause_of(judgment);
    bool decisive = false;
    for (std::size_t i = 0; i < cause.evidence.size(); ++i) {
      const JudgedItem& item = judgment.items[i];
      if (item.state != ItemState::present) continue;
      if (cause.evidence[i].weight <= kContradiction) return false;
      decisive = decisive || (cause.evidence[i].decisive && item.certainty == Certainty::sure);
    }
    return decisive;
  }

  // The rival's score without what `judgment`'s cause would explain.
  int score_of_rival(const Judgment& rival, const Judgment& judgment) const {
    const auto& explains = cause_of(judgment).explains;
    const Cause& cause = cause_of(rival);
    int sum = rival.half_points;
    for (std::size_t i = 0; i < cause.evidence.size(); ++i) {
      const JudgedItem& item = rival.items[i];
      if (item.state != ItemState::present || cause.evidence[i].weight <= 0) continue;
      if (!std::binary_search(explains.begin(), explains.end(), cause.evidence[i].rule)) continue;
      sum -= item.certainty == Certainty::possible ? cause.evidence[i].weight
                                                   : 2 * cause.evidence[i].weight;
    }
    return sum;
  }

  void settle(Judgment& judgment, const std::vector<Judgment>& open,
              const std::vector<Judgment>& done) const {
    judgment.label.reset();
    judgment.held_back_by.reset();
    if (!stands_on_something(judgment)) return;
    if (judgment.half_points >= kPossible) judgment.label = ConfidenceLabel::possible;
    if (judgment.half_points >= kLikely) judgment.label = ConfidenceLabel::likely;
    if (!is_decided(judgment) || judgment.half_points < kPossible) return;
    const auto& rivals = cause_of(judgment).rivals;
    for (const auto* others : {&open, &done}) {
      for (const Judgment& other : *others) {
        if (!std::binary_search(rivals.begin(), rivals.end(), other.cause)) continue;
        if (judgment.half_points - score_of_rival(other, judgment) < kLead) {
          judgment.held_back_by = other.cause;
          return;
        }
      }
    }
    judgment.label = ConfidenceLabel::confirmed;
  }

  // The next to be final: the surest; among equals the one that may explain the others.
  std::size_t pick(const std::vector<Judgment>& open) const {
    const auto& order = causes_.explaining_order();
    const auto rank = [&](const Judgment& judgment) {
      const int label = judgment.label ? static_cast<int>(*judgment.label) : 3;
      const auto place = std::find(order.begin(), order.end(), judgment.cause) - order.begin();
      return std::make_pair(label, place);
    };
    std::size_t best = 0;
    for (std::size_t i = 1; i < open.size(); ++i) {
      if (rank(open[i]) < rank(open[best])) best = i;
    }
    return best;
  }

  void explain(const Judgment& by, std::vector<Judgment>& open) const {
    const auto& explains = cause_of(by).explains;
    if (explains.empty()) return;
    for (Judgment& judgment : open) {
      const Cause& cause = cause_of(judgment);
      for (std::size_t i = 0; i < cause.evidence.size(); ++i) {
        JudgedItem& item = judgment.items[i];
        if (item.state == ItemState::present && cause.evidence[i].weight > 0 &&
            std::binary_search(explains.begin(), explains.end(), cause.evidence[i].rule)) {
          item.state = ItemState::explained;
        }
      }
      add_up(judgment);
    }
  }

  const CauseSet& causes_;
  const FactBase& facts_;
  SourcePresent source_present_;
  std::optional<timeline::AttemptIndex> attempt_;
  Relevance relevance_;
};
}  // namespace

bool ranks_before(const CauseSet& causes, const Judgment& a, const Judgment& b) {
  if (a.label != b.label) return a.label && (!b.label || *a.label < *b.label);
  const Cause& cause_a = causes.causes()[a.cause];
  const Cause& cause_b = causes.causes()[b.cause];
  const bool depth_first = a.label == ConfidenceLabel::confirmed;
  if (depth_first && cause_a.depth != cause_b.depth) return cause_a.depth > cause_b.depth;
  if (a.half_points != b.half_points) return a.half_points > b.half_points;
  if (cause_a.depth != cause_b.depth) return cause_a.depth > cause_b.depth;
  return cause_a.id < cause_b.id;
}

namespace {
// The causes with a matched rule in their favor.
std::vector<CauseIndex> candidates_of(const CauseSet& causes, const FactBase& facts) {
  std::vector<CauseIndex> candidates;
  for (CauseIndex i = 0; i < causes.causes().size(); ++i) {
    const auto& evidence = causes.causes()[i].evidence;
    if (std::any_of(evidence.begin(), evidence.end(), [&](const EvidenceItem& item) {
          return item.weight > 0 && !facts.of(item.rule).empty();
        })) {
      candidates.push_back(i);
    }
  }
  return candidates;
}
}  // namespace

std::vector<Judgment> judge_idle_machines(const CauseSet& causes,
                                          std::span<const rule::RuleInfo> rules,
                                          const FactBase& facts, const timeline::Timeline& timeline,
                                          SourcePresent present) {
  std::vector<bool> busy(timeline.hosts.size());
  for (const timeline::AttemptRecord& attempt : timeline.attempts) {
    for (const timeline::HostIndex host : attempt.hosts) busy[host] = true;
    for (const timeline::HostIndex host : attempt.targets) busy[host] = true;
  }
  std::vector<timeline::HostIndex> idle;
  for (timeline::HostIndex host = 0; host < busy.size(); ++host) {
    if (!busy[host]) idle.push_back(host);
  }
  if (idle.empty()) return {};
  auto judgments = AttemptJudge(causes, rules, facts, timeline, present, std::nullopt, {}, &idle)
                       .run(candidates_of(causes, facts));
  // Nobody complained about these machines: only what they say themselves is worth telling.
  judgments.erase(std::remove_if(judgments.begin(), judgments.end(),
                                 [](const Judgment& judgment) {
                                   return judgment.label != ConfidenceLabel::confirmed;
                                 }),
                  judgments.end());
  return judgments;
}

std::vector<Judgment> judge_causes(const CauseSet& causes, std::span<const rule::RuleInfo> rules,
                                   const FactBase& facts, const timeline::Timeline& timeline,
                                   const std::vector<Arrival>& arrivals, SourcePresent present) {
  const std::vector<CauseIndex> candidates = candidates_of(causes, facts);
  std::vector<std::optional<timeline::AttemptIndex>> attempts;
  for (timeline::AttemptIndex i = 0; i < timeline.attempts.size(); ++i) attempts.emplace_back(i);
  if (attempts.empty()) attempts.emplace_back();
  std::vector<Judgment> out;
  for (const auto attempt : attempts) {
    AttemptJudge judge(causes, rules, facts, timeline, present, attempt,
                       attempt ? arrivals[*attempt] : Arrival{});
    for (Judgment& judgment : judge.run(candidates)) out.push_back(std::move(judgment));
  }
  return out;
}

}  // namespace rdptriage::diagnosis
