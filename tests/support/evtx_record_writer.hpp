// Turns documents into BinXML records, chunk by chunk; the part of EvtxBuilder that knows tokens.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/evtx_model.hpp"

namespace rdptriage::test {

enum class EvtxStyle : std::uint8_t {
  templates,     // as Windows logs
  no_templates,  // as collectors write forwarded events
};

// A chunk as far as it is written, without what finishing it adds to its header.
struct EvtxChunk {
  std::string bytes;
  std::vector<std::pair<std::string, std::uint32_t>> names, templates;  // and where they are
  std::uint64_t first_number = 0, last_number = 0;
  std::uint32_t last_record = 0;
};

// Appends one record, even beyond a chunk's size.
void write_record(const EvtxElement& root, std::uint64_t number, std::int64_t time, EvtxStyle style,
                  EvtxChunk& chunk);

}  // namespace rdptriage::test
