// The general way through a record: runs its tokens and those of its templates and nested values
// as one document.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reader/event_assembler.hpp"
#include "reader/evtx/template_cache.hpp"

namespace rdptriage::reader::evtx {

// Reused from record to record, for the chunks of one TemplateCache.
class Walker {
 public:
  Walker(TemplateCache& templates, base::Arena& arena, EventAssembler& out)
      : templates_(templates), arena_(arena), out_(out) {}

  // Runs the fragment chunk[begin, end). False when some of it could not be read; what could is in
  // the assembler.
  bool run(Bytes chunk, std::size_t begin, std::size_t end);

 private:
  using Values = std::span<const Value>;

  bool fragment(std::size_t begin, std::size_t end, unsigned depth);
  bool instance(std::size_t at, std::size_t end, unsigned depth);
  bool ops(const Program& program, std::size_t begin, std::size_t end, Values values,
           unsigned depth);
  bool element(const Program& program, std::size_t open, Values values, unsigned depth);
  bool element_once(const Program& program, std::size_t open, Values values, unsigned depth,
                    const Value* item);
  void attributes(const Program& program, std::size_t begin, std::size_t end, Values values);
  bool spend();

  TemplateCache& templates_;
  base::Arena& arena_;
  EventAssembler& out_;
  Bytes chunk_;
  std::string attribute_;
  std::size_t steps_ = 0;
  unsigned open_elements_ = 0;
  bool damaged_ = false;
};

}  // namespace rdptriage::reader::evtx
