#include "reader/evtx/template_cache.hpp"

namespace rdptriage::reader::evtx {

namespace {
constexpr std::size_t kSlots = 4096;  // definitions a chunk can be asked for; real ones have < 200
constexpr std::size_t kMaxOpsHeld = 100'000;
// Definitions read in one chunk: distinct ones fit into its 64 KiB.
constexpr std::size_t kMaxBytesCompiled = 8 * kChunkBytes;
}  // namespace

TemplateCache::TemplateCache() : slots_(kSlots) {}

void TemplateCache::enter_chunk(Bytes chunk) {
  chunk_ = chunk;
  ++chunk_number_;
  slots_used_ = 0;
  bytes_compiled_ = 0;
  of_chunk_.clear();
}

void TemplateCache::begin_record() {
  if (ops_held_ <= kMaxOpsHeld) return;
  by_content_.clear();
  of_chunk_.clear();
  ops_held_ = 0;
  slots_used_ = 0;
  ++chunk_number_;
}

const Template* TemplateCache::find(std::uint32_t offset) {
  std::size_t at = offset * 2654435761U >> 20 & (kSlots - 1);
  while (slots_[at].chunk == chunk_number_) {
    if (slots_[at].offset == offset) return slots_[at].found;
    at = (at + 1) & (kSlots - 1);
  }
  if (slots_used_ >= kSlots / 2) return nullptr;
  ++slots_used_;
  slots_[at] = {offset, chunk_number_, compile(offset)};
  return slots_[at].found;
}

const Template* TemplateCache::compile(std::uint32_t offset) {
  const auto definition = locate_definition(chunk_, offset);
  if (!definition) return nullptr;
  bytes_compiled_ += definition->end - definition->begin;
  if (bytes_compiled_ > kMaxBytesCompiled) return nullptr;
  const auto content = fingerprint(chunk_, *definition);
  if (content) {
    const auto known = by_content_.find(*content);
    if (known != by_content_.end()) return known->second.get();
  }
  auto made = std::make_unique<Template>();
  made->well_formed = build_program(chunk_, definition->begin, definition->end,
                                    Place::template_definition, made->text, made->program);
  if (made->well_formed && !made->program.has_instances) {
    made->plan = plan_event(made->program, made->text);
  }
  ops_held_ += made->program.ops.size();
  const Template* const found = made.get();
  if (content) {
    by_content_.emplace(*content, std::move(made));
  } else {
    of_chunk_.push_back(std::move(made));
  }
  return found;
}

}  // namespace rdptriage::reader::evtx
