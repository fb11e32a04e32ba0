#include "diagnosis/scoring.hpp"

#include <algorithm>
#include <map>

#include "timeline/clocks.hpp"
#include "timeline/stages.hpp"

namespace rdptriage::diagnosis {

namespace {
// In half points. The bar between the labels is part of the rule format, not of any one cause.
constexpr int kLikely = 2 * 3;
constexpr int kPossible = 2 * 1;
constexpr int kLead = 2 * 2;
constexpr int kContradiction = -3;        // a weight
constexpr std::size_t kManyAttempts = 3;  // the same proof in so many attempts adds a point
constexpr std::string_view kTarget = "session-host";  // the role of the machine that is wanted
// How far two clocks may be apart when nothing allowed to compare them: for what is taken as the
// same time, and for what may be (a wrong time zone).
constexpr std::int64_t kClocksAgree = 2 * timeline::kUnmeasured;
constexpr std::int64_t kClocksMayDiffer = 65 * timeline::kUnmeasured;
constexpr std::int64_t kDefaultWindow = std::int64_t{30} * 60 * 10'000'000;

std::size_t last_stage() { return timeline::stage_names().size() - 1; }

class AttemptJudge {
 public:
  AttemptJudge(const CauseSet& causes, std::span<const rule::RuleInfo> rules, const FactBase& facts,
               const timeline::Timeline& timeline, SourcePresent source_present,
               std::optional<timeline::AttemptIndex> attempt, const Arrival& arrival,
               const std::vector<timeline::HostIndex>* idle = nullptr)
      : causes_(causes),
        rules_(rules),
        facts_(facts),
        timeline_(timeline),
        source_present_(source_present),
        attempt_(attempt),
        arrival_(arrival),
        idle_(idle) {}

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

