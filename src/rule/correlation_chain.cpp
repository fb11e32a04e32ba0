#include "rule/correlation_chain.hpp"

#include <algorithm>

#include "rule/correlation_window.hpp"

namespace rdptriage::rule {

ChainFinder::ChainFinder(const Correlation& correlation, std::span<const Part> parts)
    : correlation_(&correlation), parts_(parts), rows_(correlation.rules.size()) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    if (part.position == 0) beginnings_.push_back(i);
    Row& row = rows_[part.position][part.clock];
    row.parts.push_back(i);
    row.most_uncertain = std::max(row.most_uncertain, part.uncertainty);
  }
}

// A row for each clock, so that what the same clock shows to be too early is not looked at again
// for every chain.
std::optional<std::size_t> ChainFinder::next(const Rows& rows,
                                             const std::vector<std::size_t>& chain) const {
  const Part& last = parts_[chain.back()];
  std::optional<std::size_t> earliest;
  for (const auto& [clock, row] : rows) {
    const bool same = clock == last.clock && clock != kMixedClocks;
    const std::int64_t slack = same ? 0 : last.uncertainty + row.most_uncertain;
    auto at = std::lower_bound(
        row.parts.begin(), row.parts.end(), last.time - slack,
        [this](std::size_t i, std::int64_t time) { return parts_[i].time < time; });
    const auto fits = [&](std::size_t i) {
      return parts_[i].time >= last.time - doubt(last, parts_[i]) &&
             std::find(chain.begin(), chain.end(), i) == chain.end();
    };
    while (at != row.parts.end() && !fits(*at)) ++at;
    if (at != row.parts.end() && (!earliest || *at < *earliest)) earliest = *at;
  }
  return earliest;
}

std::optional<std::vector<std::size_t>> ChainFinder::from(std::size_t first,
                                                          std::int64_t span) const {
  std::vector<std::size_t> chain = {first};
  // With a count in the condition, so many links suffice.
  std::size_t wanted = correlation_->rules.size();
  const auto& thresholds = correlation_->thresholds;
  if (!thresholds.empty()) {
    while (wanted > 1 && met(thresholds, static_cast<double>(wanted - 1))) --wanted;
    if (!met(thresholds, static_cast<double>(wanted))) return std::nullopt;
  }
  for (std::size_t position = 1; position < rows_.size() && chain.size() < wanted; ++position) {
    const auto link = next(rows_[position], chain);
    if (link && parts_[*link].time - parts_[first].time <= span) {
      chain.push_back(*link);
    } else if (thresholds.empty()) {
      return std::nullopt;
    }
  }
  if (chain.size() < wanted) return std::nullopt;
  return chain;
}

}  // namespace rdptriage::rule
