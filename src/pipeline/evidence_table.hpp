// Events quoted in a report: each gets its id the first time that something refers to it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "event/event_store.hpp"
#include "rdptriage/report.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::pipeline {

class EvidenceTable {
 public:
  EvidenceTable(const event::EventStore& store, const timeline::Timeline& timeline)
      : store_(&store), timeline_(&timeline) {}

  // What the event says, in words; shown before or instead of its raw text.
  void set_words(std::uint32_t event, std::string words) { words_[event] = std::move(words); }
  // "E1", for the first event asked for.
  std::string id_of(std::uint32_t event);
  // Adds the event's id to the list, once.
  void quote(std::uint32_t event, std::vector<std::string>& ids);
  // The event's id if it has one, else "".
  std::string find(std::uint32_t event) const;
  std::vector<Evidence> take() { return std::move(rows_); }

 private:
  Evidence row_of(std::uint32_t event) const;
  void quote_time(const event::Event& event, const timeline::Place& place, Evidence& out) const;

  const event::EventStore* store_;
  const timeline::Timeline* timeline_;
  std::map<std::uint32_t, std::string> ids_, words_;
  std::vector<Evidence> rows_;
};

}  // namespace rdptriage::pipeline
