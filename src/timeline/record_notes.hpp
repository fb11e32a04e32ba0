// What is known of the records of a case before they are put together: what rules say of each, whom
// it names, and what came of the try by the client's own log.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "event/event_store.hpp"
#include "timeline/draft.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::timeline {

class RecordNotes {
 public:
  // `store` and `timeline` must outlive the notes; the hosts must be set.
  RecordNotes(const event::EventStore& store, const TimelineInput& input, const Timeline& timeline);

  const Marks& marks(EventIndex i) const { return marks_[i]; }
  const Hint* hint(EventIndex i) const;  // null: it names nobody
  // "" where there is none, or one of zeros.
  std::string_view activity(EventIndex i) const;

  // Looks through records by time, all of one scale: the client knows last what came of its try,
  // and whether another machine's record can be of the same one depends on it.
  void foresee(const std::vector<EventIndex>& order);
  // The try of the client whose own log the record is of; unset for all others.
  std::optional<std::size_t> try_of_client(EventIndex i) const;
  const Fate& fate(std::size_t try_of_client) const { return fates_[try_of_client]; }

 private:
  void take_mark(const EventMark& mark);
  void foresee_fates(const std::vector<EventIndex>& order);
  void foresee_targets(const std::vector<EventIndex>& order);

  const event::EventStore& store_;
  const Timeline& timeline_;
  std::vector<Marks> marks_;
  std::map<EventIndex, Hint> hints_;
  std::vector<Fate> fates_;
  std::map<EventIndex, std::size_t> fate_of_;
};

}  // namespace rdptriage::timeline
