// Templates of one log, compiled once for each content: every chunk carries its own copy of the
// definitions it uses, at other offsets and with its names elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/arena.hpp"
#include "reader/evtx/event_plan.hpp"

namespace rdptriage::reader::evtx {

struct Template {
  base::Arena text;
  Program program;
  std::optional<EventPlan> plan;
  bool well_formed = false;
};

// One per thread and artifact: a log never sees the templates of another.
class TemplateCache {
 public:
  TemplateCache();

  // From now on offsets mean `chunk`, which must stay until the next call.
  void enter_chunk(Bytes chunk);
  // The template defined at `offset`, or null when there is none to read. Valid until the next
  // enter_chunk() or begin_record().
  const Template* find(std::uint32_t offset);
  // Frees memory when definitions have taken too much of it. Overlapping definitions, each as large
  // as the chunk, can be written; real logs have a few thousand tokens a chunk.
  void begin_record();

 private:
  struct Slot {
    std::uint32_t offset = 0;
    std::uint32_t chunk = 0;  // the slot is empty unless this is the current chunk's number
    const Template* found = nullptr;
  };
  const Template* compile(std::uint32_t offset);

  Bytes chunk_;
  std::uint32_t chunk_number_ = 0;
  std::vector<Slot> slots_;  // open addressing by offset
  std::size_t slots_used_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Template>> by_content_;
  std::vector<std::unique_ptr<Template>> of_chunk_;  // bound to the chunk, or of odd content
  std::size_t ops_held_ = 0;
  std::size_t bytes_compiled_ = 0;  // in this chunk
};

}  // namespace rdptriage::reader::evtx
