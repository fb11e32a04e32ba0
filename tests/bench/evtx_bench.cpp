// The EVTX reader alone, one mode a run, so that callgrind counts nothing else:
//
//   evtx_bench walk   LOG [JOBS]   the bare walk over all records: the floor
//   evtx_bench key    LOG [JOBS]   each event's key, as a scan asks for
//   evtx_bench fields LOG [JOBS]   System and all fields, decoded and dropped
//   evtx_bench jsonl  LOG [JOBS]   the lines that `events --format jsonl` writes, dropped
//   evtx_bench make   LOG MB SEED… a log of that size from the full chunks of other logs
//
// Prints records, bytes, seconds and MB/s. tests/bench/run is the one command for all of it.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/output_buffer.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "reader/evtx/layout.hpp"
#include "reader/evtx/record_walk.hpp"
#include "reader/evtx/slot_source.hpp"
#include "report/event_json.hpp"

namespace {

using namespace rdptriage;
using namespace rdptriage::reader;

class StreamSource final : public container::ByteSource {
 public:
  explicit StreamSource(const char* path) : file_(std::fopen(path, "rb")) {
    if (file_ != nullptr) std::setvbuf(file_, nullptr, _IONBF, 0);
  }
  ~StreamSource() override {
    if (file_ != nullptr) std::fclose(file_);
  }
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;
  bool is_open() const { return file_ != nullptr; }
  Result<std::size_t> read(std::span<std::byte> out) override {
    const std::size_t count = std::fread(out.data(), 1, out.size(), file_);
    bytes += count;
    return count;
  }
  std::uint64_t bytes = 0;

 private:
  std::FILE* file_;
};

enum class Mode { key, fields, jsonl };

class Sink final : public EventSink {
 public:
  explicit Sink(Mode mode) : mode_(mode) {}
  Flow event(EventView& event) override {
    ++records;
    sum_ += event.key().event_id.value_or(0);
    if (mode_ == Mode::fields) sum_ += event.fields().size() + event.system().level.value_or(0);
    if (mode_ == Mode::jsonl) {
      writer_.write("log.evtx", event, out_);
      if (out_.size() > 256 * 1024) drop();
    }
    return Flow::go_on;
  }
  void notice(Notice) override {}
  std::unique_ptr<EventSink> fork() override { return std::make_unique<Sink>(mode_); }
  Flow join(EventSink& forked) override {
    auto& other = static_cast<Sink&>(forked);
    records += other.records;
    written += other.written;
    other.records = other.written = 0;
    other.drop();
    return Flow::go_on;
  }
  std::uint64_t records = 0, written = 0;

 private:
  void drop() {
    written += out_.size();
    out_.clear();
  }
  Mode mode_;
  report::EventJsonWriter writer_;
  base::OutputBuffer out_;
  std::uint64_t sum_ = 0;
};

std::uint64_t walk(StreamSource& source) {
  evtx::SlotSource slots(source);
  evtx::SlotBatch batch;
  std::uint64_t records = 0;
  while (slots.next(batch) && !batch.slots.empty()) {
    for (const evtx::Slot& slot : batch.slots) {
      if (slot.kind != evtx::Slot::Kind::chunk) continue;
      evtx::RecordWalk walk(slot.bytes, evtx::kChunkHeaderBytes, evtx::live_end(slot.bytes).offset);
      for (evtx::RecordSpan span; walk.next(span);) ++records;
    }
  }
  return records;
}

// Chunk and record numbers count up, as in a log that was written in one go.
int make(const char* path, std::size_t megabytes, std::span<char*> seeds) {
  using namespace evtx;
  std::string header;
  std::vector<std::string> chunks;
  for (const char* seed : seeds) {
    std::ifstream in(seed, std::ios::binary);
    const std::string log((std::istreambuf_iterator<char>(in)), {});
    if (log.size() < kFileHeaderBytes) continue;
    if (header.empty()) header = log.substr(0, kFileHeaderBytes);
    for (std::size_t at = kFileHeaderBytes; at + kChunkBytes <= log.size(); at += kChunkBytes) {
      const std::string chunk = log.substr(at, kChunkBytes);
      const Bytes bytes(reinterpret_cast<const std::byte*>(chunk.data()), chunk.size());
      if (starts_with(bytes, kChunkMagic) && live_end(bytes).offset > 50'000)
        chunks.push_back(chunk);
    }
  }
  if (chunks.empty()) {
    std::fputs("no full chunks in the seeds\n", stderr);
    return 1;
  }
  std::ofstream out(path, std::ios::binary);
  out << header;
  std::uint64_t number = 1;
  for (std::size_t i = 0; i < megabytes * 16; ++i) {
    std::string chunk = chunks[i % chunks.size()];
    const Bytes bytes(reinterpret_cast<const std::byte*>(chunk.data()), chunk.size());
    RecordWalk walk(bytes, kChunkHeaderBytes, live_end(bytes).offset);
    for (RecordSpan span; walk.next(span); ++number) {
      std::memcpy(chunk.data() + span.offset + 8, &number, sizeof number);
    }
    out << chunk;
  }
  return out ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string_view mode = argv[1];
  if (mode == "make") {
    return argc < 5 ? 2
                    : make(argv[2], std::strtoul(argv[3], nullptr, 10), {argv + 4, argv + argc});
  }
  StreamSource source(argv[2]);
  if (!source.is_open()) return 1;
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t records = 0;
  if (mode == "walk") {
    records = walk(source);
  } else {
    Sink sink(mode == "key" ? Mode::key : mode == "fields" ? Mode::fields : Mode::jsonl);
    ReadContext context;
    if (argc > 3) context.jobs = static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10));
    read_evtx({}, source, context, sink);
    records = sink.records;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{} records {} bytes {:.4f} s {:.0f} MB/s\n", records, source.bytes, took.count(),
             static_cast<double>(source.bytes) / 1e6 / took.count());
  return 0;
}
