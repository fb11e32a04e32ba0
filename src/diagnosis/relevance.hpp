// Which facts bear on an attempt. A case holds facts of many machines and hours; what a machine
// without a part in the attempt shows, or what was so at another time, is no evidence in it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "diagnosis/arrival.hpp"
#include "diagnosis/cause.hpp"
#include "diagnosis/fact.hpp"
#include "rule/rule.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::diagnosis {

// When the last evidence for a cause was there, on each scale of time.
using LastEvidence = std::map<timeline::TimeScale, std::int64_t>;

// Everything given must outlive it.
class Relevance {
 public:
  // Without an attempt: of a case in which nobody tried. `idle`: machines that no attempt was made
  // to, ascending, when only their facts count; else null.
  Relevance(std::span<const rule::RuleInfo> rules, const timeline::Timeline& timeline,
            std::optional<timeline::AttemptIndex> attempt, const Arrival& arrival,
            const std::vector<timeline::HostIndex>* idle);

  // How surely the fact counts for the item of the cause's evidence; nothing when it does not.
  std::optional<Certainty> of(const Cause& cause, const EvidenceItem& item, const Fact& fact,
                              const LastEvidence& last) const;

 private:
  std::optional<Certainty> by_place_and_time(const EvidenceItem& item, const Fact& fact,
                                             const LastEvidence& last) const;
  bool was_passed(const Cause& cause, const Fact& fact) const;
  bool is_of_idle_machine(const Fact& fact) const;
  std::optional<Certainty> on_a_host_of_the_attempt(const Fact& fact) const;
  std::size_t machines_of(std::string_view role) const;
  bool is_own(const Fact& fact) const;
  bool is_of_another_clock(const Fact& fact) const;
  std::int64_t clock_slack(const Fact& fact) const;
  bool is_comparable(const Fact& fact) const;
  bool near(const Fact& fact, std::optional<std::int64_t> window) const;
  bool holds(const Fact& fact) const;
  bool holds_by_another_clock(const Fact& fact) const;

  std::span<const rule::RuleInfo> rules_;
  const timeline::Timeline& timeline_;
  const timeline::AttemptRecord* attempt_;  // null: nobody tried
  Arrival arrival_;
  const std::vector<timeline::HostIndex>* idle_;
};

}  // namespace rdptriage::diagnosis
