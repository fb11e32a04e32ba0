// Matchers are dear to make and keep what they learned of a log: they are lent from artifact to
// artifact, and from case to case.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "rule/matcher.hpp"

namespace rdptriage::pipeline {

// Any number of threads may take and give back. Holds as many matchers as were ever lent at once.
class MatcherPool {
 public:
  explicit MatcherPool(const rule::CompiledRules& rules) : rules_(&rules) {}
  std::unique_ptr<rule::Matcher> take();
  void give_back(std::unique_ptr<rule::Matcher> matcher);

 private:
  const rule::CompiledRules* rules_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<rule::Matcher>> idle_;
};

}  // namespace rdptriage::pipeline
