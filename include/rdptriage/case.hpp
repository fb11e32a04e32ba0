// What one analysis looks at: paths and byte runs, opened when they are read.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rdptriage/focus.hpp"
#include "rdptriage/limits.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage {

// Counted up from several threads while a case is read, for whoever wants to show how far it is.
struct ReadProgress {
  std::atomic<std::uint64_t> files{0}, bytes{0};
};

struct CaseOptions {
  std::string case_id;
  Limits limits;
  unsigned jobs = 0;                   // 0: as many as the process may use
  bool carve = false;                  // EVTX: read stale records too, marked
  std::string code;                    // what the dialog showed, e.g. "0x904/0x7"
  bool sha256 = true;                  // hash artifacts for the report
  std::vector<std::string> passwords;  // tried on encrypted zip files, in order
  Focus focus;
  std::vector<KnownHost> hosts;
  DateOrder date_order = DateOrder::unknown;
  ReadProgress* progress = nullptr;  // outlives the analysis
};

class Case {
 public:
  explicit Case(CaseOptions options = {});

  // Adds a file, a folder, or "-" for standard input (read later). Fails when there is nothing at
  // `path`; what cannot be opened becomes a notice.
  Result<void> add_path(const std::filesystem::path& path);
  // Adds bytes under a name; they are copied.
  Result<void> add_bytes(std::string name, std::span<const std::byte> bytes);

  const CaseOptions& options() const { return options_; }

  struct Input {
    std::string name;            // as shown
    std::filesystem::path path;  // empty for bytes
    std::vector<std::byte> bytes;
  };
  const std::vector<Input>& inputs() const { return inputs_; }

 private:
  CaseOptions options_;
  std::vector<Input> inputs_;
};

}  // namespace rdptriage
