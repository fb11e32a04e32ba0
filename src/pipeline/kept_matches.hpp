// What correlations need of matched events, kept once for all events that do not differ in it: a
// log may hold a million failures of the same user from the same address.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "event/event_store.hpp"
#include "rdptriage/event.hpp"
#include "rule/compiled_rules.hpp"

namespace rdptriage::pipeline {

// Which parts of an event the correlations of a rule set ask for.
class CorrelatedParts {
 public:
  explicit CorrelatedParts(const rule::CompiledRules& rules);
  // The event with those parts alone; its text is the view's.
  event::Event of(const EventView& view) const;

 private:
  void want(const std::string& name);
  // Members of nested objects go by many names.
  bool is_wanted(const Field& field, std::string& buffer) const;

  std::unordered_set<std::string> names_;
  bool wants_time_ = false, wants_computer_ = false, wants_system_ = false;
};

class KeptMatches {
 public:
  explicit KeptMatches(std::size_t most) : most_(most) {}

  // The kept event that equals this one; null when there is none and no room for one more.
  const event::Event* keep(const event::Event& event);
  void clear();

 private:
  std::size_t most_;
  event::EventStore store_;
  std::unordered_map<std::string, const event::Event*> known_;  // by all their text
  std::string buffer_;
};

}  // namespace rdptriage::pipeline
