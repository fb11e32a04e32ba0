// Which records earlier files of a case hold, so that a log that was exported twice counts once.
//
// Records of one machine's log are numbered one after the other until the log is cleared, so what
// is remembered of a file is runs of numbers with the time they span: memory grows with the gaps
// of an export, not with its records. The same number at another time is another record.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rdptriage/event.hpp"

namespace rdptriage::pipeline {

class SeenRecords {
 public:
  static constexpr std::size_t kMostRuns = 500'000;
  // `most_runs` bounds the memory; what does not fit is not compared.
  explicit SeenRecords(std::size_t most_runs = kMostRuns) : most_runs_(most_runs) {}

  struct Run {
    std::uint64_t first = 0, last = 0;  // record ids
    std::int64_t from = 0, to = 0;      // ticks
    bool zoned = true;
  };

  // What one file, or a thread's part of one, holds. The case's records must not change meanwhile.
  class OfFile {
   public:
    explicit OfFile(const SeenRecords& seen) : seen_(&seen) {}
    // An earlier file has this record; then it is counted. A list with local times has no more than
    // a log has, so its records are held against both, those of a log only against other logs.
    bool is_repeated(const EventView& event);
    // Remembers a record that was used. Torn ones are not: a whole copy may come.
    void add(const EventView& event);
    // Takes over what a later part of the same file holds, and empties it.
    void append(OfFile& later);
    std::uint64_t repeated() const { return repeated_; }

   private:
    friend class SeenRecords;
    struct OfLog {
      std::string log;
      std::vector<Run> runs;
    };
    OfLog& of_log(std::string name);

    const SeenRecords* seen_;
    std::vector<OfLog> logs_;
    std::size_t current_ = 0;  // the log of the record before
    std::string name_;
    std::uint64_t repeated_ = 0;
  };

  // Closes a file: later ones are held against it.
  void add(OfFile file);
  bool empty() const { return logs_.empty(); }
  // Some records could not be remembered.
  bool full() const { return full_; }

 private:
  // Runs that do not overlap, by their first number. A log that was cleared begins anew, and its
  // numbers come again.
  using Era = std::map<std::uint64_t, Run>;
  static constexpr std::size_t kMostEras = 8;

  bool has(const std::string& log, std::uint64_t id, std::int64_t ticks, bool zoned) const;
  bool insert(std::vector<Era>& eras, const Run& run);

  std::unordered_map<std::string, std::vector<Era>> logs_;
  std::size_t most_runs_, runs_ = 0;
  bool full_ = false;
};

}  // namespace rdptriage::pipeline
