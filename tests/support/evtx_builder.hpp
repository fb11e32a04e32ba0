// Writes Windows event logs (.evtx) from scratch, for tests and samples; other readers accept them.
//
//   EvtxBuilder log;
//   EvtxEvent event;
//   event.provider = "Microsoft-Windows-TerminalServices-Gateway";
//   event.event_id = 302;
//   event.event_data = {{"Username", EvtxValue::text("CONTOSO\\ann")}};
//   log.add(event);
//   const std::vector<std::byte> bytes = log.finish();
//
// Damage is done afterwards, to the finished bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/evtx_model.hpp"
#include "support/evtx_record_writer.hpp"

namespace rdptriage::test {

class EvtxBuilder {
 public:
  explicit EvtxBuilder(std::uint64_t first_record_number = 1);

  void add(const EvtxEvent& event, EvtxStyle style = EvtxStyle::templates);
  // REQUIRES: the record fits into a chunk.
  void add(const EvtxElement& document, std::int64_t time, EvtxStyle style = EvtxStyle::templates);
  // Later records go to a new chunk.
  void end_chunk();
  std::uint64_t next_record_number() const { return next_number_; }
  // The records up to `number` were in chunks that the log has no more.
  void skip_to(std::uint64_t number) {
    end_chunk();
    next_number_ = number;
  }

  // The log, checksums right. The builder can go on afterwards.
  std::vector<std::byte> finish() const;

 private:
  std::vector<EvtxChunk> chunks_;
  std::uint64_t next_number_;
  bool chunk_ended_ = true;
};

// Damage, for finished logs.
void flip_bit(std::vector<std::byte>& log, std::size_t offset, unsigned bit);
void zero_page(std::vector<std::byte>& log, std::size_t offset);  // 4096 bytes, clipped
void swap_chunks(std::vector<std::byte>& log, std::size_t a, std::size_t b);
// No checksums, as the header's flag then says.
void drop_checksums(std::vector<std::byte>& log);
// The lists of names and templates of a chunk lead into nothing.
void break_lists(std::vector<std::byte>& log, std::size_t chunk);
// Offset of a chunk in a log.
std::size_t chunk_offset(std::size_t index);

}  // namespace rdptriage::test
