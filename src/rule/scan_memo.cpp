#include "rule/scan_memo.hpp"

#include <cstring>

namespace rdptriage::rule {

namespace {
std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E37'79B9'7F4A'7C15U;
  return hash ^ (hash >> 32U);
}

std::uint64_t hash_of(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = mixed(seed, text.size()), word = 0;
  std::size_t at = 0;
  for (; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    hash = mixed(hash, word);
  }
  word = 0;
  std::memcpy(&word, text.data() + at, text.size() - at);
  return mixed(hash, word);
}
}  // namespace

ScanMemo::Entry& ScanMemo::find(const Prefilter& prefilter, FieldId field, std::string_view value) {
  const std::uint64_t hash = hash_of(reinterpret_cast<std::uintptr_t>(&prefilter) + field, value);
  Entry& entry = entries_[hash % kEntries];
  entry.known = entry.hash == hash && entry.prefilter == &prefilter && entry.field == field &&
                entry.value == value;
  if (!entry.known) {
    entry.hash = hash;
    entry.prefilter = &prefilter;
    entry.field = field;
    entry.value = value;
    entry.found.clear();
  }
  return entry;
}

}  // namespace rdptriage::rule
