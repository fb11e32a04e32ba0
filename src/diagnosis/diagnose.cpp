#include "diagnosis/diagnose.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "timeline/stages.hpp"

namespace rdptriage::diagnosis {

namespace {
using timeline::AttemptIndex;

constexpr std::string_view kDialog = "client-disconnect";  // the code that a client showed

bool has_failed(const AttemptView& view) {
  return view.outcome == AttemptOutcome::failed ||
         (view.has_disconnect_code && view.outcome != AttemptOutcome::succeeded);
}

bool is_firm(const Judgment& judgment) {
  return judgment.label && *judgment.label != ConfidenceLabel::possible;
}

class Diagnosis {
 public:
  explicit Diagnosis(const Question& question)
      : q_(question), arrivals_(find_arrivals(q_.rules, *q_.facts, *q_.timeline)) {
    find_ends_of_sessions();
  }

  Answer run() {
    answer_.judgments = judge_causes(
        *q_.causes, q_.rules, *q_.facts, *q_.timeline, arrivals_,
        [this](rule::RuleIndex rule, const auto& attempt) { return looked_at(rule, attempt); });
    view_attempts();
    doubt_other_clients();
    rank();
    if (answer_.ranked.empty() && all_went_well()) {
      answer_.judgments = judge_idle_machines(
          *q_.causes, q_.rules, *q_.facts, *q_.timeline,
          [this](rule::RuleIndex rule, const auto& attempt) { return looked_at(rule, attempt); });
      rank();
    }
    answer_.verdict = verdict();
    if (answer_.verdict != Verdict::no_failure_found || nothing_succeeded()) {
      what_is_silent();
      what_to_collect();
    }
    return std::move(answer_);
  }

 private:
  bool all_went_well() const {
    return !q_.timeline->attempts.empty() && !q_.failure_reported &&
           std::none_of(answer_.attempts.begin(), answer_.attempts.end(), has_failed);
  }

  // Somebody tried to connect, and no attempt is known to have reached its session.
  bool nothing_succeeded() const {
    return !q_.timeline->attempts.empty() &&
           std::none_of(
               answer_.attempts.begin(), answer_.attempts.end(),
               [](const AttemptView& view) { return view.outcome == AttemptOutcome::succeeded; });
  }

  // Logs without ids of activities part the end of a session from its start. Records that tell of
  // nothing but an orderly end belong to the session that the machine had before.
  void find_ends_of_sessions() {
    const auto& attempts = q_.timeline->attempts;
    std::vector<bool> tells(attempts.size());
    for (const Fact& fact : q_.facts->all()) {
      const rule::TriageKey& key = q_.rules[fact.rule].triage;
      const bool is_end = key.attempt == "end" && key.stage.empty() && key.says.empty();
      if (fact.attempt && !is_end) tells[*fact.attempt] = true;
    }
    for (const auto& reported : q_.disconnects) {
      if (reported) tells[*reported] = true;
    }
    for (std::size_t end = 0; end < attempts.size(); ++end) {
      if (tells[end] || !attempts[end].start) continue;
      for (std::size_t i = 0; i < attempts.size(); ++i) {
        if (tells[i] && arrivals_[i].went_well() && attempts[i].scale == attempts[end].scale &&
            attempts[i].end && *attempts[i].end <= *attempts[end].start &&
            share_machine(attempts[i], attempts[end]))
          arrivals_[end].session = arrivals_[i].session;
      }
    }
  }

  static bool share_machine(const timeline::AttemptRecord& a, const timeline::AttemptRecord& b) {
    return std::find_first_of(a.hosts.begin(), a.hosts.end(), b.hosts.begin(), b.hosts.end()) !=
           a.hosts.end();
  }

  bool looked_at(rule::RuleIndex rule, std::optional<AttemptIndex> attempt) const {
    const std::string source = source_of(q_.rules[rule]);
    if (source.empty()) return true;
    return q_.coverage->of(source, q_.rules[rule].triage.host_role, attempt).kind ==
           Reach::Kind::reaches;
  }

