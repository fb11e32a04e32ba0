#include "rule/correlation_parts.hpp"

#include <algorithm>

#include "base/case_fold.hpp"
#include "event/field_lookup.hpp"
#include "rule/correlation_reader.hpp"

namespace rdptriage::rule {

std::int64_t doubt(const Part& a, const Part& b) {
  const bool same = a.clock == b.clock && a.clock != kMixedClocks;
  return same ? 0 : a.uncertainty + b.uncertainty;
}

PartReader::PartReader(std::span<const Hit> hits, std::size_t rule_count)
    : hits_(hits), by_rule_(rule_count) {
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (hits[i].rule < by_rule_.size()) by_rule_[hits[i].rule].push_back(i);
  }
}

std::optional<std::string> PartReader::field_of_hit(const Hit& hit, const std::string& name) const {
  for (const auto& [field, value] : hit.extra) {
    if (field == name) return value;
  }
  return hit.event == nullptr ? std::nullopt : event::first_value(*hit.event, name);
}

std::optional<std::string> PartReader::field_of(const Part& part, const std::string& name) const {
  if (part.firing != nullptr) {
    for (const auto& [field, value] : part.firing->group) {
      if (field == name) return value;
    }
  }
  for (const std::size_t hit : part.hits) {
    if (auto value = field_of_hit(hits_[hit], name)) return value;
  }
  return std::nullopt;
}

bool PartReader::has_parts(const Correlation& correlation, const Firings& firings) const {
  return std::any_of(correlation.rules.begin(), correlation.rules.end(), [&](RuleIndex rule) {
    return !by_rule_[rule].empty() || firings.find(rule) != firings.end();
  });
}

std::vector<Part> PartReader::parts_of(const Correlation& correlation,
                                       const Firings& firings) const {
  std::vector<Part> out;
  for (std::size_t position = 0; position < correlation.rules.size(); ++position) {
    const RuleIndex rule = correlation.rules[position];
    for (const std::size_t hit : by_rule_[rule]) {
      const Hit& from = hits_[hit];
      out.push_back({position,
                     from.time.ticks,
                     from.uncertainty,
                     from.clock,
                     from.clock_state,
                     from.scale,
                     {hit},
                     nullptr});
    }
    const auto inner = firings.find(rule);
    if (inner == firings.end()) continue;
    for (const Firing& firing : inner->second) {
      Part part;
      part.position = position;
      part.time = firing.time.ticks;
      part.clock = kMixedClocks;
      part.hits = firing.members;
      part.firing = &firing;
      for (const std::size_t hit : firing.members) {
        part.scale = hits_[hit].scale;  // the same for all
        if (hits_[hit].clock_state == ClockState::unmeasured)
          part.clock_state = ClockState::unmeasured;
        part.uncertainty = std::max(part.uncertainty, hits_[hit].uncertainty);
        part.clock = hit == firing.members.front() || part.clock == hits_[hit].clock
                         ? hits_[hit].clock
                         : kMixedClocks;
      }
      out.push_back(std::move(part));
    }
  }
  // Equal times keep the order of the rules, so that a chain at one instant is in order.
  std::stable_sort(out.begin(), out.end(), [](const Part& a, const Part& b) {
    return a.time != b.time ? a.time < b.time : a.position < b.position;
  });
  return out;
}

std::map<std::vector<std::string>, Group> PartReader::groups_of(const Correlation& correlation,
                                                                const Firings& firings) const {
  std::map<std::vector<std::string>, Group> out;
  for (Part& part : parts_of(correlation, firings)) {
    std::vector<std::string> key;
    std::vector<std::optional<std::string>> values;
    bool absent = false;
    for (const Correlation::GroupField& field : correlation.group_by) {
      std::optional<std::string> value;
      if (field.aliases.empty()) {
        value = field_of(part, field.name);
      } else if (!field.aliases[part.position].empty()) {
        value = field_of(part, field.aliases[part.position]);
      }
      absent = absent || !value;
      key.emplace_back(value ? "=" : "");
      if (value) base::append_folded(*value, key.back());
      values.push_back(std::move(value));
    }
    if (absent && is_temporal(correlation.type)) continue;
    const bool alone =
        correlation.needs_measured_clocks && part.clock_state == ClockState::unmeasured;
    key.push_back(std::to_string(part.scale) + ':' +
                  (alone ? std::to_string(part.clock) : std::string()));
    Group& group = out[key];
    if (group.parts.empty()) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        group.shown.emplace_back(correlation.group_by[i].name, std::move(values[i]));
      }
    }
    group.parts.push_back(std::move(part));
  }
  return out;
}

}  // namespace rdptriage::rule
