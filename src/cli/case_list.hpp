// The cases of a batch, one after the other, as they are given: arguments, folders, lists, a pipe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "rdptriage/result.hpp"

namespace rdptriage::cli {

// FNV-1a with its halves mixed: the same on every machine.
std::uint64_t path_hash(const std::string& path);

struct Shard {
  unsigned index = 1, count = 1;  // 1-based

  // A case is always in the same shard, whatever else is in the list.
  bool has(const std::string& input) const;
};

// "3/8". Fails when it is not 1/1 … n/n.
Result<Shard> parse_shard(const std::string& text);

class CaseList {
 public:
  CaseList(std::vector<std::string> paths, Shard shard);
  ~CaseList();
  CaseList(const CaseList&) = delete;
  CaseList& operator=(const CaseList&) = delete;

  // Every entry directly in the folder is a case.
  Result<void> add_entries_of(const std::string& folder);
  // A list, one path a line, read while the cases run; "-" is standard input.
  Result<void> add_list(const std::string& file);

  // The next case of this shard; nothing at the end, and when a signal ends the waiting.
  std::optional<std::string> next();
  // Whether the list could be read as far as next() went.
  const Result<void>& outcome() const { return outcome_; }

 private:
  bool read_more();
  std::optional<std::string> next_of_all();

  std::deque<std::string> known_;
  Shard shard_;
  int list_ = -1;  // file descriptor
  bool at_end_ = true;
  std::string buffer_, list_name_;
  Result<void> outcome_;
};

}  // namespace rdptriage::cli
