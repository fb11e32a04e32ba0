#include "pipeline/matching_consumer.hpp"

#include <algorithm>
#include <utility>

#include "reader/local_date.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::string_view kPassed = "Passed";

std::string_view in_words(std::string_view date, const std::optional<DateReference>& reference) {
  if (!reference) return "unknown";
  const std::optional<bool> passed = reader::has_passed(date, reference->time);
  if (!passed) return "unknown";
  if (*passed) return "true";
  return reference->kind == DateReference::Kind::incident ? "false" : "unknown";
}

// An event of the store, as readers give them.
class KeptDecoder final : public EventDecoder {
 public:
  explicit KeptDecoder(const event::Event& event) : event_(event) {}
  void decode_system(SystemFields& out) override { out = event_.system; }
  void decode_fields(std::vector<Field>& out) override { out = event_.fields; }

 private:
  const event::Event& event_;
};

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

bool MatchingConsumer::count(std::span<const rule::RuleIndex> rules) {
  bool wanted = false;
  for (const rule::RuleIndex rule : rules) wanted = ++counts_[rule] <= kKeptPerRule || wanted;
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

// Only the output of commands holds dates that have to be judged.
bool MatchingConsumer::holds_date(const EventView& event) const {
  const auto& dates = rules_->date_fields();
  if (dates.empty() || event.key().category.empty() || !event.key().channel.empty()) return false;
  bool found = false;
  for (const Field& field : event.fields()) {
    if (std::binary_search(dates.begin(), dates.end(), field.name)) found = true;
    // Judged by whoever made the event.
    if (field.name.size() > kPassed.size() &&
        field.name.substr(field.name.size() - kPassed.size()) == kPassed) {
      return false;
    }
  }
  return found;
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

void MatchingConsumer::judge_dates(const std::optional<DateReference>& reference) {
  const auto& dates = rules_->date_fields();
  for (const std::uint32_t index : put_off_) {
    event::Event& event = store_.events()[index];
    std::vector<Field> judged;
    for (const Field& field : event.fields) {
      if (!std::binary_search(dates.begin(), dates.end(), field.name)) continue;
      judged.push_back({store_.intern(std::string(field.name) + std::string(kPassed)),
                        in_words(field.value, reference), FieldSection::other, ValueKind::text});
    }
    event.fields.insert(event.fields.end(), judged.begin(), judged.end());
    match_kept(index);
  }
  put_off_.clear();
  std::sort(hits_.begin(), hits_.end(), [](const DetectionHit& a, const DetectionHit& b) {
    return a.event != b.event ? a.event < b.event : a.rule < b.rule;
  });
}

void MatchingConsumer::match_kept(std::uint32_t index) {
  const event::Event& kept = store_.events()[index];
  KeptDecoder decoder(kept);
  std::vector<Field> fields;
  EventView view(kept.key, kept.locator, decoder, fields);
  matcher_->match(view, matched_);
  for (const rule::RuleIndex rule : matched_) {
    ++counts_[rule];
    hits_.push_back({rule, index});
  }
}

reader::Flow MatchingConsumer::event(EventView& event) {
  note_source(event);
  if (holds_date(event)) {
    put_off(event);
    return reader::Flow::go_on;
  }
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
  const EventKey& key = event.key();
  const bool dated = key.time_quality == TimeQuality::utc || key.time_quality == TimeQuality::local;
  if (key.time && dated && (!last_time_ || *last_time_ < *key.time)) last_time_ = key.time;
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
    if (matches >= kKeptPerRule) is_full_[rule].store(true, std::memory_order_relaxed);
  }
  for (const std::string& source : forked.sources_.names()) sources_.add(source);
  for (const auto& [source, artifact] : forked.sources_.holders())
    sources_.add_holder(source, artifact);
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
  forked.counts_.clear();
  forked.hits_.clear();
  forked.put_off_.clear();
  if (index != 0) forked.store_ = {};
}

}  // namespace rdptriage::pipeline
