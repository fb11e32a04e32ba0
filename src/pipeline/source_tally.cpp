#include "pipeline/source_tally.hpp"

#include <algorithm>
#include <utility>

namespace rdptriage::pipeline {

namespace {
constexpr std::size_t kMostKinds = 500;  // of one artifact; more is no log but noise

std::string_view kind_of(const EventKey& key) {
  for (const std::string_view name : {key.channel, key.service, key.category, key.provider}) {
    if (!name.empty()) return name;
  }
  return "events";
}

using Moment = std::optional<Timestamp>;

void take_in(Moment& first, Moment& last, const Moment& other_first, const Moment& other_last) {
  if (!other_first) return;
  first = first ? std::min(*first, *other_first) : other_first;
  last = last ? std::max(*last, *other_last) : other_last;
}
}  // namespace

SourceCount& SourceTally::row(std::string_view name) {
  if (const auto known = rows_.find(name); known != rows_.end()) return known->second;
  if (rows_.size() >= kMostKinds) name = "others";
  SourceCount& row = rows_[std::string(name)];
  row.name = name;
  return row;
}

void SourceTally::add(const EventView& event) {
  const EventKey& key = event.key();
  const std::string_view name = kind_of(key);
  if (last_ == nullptr || last_->name != name) last_ = &row(name);
  ++last_->events;
  if (key.time_quality == TimeQuality::utc) take_in(last_->first, last_->last, key.time, key.time);
  if (key.time_quality == TimeQuality::local)
    take_in(last_->first_local, last_->last_local, key.time, key.time);
}

void SourceTally::join(SourceTally& other) {
  for (const auto& [name, counted] : other.rows_) {
    SourceCount& own = row(name);
    own.events += counted.events;
    take_in(own.first, own.last, counted.first, counted.last);
    take_in(own.first_local, own.last_local, counted.first_local, counted.last_local);
  }
  other.rows_.clear();
  other.last_ = nullptr;
}

std::vector<SourceCount> SourceTally::rows() const {
  std::vector<SourceCount> out;
  for (const auto& [name, row] : rows_) out.push_back(row);
  return out;
}

}  // namespace rdptriage::pipeline
