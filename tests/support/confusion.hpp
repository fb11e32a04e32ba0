// Which causes are taken for which: expected against reported, over many cases.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "rdptriage/names.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::test {

inline bool is_firm(const Diagnosis& diagnosis) {
  return diagnosis.confidence.label != ConfidenceLabel::possible;
}

// The cause that a report names first, or its verdict when it suspects none.
inline std::string first_of(const Report& report) {
  if (report.diagnoses.empty() || !is_firm(report.diagnoses.front()))
    return fmt::format("({})", name_of(report.verdict));
  return report.diagnoses.front().cause;
}

class Confusion {
 public:
  void add(const std::string& expected, const std::string& reported) {
    ++rows_[expected][reported];
  }

  // One line for each that was expected: how often it was reported, and what was in its place.
  void print(std::string_view title) const {
    std::size_t all = 0, right = 0;
    for (const auto& [expected, row] : rows_) {
      for (const auto& [reported, count] : row) {
        all += count;
        right += expected == reported ? count : 0;
      }
    }
    fmt::print("{}: {} of {} cases report what was expected\n", title, right, all);
    for (const auto& [expected, row] : rows_) {
      const auto same = row.find(expected);
      fmt::print("  {:<50} {:>4}", expected, same == row.end() ? 0 : same->second);
      for (const auto& [reported, count] : row) {
        if (reported != expected) fmt::print("  {} {}", reported, count);
      }
      fmt::print("\n");
    }
  }

 private:
  std::map<std::string, std::map<std::string, std::size_t>> rows_;
};

}  // namespace rdptriage::test
