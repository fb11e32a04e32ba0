#include "reader/evtx/evtx_reader.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "reader/evtx/chunk_reader.hpp"
#include "reader/evtx/slot_source.hpp"

namespace rdptriage::reader {

namespace {

using namespace evtx;

Carve carving(const ReadContext& context) { return context.carve ? Carve::yes : Carve::no; }

// Workers take batches in turn, decode them side by side into forked sinks, and hand their events
// over in the order of the log.
class Crew {
 public:
  Crew(const container::Artifact& artifact, const ReadContext& context, SlotSource& source,
       EventSink& sink, Tally& tally)
      : artifact_(artifact), context_(context), source_(source), sink_(sink), tally_(tally) {}

  // Reads the whole source, starting with `first`; returns what reading it said.
  Result<void> run(SlotBatch first, std::unique_ptr<EventSink> fork) {
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < context_.jobs; ++i) {
      auto other = sink_.fork();
      if (!other) break;
      threads.emplace_back([this, sink = std::move(other)]() mutable { work({}, *sink); });
    }
    work(std::move(first), *fork);
    for (std::thread& thread : threads) thread.join();
    return std::move(outcome_);
  }

 private:
  // `batch` holds the first batch of the log, or nothing.
  void work(SlotBatch batch, EventSink& fork) {
    ChunkReader reader(artifact_.index, carving(context_));
    std::uint64_t number = 0;
    bool taken = !batch.slots.empty();
    while (taken || take(batch, number)) {
      taken = false;
      Tally tally;
      Flow flow = Flow::go_on;
      for (std::size_t i = 0; i < batch.slots.size() && flow == Flow::go_on; ++i) {
        flow = reader.read(batch.slots[i], fork, tally);
      }
      if (!hand_over(number, flow, fork, std::move(tally))) return;
    }
  }

  bool take(SlotBatch& batch, std::uint64_t& number) {
    const std::lock_guard lock(taking_);
    if (ended_) return false;
    auto read = source_.next(batch);
    if (!read) outcome_ = std::move(read);
    ended_ = batch.slots.empty() || !outcome_;
    if (batch.slots.empty()) return false;
    number = next_number_++;
    return true;
  }

  bool hand_over(std::uint64_t number, Flow flow, EventSink& fork, Tally tally) {
    std::unique_lock lock(handing_);
    turn_changed_.wait(lock, [&] { return turn_ == number; });
    if (!stopped_) {
      tally_.add(std::move(tally));
      stopped_ = sink_.join(fork) == Flow::stop || flow == Flow::stop;
    }
    ++turn_;
    turn_changed_.notify_all();
    return !stopped_;
  }

  const container::Artifact& artifact_;
  const ReadContext& context_;
  SlotSource& source_;
  EventSink& sink_;
  Tally& tally_;

  std::mutex taking_;  // guards source_, ended_, outcome_, next_number_
  Result<void> outcome_;
  std::uint64_t next_number_ = 1;  // 0 is the batch that run() starts with
  bool ended_ = false;

  std::mutex handing_;  // guards turn_, stopped_, sink_, tally_
  std::condition_variable turn_changed_;
  std::uint64_t turn_ = 0;
  bool stopped_ = false;
};

Result<void> read_in_turn(const container::Artifact& artifact, const ReadContext& context,
                          SlotSource& source, SlotBatch batch, EventSink& sink, Tally& tally) {
  ChunkReader reader(artifact.index, carving(context));
  Result<void> outcome;
  while (!batch.slots.empty()) {
    for (const Slot& slot : batch.slots) {
      Tally of_slot;
      const Flow flow = reader.read(slot, sink, of_slot);
      tally.add(std::move(of_slot));
      if (flow == Flow::stop) return outcome;
    }
    if (!outcome) break;
    outcome = source.next(batch);
  }
  return outcome;
}

}  // namespace

Sureness probe_evtx(std::span<const std::byte> head, std::string_view, const ReadContext&) {
  if (starts_with(head, kFileMagic) || starts_with(head, kChunkMagic)) return Sureness::certain;
  // The first page is gone, the log is not.
  if (head.size() > kFileHeaderBytes && starts_with(head.subspan(kFileHeaderBytes), kChunkMagic)) {
    return Sureness::likely;
  }
  return Sureness::no;
}

ReadOutcome read_evtx(const container::Artifact& artifact, container::ByteSource& bytes,
                      const ReadContext& context, EventSink& sink) {
  SlotSource source(bytes);
  SlotBatch first;
  Result<void> outcome = source.next(first);
  Tally tally;
  if (!first.slots.empty() && first.slots.front().kind == Slot::Kind::lost &&
      first.slots.front().bytes.size() == kFileHeaderBytes) {
    tally.damaged = true;
    tally.bytes_lost += kFileHeaderBytes;
    Notice notice;
    notice.code = "EVTX_HEADER_DAMAGED";
    notice.text = "the log's first page is not an event log's; its chunks were read all the same";
    notice.artifact = artifact.index;
    notice.byte_offset = 0;
    notice.bytes_lost = kFileHeaderBytes;
    tally.notices.push_back(std::move(notice));
    first.slots.erase(first.slots.begin());
  }
  // A log of a few chunks is read before threads have started.
  constexpr std::size_t kFullBatch = 4;
  std::unique_ptr<EventSink> fork;
  if (context.jobs > 1 && first.slots.size() >= kFullBatch && outcome) fork = sink.fork();
  if (fork) {
    outcome = Crew(artifact, context, source, sink, tally).run(std::move(first), std::move(fork));
  } else {
    const auto rest = read_in_turn(artifact, context, source, std::move(first), sink, tally);
    if (outcome) outcome = rest;
  }
  if (!outcome) {
    Notice notice;
    notice.code = outcome.error().code;
    notice.text = fmt::format("the log could be read up to byte {} only: {}", source.offset(),
                              outcome.error().message);
    notice.artifact = artifact.index;
    notice.byte_offset = source.offset();
    tally.notices.push_back(std::move(notice));
    tally.damaged = true;
  }
  for (Notice& notice : tally.notices) sink.notice(std::move(notice));
  ReadOutcome out;
  out.records_read = tally.records_read;
  out.records_refused = tally.records_refused;
  out.bytes_lost = tally.bytes_lost;
  out.damaged = tally.damaged;
  return out;
}

}  // namespace rdptriage::reader
