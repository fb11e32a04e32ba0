#include "pipeline/matching_consumer.hpp"

namespace rdptriage::pipeline {

namespace {
// Matches of one rule that are kept of one artifact; the rest are counted. Enough for every
// correlation window that a person could look at, and a bound for hostile input.
constexpr std::uint64_t kKeptPerRule = 1000;
}  // namespace

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

void MatchingConsumer::finish() {
  if (matcher_) pool_->give_back(std::move(matcher_));
}

void MatchingConsumer::note_source(const EventKey& key) {
  const std::string_view name = !key.service.empty()    ? key.service
                                : !key.category.empty() ? key.category
                                                        : key.channel;
  if (name.empty() || name == last_source_) return;
  last_source_ = name;
  shows_state_ = shows_state_ || (!key.category.empty() && key.channel.empty());
  if (key.service.empty() && key.category.empty()) {
    for (const std::string& source : rules_->sources_of_channel(key.channel)) sources_.add(source);
  } else {
    sources_.add(name);
  }
}

reader::Flow MatchingConsumer::event(EventView& event) {
  note_source(event.key());
  matcher_->match(event, matched_);
  if (matched_.empty()) return reader::Flow::go_on;
  bool wanted = false;
  for (const rule::RuleIndex rule : matched_) wanted = ++counts_[rule] <= kKeptPerRule || wanted;
  if (!wanted) {
    ++dropped_;
    return reader::Flow::go_on;
  }
  const auto index = static_cast<std::uint32_t>(store_.events().size());
  store_.keep(event);
  for (const rule::RuleIndex rule : matched_) hits_.push_back({rule, index});
  return reader::Flow::go_on;
}

}  // namespace rdptriage::pipeline
