// Whether a record can be of an attempt, by what both say of people, machines and how far it got.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "event/event_store.hpp"
#include "timeline/draft.hpp"
#include "timeline/record_notes.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::timeline {

class Likeness {
 public:
  // All of them must outlive this; the hosts and places of the timeline must be set.
  Likeness(const event::EventStore& store, const RecordNotes& notes, const Timeline& timeline);

  // How much of what the record names the try names too; nothing when they contradict each other.
  std::optional<int> points(const Draft& draft, EventIndex i) const;
  // Whether the record's machine can have had to do with the try: one host is the target, and where
  // that one has logged the try, or the client has named another, no other host is. A third machine
  // (a domain controller, a license server) knows of the logon and the license, but not of what the
  // two ends do before.
  bool took_part(const Draft& draft, EventIndex i) const;
  // A gateway logs a start for each of the two channels of a connection.
  bool is_same_start(const Draft& draft, EventIndex i) const;
  // The end of a session, which may come hours later: of the same user and client by the same
  // machine.
  bool ends(const Draft& draft, EventIndex i) const;
  // Whether the machines that logged the try say that somebody else than this client made it.
  bool is_of_another(const Draft& draft, HostIndex client) const;

 private:
  enum class Same : std::uint8_t { unknown, yes, no };

  std::vector<std::pair<Part, std::string>> named_clients(const Draft& draft, EventIndex i) const;
  Same is_client(HostIndex machine, const std::string& named, Part by, const Draft& draft) const;
  bool asks_for_another(const Draft& draft, EventIndex i, const std::string& wanted) const;
  bool is_possible(const Draft& draft, EventIndex i) const;
  bool is_target(HostIndex host) const;

  const event::EventStore& store_;
  const RecordNotes& notes_;
  const Timeline& timeline_;
  bool has_gateway_ = false;
};

}  // namespace rdptriage::timeline
