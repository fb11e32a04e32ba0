#include "reader/evtx/chunk_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace rdptriage::reader::evtx {

namespace {

std::uint64_t record_number(Bytes chunk, std::size_t record) {
  return load_le<std::uint64_t>(chunk.data() + record + 8);
}

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

// What is wrong with one chunk.
struct ChunkReader::Damage {
  std::uint64_t torn = 0, unreadable = 0, incomplete = 0, unproven = 0, bytes = 0;
};

// Whether records behind damage are of the same life of the chunk as those before it. A page that
// was not written, or written too early, brings whole records of another life along; they differ
// from live ones only in their numbers. So behind damage a record is sound when its number goes on
// where the last one stopped, torn ones counted; else it and what follows is given, but marked.
class ChunkReader::Continuity {
 public:
  explicit Continuity(Bytes chunk)
      : next_(chunk.size() >= kChunkHeaderBytes ? load_le<std::uint64_t>(chunk.data() + 8) : 0) {}

  void damage(RecordSpan::Kind kind) {
    after_damage_ = true;
    if (kind == RecordSpan::Kind::torn) ++torn_;
  }
  bool is_proven(std::uint64_t number) {
    if (after_damage_ && number - next_ > torn_) proven_ = false;
    after_damage_ = false;
    torn_ = 0;
    next_ = number + 1;
    return proven_;
  }

