// Over real logs: the fast and the general way through a record give the same events, and so do one
// thread and several.
#include "reader/evtx/chunk_reader.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "reader/evtx/slot_source.hpp"
#include "support/catch.hpp"
#include "support/event_lines.hpp"

using namespace rdptriage;
using namespace rdptriage::reader;

namespace {

std::vector<std::string> lines_of(std::span<const std::byte> bytes, evtx::Route route) {
  test::LineSink sink;
  container::MemorySource source(bytes);
  evtx::SlotSource slots(source);
  evtx::ChunkReader reader(0, evtx::Carve::yes, route);
  evtx::SlotBatch batch;
  evtx::Tally tally;
  while (slots.next(batch) && !batch.slots.empty()) {
    for (const evtx::Slot& slot : batch.slots) reader.read(slot, sink, tally);
  }
  return sink.lines;
}

const std::filesystem::path kFolder = std::filesystem::path(RDPTRIAGE_CORPORA_DIR) / "evtx";

}  // namespace

TEST_CASE("evtx: planned records equal records read the general way") {
  for (const auto& file : test::corpus_files(kFolder, ".evtx")) {
    INFO(file.string());
    const auto bytes = test::read_file(file);
    CHECK(lines_of(bytes, evtx::Route::planned_where_possible) ==
          lines_of(bytes, evtx::Route::general));
  }
}

TEST_CASE("evtx: several threads give the same events in the same order") {
  for (const auto& file : test::corpus_files(kFolder, ".evtx")) {
    INFO(file.string());
    const auto bytes = test::read_file(file);
    ReadContext three;
    three.jobs = 3;
    const auto one = test::read_events(read_evtx, bytes);
    const auto many = test::read_events(read_evtx, bytes, three);
    CHECK(one.lines == many.lines);
    CHECK(one.outcome.records_read == many.outcome.records_read);
    CHECK(one.outcome.bytes_lost == many.outcome.bytes_lost);
    CHECK(one.notices.size() == many.notices.size());
  }
}

TEST_CASE("evtx: carving adds records and marks every one of them") {
  for (const auto& file : test::corpus_files(kFolder, ".evtx")) {
    INFO(file.string());
    const auto bytes = test::read_file(file);
    ReadContext carving;
    carving.carve = true;
    const auto sound = [](const std::vector<std::string>& lines) {
      return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
        return line.find("\"damaged\":true}") == std::string::npos;
      });
    };
    CHECK(sound(test::read_events(read_evtx, bytes).lines) ==
          sound(test::read_events(read_evtx, bytes, carving).lines));
  }
}
