// Everything of a case, read once: each artifact goes to the reader that knows its format, and
// every artifact gets its row in the report, whatever became of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "container/artifact.hpp"
#include "pipeline/find_reader.hpp"
#include "rdptriage/case.hpp"
#include "rdptriage/function_ref.hpp"
#include "rdptriage/notice.hpp"
#include "rdptriage/report.hpp"
#include "reader/reader.hpp"

namespace rdptriage::pipeline {

// The place of an artifact in the order in which artifacts are taken.
class Turn {
 public:
  // Waits until everything before it was taken. True: what is made of it from now on may go out at
  // once. False: that is not known before all of it was read, because its bytes may turn out to
  // have been met before.
  virtual bool wait() = 0;

 protected:
  ~Turn() = default;
};

// What is made of one artifact's events. Made and given back by one thread, used by one at a time.
class EventConsumer {
 public:
  virtual ~EventConsumer() = default;
  virtual reader::Flow event(EventView& event) = 0;
  // Before the first event: for a consumer that cannot keep everything until it is taken. The turn
  // lives until finish(); forked consumers have none.
  virtual void set_turn(Turn& turn) { static_cast<void>(turn); }

  // As EventSink's: a consumer for another thread, or null; join() takes over what it has gathered
  // since the last time, in the artifact's order. What comes of it must not depend on how the
  // events were shared out.
  virtual std::unique_ptr<EventConsumer> fork() { return nullptr; }
  virtual void join(EventConsumer& forked) { static_cast<void>(forked); }

  // The artifact has been read to its end: from now on only results are asked for, maybe much
  // later. What reading alone needs is given back.
  virtual void finish() {}
};

// Called from several threads at once when more than one job is used.
using MakeConsumer = FunctionRef<std::unique_ptr<EventConsumer>(const container::Artifact&,
                                                                std::string_view format)>;

// What becomes of a consumer when its artifact has been read: called for one artifact after the
// other, in an order that does not depend on threads, and long before the whole case has been read:
// what a case holds on to is decided here. Files come in the order of their paths, then the members
// of bundles as stored. Not called for bytes that were met before.
using TakeConsumer = FunctionRef<void(std::uint32_t artifact, std::unique_ptr<EventConsumer>)>;

struct ReadSetup {
  LoadFormats formats;                        // called when an artifact may be text
  const reader::LineFilter* lines = nullptr;  // null: every line of a text is an event
  unsigned jobs = 0;                          // 0: as many as the process may use
  reader::JsonObjects json = reader::JsonObjects::events;
};

struct CaseReading {
  std::vector<ArtifactReport> artifacts;  // by artifact index
  std::vector<Notice> notices;            // in the order of artifacts
  std::vector<std::string> limits_hit;
};

// The result does not depend on the number of jobs. A consumer that answers stop ends the reading
// of the case.
CaseReading read_case(const Case& input, const ReadSetup& wanted, MakeConsumer make_consumer,
                      TakeConsumer take_consumer);

}  // namespace rdptriage::pipeline
