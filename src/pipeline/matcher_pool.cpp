#include "pipeline/matcher_pool.hpp"

#include <utility>

namespace rdptriage::pipeline {

std::unique_ptr<rule::Matcher> MatcherPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto matcher = std::move(idle_.back());
      idle_.pop_back();
      return matcher;
    }
  }
  return std::make_unique<rule::Matcher>(*rules_);
}

void MatcherPool::give_back(std::unique_ptr<rule::Matcher> matcher) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(matcher));
}

}  // namespace rdptriage::pipeline
