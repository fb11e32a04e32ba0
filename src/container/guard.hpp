// One guard for a whole case: what bundles may cost, counted across nesting and across inputs.
// A limit stops the bundle it is met in, never the program, and says which flag raises it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rdptriage/limits.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage::container {

// Not thread-safe: only listing and the reading of bundles count, and both are sequential, so that
// the same limit is met at the same place whatever the number of threads.
class Guard {
 public:
  // `passwords` are for encrypted bundles.
  explicit Guard(Limits limits, std::vector<std::string> passwords = {})
      : limits_(limits), passwords_(std::move(passwords)) {}

  const Limits& limits() const { return limits_; }
  const std::vector<std::string>& passwords() const { return passwords_; }

  // One more artifact, folder entry or archive member. Fails with LIMIT_ENTRIES.
  Result<void> add_entry(const std::string& where);
  // `count` more bytes came out of the outermost bundle, which is `packed` bytes long so far as is
  // known. Fails with LIMIT_EXPANDED or LIMIT_RATIO.
  Result<void> add_expanded(std::uint64_t count, std::uint64_t packed, const std::string& where);
  // A bundle inside `depth - 1` others is about to be opened. Fails with LIMIT_DEPTH.
  Result<void> check_depth(std::uint32_t depth, const std::string& where);

  // Starts the count for the ratio: one outermost bundle after the other.
  void begin_bundle() { expanded_of_bundle_ = 0; }
  // No bundle is worth opening any more.
  bool exhausted() const { return exhausted_; }
  // Codes of the limits that were met, each once, in the order met.
  const std::vector<std::string>& limits_hit() const { return limits_hit_; }

 private:
  tl::unexpected<Error> refuse(const char* code, std::string message, const std::string& where,
                               std::string help);

  Limits limits_;
  std::vector<std::string> passwords_;
  std::uint64_t entries_ = 0;
  std::uint64_t expanded_ = 0;
  std::uint64_t expanded_of_bundle_ = 0;
  bool exhausted_ = false;
  std::vector<std::string> limits_hit_;
};

}  // namespace rdptriage::container
