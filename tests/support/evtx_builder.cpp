#include "support/evtx_builder.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "reader/evtx/layout.hpp"
#include "support/evtx_bytes.hpp"

namespace rdptriage::test {

using namespace reader::evtx;

EvtxBuilder::EvtxBuilder(std::uint64_t first_record_number) : next_number_(first_record_number) {}

void EvtxBuilder::end_chunk() { chunk_ended_ = true; }

void EvtxBuilder::add(const EvtxEvent& event, EvtxStyle style) {
  add(document(event, next_number_), event.time, style);
}

void EvtxBuilder::add(const EvtxElement& root, std::int64_t time, EvtxStyle style) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (chunk_ended_) {
      EvtxChunk fresh;
      fresh.bytes.assign(kChunkHeaderBytes, '\0');
      chunks_.push_back(std::move(fresh));
      chunk_ended_ = false;
    }
    EvtxChunk chunk = chunks_.back();
    write_record(root, next_number_, time, style, chunk);
    if (chunk.bytes.size() <= kChunkBytes) {
      chunks_.back() = std::move(chunk);
      ++next_number_;
      return;
    }
    chunk_ended_ = true;
  }
  chunks_.pop_back();
  assert(false && "the record does not fit into a chunk");
}

std::vector<std::byte> EvtxBuilder::finish() const {
  std::string log(kFileHeaderBytes, '\0');
  std::memcpy(log.data(), kFileMagic.data(), kFileMagic.size());
  put_at<std::uint64_t>(log, 16, chunks_.empty() ? 0 : chunks_.size() - 1);
  put_at(log, 24, next_number_);
  put_at<std::uint32_t>(log, 32, 128);
  put_at<std::uint16_t>(log, 36, 1);  // minor version
  put_at<std::uint16_t>(log, 38, 3);  // major version
  put_at<std::uint16_t>(log, 40, kFileHeaderBytes);
  put_at(log, 42, static_cast<std::uint16_t>(chunks_.size()));
  put_at(log, 124, crc32(std::string_view(log).substr(0, 120)));
  for (const EvtxChunk& built : chunks_) {
    std::string chunk = built.bytes;
    const auto free_space = static_cast<std::uint32_t>(chunk.size());
    chunk.resize(kChunkBytes, '\0');
    std::memcpy(chunk.data(), kChunkMagic.data(), kChunkMagic.size());
    put_at(chunk, 8, built.first_number);
    put_at(chunk, 16, built.last_number);
    put_at(chunk, 24, built.first_number);
    put_at(chunk, 32, built.last_number);
    put_at<std::uint32_t>(chunk, 40, 128);
    put_at(chunk, kChunkLastRecord, built.last_record);
    put_at(chunk, kChunkFreeSpace, free_space);
    const std::string_view all = chunk;
    put_at(chunk, 52, crc32(all.substr(kChunkHeaderBytes, free_space - kChunkHeaderBytes)));
    put_at(chunk, 124, crc32(all.substr(128, kChunkHeaderBytes - 128), crc32(all.substr(0, 120))));
    log += chunk;
  }
  const auto* const data = reinterpret_cast<const std::byte*>(log.data());
  return {data, data + log.size()};
}

void flip_bit(std::vector<std::byte>& log, std::size_t offset, unsigned bit) {
  log[offset] ^= static_cast<std::byte>(1U << bit);
}

void zero_page(std::vector<std::byte>& log, std::size_t offset) {
  const std::size_t end = std::min(log.size(), offset + 4096);
  for (; offset < end; ++offset) log[offset] = std::byte{0};
}

void swap_chunks(std::vector<std::byte>& log, std::size_t a, std::size_t b) {
  const auto begin = log.begin();
  std::swap_ranges(begin + static_cast<std::ptrdiff_t>(chunk_offset(a)),
                   begin + static_cast<std::ptrdiff_t>(chunk_offset(a + 1)),
                   begin + static_cast<std::ptrdiff_t>(chunk_offset(b)));
}

void drop_checksums(std::vector<std::byte>& log) {
  constexpr std::size_t kFlags = 120, kFileChecksum = 124;
  constexpr std::size_t kRecordsChecksum = 52, kHeaderChecksum = 124;
  log[kFlags] = std::byte{4};
  const auto zero = [&](std::size_t at) {
    std::fill_n(log.begin() + static_cast<std::ptrdiff_t>(at), 4, std::byte{0});
  };
  zero(kFileChecksum);
  for (std::size_t i = 0; chunk_offset(i) < log.size(); ++i) {
    zero(chunk_offset(i) + kRecordsChecksum);
    zero(chunk_offset(i) + kHeaderChecksum);
  }
}

void break_lists(std::vector<std::byte>& log, std::size_t chunk) {
  constexpr std::size_t kHeads = 128;
  const auto begin = log.begin() + static_cast<std::ptrdiff_t>(chunk_offset(chunk));
  std::fill(begin + kHeads, begin + kChunkHeaderBytes, std::byte{0xFF});
}

std::size_t chunk_offset(std::size_t index) { return kFileHeaderBytes + index * kChunkBytes; }

}  // namespace rdptriage::test
