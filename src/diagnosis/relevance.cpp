#include "diagnosis/relevance.hpp"

#include <algorithm>

#include "timeline/clocks.hpp"
#include "timeline/stages.hpp"

namespace rdptriage::diagnosis {

namespace {
constexpr std::string_view kTarget = "session-host";  // the role of the machine that is wanted
// How far two clocks may be apart when nothing allowed to compare them: for what is taken as the
// same time, and for what may be (a wrong time zone).
constexpr std::int64_t kClocksAgree = 2 * timeline::kUnmeasured;
constexpr std::int64_t kClocksMayDiffer = 65 * timeline::kUnmeasured;
constexpr std::int64_t kDefaultWindow = std::int64_t{30} * 60 * 10'000'000;
}  // namespace

Relevance::Relevance(std::span<const rule::RuleInfo> rules, const timeline::Timeline& timeline,
                     std::optional<timeline::AttemptIndex> attempt, const Arrival& arrival,
                     const std::vector<timeline::HostIndex>* idle)
    : rules_(rules),
      timeline_(timeline),
      attempt_(attempt ? &timeline.attempts[*attempt] : nullptr),
      arrival_(arrival),
      idle_(idle) {}

std::optional<Certainty> Relevance::of(const Cause& cause, const EvidenceItem& item,
                                       const Fact& fact, const LastEvidence& last) const {
  if (item.weight > 0 && was_passed(cause, fact)) return std::nullopt;
  if (idle_ != nullptr && !is_of_idle_machine(fact)) return std::nullopt;
  // Whatever a capture of nobody in particular shows was not in the way of what succeeded.
  if (arrival_.went_well() && item.weight > 0 && !is_own(fact)) return std::nullopt;
  return by_place_and_time(item, fact, last);
}

std::optional<Certainty> Relevance::by_place_and_time(const EvidenceItem& item, const Fact& fact,
                                                      const LastEvidence& last) const {
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
    case When::after_last_evidence: {
      const auto before = last.find(fact.scale);
      const bool is_later = !fact.ticks || before == last.end() || *fact.ticks > before->second;
      return is_later ? std::optional(fact.certainty) : std::nullopt;
    }
    case When::anywhere:
      return fact.certainty;
  }
  return std::nullopt;
}

// An attempt that reached its session has passed the cause's stage: whatever was wrong there was
// not in its way. Only what broke or began later may have cut the session.
bool Relevance::was_passed(const Cause& cause, const Fact& fact) const {
  if (arrival_.session == nullptr || cause.depth == timeline::session_depth()) return false;
  // A record of the attempt whose time cannot be compared may be of a try of its own.
  const auto behind = is_behind(timeline_, fact, *arrival_.session);
  if (fact.attempt && !behind) return false;
  if (arrival_.went_well()) return true;
  const bool broke = rules_[fact.rule].triage.state == "failed";
  return !((broke || fact.is_state) && behind.value_or(false));
}

bool Relevance::is_of_idle_machine(const Fact& fact) const {
  return !fact.attempt && fact.host && std::binary_search(idle_->begin(), idle_->end(), *fact.host);
}

