#include "rule/value_memo.hpp"

#include <cstring>

namespace rdptriage::rule {

namespace {
std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E37'79B9'7F4A'7C15U;
  return hash ^ (hash >> 32U);
}
}  // namespace

std::uint64_t hash_of_value(std::uint64_t question, std::string_view value) {
  std::uint64_t hash = mixed(question, value.size()), word = 0;
  std::size_t at = 0;
  for (; at + sizeof word <= value.size(); at += sizeof word) {
    std::memcpy(&word, value.data() + at, sizeof word);
    hash = mixed(hash, word);
  }
  word = 0;
  // An empty value may have no address, which memcpy does not take.
  if (at < value.size()) std::memcpy(&word, value.data() + at, value.size() - at);
  return mixed(hash, word);
}

}  // namespace rdptriage::rule
