#include "pipeline/matching_consumer.hpp"

#include <algorithm>
#include <utility>

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

bool MatchingConsumer::count(std::span<const rule::RuleIndex> rules) {
  bool wanted = false;
  for (const rule::RuleIndex rule : rules) wanted = ++counts_[rule] <= kKeptPerRule || wanted;
  if (!wanted) ++dropped_;
  return wanted;
}

reader::Flow MatchingConsumer::event(EventView& event) {
  note_source(event.key());
  matcher_->match(event, matched_);
  if (matched_.empty()) return reader::Flow::go_on;
  if (parent_ != nullptr) {
    // Only the whole artifact's consumer knows which match of a rule is its thousandth; here it is
    // known when all of them have been kept already.
    const bool full = std::all_of(matched_.begin(), matched_.end(), [this](rule::RuleIndex rule) {
      return parent_->is_full_[rule].load(std::memory_order_relaxed);
    });
    if (full) {
      for (const rule::RuleIndex rule : matched_) ++counts_[rule];
      ++dropped_;
      return reader::Flow::go_on;
    }
  } else if (!count(matched_)) {
    return reader::Flow::go_on;
  }
  const auto index = static_cast<std::uint32_t>(store_.events().size());
  store_.keep(event);
  for (const rule::RuleIndex rule : matched_) hits_.push_back({rule, index});
  return reader::Flow::go_on;
}

std::unique_ptr<EventConsumer> MatchingConsumer::fork() {
  if (is_full_.empty()) is_full_ = std::vector<std::atomic<bool>>(rules_->rules().rules().size());
  auto forked = std::make_unique<MatchingConsumer>(*rules_, *pool_);
  forked->parent_ = this;
  return forked;
}

void MatchingConsumer::join(EventConsumer& consumer) {
  auto& forked = static_cast<MatchingConsumer&>(consumer);
  std::size_t hit = 0;
  std::uint32_t index = 0;
  for (const event::Event& event : forked.store_.events()) {
    matched_.clear();
    for (; hit < forked.hits_.size() && forked.hits_[hit].event == index; ++hit) {
      matched_.push_back(forked.hits_[hit].rule);
    }
    ++index;
    if (!count(matched_)) continue;
    const auto kept = static_cast<std::uint32_t>(store_.events().size());
    store_.keep(event);
    for (const rule::RuleIndex rule : matched_) hits_.push_back({rule, kept});
  }
  for (const auto& [rule, dropped] : forked.counts_) counts_[rule] += dropped;
  for (const auto& [rule, matches] : counts_) {
    if (matches >= kKeptPerRule) is_full_[rule].store(true, std::memory_order_relaxed);
  }
  for (const std::string& source : forked.sources_.names()) sources_.add(source);
  shows_state_ = shows_state_ || forked.shows_state_;
  dropped_ += std::exchange(forked.dropped_, 0);
  forked.counts_.clear();
  forked.hits_.clear();
  if (index != 0) forked.store_ = {};
}

}  // namespace rdptriage::pipeline
