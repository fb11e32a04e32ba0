// The kept events of a case in one order: whose machine each one is about, which connection attempt
// it belongs to, and when it happened as far as that can be said.
//
//   Timeline timeline = build_timeline(store, claims, marks);
//   timeline.places[i]                       // of store.events()[i]
//
// Besides the answer it gives every event the fields HostKey, AttemptKey and ArtifactKey (unless
// its reader already did), so that correlations can group by them, and a time to events without
// one: the nearest line of the same artifact. `time_quality` keeps saying what the record had.
// Records of event logs that are of one connection for sure also get ConnectionKey: what they lack
// did not happen in it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "event/event_store.hpp"
#include "rdptriage/focus.hpp"
#include "timeline/product_build.hpp"

namespace rdptriage::timeline {

using EventIndex = std::uint32_t;    // position in EventStore::events()
using HostIndex = std::uint32_t;     // position in Timeline::hosts
using AttemptIndex = std::uint32_t;  // position in Timeline::attempts

// What a matched rule says about whose fact an event is: the machine named by a field, or, with an
// empty name, the machine that logged it; that machine's part in the connection, what else it is
// called, how far its local time is from UTC ("UTC+01:00", or minutes to add: "-60"; in brackets as
// the name of a zone, which says nothing of summer time), and how many seconds a time server is
// ahead of it ("-312.4"); and which build of Windows it runs ("10.0.20348 N/A Build 20348").
struct HostClaim {
  EventIndex event = 0;
  std::string name;
  std::string role;
  std::vector<std::string> names = {};
  std::string zone = {};
  std::string clock = {};
  std::string build = {};
};

// What matched rules say about an event's place in a connection.
enum class Mark : std::uint8_t {
  bound,    // about one connection attempt
  near,     // about the attempt that was made at the same time, if there was one
  start,    // opens one
  end,      // closes one
  broke,    // says that something of one failed
  passed,   // says that one got over a stage
  arrived,  // says that one reached its session
};
struct EventMark {
  EventIndex event = 0;
  Mark mark = Mark::bound;
  std::optional<std::size_t> depth = {};  // of the stage that it is about
};

// A step that two machines log at the same moment, by the name that both rules give it.
struct Moment {
  EventIndex event = 0;
  std::string_view name;
};

// Whom an event names: what tells attempts of the same moment apart. Empty: not named.
struct AttemptHint {
  EventIndex event = 0;
  std::string user;    // "CORP\anna", "anna@corp.example"
  std::string client;  // name or address, with or without a port
  std::string target;  // name or address of the machine that is wanted
};

// Why a place is not asked about (timeline/focus.hpp).
enum class LeftOut : std::uint8_t {
  no,
  earlier,  // before the time asked about: what lasts may still hold
  other,
};

// With which others a time can be compared.
enum class TimeScale : std::uint8_t {
  common,    // instants: with those of all artifacts
  local,     // local times of records whose zone nothing says: with each other, as of one zone
  artifact,  // lines: with those of the same artifact
};

struct Place {
  std::optional<HostIndex> host;
  std::optional<AttemptIndex> attempt;
  // When, on its scale. On the common one, what the machine's clock was found to be ahead is taken
  // off.
  std::optional<std::int64_t> ticks;
  TimeScale scale = TimeScale::artifact;
  std::int64_t uncertainty = 0;  // in ticks, against the time of another machine
  LeftOut left_out = LeftOut::no;
};

struct HostRecord {
  std::string key;                   // lower case, first label of a name: "rdgw01"
  std::string name;                  // as first seen
  std::vector<std::string> roles;    // sorted
  std::vector<std::string> aliases;  // other keys of the same machine, addresses too; sorted
  // How far the clock is ahead of the common one, and how sure that is; unset when nothing that two
  // machines logged at the same moment allowed to measure it.
  std::optional<std::int64_t> clock_offset, clock_uncertainty;
  std::optional<std::int64_t> zone;       // ticks that local time is ahead of UTC
  bool zone_may_be_summer = false;        // … or an hour more: only the zone's name is known
  std::vector<std::int64_t> time_server;  // ticks that a time server was seen to be ahead; sorted
  std::optional<ProductBuild> build;      // of Windows, as a capture shows it
};

struct AttemptRecord {
  std::string key;                         // "a1"
  std::optional<std::int64_t> start, end;  // on `scale`, common or local
  TimeScale scale = TimeScale::common;
  std::vector<EventIndex> events;   // in time order as far as known
  std::vector<HostIndex> hosts;     // sorted
  std::optional<HostIndex> client;  // the machine that made it, when that one's own log tells of it
  // The machines name whoever made it, and it is none of those whose own logs tell of attempts.
  bool of_another_client = false;
  std::vector<HostIndex> targets;  // machines of the case that it was made to; sorted
  bool other_target = false;       // … and a name that the case does not know
  std::string user;                // as first named
  std::vector<std::string> users;  // all that were named; sorted
};

// What came of a focus, for the user.
struct Narrowing {
  std::size_t attempts_left_out = 0;
  std::optional<std::int64_t> nearest;                // start of the nearest one that was
  std::vector<std::string> unknown_users;             // as typed; no attempt names them
  std::vector<std::string> unknown_hosts;             // as typed; the case has no such machine
  std::vector<std::string> known_users, known_hosts;  // filled when something was unknown
};

struct Timeline {
  std::vector<HostRecord> hosts;                         // in order of first event
  std::vector<AttemptRecord> attempts;                   // in order of time, then of artifacts
  std::vector<Place> places;                             // one an event
  std::vector<std::optional<HostIndex>> artifact_hosts;  // whose each artifact is, if one machine's
  std::size_t records_without_time = 0;  // of attempts, if anybody could say of which
  Narrowing narrowing;
};

struct TimelineInput {
  std::span<const HostClaim> claims;
  std::span<const EventMark> marks;
  std::span<const AttemptHint> hints = {};
  std::span<const std::string> paths = {};  // of the artifacts, by index
  std::span<const Moment> moments = {};
  std::span<const KnownHost> known = {};  // what the user says of machines
  Focus focus = {};
};

// REQUIRES: the store's events are in the order of artifacts and, inside one, of records.
Timeline build_timeline(event::EventStore& store, const TimelineInput& input);

}  // namespace rdptriage::timeline
