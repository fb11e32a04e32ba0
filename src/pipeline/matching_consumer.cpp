#include "pipeline/matching_consumer.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/focus.hpp"
#include "pipeline/judged_dates.hpp"
#include "reader/capture.hpp"

namespace rdptriage::pipeline {

void MatchingConsumer::finish() {
  if (matcher_) pool_->give_back(std::move(matcher_));
}

void MatchingConsumer::note_source(const EventView& event) {
  const EventKey& key = event.key();
  const std::string_view name = !key.service.empty()    ? key.service
                                : !key.category.empty() ? key.category
                                                        : key.channel;
  const bool timed = key.time && key.time_quality == TimeQuality::utc;
  const auto number = event.locator().record_number;
  if (name.empty() || name == last_source_) {
    if (!timed) return;
    for (const std::size_t i : open_spans_) {
      diagnosis::SourceSpan& span = sources_.spans()[i];
      span.first = std::min(span.first, key.time->ticks);
      span.last = std::max(span.last, key.time->ticks);
      if (number) diagnosis::add_record(span, *number, key.time->ticks);
    }
    return;
  }
  last_source_ = name;
  open_spans_.clear();
  shows_state_ = shows_state_ || (!key.category.empty() && key.channel.empty());
  if (key.service.empty() && key.category.empty()) {
    for (const std::string& source : rules_->sources_of_channel(key.channel)) {
      sources_.add(source);
      if (!timed) {
        sources_.add_holder(source, event.locator().artifact);
        continue;
      }
      diagnosis::SourceSpan span;
      span.source = source;
      span.computer = event.system().computer.value_or(std::string_view());
      span.first = span.last = key.time->ticks;
      span.artifact = event.locator().artifact;
      if (number) diagnosis::add_record(span, *number, key.time->ticks);
      open_spans_.push_back(take_in(span));
    }
  } else {
    sources_.add(name);
    sources_.add_holder(name, event.locator().artifact);
  }
}

void MatchingConsumer::note_not_collected(const EventView& event) {
  for (const Field& field : event.fields()) {
    if (field.name != "LogName") continue;
    for (const std::string& source : rules_->sources_of_channel(field.value))
      sources_.add_failed(source);
  }
}

bool MatchingConsumer::count(std::span<const rule::RuleIndex> rules) {
  bool wanted = false;
  for (const rule::RuleIndex rule : rules) wanted = ++counts_[rule] <= kept_per_rule_ || wanted;
  if (!wanted) ++dropped_;
  return wanted;
}

// The index of the span of that source, which now holds `span` too.
std::size_t MatchingConsumer::take_in(const diagnosis::SourceSpan& span) {
  auto& spans = sources_.spans();
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].source != span.source) continue;
    diagnosis::join_spans(spans[i], span);
    return i;
  }
  spans.push_back(span);
  return spans.size() - 1;
}

template <typename SomeEvent>
void MatchingConsumer::put_off(SomeEvent& event) {
  if (put_off_.size() >= kKeptPerRule) {
    ++dropped_;
    return;
  }
  put_off_.push_back(static_cast<std::uint32_t>(store_.events().size()));
  store_.keep(event);
}

reader::Flow MatchingConsumer::event(EventView& event) {
  if (tally_) tally_->add(event);
  if (event.key().category == reader::kCollectionState) {
    note_not_collected(event);
    return reader::Flow::go_on;
  }
  note_source(event);
  if (holds_unjudged_date(event, rules_->date_fields())) {
    put_off(event);
    return reader::Flow::go_on;
  }
  matcher_->match(event, matched_);
  if (matched_.empty()) return reader::Flow::go_on;
  if (times_ != nullptr && !times_->wants(event.key(), matched_)) {
    other_times_.add({1, event.key().time->ticks}, times_->window());
    return reader::Flow::go_on;
  }
  const EventKey& key = event.key();
  const bool dated = key.time_quality == TimeQuality::utc || key.time_quality == TimeQuality::local;
  if (key.time && dated && (!last_time_ || *last_time_ < *key.time)) last_time_ = key.time;
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

const timeline::TimeWindow& MatchingConsumer::window() const {
  static const timeline::TimeWindow kAllTimes;
  return times_ != nullptr ? times_->window() : kAllTimes;
}

std::unique_ptr<EventConsumer> MatchingConsumer::fork() {
  if (is_full_.empty()) is_full_ = std::vector<std::atomic<bool>>(rules_->rules().rules().size());
  auto forked = std::make_unique<MatchingConsumer>(*rules_, *pool_, kept_per_rule_, times_);
  forked->parent_ = this;
  if (tally_) forked->tally_sources();
  return forked;
}

void MatchingConsumer::join(EventConsumer& consumer) {
  auto& forked = static_cast<MatchingConsumer&>(consumer);
  if (tally_ && forked.tally_) tally_->join(*forked.tally_);
  std::size_t hit = 0, date = 0;
  std::uint32_t index = 0;
  for (const event::Event& event : forked.store_.events()) {
    if (date < forked.put_off_.size() && forked.put_off_[date] == index) {
      ++date;
      ++index;
      put_off(event);
      continue;
    }
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
    if (matches >= kept_per_rule_) is_full_[rule].store(true, std::memory_order_relaxed);
  }
  for (const std::string& source : forked.sources_.names()) sources_.add(source);
  for (const auto& [source, artifact] : forked.sources_.holders())
    sources_.add_holder(source, artifact);
  for (const std::string& source : forked.sources_.failed()) sources_.add_failed(source);
  for (const diagnosis::SourceSpan& span : forked.sources_.spans()) take_in(span);
  if (forked.last_time_ && (!last_time_ || *last_time_ < *forked.last_time_)) {
    last_time_ = forked.last_time_;
  }
  // Each record is counted once: what comes next begins anew.
  forked.sources_ = {};
  forked.open_spans_.clear();
  forked.last_source_.clear();
  shows_state_ = shows_state_ || forked.shows_state_;
  dropped_ += std::exchange(forked.dropped_, 0);
  if (forked.other_times_.nearest) other_times_.add(forked.other_times_, times_->window());
  forked.other_times_ = {};
  forked.counts_.clear();
  forked.hits_.clear();
  forked.put_off_.clear();
  if (index != 0) forked.store_ = {};
}

}  // namespace rdptriage::pipeline
