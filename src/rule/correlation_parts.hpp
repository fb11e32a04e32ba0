// What a correlation is made of: hits and inner firings with their values, in groups.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rule/correlation.hpp"

namespace rdptriage::rule {

inline constexpr std::uint32_t kMixedClocks = ~std::uint32_t{0};

// A hit, or the firing of an inner correlation, as one correlation sees it.
struct Part {
  std::size_t position = 0;  // in Correlation::rules
  std::int64_t time = 0;
  std::int64_t uncertainty = 0;
  std::uint32_t clock = 0;
  ClockState clock_state = ClockState::measured;
  std::uint32_t scale = 0;
  std::vector<std::size_t> hits;   // members, ascending
  const Firing* firing = nullptr;  // of an inner correlation
};

struct Group {
  std::vector<std::pair<std::string, std::optional<std::string>>> shown;
  std::vector<Part> parts;
};

// How far apart two parts may be from what their times say.
std::int64_t doubt(const Part& a, const Part& b);

// Looks into the hits of a run. The hits must outlive it.
class PartReader {
 public:
  using Firings = std::map<RuleIndex, std::vector<Firing>>;
  PartReader(std::span<const Hit> hits, std::size_t rule_count);

  // Whether any of its rules matched; where none did, groups_of() is empty.
  bool has_parts(const Correlation& correlation, const Firings& firings) const;
  std::optional<std::string> field_of(const Part& part, const std::string& name) const;
  // By the folded values of group-by, apart where times cannot be compared; parts in the order of
  // time. `firings`: of inner correlations.
  std::map<std::vector<std::string>, Group> groups_of(const Correlation& correlation,
                                                      const Firings& firings) const;

 private:
  std::optional<std::string> field_of_hit(const Hit& hit, const std::string& name) const;
  std::vector<Part> parts_of(const Correlation& correlation, const Firings& firings) const;

  std::span<const Hit> hits_;
  std::vector<std::vector<std::size_t>> by_rule_;
};

}  // namespace rdptriage::rule
