// Chains for temporal_ordered: a part for each rule, in the order of the list and of time.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "rule/correlation_parts.hpp"

namespace rdptriage::rule {

// Parts of other clocks count as simultaneous within their uncertainty. The correlation and the
// parts, which are in the order of time, must outlive it.
class ChainFinder {
 public:
  ChainFinder(const Correlation& correlation, std::span<const Part> parts);

  // Parts of the first rule, ascending.
  const std::vector<std::size_t>& beginnings() const { return beginnings_; }
  // The chain that begins with that part and takes the earliest that fits each time, which leaves
  // most room for the rest; nothing when the list cannot be completed within `span`.
  std::optional<std::vector<std::size_t>> from(std::size_t first, std::int64_t span) const;

 private:
  // Parts of one clock, ascending.
  struct Row {
    std::vector<std::size_t> parts;
    std::int64_t most_uncertain = 0;
  };
  using Rows = std::map<std::uint32_t, Row>;  // by clock
  std::optional<std::size_t> next(const Rows& rows, const std::vector<std::size_t>& chain) const;

  const Correlation* correlation_;
  std::span<const Part> parts_;
  std::vector<std::size_t> beginnings_;
  std::vector<Rows> rows_;  // by position in the list
};

}  // namespace rdptriage::rule