  // Who sends a client's log wants to know why that one failed. Where nothing proves it, what is
  // proven of another client is a lead.
  void doubt_other_clients() {
    const auto& attempts = q_.timeline->attempts;
    std::set<std::optional<AttemptIndex>> explained;
    for (const Judgment& judgment : answer_.judgments) {
      if (is_firm(judgment)) explained.insert(judgment.attempt);
    }
    bool is_open = false;
    for (AttemptIndex i = 0; i < attempts.size(); ++i) {
      const bool own = attempts[i].client && has_failed(answer_.attempts[i]);
      if (own && explained.count(i) != 0) return;
      is_open = is_open || own;
    }
    if (!is_open) return;
    for (Judgment& judgment : answer_.judgments) {
      if (!judgment.attempt || !attempts[*judgment.attempt].of_another_client) continue;
      judgment.label_of_another_client = judgment.label;
      judgment.label = ConfidenceLabel::possible;
    }
  }

  // One line a cause: its best attempt. What only fits the symptom is left out where something firm
  // was found for the same attempt.
  void rank() {
    std::set<std::optional<AttemptIndex>> proven;
    for (const Judgment& judgment : answer_.judgments) {
      if (judgment.label == ConfidenceLabel::confirmed) proven.insert(judgment.attempt);
    }
    std::map<CauseIndex, std::size_t> best;
    for (std::size_t i = 0; i < answer_.judgments.size(); ++i) {
      const Judgment& judgment = answer_.judgments[i];
      if (judgment.label == ConfidenceLabel::possible && proven.count(judgment.attempt) != 0)
        continue;
      const auto [at, added] = best.emplace(judgment.cause, i);
      if (!added && ranks_before(*q_.causes, judgment, answer_.judgments[at->second]))
        at->second = i;
    }
    for (const auto& [cause, index] : best) answer_.ranked.push_back(index);
    std::sort(answer_.ranked.begin(), answer_.ranked.end(), [this](std::size_t a, std::size_t b) {
      return ranks_before(*q_.causes, answer_.judgments[a], answer_.judgments[b]);
    });
  }

  // --- How far each attempt got ------------------------------------------------------------------

  void view_attempts() {
    const std::size_t count = q_.timeline->attempts.size();
    answer_.attempts.resize(std::max<std::size_t>(count, 1));
    for (AttemptView& view : answer_.attempts) view.stages.resize(timeline::stage_names().size());
    for (const Fact& fact : q_.facts->all()) {
      const rule::TriageKey& key = q_.rules[fact.rule].triage;
      const auto depth = timeline::stage_depth(key.stage);
      if (!fact.attempt && count != 0) continue;
      if (key.stage.empty() && key.state == "failed" && key.attempt == "end")
        answer_.attempts[fact.attempt.value_or(0)].failed_somewhere = true;
      if (!depth) continue;
      if (key.state != "failed" && key.state != "passed") continue;
      StageView& stage = answer_.attempts[fact.attempt.value_or(0)].stages[*depth];
      const StageState state = key.state == "failed" ? StageState::failed : StageState::passed;
      if (stage.state != state) {
        if (stage.state == StageState::failed) continue;  // it did fail, whatever worked before
        stage.facts.clear();
        stage.state = state;
      }
      stage.facts.push_back(&fact);
    }
    for (const auto& attempt : q_.disconnects) {
      if (attempt || count == 0) answer_.attempts[attempt.value_or(0)].has_disconnect_code = true;
    }
    for (std::size_t i = 0; i < answer_.attempts.size(); ++i) {
      conclude(answer_.attempts[i],
               count == 0 ? std::nullopt : std::optional(static_cast<AttemptIndex>(i)));
    }
  }

  void conclude(AttemptView& view, std::optional<AttemptIndex> attempt) const {
    std::optional<std::size_t> passed, failed, cause;
    for (std::size_t i = 0; i < view.stages.size(); ++i) {
      if (view.stages[i].state == StageState::passed) passed = i;
      if (view.stages[i].state == StageState::failed) failed = i;
    }
    for (const Judgment& judgment : answer_.judgments) {
      if (judgment.attempt == attempt && is_firm(judgment)) {
        cause = stage_where(view, judgment);
        break;  // the first is the surest
      }
    }
    if (attempt && arrivals_[*attempt].failed) {
      view.stopped_at = view.stages.size() - 1;  // it had its session, whatever has cut it
    } else if (attempt && arrivals_[*attempt].session != nullptr) {
      view.stopped_at = cause;  // what failed on the way there was tried again
    } else {
      view.stopped_at = cause ? cause : failed;
    }
    if (view.stopped_at) {
      view.outcome = AttemptOutcome::failed;
    } else if (view.stages.back().state == StageState::passed) {
      view.outcome = AttemptOutcome::succeeded;
    } else if (view.failed_somewhere) {
      view.outcome = AttemptOutcome::failed;
    }
    set_stages_around(view, std::max(view.stopped_at.value_or(0), passed.value_or(0)));
  }

