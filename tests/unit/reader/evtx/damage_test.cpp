// Each refusal of the reader: a good log is damaged, and what is lost is counted.
#include <atomic>
#include <memory>
#include <new>
#include <random>

#include "reader/evtx/evtx_reader.hpp"
#include "reader/evtx/layout.hpp"
#include "support/catch.hpp"
#include "support/event_lines.hpp"
#include "support/evtx_builder.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {

constexpr std::size_t kRecords = 10;

// Three chunks of ten records each.
std::vector<std::byte> good_log() {
  EvtxBuilder log;
  for (std::size_t chunk = 0; chunk < 3; ++chunk) {
    for (std::size_t i = 0; i < kRecords; ++i) {
      EvtxEvent event;
      event.event_id = static_cast<std::uint16_t>(100 * chunk + i);
      event.event_data = {{"text", EvtxValue::text("record " + std::to_string(i))}};
      log.add(event);
    }
    log.end_chunk();
  }
  return log.finish();
}

// The n-th record of a chunk, as an offset into the log.
std::size_t record_offset(const std::vector<std::byte>& log, std::size_t chunk, std::size_t n) {
  std::size_t at = chunk_offset(chunk) + reader::evtx::kChunkHeaderBytes;
  for (; n > 0; --n) at += base::load_le<std::uint32_t>(log.data() + at + 4);
  return at;
}
std::uint32_t record_size(const std::vector<std::byte>& log, std::size_t offset) {
  return base::load_le<std::uint32_t>(log.data() + offset + 4);
}
void set32(std::vector<std::byte>& log, std::size_t offset, std::uint32_t value) {
  std::memcpy(log.data() + offset, &value, 4);
}

Reading read(const std::vector<std::byte>& log, bool carve = false) {
  reader::ReadContext context;
  context.carve = carve;
  return read_events(reader::read_evtx, log, context);
}

std::size_t marked(const Reading& reading) {
  return static_cast<std::size_t>(std::count_if(
      reading.lines.begin(), reading.lines.end(),
      [](const std::string& line) { return line.find("\"damaged\":true") != std::string::npos; }));
}

}  // namespace

TEST_CASE("evtx damage: an undamaged log loses nothing") {
  const Reading reading = read(good_log());
  CHECK(reading.lines.size() == 3 * kRecords);
  CHECK(reading.outcome.bytes_lost == 0);
  CHECK_FALSE(reading.outcome.damaged);
}

TEST_CASE("evtx damage: a torn record costs itself, the next ones are read") {
  for (const std::size_t where : {4U, 1U}) {  // the size, the magic
    INFO("byte " << where);
    auto log = good_log();
    const std::size_t at = record_offset(log, 1, 4);
    const std::uint32_t size = record_size(log, at);
    flip_bit(log, at + where, 5);
    const Reading reading = read(log);
    CHECK(reading.lines.size() == 3 * kRecords - 1);
    CHECK(reading.outcome.bytes_lost == size);
    CHECK(reading.outcome.records_read == 3 * kRecords - 1);
    CHECK(reading.outcome.records_refused == 1);
    CHECK(marked(reading) == 0);
    REQUIRE(reading.notices.size() == 1);
    CHECK(reading.notices[0].code == "EVTX_CHUNK_DAMAGED");
    CHECK(reading.notices[0].bytes_lost == size);
  }
}

TEST_CASE("evtx damage: a record whose size copy is wrong is refused; carving gives it, marked") {
  auto log = good_log();
  const std::size_t at = record_offset(log, 0, 4);
  flip_bit(log, at + record_size(log, at) - 4, 3);
  CHECK(read(log).lines.size() == 3 * kRecords - 1);
  CHECK(read(log).outcome.records_refused == 1);
  const Reading carved = read(log, true);
  CHECK(carved.lines.size() == 3 * kRecords);
  CHECK(marked(carved) == 1);
}

TEST_CASE("evtx damage: records behind a gap are given, but marked") {
  auto log = good_log();
  const std::size_t from = record_offset(log, 1, 3), to = record_offset(log, 1, 6);
  std::fill(log.begin() + static_cast<std::ptrdiff_t>(from),
            log.begin() + static_cast<std::ptrdiff_t>(to), std::byte{0x55});
  const Reading reading = read(log);
  CHECK(reading.lines.size() == 3 * kRecords - 3);
  CHECK(marked(reading) == 4);
  CHECK(reading.outcome.bytes_lost == to - from);
}

TEST_CASE("evtx damage: content that is no BinXML refuses the record") {
  auto log = good_log();
  const std::size_t at = record_offset(log, 2, 5);
  log[at + reader::evtx::kRecordHeaderBytes + 4] = std::byte{0x3F};
  const Reading reading = read(log);
  CHECK(reading.lines.size() == 3 * kRecords - 1);
  CHECK(reading.outcome.records_refused == 1);
  CHECK(reading.outcome.bytes_lost == record_size(log, at));
}

