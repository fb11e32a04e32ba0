// One record of a chunk as an EventView: its key at once, the rest when somebody asks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/arena.hpp"
#include "rdptriage/event.hpp"
#include "reader/event_assembler.hpp"
#include "reader/evtx/template_cache.hpp"
#include "reader/evtx/walker.hpp"

namespace rdptriage::reader::evtx {

// Which way records take; `general` is for tests, which compare the two.
enum class Route : std::uint8_t { planned_where_possible, general };

// Reused from record to record. All views live until the next begin().
class RecordDecoder final : public EventDecoder {
 public:
  explicit RecordDecoder(Route route = Route::planned_where_possible)
      : route_(route), assembler_(arena_), walker_(templates_, arena_, assembler_) {}
  RecordDecoder(const RecordDecoder&) = delete;
  RecordDecoder& operator=(const RecordDecoder&) = delete;

  // From now on records are those of `chunk` (its header included).
  void enter_chunk(Bytes chunk);
  // Takes up the BinXML in chunk[begin, end) and decodes the key. False: this is no event.
  bool begin(std::size_t begin, std::size_t end);

  const EventKey& key() const { return key_; }
  // Some of the event could not be read. Complete once system() and fields() were asked for.
  bool damaged() const override { return damaged_; }

  void decode_system(SystemFields& out) override;
  void decode_fields(std::vector<Field>& out) override;

 private:
  bool begin_planned(std::size_t at, std::size_t end);
  bool begin_general(std::size_t begin, std::size_t end);
  const Value* value_of(const Source& source) const;
  std::optional<std::string_view> text_of(SystemSlot slot);
  template <class Number>
  std::optional<Number> number_of(SystemSlot slot) const;
  bool planned_fields(const EventPlan& plan, std::span<const Value> values, bool nested,
                      std::vector<Field>& out);
  bool nested_fields(const Value& value, EventPlan::Root root, std::vector<Field>& out);

  const Route route_;
  base::Arena arena_;
  TemplateCache templates_;
  EventAssembler assembler_;
  Walker walker_;
  Bytes chunk_;
  std::size_t begin_ = 0, end_ = 0;
  const EventPlan* plan_ = nullptr;  // null: the general way, all is in assembler_
  std::span<const Value> values_;
  std::vector<Value> value_storage_, nested_storage_;
  EventKey key_;
  bool damaged_ = false;
};

}  // namespace rdptriage::reader::evtx