  using LastEvidence = std::map<timeline::TimeScale, std::optional<std::int64_t>>;

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
          auto& last = last_evidence[fact->scale];
          last = std::max(last.value_or(*fact->ticks), *fact->ticks);
        }
      }
    }
    add_up(judgment);
    return judgment;
  }

  void judge_item(const Cause& cause, const EvidenceItem& item, LastEvidence& last_evidence,
                  JudgedItem& out) const {
    bool sure = false;
    const auto look_at = [&](std::span<const Fact> facts) {
      for (const Fact& fact : facts) {
        if (item.weight > 0 && was_passed(cause, fact)) continue;
        const auto certainty = counts(item, fact, last_evidence);
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

  // Whether the fact counts for the item, and how surely.
  std::optional<Certainty> counts(const EvidenceItem& item, const Fact& fact,
                                  LastEvidence& last_evidence) const {
    if (idle_ != nullptr && !is_of_idle_machine(fact)) return std::nullopt;
    // Whatever a capture of nobody in particular shows was not in the way of what succeeded.
    if (arrival_.went_well() && item.weight > 0 && !is_own(fact)) return std::nullopt;
    const auto only_if = [&fact](bool counts) {
      return counts ? std::optional(fact.certainty) : std::nullopt;
    };
    switch (item.when) {
      case When::fitting:
        if (fact.is_state && !holds(fact)) return std::nullopt;
        return fact.attempt ? fact.certainty : on_a_host_of_the_attempt(fact);
      case When::same_attempt:
        return fact.certainty;
      case When::same_host:
        return near(fact, item.window) ? on_a_host_of_the_attempt(fact) : std::nullopt;
      case When::holds_at_incident:
        if (holds(fact)) return on_a_host_of_the_attempt(fact);
        if (holds_by_another_clock(fact) && on_a_host_of_the_attempt(fact))
          return Certainty::possible;
        return std::nullopt;
      case When::after_last_evidence:
        return only_if(!fact.ticks || !last_evidence[fact.scale] ||
                       *fact.ticks > *last_evidence[fact.scale]);
      case When::anywhere:
        return fact.certainty;
    }
    return std::nullopt;
  }

  // An attempt that reached its session has passed the cause's stage: whatever was wrong there was
  // not in its way. Only what broke or began later may have cut the session.
  bool was_passed(const Cause& cause, const Fact& fact) const {
    if (arrival_.session == nullptr || cause.depth == last_stage()) return false;
    // A record of the attempt whose time cannot be compared may be of a try of its own.
    const auto behind = is_behind(timeline_, fact, *arrival_.session);
    if (fact.attempt && !behind) return false;
    if (arrival_.went_well()) return true;
    const bool broke = rules_[fact.rule].triage.state == "failed";
    return !((broke || fact.is_state) && behind.value_or(false));
  }

  bool is_of_idle_machine(const Fact& fact) const {
    return !fact.attempt && fact.host &&
           std::binary_search(idle_->begin(), idle_->end(), *fact.host);
  }

  const timeline::AttemptRecord* attempt() const {
    return attempt_ ? &timeline_.attempts[*attempt_] : nullptr;
  }

  // How sure it is that the fact's machine took part in the attempt; nothing when it did not.
  std::optional<Certainty> on_a_host_of_the_attempt(const Fact& fact) const {
    if (!attempt() || attempt()->hosts.empty()) return fact.certainty;
    const auto& hosts = attempt()->hosts;
    if (!fact.host) {
      // A machine that is not named is the one of its part, when the case knows one at most.
      return machines_of(fact.role) > 1 ? Certainty::possible : fact.certainty;
    }
    if (std::binary_search(hosts.begin(), hosts.end(), *fact.host)) return fact.certainty;
    const auto& roles = timeline_.hosts[*fact.host].roles;
    if (roles.empty()) return std::nullopt;
    // The attempt says which machine it was made to.
    if (std::binary_search(roles.begin(), roles.end(), kTarget)) {
      const auto& targets = attempt()->targets;
      if (std::binary_search(targets.begin(), targets.end(), *fact.host)) return fact.certainty;
      if (!targets.empty()) return std::nullopt;
      // A name that the case does not know may be an alias of the only machine there is.
      if (attempt()->other_target)
        return machines_of(kTarget) < 2 ? std::optional(Certainty::possible) : std::nullopt;
    }
    // Where the attempt shows no machine of the fact's part (a client alone has left its log), the
    // fact's machine may have been the other end: if it is the only one of its part, it was.
    const bool part_is_taken =
        std::any_of(hosts.begin(), hosts.end(), [&](timeline::HostIndex host) {
          const auto& others = timeline_.hosts[host].roles;
          return std::find_first_of(roles.begin(), roles.end(), others.begin(), others.end()) !=
                 roles.end();
        });
    if (part_is_taken) return std::nullopt;
    const bool only = std::all_of(roles.begin(), roles.end(),
                                  [this](const auto& role) { return machines_of(role) < 2; });
    return only ? fact.certainty : Certainty::possible;
  }

  std::size_t machines_of(std::string_view role) const {
    if (role.empty()) return timeline_.hosts.size();
    return static_cast<std::size_t>(std::count_if(
        timeline_.hosts.begin(), timeline_.hosts.end(), [&](const timeline::HostRecord& host) {
          return std::find(host.roles.begin(), host.roles.end(), role) != host.roles.end();
        }));
  }

  // Of the attempt, or of a machine that took part in it or was its target.
  bool is_own(const Fact& fact) const {
    if (!attempt() || fact.attempt) return true;
    if (!fact.host) return false;
    const auto& hosts = attempt()->hosts;
    const auto& targets = attempt()->targets;
    return std::binary_search(hosts.begin(), hosts.end(), *fact.host) ||
           std::binary_search(targets.begin(), targets.end(), *fact.host);
  }

  // Whether the fact's time and the attempt's come from clocks that could not be compared.
  bool is_of_another_clock(const Fact& fact) const {
    if (!attempt() || !fact.host) return false;
    const auto& hosts = attempt()->hosts;
    if (hosts.size() == 1 && hosts.front() == *fact.host) return false;
    const auto is_measured = [this](timeline::HostIndex host) {
      return timeline_.hosts[host].clock_uncertainty.has_value();
    };
    return !is_measured(*fact.host) || std::none_of(hosts.begin(), hosts.end(), is_measured);
  }

  std::int64_t clock_slack(const Fact& fact) const {
    return is_of_another_clock(fact) ? kClocksAgree : 0;
  }

  // Whether the times of the fact and of the attempt can be compared. REQUIRES: attempt().
  bool is_comparable(const Fact& fact) const {
    return attempt()->start && fact.ticks && attempt()->scale == fact.scale;
  }

  bool near(const Fact& fact, std::optional<std::int64_t> window) const {
    if (!attempt() || !is_comparable(fact)) return true;
    const std::int64_t reach = window.value_or(kDefaultWindow) + clock_slack(fact);
    return *fact.ticks >= *attempt()->start - reach && *fact.ticks <= *attempt()->end + reach;
  }

  bool holds(const Fact& fact) const {
    // Nobody tried, or nobody knows when: what counts is how it is now.
    if (!attempt() || !is_comparable(fact)) return !fact.until;
    if (*fact.ticks > *attempt()->end + clock_slack(fact)) return false;
    return !fact.until || *fact.until >= *attempt()->start;
  }

  // A state that begins soon after the attempt may have begun before it.
  bool holds_by_another_clock(const Fact& fact) const {
    return is_of_another_clock(fact) && is_comparable(fact) && *fact.ticks > *attempt()->end &&
           *fact.ticks <= *attempt()->end + kClocksMayDiffer;
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
  std::span<const rule::RuleInfo> rules_;
  const FactBase& facts_;
  const timeline::Timeline& timeline_;
  SourcePresent source_present_;
  std::optional<timeline::AttemptIndex> attempt_;
  Arrival arrival_;
  // Without an attempt: the machines that none was made to, when only their facts count.
  const std::vector<timeline::HostIndex>* idle_;
};
}  // namespace

std::optional<bool> is_behind(const timeline::Timeline& timeline, const Fact& fact,
                              const Fact& other) {
  if (fact.ticks && other.ticks) {
    if (fact.scale != other.scale) return std::nullopt;
    return *fact.ticks > *other.ticks;
  }
  if (fact.ticks || other.ticks || fact.attempt != other.attempt) return std::nullopt;
  // Lines of one trace: by its own clock, else as they stand.
  const auto& last = timeline.places[fact.events.back()].ticks;
  const auto& others = timeline.places[other.events.back()].ticks;
  if (last && others && *last != *others) return *last > *others;
  return fact.events.back() > other.events.back();
}

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

std::vector<Arrival> find_arrivals(std::span<const rule::RuleInfo> rules, const FactBase& facts,
                                   const timeline::Timeline& timeline) {
  std::vector<Arrival> arrivals(timeline.attempts.size());
  for (const Fact& fact : facts.all()) {
    const rule::TriageKey& key = rules[fact.rule].triage;
    if (!fact.attempt || key.state != "passed" || fact.certainty != Certainty::sure ||
        timeline::stage_depth(key.stage) != last_stage())
      continue;
    const Fact*& session = arrivals[*fact.attempt].session;
    if (session == nullptr || is_behind(timeline, *session, fact).value_or(false)) session = &fact;
  }
  for (const Fact& fact : facts.all()) {
    const rule::TriageKey& key = rules[fact.rule].triage;
    if (!fact.attempt || key.state != "failed") continue;
    Arrival& arrival = arrivals[*fact.attempt];
    // What failed on the way there was tried again.
    if (arrival.session != nullptr && (timeline::stage_depth(key.stage) == last_stage() ||
                                       is_behind(timeline, fact, *arrival.session).value_or(false)))
      arrival.failed = true;
  }
  return arrivals;
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
