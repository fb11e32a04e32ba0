// Turns the slots of a log into events, and keeps account of every byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reader/evtx/record_decoder.hpp"
#include "reader/evtx/record_walk.hpp"
#include "reader/evtx/slot_source.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader::evtx {

// What came of some slots; tallies of consecutive slots add up.
struct Tally {
  std::uint64_t records_read = 0, records_refused = 0, bytes_lost = 0;
  std::uint64_t chunks = 0;
  bool damaged = false;
  std::vector<Notice> notices;

  void add(Tally&& later);
};

// A log that is damaged everywhere says so this often, then only counts.
inline constexpr std::size_t kMaxNotices = 50;

enum class Carve : std::uint8_t { no, yes };

// One per thread.
class ChunkReader {
 public:
  ChunkReader(std::uint32_t artifact, Carve carve, Route route = Route::planned_where_possible)
      : artifact_(artifact), carve_(carve), decoder_(route) {}

  Flow read(const Slot& slot, EventSink& sink, Tally& tally);

 private:
  struct Damage;
  class Continuity;
  enum class Trust : std::uint8_t { full, marked };

  Flow read_chunk(const Slot& slot, EventSink& sink, Tally& tally);
  Flow read_record(const Slot& slot, const RecordSpan& span, Continuity& continuity,
                   EventSink& sink, Tally& tally, Damage& damage);
  Flow carve(const Slot& slot, std::size_t from, EventSink& sink, Tally& tally);
  Flow deliver(const Slot& slot, const RecordSpan& span, Trust trust, EventSink& sink,
               Damage& damage);
  Notice notice(std::string code, std::string text, std::uint64_t offset,
                std::uint64_t bytes_lost) const;

  std::uint32_t artifact_;
  Carve carve_;
  RecordDecoder decoder_;
  std::vector<Field> fields_;
};

}  // namespace rdptriage::reader::evtx