TEST_CASE("evtx damage: a chunk without its magic is lost as a whole; carving gives its records") {
  auto log = good_log();
  flip_bit(log, chunk_offset(1), 0);
  const Reading reading = read(log);
  CHECK(reading.lines.size() == 2 * kRecords);
  CHECK(reading.outcome.bytes_lost == reader::evtx::kChunkBytes);
  const Reading carved = read(log, true);
  CHECK(carved.lines.size() == 3 * kRecords);
  CHECK(marked(carved) == kRecords);
}

TEST_CASE("evtx damage: the file header's chunk count is not believed") {
  auto log = good_log();
  log[42] = std::byte{1};
  CHECK(read(log).lines.size() == 3 * kRecords);
}

TEST_CASE("evtx damage: a log without its first page, or starting with a chunk, is read") {
  auto log = good_log();
  zero_page(log, 0);
  const Reading reading = read(log);
  CHECK(reading.lines.size() == 3 * kRecords);
  REQUIRE(reading.notices.size() == 1);
  CHECK(reading.notices[0].code == "EVTX_HEADER_DAMAGED");
  log.erase(log.begin(), log.begin() + reader::evtx::kFileHeaderBytes);
  CHECK(read(log).lines.size() == 3 * kRecords);
}

TEST_CASE("evtx damage: no checksums, wrong ones and lists that lead nowhere change nothing") {
  const std::vector<std::string> lines = read(good_log()).lines;
  const auto unchanged = [&](const std::vector<std::byte>& log) {
    const Reading reading = read(log);
    return reading.lines == lines && reading.notices.empty() && !reading.outcome.damaged;
  };
  auto log = good_log();
  drop_checksums(log);
  CHECK(unchanged(log));
  log = good_log();
  constexpr std::size_t kRecordsChecksum = 52;
  set32(log, chunk_offset(1) + kRecordsChecksum, 0x12345678);
  CHECK(unchanged(log));
  log = good_log();
  break_lists(log, 1);
  CHECK(unchanged(log));
}

TEST_CASE("evtx damage: records behind the free-space offset are stale, never live") {
  auto log = good_log();
  // The header of chunk 1 says that the log was rewound behind its third record.
  set32(log, chunk_offset(1) + reader::evtx::kChunkFreeSpace,
        static_cast<std::uint32_t>(record_offset(log, 1, 3) - chunk_offset(1)));
  CHECK(read(log).lines.size() == 3 * kRecords - 7);
  CHECK(read(log).outcome.bytes_lost == 0);
  const Reading carved = read(log, true);
  CHECK(carved.lines.size() == 3 * kRecords);
  CHECK(marked(carved) == 7);
}

TEST_CASE("evtx damage: a free-space offset that is nonsense does not hide the records") {
  for (const std::uint32_t nonsense : {0U, 100U, 0x7FFFFFFFU}) {
    auto log = good_log();
    set32(log, chunk_offset(1) + reader::evtx::kChunkFreeSpace, nonsense);
    CHECK(read(log).lines.size() == 3 * kRecords);
    CHECK(read(log).outcome.bytes_lost == 0);
  }
}