  // The cause's stage; unless nothing failed there and its evidence says where it did: a rejected
  // certificate may be the gateway's or the host's.
  std::size_t stage_where(const AttemptView& view, const Judgment& judgment) const {
    const Cause& cause = q_.causes->causes()[judgment.cause];
    if (view.stages[cause.depth].state == StageState::failed) return cause.depth;
    for (std::size_t i = 0; i < judgment.items.size(); ++i) {
      if (cause.evidence[i].weight < 0) continue;
      for (const Fact* fact : judgment.items[i].facts) {
        const rule::TriageKey& key = q_.rules[fact->rule].triage;
        if (key.state != "failed") continue;
        if (const auto depth = timeline::stage_depth(key.stage)) return *depth;
      }
    }
    return cause.depth;
  }

  // To get where it got, the attempt has passed everything before; what failed there was tried
  // again. Behind the stage that broke nothing was reached; what failed there is its consequence.
  static void set_stages_around(AttemptView& view, std::size_t reached) {
    for (std::size_t i = 0; i < view.stages.size(); ++i) {
      StageState& state = view.stages[i].state;
      if (view.stopped_at == i) {
        state = StageState::failed;
      } else if (i < reached) {
        if (state == StageState::failed || !timeline::is_optional_stage(i))
          state = StageState::passed;
      } else if (view.stopped_at && state != StageState::passed) {
        state = StageState::not_reached;
      }
    }
  }

  // --- Verdict -----------------------------------------------------------------------------------

  // Whether the attempt went on to its session all the same.
  bool was_outlived(const Fact& fact) const {
    if (!fact.attempt) return false;
    const Arrival& arrival = arrivals_[*fact.attempt];
    return arrival.went_well() && is_behind(*q_.timeline, *arrival.session, fact).value_or(false);
  }

  Verdict verdict() const {
    if (!answer_.ranked.empty()) {
      const Judgment& first = answer_.judgments[answer_.ranked.front()];
      if (first.label == ConfidenceLabel::confirmed) return Verdict::diagnosed;
      if (first.label == ConfidenceLabel::likely) return Verdict::suspected;
      return Verdict::inconclusive;
    }
    // Records that nobody can put in order may as well tell of a failure.
    bool healthy = false, doubtful = q_.failure_reported || q_.timeline->records_without_time != 0;
    for (const AttemptView& view : answer_.attempts) {
      bool passed = false;
      for (const StageView& stage : view.stages) {
        if (stage.state == StageState::passed) passed = true;
      }
      const bool connected = view.stages.back().state == StageState::passed;
      // A code without a session is a failure that was reported; after a session it is how it
      // ended.
      if (view.has_disconnect_code && !connected) doubtful = true;
      // A connection that was tried has to have got to its end; a capture only has to be healthy.
      if (connected || (q_.timeline->attempts.empty() && passed)) healthy = true;
    }
    for (const Fact& fact : q_.facts->all()) {
      const std::string& state = q_.rules[fact.rule].triage.state;
      if (state == "failed" && !was_outlived(fact)) doubtful = true;
      if (!fact.attempt && state == "passed") healthy = true;
      if (state == "no_failure") healthy = true;
    }
    if (doubtful) return Verdict::inconclusive;
    if (healthy) return Verdict::no_failure_found;
    return q_.facts->all().empty() && !q_.something_read ? Verdict::not_analysable
                                                         : Verdict::inconclusive;
  }

  // --- What to collect ---------------------------------------------------------------------------

  // The source as it would have to be to say something: of a machine of that part, in the attempt
  // that the verdict is about.
  Reach reach_of(std::string_view source, std::string_view role) const {
    return q_.coverage->of(source, role, std::nullopt);
  }

  void miss(const std::string& source, const std::string& role) {
    const Reach reach = reach_of(source, role);
    if (reach.supplied()) return;
    for (const Answer::Missing& known : answer_.missing) {
      if (known.source == source) return;
    }
    answer_.missing.push_back({source, role, reach.kind, reach.host});
  }