// How sure it is that the fact's machine took part in the attempt; nothing when it did not.
std::optional<Certainty> Relevance::on_a_host_of_the_attempt(const Fact& fact) const {
  if (!attempt_ || attempt_->hosts.empty()) return fact.certainty;
  const auto& hosts = attempt_->hosts;
  if (!fact.host) {
    // A machine that is not named is the one of its part, when the case knows one at most.
    return machines_of(fact.role) > 1 ? Certainty::possible : fact.certainty;
  }
  if (std::binary_search(hosts.begin(), hosts.end(), *fact.host)) return fact.certainty;
  const auto& roles = timeline_.hosts[*fact.host].roles;
  if (roles.empty()) return std::nullopt;
  // The attempt says which machine it was made to.
  if (std::binary_search(roles.begin(), roles.end(), kTarget)) {
    const auto& targets = attempt_->targets;
    if (std::binary_search(targets.begin(), targets.end(), *fact.host)) return fact.certainty;
    if (!targets.empty()) return std::nullopt;
    // A name that the case does not know may be an alias of the only machine there is.
    if (attempt_->other_target)
      return machines_of(kTarget) < 2 ? std::optional(Certainty::possible) : std::nullopt;
  }
  // Where the attempt shows no machine of the fact's part (a client alone has left its log), the
  // fact's machine may have been the other end: if it is the only one of its part, it was.
  const bool part_is_taken = std::any_of(hosts.begin(), hosts.end(), [&](timeline::HostIndex host) {
    const auto& others = timeline_.hosts[host].roles;
    return std::find_first_of(roles.begin(), roles.end(), others.begin(), others.end()) !=
           roles.end();
  });
  if (part_is_taken) return std::nullopt;
  const bool only = std::all_of(roles.begin(), roles.end(),
                                [this](const auto& role) { return machines_of(role) < 2; });
  return only ? fact.certainty : Certainty::possible;
}

std::size_t Relevance::machines_of(std::string_view role) const {
  if (role.empty()) return timeline_.hosts.size();
  return static_cast<std::size_t>(std::count_if(
      timeline_.hosts.begin(), timeline_.hosts.end(), [&](const timeline::HostRecord& host) {
        return std::find(host.roles.begin(), host.roles.end(), role) != host.roles.end();
      }));
}

// Of the attempt, or of a machine that took part in it or was its target.
bool Relevance::is_own(const Fact& fact) const {
  if (!attempt_ || fact.attempt) return true;
  if (!fact.host) return false;
  const auto& hosts = attempt_->hosts;
  const auto& targets = attempt_->targets;
  return std::binary_search(hosts.begin(), hosts.end(), *fact.host) ||
         std::binary_search(targets.begin(), targets.end(), *fact.host);
}

// Whether the fact's time and the attempt's come from clocks that could not be compared.
bool Relevance::is_of_another_clock(const Fact& fact) const {
  if (!attempt_ || !fact.host) return false;
  const auto& hosts = attempt_->hosts;
  if (hosts.size() == 1 && hosts.front() == *fact.host) return false;
  const auto is_measured = [this](timeline::HostIndex host) {
    return timeline_.hosts[host].clock_uncertainty.has_value();
  };
  return !is_measured(*fact.host) || std::none_of(hosts.begin(), hosts.end(), is_measured);
}

std::int64_t Relevance::clock_slack(const Fact& fact) const {
  return is_of_another_clock(fact) ? kClocksAgree : 0;
}

// Whether the times of the fact and of the attempt can be compared. REQUIRES: an attempt.
bool Relevance::is_comparable(const Fact& fact) const {
  return attempt_->start && fact.ticks && attempt_->scale == fact.scale;
}

bool Relevance::near(const Fact& fact, std::optional<std::int64_t> window) const {
  if (!attempt_ || !is_comparable(fact)) return true;
  const std::int64_t reach = window.value_or(kDefaultWindow) + clock_slack(fact);
  return *fact.ticks >= *attempt_->start - reach && *fact.ticks <= *attempt_->end + reach;
}

bool Relevance::holds(const Fact& fact) const {
  // Nobody tried, or nobody knows when: what counts is how it is now.
  if (!attempt_ || !is_comparable(fact)) return !fact.until;
  if (*fact.ticks > *attempt_->end + clock_slack(fact)) return false;
  return !fact.until || *fact.until >= *attempt_->start;
}

// A state that begins soon after the attempt may have begun before it.
bool Relevance::holds_by_another_clock(const Fact& fact) const {
  return is_of_another_clock(fact) && is_comparable(fact) && *fact.ticks > *attempt_->end &&
         *fact.ticks <= *attempt_->end + kClocksMayDiffer;
}

}  // namespace rdptriage::diagnosis
