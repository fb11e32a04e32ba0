#include "reader/evtx/evtx_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "rdptriage/threads.hpp"
#include "reader/evtx/chunk_reader.hpp"
#include "reader/evtx/slot_source.hpp"

namespace rdptriage::reader {

namespace {

using namespace evtx;

Carve carving(const ReadContext& context) { return context.carve ? Carve::yes : Carve::no; }

// Workers take batches in turn and decode them side by side into forked sinks. What is done is
// handed over in the order of the log by whichever worker completes it; the others go on meanwhile,
// as long as there is a sink to spare.
class Crew {
 public:
  Crew(const container::Artifact& artifact, const ReadContext& context, SlotSource& source,
       EventSink& sink, Tally& tally)
      : artifact_(artifact), context_(context), source_(source), sink_(sink), tally_(tally) {}

  // Reads the whole source, starting with `first`; returns what reading it said.
  Result<void> run(SlotBatch first, std::unique_ptr<EventSink> fork) {
    for (unsigned i = 0; i < context_.jobs; ++i) {  // with `fork`, one more than there are workers
      auto other = sink_.fork();
      if (!other) break;
      idle_.push_back(std::move(other));
    }
    const std::size_t workers = std::min<std::size_t>(context_.jobs, idle_.size());
    run_on_threads(static_cast<unsigned>(workers), [&](unsigned worker) {
      try {
        if (worker == 0) {
          work(std::move(first), std::move(fork));
        } else {
          work({}, nullptr);
        }
      } catch (...) {
        stop();
        throw;
      }
    });
    return std::move(outcome_);
  }

 private:
  struct Done {
    std::unique_ptr<EventSink> fork;
    Flow flow = Flow::go_on;
    Tally tally;
  };

  // `batch` holds the first batch of the log and `fork` is for it, or both are empty.
  void work(SlotBatch batch, std::unique_ptr<EventSink> fork) {
    ChunkReader reader(artifact_.index, carving(context_));
    std::uint64_t number = 0;
    bool taken = fork != nullptr;
    // A batch is taken by who has a sink for it: so it needs nothing more, and those behind it do
    // not wait in vain for its turn.
    while (fork || (fork = take_sink()) != nullptr) {
      if (!taken && !take_batch(batch, number)) return give_back(std::move(fork));
      taken = false;
      Done done{std::move(fork), Flow::go_on, {}};
      for (std::size_t i = 0; i < batch.slots.size() && done.flow == Flow::go_on; ++i) {
        done.flow = reader.read(batch.slots[i], *done.fork, done.tally);
      }
      hand_over(number, std::move(done));
    }
  }

  bool take_batch(SlotBatch& batch, std::uint64_t& number) {
    const std::lock_guard lock(taking_);
    if (ended_) return false;
    auto read = source_.next(batch);
    if (!read) outcome_ = std::move(read);
    ended_ = batch.slots.empty() || !outcome_;
    if (batch.slots.empty()) return false;
    number = next_number_++;
    return true;
  }

  // Null when reading was stopped.
  std::unique_ptr<EventSink> take_sink() {
    std::unique_lock lock(handing_);
    sink_is_idle_.wait(lock, [&] { return stopped_ || !idle_.empty(); });
    if (stopped_) return nullptr;
    auto fork = std::move(idle_.back());
    idle_.pop_back();
    return fork;
  }
  // The others end with the batch they are at.
  void stop() {
    const std::lock_guard lock(handing_);
    stopped_ = true;
    sink_is_idle_.notify_all();
  }
  void give_back(std::unique_ptr<EventSink> fork) {
    const std::lock_guard lock(handing_);
    idle_.push_back(std::move(fork));
    sink_is_idle_.notify_one();
  }

  void hand_over(std::uint64_t number, Done done) {
    std::unique_lock lock(handing_);
    done_.emplace(number, std::move(done));
    if (joining_) return;
    joining_ = true;
    for (auto next = done_.find(turn_); next != done_.end() && !stopped_;
         next = done_.find(++turn_)) {
      Done current = std::move(next->second);
      done_.erase(next);
      lock.unlock();
      tally_.add(std::move(current.tally));
      const bool stop = sink_.join(*current.fork) == Flow::stop || current.flow == Flow::stop;
      lock.lock();
      stopped_ = stopped_ || stop;
      idle_.push_back(std::move(current.fork));
      if (stop) {
        sink_is_idle_.notify_all();
      } else {
        sink_is_idle_.notify_one();
      }
    }
    joining_ = false;
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

  std::mutex handing_;  // guards what follows; sink_ and tally_ are the joining worker's
  std::condition_variable sink_is_idle_;
  std::vector<std::unique_ptr<EventSink>> idle_;
  std::map<std::uint64_t, Done> done_;
  std::uint64_t turn_ = 0;
  bool joining_ = false, stopped_ = false;
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