  // A log that records nothing has to be switched on before it is worth exporting.
  const CollectItem& switched_on_first(const CollectItem& item) const {
    for (const std::string& source : item.reads) {
      if (reach_of(source, item.host).kind != Reach::Kind::off) continue;
      for (const CollectItem& general : q_.causes->general_collect()) {
        if (general.when_off == source) return general;
      }
    }
    return item;
  }

  void ask(const CollectItem& item, std::optional<CauseIndex> cause, unsigned bonus) {
    const bool all_there =
        !item.reads.empty() &&
        std::all_of(item.reads.begin(), item.reads.end(), [&](const std::string& source) {
          return reach_of(source, item.host).supplied();
        });
    // What is there is worth having again as long as it does not say what it could.
    if (item.until ? !q_.facts->of(*item.until).empty() : all_there) return;
    const CollectItem& wanted = switched_on_first(item);
    Collect& collect = by_command_[wanted.run];
    if (collect.item == nullptr) collect.item = &wanted;
    collect.gain += item.gain + bonus;
    if (cause) collect.settles.push_back(*cause);
  }

  void what_to_collect() {
    for (const std::size_t i : answer_.ranked) {
      const Judgment& judgment = answer_.judgments[i];
      const Cause& cause = q_.causes->causes()[judgment.cause];
      // What settles the first suspicion is worth more than what settles the last.
      const unsigned bonus = i == answer_.ranked.front() ? 1 : 0;
      for (const CollectItem& item : cause.collect_next) ask(item, judgment.cause, bonus);
      if (judgment.label == ConfidenceLabel::confirmed) continue;
      for (const Need& need : cause.needs) miss(need.source, need.host);
    }
    if (answer_.verdict != Verdict::diagnosed) {
      for (const CollectItem& item : q_.causes->general_collect()) ask_in_general(item);
    }
    for (auto& [command, collect] : by_command_) answer_.collect.push_back(std::move(collect));
    std::stable_sort(answer_.collect.begin(), answer_.collect.end(),
                     [](const Collect& a, const Collect& b) {
                       if (a.settles.empty() != b.settles.empty()) return !a.settles.empty();
                       return a.gain > b.gain;
                     });
  }

  void ask_in_general(const CollectItem& item) {
    if (!item.when_off.empty()) {
      const auto how = reach_of(item.when_off, item.host).kind;
      if (how == Reach::Kind::off || how == Reach::Kind::empty) ask(item, std::nullopt, 0);
      return;
    }
    if (item.when_missing.empty()) {
      if (!answer_.silent.empty()) ask(item, std::nullopt, 0);
      return;
    }
    const bool any_there = std::any_of(item.when_missing.begin(), item.when_missing.end(),
                                       [&](const std::string& source) {
                                         // The user has said what the dialog showed.
                                         if (source == kDialog && q_.failure_reported) return true;
                                         return reach_of(source, item.host).supplied();
                                       });
    // What is there is worth having again when it can say more, which one of several cannot.
    const bool may_say_more = item.until && item.when_missing.size() == 1;
    if (any_there && !may_say_more) return;
    if (!any_there && answer_.ranked.empty()) miss(item.when_missing.front(), item.host);
    ask(item, std::nullopt, 0);
  }

  // Logs that are silent about every attempt that failed.
  void what_is_silent() {
    for (const std::string& source : q_.coverage->sources().names()) {
      std::optional<Reach> silent;
      for (std::size_t i = 0; i < q_.timeline->attempts.size(); ++i) {
        if (answer_.attempts[i].outcome != AttemptOutcome::failed) continue;
        const Reach reach = q_.coverage->of(source, "", static_cast<AttemptIndex>(i));
        silent.reset();
        if (reach.kind != Reach::Kind::begins_after && reach.kind != Reach::Kind::gap) break;
        silent = reach;
      }
      if (silent) answer_.silent.emplace_back(source, *silent);
    }
  }

  const Question& q_;
  std::vector<Arrival> arrivals_;  // parallel to the timeline's attempts
  Answer answer_;
  std::map<std::string, Collect> by_command_;
};
}  // namespace

Answer diagnose(const Question& question) { return Diagnosis(question).run(); }

}  // namespace rdptriage::diagnosis
