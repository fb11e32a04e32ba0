// What a reader is: two functions and a row in the registry. No base class, no self-registration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "container/artifact.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/focus.hpp"
#include "rdptriage/limits.hpp"
#include "rdptriage/notice.hpp"

namespace rdptriage::reader {

class FormatSet;   // text_format.hpp: the line grammars of rules/formats/
class LineFilter;  // line_filter.hpp: which lines are worth becoming events

enum class Flow : std::uint8_t { go_on, stop };

// Where a reader's events and notices go. Views given to event() live for that call.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual Flow event(EventView& event) = 0;
  virtual void notice(Notice notice) = 0;

  // For readers that decode one artifact on several threads. fork() gives a sink that takes events
  // on another thread, or null when this one only takes them one by one. join() takes over what
  // such a sink has gathered since the last time, on one thread at a time, in the artifact's order;
  // the forked sink is used again afterwards and dies before this one.
  virtual std::unique_ptr<EventSink> fork() { return nullptr; }
  virtual Flow join(EventSink& forked) {
    static_cast<void>(forked);
    return Flow::go_on;
  }
};

// Which objects of a JSON file are events: those that look like one, or all of them.
enum class JsonObjects : std::uint8_t { events, all };

struct ReadContext {
  Limits limits;
  const FormatSet* formats = nullptr;  // null: no text formats known
  const LineFilter* lines = nullptr;   // null: every line becomes an event
  bool carve = false;                  // EVTX: also give stale records behind the free space
  unsigned jobs = 1;                   // threads a reader may use for one artifact
  DateOrder date_order = DateOrder::unknown;
  JsonObjects json = JsonObjects::events;
  std::span<const KnownHost> hosts = {};  // what the user said of machines
};

// The role that the user gave to the machine whose name stands in the path; "" when none did.
std::string_view given_role(const ReadContext& context, std::string_view path);

// Accounts for the whole artifact: read + refused + lost explain every byte of it.
struct ReadOutcome {
  std::uint64_t records_read = 0;
  std::uint64_t records_refused = 0;  // seen as records, could not be read; each has a notice
  std::uint64_t bytes_lost = 0;       // bytes that belong to no record that was read
  std::string format;                 // finer than the reader's name where it knows ("freerdp-3")
  std::string encoding;               // text: what it was decoded from ("utf-8", "cp850")
  bool damaged = false;
  std::string of_no_use;  // why nothing in it can serve a diagnosis, where the reader can say it
};

// How sure a probe is. `no` wins nothing; among equals the registry's order decides.
enum class Sureness : std::uint8_t { no, possible, likely, certain };

struct ReaderInfo {
  std::string_view format;  // glossary: format; also the fuzz target's and docs page's name
  std::string_view title;   // one line for --help and docs
  // Looks at the first bytes (up to 64 KiB; all of a smaller artifact), never at the name alone.
  Sureness (*probe)(std::span<const std::byte> head, std::string_view name, const ReadContext&);
  ReadOutcome (*read)(const container::Artifact&, container::ByteSource&, const ReadContext&,
                      EventSink&);
};

inline constexpr std::size_t kProbeBytes = 64 * 1024;

// Every format the program reads, in probing order: the surest magic first.
std::span<const ReaderInfo> registry();

// The row that is surest of `head`, or null when no reader wants it.
const ReaderInfo* find_reader(std::span<const std::byte> head, std::string_view name,
                              const ReadContext&);

}  // namespace rdptriage::reader