 private:
  std::uint64_t next_;
  std::uint64_t torn_ = 0;
  bool after_damage_ = false, proven_ = true;
};

void Tally::add(Tally&& later) {
  records_read += later.records_read;
  records_refused += later.records_refused;
  bytes_lost += later.bytes_lost;
  chunks += later.chunks;
  damaged = damaged || later.damaged;
  const std::size_t room = kMaxNotices - std::min(kMaxNotices, notices.size());
  const std::size_t count = std::min(room, later.notices.size());
  std::move(later.notices.begin(), later.notices.begin() + static_cast<std::ptrdiff_t>(count),
            std::back_inserter(notices));
}

Notice ChunkReader::notice(std::string code, std::string text, std::uint64_t offset,
                           std::uint64_t bytes_lost) const {
  Notice out;
  out.code = std::move(code);
  out.text = std::move(text);
  out.artifact = artifact_;
  out.byte_offset = offset;
  out.bytes_lost = bytes_lost;
  return out;
}

Flow ChunkReader::read(const Slot& slot, EventSink& sink, Tally& tally) {
  switch (slot.kind) {
    case Slot::Kind::chunk:
      ++tally.chunks;
      return read_chunk(slot, sink, tally);
    case Slot::Kind::lost:
      tally.damaged = true;
      tally.bytes_lost += slot.bytes.size();
      tally.notices.push_back(notice(
          "EVTX_CHUNK_DAMAGED",
          fmt::format("{} at offset {} are no chunk of an event log; the records in them are lost",
                      counted(slot.bytes.size(), "byte"), slot.offset),
          slot.offset, slot.bytes.size()));
      return carve_ == Carve::yes ? carve(slot, 0, sink, tally) : Flow::go_on;
    case Slot::Kind::file_header:
    case Slot::Kind::unused:
      break;
  }
  return Flow::go_on;
}

Flow ChunkReader::read_chunk(const Slot& slot, EventSink& sink, Tally& tally) {
  const Bytes chunk = slot.bytes;
  decoder_.enter_chunk(chunk);
  const LiveEnd live = live_end(chunk);
  Damage damage;
  Continuity continuity(chunk);
  RecordWalk walk(chunk, std::min(kChunkHeaderBytes, live.offset), live.offset);
  RecordSpan span;
  Flow flow = Flow::go_on;
  while (flow == Flow::go_on && walk.next(span)) {
    flow = read_record(slot, span, continuity, sink, tally, damage);
  }
  const bool cut_short = chunk.size() < kChunkBytes &&
                         (chunk.size() < kChunkHeaderBytes ||
                          load_le<std::uint32_t>(chunk.data() + kChunkFreeSpace) > chunk.size());
  if (damage.torn + damage.unreadable + damage.bytes != 0 || cut_short) {
    tally.damaged = true;
    tally.bytes_lost += damage.bytes;
    std::string text = fmt::format("the chunk at offset {} is damaged: ", slot.offset);
    if (damage.torn != 0) text += counted(damage.torn, "torn record") + ", ";
    if (damage.unreadable != 0) text += counted(damage.unreadable, "unreadable record") + ", ";
    text += counted(damage.bytes, "byte") + " lost";
    if (damage.unproven != 0) {
      text += "; " + counted(damage.unproven, "record") +
              " behind it may be of an earlier life of the log and are marked";
    }
    if (cut_short)
      text += fmt::format(" and the log ends {} bytes early", kChunkBytes - chunk.size());
    tally.notices.push_back(notice(cut_short ? "EVTX_TRUNCATED" : "EVTX_CHUNK_DAMAGED",
                                   std::move(text), slot.offset, damage.bytes));
  }
  if (damage.incomplete != 0) {
    tally.damaged = true;
    tally.notices.push_back(
        notice("EVTX_RECORD_INCOMPLETE",
               fmt::format("in the chunk at offset {} some values of {} could not be read",
                           slot.offset, counted(damage.incomplete, "record")),
               slot.offset, 0));
  }
  if (flow == Flow::go_on && carve_ == Carve::yes && live.is_plausible) {
    flow = carve(slot, live.offset, sink, tally);
  }
  return flow;
}

Flow ChunkReader::read_record(const Slot& slot, const RecordSpan& span, Continuity& continuity,
                              EventSink& sink, Tally& tally, Damage& damage) {
  if (span.kind != RecordSpan::Kind::sound) continuity.damage(span.kind);
  if (span.kind == RecordSpan::Kind::lost) {
    // Zeros behind the last record of a chunk whose header does not say where it ends.
    if (!is_zero(slot.bytes.subspan(span.offset, span.size))) damage.bytes += span.size;
    return Flow::go_on;
  }
  const bool is_torn = span.kind == RecordSpan::Kind::torn;
  const bool wanted = !is_torn || carve_ == Carve::yes;
  if (is_torn) ++damage.torn;
  const bool proven = !is_torn && continuity.is_proven(record_number(slot.bytes, span.offset));
  if (!is_torn && !proven) ++damage.unproven;
  if (wanted && span.size >= kLeastRecordBytes &&
      decoder_.begin(span.offset + kRecordHeaderBytes, span.offset + span.size - 4)) {
    ++tally.records_read;
    if (is_torn) damage.bytes += span.size;
    return deliver(slot, span, proven ? Trust::full : Trust::marked, sink, damage);
  }
  if (!is_torn) ++damage.unreadable;
  ++tally.records_refused;
  damage.bytes += span.size;
  return Flow::go_on;
}

Flow ChunkReader::deliver(const Slot& slot, const RecordSpan& span, Trust trust, EventSink& sink,
                          Damage& damage) {
  Locator locator;
  locator.artifact = artifact_;
  locator.record_number = record_number(slot.bytes, span.offset);
  locator.byte_offset = slot.offset + span.offset;
  locator.byte_length = span.size;
  EventView view(decoder_.key(), locator, decoder_, fields_);
  if (trust == Trust::marked) view.set_damaged();
  const Flow flow = sink.event(view);
  if (trust == Trust::full && decoder_.damaged()) ++damage.incomplete;
  return flow;
}

// Records behind the free space are those of the log's earlier life: true once, but no longer part
// of it, and the definitions they refer to may have been overwritten.
Flow ChunkReader::carve(const Slot& slot, std::size_t from, EventSink& sink, Tally& tally) {
  decoder_.enter_chunk(slot.bytes);
  RecordWalk walk(slot.bytes, from, slot.bytes.size());
  RecordSpan span;
  Damage ignored;
  Flow flow = Flow::go_on;
  while (flow == Flow::go_on && walk.next(span)) {
    if (span.kind != RecordSpan::Kind::sound) continue;
    if (!decoder_.begin(span.offset + kRecordHeaderBytes, span.offset + span.size - 4)) continue;
    ++tally.records_read;
    flow = deliver(slot, span, Trust::marked, sink, ignored);
  }
  return flow;
}

}  // namespace rdptriage::reader::evtx
