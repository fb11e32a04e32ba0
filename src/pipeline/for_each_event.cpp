#include <fmt/format.h>

#include "pipeline/read_case.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/analyze.hpp"

namespace rdptriage {

namespace {
using Callback = FunctionRef<EventFlow(const EventSource&, const EventView&)>;

class Forwarder final : public pipeline::EventConsumer {
 public:
  Forwarder(const container::Artifact& artifact, std::string_view format, Callback callback)
      : path_(artifact.path), format_(format), callback_(callback) {}

  reader::Flow event(EventView& event) override {
    return callback_({path_, format_}, event) == EventFlow::stop ? reader::Flow::stop
                                                                 : reader::Flow::go_on;
  }

 private:
  std::string path_, format_;
  Callback callback_;
};
}  // namespace

ReadSummary for_each_event(const Case& input, Callback callback, const RuleSet& rules) {
  // One thread, so that events come in order.
  pipeline::CaseReading reading = pipeline::read_case(
      input, {[&] { return rules.impl().formats(); }, nullptr, 1},
      [&](const container::Artifact& artifact,
          std::string_view format) -> std::unique_ptr<pipeline::EventConsumer> {
        return std::make_unique<Forwarder>(artifact, format, callback);
      },
      [](std::uint32_t, std::unique_ptr<pipeline::EventConsumer>) {});
  return {std::move(reading.artifacts), std::move(reading.notices)};
}

}  // namespace rdptriage
