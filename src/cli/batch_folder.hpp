// The folder of a batch: the lines of each shard, and the reports.
//
//   cases-2-of-8.jsonl        the lines of a finished shard, sorted by input
//   cases-2-of-8.jsonl.part   the lines of a shard under way or killed, as they came
//   reports/NAME-HASH.json    one file a case and format
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "cli/case_list.hpp"
#include "cli/output.hpp"
#include "rdptriage/fleet.hpp"

namespace rdptriage::cli {

class BatchFolder {
 public:
  enum class Begin : unsigned char { anew, resume, replace };

  BatchFolder(std::filesystem::path folder, Shard shard);
  ~BatchFolder();
  BatchFolder(const BatchFolder&) = delete;
  BatchFolder& operator=(const BatchFolder&) = delete;

  // Makes the folder and opens the journal. `anew` fails when the shard's lines are there already;
  // `resume` remembers every line of every shard in the folder.
  Result<void> open(Begin begin);

  // The line that an earlier run wrote about this input, when nothing has changed since.
  const std::string* finished(const std::string& input, const std::string& digest,
                              const std::string& tool_version,
                              const std::string& rules_sha256) const;

  // "reports/INC0012345-1f3a….html" for a case; relative to the folder.
  static std::filesystem::path report_file(const std::string& input, std::string_view extension);
  const std::filesystem::path& path() const { return folder_; }

  // Appends the line to the journal at once.
  Result<void> add(const std::string& input, const std::string& line);
  // The shard is done: its lines become one sorted file, the journal goes.
  Result<void> finish();

 private:
  std::filesystem::path lines_file() const;
  std::filesystem::path journal_file() const;

  std::filesystem::path folder_;
  Shard shard_;
  int journal_ = -1;
  std::uint64_t journal_end_ = 0;
  struct Place {
    std::uint64_t offset = 0, length = 0;
  };
  std::map<std::string, Place> written_;  // by input: where its line stands in the journal
  struct Finished {
    CaseSummary summary;
    std::string line;
  };
  std::map<std::string, Finished> finished_;
};

// Every file of lines at `path`: a folder of a batch (finished and unfinished shards), or a file.
// Calls `each` with every line that is whole.
Result<void> for_each_line(const std::filesystem::path& path,
                           FunctionRef<void(const std::string& line)> each);

}  // namespace rdptriage::cli
