// What a window of a correlation holds, and whether that fulfils its condition.
#pragma once

#include <map>
#include <span>
#include <string>

#include "rule/correlation_parts.hpp"

namespace rdptriage::rule {

enum class Negations : bool { judged, taken_as_true };

// For counts and the temporal types: kept up to date while the window grows and shrinks. The
// correlation and the reader must outlive it.
class Window {
 public:
  Window(const Correlation& correlation, const PartReader& reader)
      : correlation_(&correlation), reader_(&reader) {}

  void put(const Part& part);
  void take(const Part& part);  // REQUIRES: it was put
  bool holds(Negations negations) const;

 private:
  std::string value_key(const Part& part) const;
  bool expression_holds(const Condition& tree, Negations negations) const;

  const Correlation* correlation_;
  const PartReader* reader_;
  std::map<RuleIndex, std::size_t> rules_;
  std::map<std::string, std::size_t> values_;
  std::size_t events_ = 0;
};

// For the value_… types but value_count: over the numbers that the parts have.
bool aggregate_holds(const Correlation& correlation, const PartReader& reader,
                     std::span<const Part> parts);

bool met(const std::vector<Threshold>& thresholds, double value);

}  // namespace rdptriage::rule
