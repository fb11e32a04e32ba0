#include "pipeline/matching_consumer.hpp"

#include <algorithm>

#include "reader/local_date.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::string_view kPassed = "Passed";

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
  if (name.empty() || name == last_source_) {
    if (!timed) return;
    for (const std::size_t i : open_spans_) {
      diagnosis::SourceSpan& span = sources_.spans()[i];
      span.first = std::min(span.first, key.time->ticks);
      span.last = std::max(span.last, key.time->ticks);
    }
    return;
  }
  last_source_ = name;
  open_spans_.clear();
  shows_state_ = shows_state_ || (!key.category.empty() && key.channel.empty());
  if (key.service.empty() && key.category.empty()) {
    for (const std::string& source : rules_->sources_of_channel(key.channel)) {
      sources_.add(source);
      if (timed) open_spans_.push_back(span_of(source, event));
    }
  } else {
    sources_.add(name);
  }
}

// The span of the log that the event is in; it takes the event in.
std::size_t MatchingConsumer::span_of(const std::string& source, const EventView& event) {
  const std::int64_t ticks = event.key().time->ticks;
  const std::string_view computer = event.system().computer.value_or(std::string_view());
  auto& spans = sources_.spans();
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].source != source) continue;
    spans[i].first = std::min(spans[i].first, ticks);
    spans[i].last = std::max(spans[i].last, ticks);
    return i;
  }
  spans.push_back({source, std::string(computer), ticks, ticks});
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

void MatchingConsumer::judge_dates(const std::optional<DateReference>& reference) {
  const auto& dates = rules_->date_fields();
  for (const std::uint32_t index : put_off_) {
    event::Event& event = store_.events()[index];
    std::vector<Field> judged;
    for (const Field& field : event.fields) {
      if (!std::binary_search(dates.begin(), dates.end(), field.name)) continue;
      const auto passed =
          reference ? reader::has_passed(field.value, reference->time) : std::nullopt;
      const bool known = passed && (*passed || reference->kind == DateReference::Kind::incident);
      judged.push_back({store_.intern(std::string(field.name) + std::string(kPassed)),
                        !known    ? "unknown"
                        : *passed ? "true"
                                  : "false",
                        FieldSection::other, ValueKind::text});
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
    if (put_off_.size() >= kKeptPerRule) {
      ++dropped_;
      return reader::Flow::go_on;
    }
    put_off_.push_back(static_cast<std::uint32_t>(store_.events().size()));
    store_.keep(event);
    return reader::Flow::go_on;
  }
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
  const EventKey& key = event.key();
  const bool dated = key.time_quality == TimeQuality::utc || key.time_quality == TimeQuality::local;
  if (key.time && dated && (!last_time_ || *last_time_ < *key.time)) last_time_ = key.time;
  return reader::Flow::go_on;
}

}  // namespace rdptriage::pipeline