TEST_CASE("evtx damage: chunks that a broken copy moved are found") {
  auto log = good_log();
  const auto cut = log.begin() + static_cast<std::ptrdiff_t>(chunk_offset(1) + 30'000);
  log.erase(cut, cut + 1234);
  const Reading reading = read(log);
  CHECK(reading.lines.size() == 3 * kRecords);
  log.insert(log.begin() + static_cast<std::ptrdiff_t>(chunk_offset(1)), 700, std::byte{0xAA});
  const Reading moved = read(log);
  CHECK(moved.lines.size() == 3 * kRecords);
  CHECK(moved.outcome.bytes_lost == 700);
}

TEST_CASE("evtx damage: swapped chunks are read in the order in which they are stored") {
  auto log = good_log();
  const Reading before = read(log);
  swap_chunks(log, 0, 2);
  const Reading after = read(log);
  REQUIRE(after.lines.size() == before.lines.size());
  CHECK(after.lines.front().find("\"event_id\":200,") != std::string::npos);
}

TEST_CASE(
    "evtx damage: truncation anywhere gives the records before it and accounts for the rest") {
  const auto log = good_log();
  const Reading whole = read(log);
  for (std::size_t size = 0; size < log.size(); size += 977) {
    INFO("cut at " << size);
    const std::vector<std::byte> cut(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(size));
    const Reading reading = read(cut);
    REQUIRE(reading.lines.size() <= whole.lines.size());
    CHECK(std::equal(reading.lines.begin(), reading.lines.end(), whole.lines.begin()));
    if (size >= chunk_offset(1)) CHECK(reading.lines.size() >= kRecords);
    CHECK(reading.outcome.records_read == reading.lines.size());
  }
  const std::size_t inside = record_offset(log, 1, 5) + 100;
  const Reading reading = read({log.begin(), log.begin() + static_cast<std::ptrdiff_t>(inside)});
  CHECK(reading.lines.size() == kRecords + 5);
  CHECK(reading.outcome.bytes_lost == 100);
  REQUIRE_FALSE(reading.notices.empty());
  CHECK(reading.notices.back().code == "EVTX_TRUNCATED");
}

TEST_CASE("evtx damage: no bit flip makes the reader fail, whichever way it takes") {
  const auto log = good_log();
  std::mt19937 dice(1);
  for (int round = 0; round < 400; ++round) {
    auto hurt = log;
    for (auto flips = 1 + dice() % 20; flips > 0; --flips) {
      // Mostly where there is something.
      const std::size_t at = chunk_offset(dice() % 3) + dice() % 4000;
      flip_bit(hurt, at, static_cast<unsigned>(dice() % 8));
    }
    const Reading reading = read(hurt, round % 2 == 0);
    CHECK(reading.lines.size() <= 3 * kRecords + 3);
  }
}

TEST_CASE("evtx damage: a page of zeros in a chunk costs what was in it") {
  auto log = good_log();
  zero_page(log, chunk_offset(1) + 1024);
  const Reading reading = read(log);
  CHECK(reading.lines.size() >= 2 * kRecords);
  CHECK(reading.outcome.damaged);
  CHECK(reading.outcome.bytes_lost > 0);
}

TEST_CASE("evtx damage: what is no log at all gives nothing and does not fail") {
  CHECK(read({}).lines.empty());
  CHECK(read(EvtxBuilder().finish()).lines.empty());
  CHECK_FALSE(read(EvtxBuilder().finish()).outcome.damaged);
  std::mt19937 dice(2);
  std::vector<std::byte> noise(300'000);
  for (std::byte& byte : noise) byte = static_cast<std::byte>(dice());
  CHECK(read(noise).lines.empty());
  CHECK(read(noise).outcome.bytes_lost == noise.size());
}

TEST_CASE("evtx probe: by magic, not by name") {
  const auto log = good_log();
  const auto sure = [](std::span<const std::byte> head) {
    return reader::probe_evtx(head, "x.txt", {});
  };
  CHECK(sure(log) == reader::Sureness::certain);
  CHECK(sure(std::span(log).subspan(4096)) == reader::Sureness::certain);
  auto headless = log;
  zero_page(headless, 0);
  CHECK(sure(headless) == reader::Sureness::likely);
  CHECK(sure(std::span(log).first(5)) == reader::Sureness::no);
}

namespace {
// Fails at one of its calls, on whichever thread that is.
class FailingSink final : public reader::EventSink {
 public:
  enum class At : std::uint8_t { event, join };
  FailingSink(At at, std::atomic<int>& calls) : at_(at), calls_(&calls) {}
  reader::Flow event(EventView&) override { return count(At::event); }
  void notice(Notice) override {}
  std::unique_ptr<EventSink> fork() override { return std::make_unique<FailingSink>(at_, *calls_); }
  reader::Flow join(EventSink&) override { return count(At::join); }

 private:
  reader::Flow count(At at) {
    if (at == at_ && --*calls_ == 0) throw std::bad_alloc();
    return reader::Flow::go_on;
  }
  At at_;
  std::atomic<int>* calls_;
};
}  // namespace

TEST_CASE("evtx: what a sink throws comes out of reading, and no thread waits for another") {
  EvtxBuilder log;
  for (int i = 0; i < 600; ++i) {
    log.add(EvtxEvent{});
    if (i % 10 == 9) log.end_chunk();
  }
  const auto bytes = log.finish();
  using At = FailingSink::At;
  for (const unsigned jobs : {1U, 2U, 4U, 9U}) {
    for (const auto& [at, call] :
         {std::pair(At::event, 1), std::pair(At::event, 333), std::pair(At::event, 600),
          std::pair(At::join, 1), std::pair(At::join, 3)}) {
      if (jobs == 1 && at == At::join) continue;
      INFO(jobs << " threads, call " << call);
      reader::ReadContext context;
      context.jobs = jobs;
      std::atomic<int> calls{call};
      FailingSink sink(at, calls);
      container::MemorySource source(bytes);
      CHECK_THROWS_AS(reader::read_evtx({}, source, context, sink), std::bad_alloc);
    }
  }
}
