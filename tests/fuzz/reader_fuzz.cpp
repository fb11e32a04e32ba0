// Any bytes, given to one reader: it ends, every event can be asked for everything, several threads
// give what one gives, and no more bytes are lost than there are.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/output_buffer.hpp"
#include "fuzz_options.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/rule_set.hpp"
#include "reader/reader.hpp"
#include "report/event_json.hpp"
#include "report/event_xml.hpp"

namespace {

using namespace rdptriage;

class Sink final : public reader::EventSink {
 public:
  reader::Flow event(EventView& event) override {
    json_.write("", event, json_out);
    xml_.write(event, xml_out);
    return reader::Flow::go_on;
  }
  void notice(Notice) override {}
  std::unique_ptr<EventSink> fork() override { return std::make_unique<Sink>(); }
  reader::Flow join(EventSink& forked) override {
    auto& other = static_cast<Sink&>(forked);
    json_out.append(other.json_out.view());
    other.json_out.clear();
    return reader::Flow::go_on;
  }
  base::OutputBuffer json_out, xml_out;

 private:
  report::EventJsonWriter json_;
  report::EventXmlWriter xml_;
};

const reader::ReaderInfo& fuzzed_reader() {
  for (const reader::ReaderInfo& reader : reader::registry()) {
    if (reader.format == RDPTRIAGE_FUZZ_FORMAT) return reader;
  }
  std::abort();
}

}  // namespace

extern "C" const char* __asan_default_options() { return RDPTRIAGE_FUZZ_OPTIONS; }

// The formats are loaded here, because the first input's time would have to pay for it.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  RuleSet::builtin().impl().formats();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const reader::ReaderInfo& reader = fuzzed_reader();
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  reader::ReadContext context;
  context.formats = RuleSet::builtin().impl().formats();
  reader.probe(bytes.first(std::min(size, reader::kProbeBytes)), "name", context);
  Sink first;
  // Only event logs are taken apart by several threads, and only those of some chunks.
  constexpr std::size_t kForThreads = 4 * 64 * 1024;
  const unsigned most_jobs = reader.format == "evtx" && size >= kForThreads ? 2 : 1;
  for (unsigned jobs = 1; jobs <= most_jobs; ++jobs) {
    context.jobs = jobs;
    context.carve = size % 2 == 0;
    Sink sink;
    container::MemorySource source(bytes);
    const reader::ReadOutcome outcome = reader.read({}, source, context, sink);
    if (outcome.bytes_lost > size) std::abort();
    if (jobs == 1) {
      first.json_out.append(sink.json_out.view());
    } else if (first.json_out.view() != sink.json_out.view()) {
      std::abort();
    }
  }
  return 0;
}
