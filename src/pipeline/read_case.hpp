// Everything of a case, read once: each artifact goes to the reader that knows its format, and
// every artifact gets its row in the report, whatever became of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "container/artifact.hpp"
#include "rdptriage/case.hpp"
#include "rdptriage/function_ref.hpp"
#include "rdptriage/notice.hpp"
#include "rdptriage/report.hpp"
#include "reader/reader.hpp"

namespace rdptriage::pipeline {

// What is made of one artifact's events. Made and given back by one thread, used by one at a time.
class EventConsumer {
 public:
  virtual ~EventConsumer() = default;
  virtual reader::Flow event(EventView& event) = 0;

  // As EventSink's: a consumer for another thread, or null; join() takes over what it has gathered
  // since the last time, in the artifact's order. What comes of it must not depend on how the
  // events were shared out.
  virtual std::unique_ptr<EventConsumer> fork() { return nullptr; }
  virtual void join(EventConsumer& forked) { static_cast<void>(forked); }
};

// Called from several threads at once when `jobs` is more than 1.
using MakeConsumer = FunctionRef<std::unique_ptr<EventConsumer>(const container::Artifact&,
                                                                std::string_view format)>;

struct CaseReading {
  std::vector<ArtifactReport> artifacts;                  // by artifact index
  std::vector<std::unique_ptr<EventConsumer>> consumers;  // the same; null where nothing was read
  std::vector<Notice> notices;                            // in the order of artifacts
  std::vector<std::string> limits_hit;
};

// `lines` null: every line of a text is an event. The result does not depend on `jobs` (0: as many
// as the process may use). Bytes that were met before are accounted for and their consumer is
// dropped. A consumer that answers stop ends the reading of the case.
CaseReading read_case(const Case& input, const reader::FormatSet* formats,
                      const reader::LineFilter* lines, unsigned jobs, MakeConsumer make_consumer);

}  // namespace rdptriage::pipeline
