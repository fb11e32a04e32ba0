// The tables of limits in docs/cli.md say what the program does.
#include <fmt/format.h>

#include <fstream>

#include "cli/output.hpp"
#include "cli/sandbox.hpp"
#include "container/walk.hpp"
#include "pipeline/matching_consumer.hpp"
#include "pipeline/notice_cap.hpp"
#include "pipeline/same_bytes.hpp"
#include "pipeline/seen_records.hpp"
#include "rdptriage/limits.hpp"
#include "rdptriage/threads.hpp"
#include "reader/event_assembler.hpp"
#include "reader/event_xml.hpp"
#include "reader/evtx/binxml.hpp"
#include "support/catch.hpp"

using namespace rdptriage;

namespace {
// 20000 → "20,000"
std::string count(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}
// 67108864 → "64 MiB"
std::string bytes(std::uint64_t number) {
  const char* const units[] = {"bytes", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  for (; number >= 1024 && number % 1024 == 0 && unit < 3; number /= 1024) ++unit;
  return fmt::format("{} {}", number, units[unit]);
}
}  // namespace

TEST_CASE("limits: the tables of docs/cli.md are the program's") {
  const Limits limits;
  struct Row {
    const char* what;  // how its first cell begins
    std::string limit;
    std::string elsewhere = {};  // in a later cell
  };
  const Row rows[] = {
      {"`--max-depth`", count(limits.max_depth)},
      {"`--max-entries`", count(limits.max_entries)},
      {"`--max-expanded`", bytes(limits.max_expanded_bytes)},
      {"`--max-ratio`", count(limits.max_ratio), "above " + bytes(limits.ratio_floor_bytes)},
      {"`--max-line`", bytes(limits.max_line_bytes)},
      {"memory of the process", bytes(cli::kMostMemory)},
      {"a report for `report`", bytes(cli::kMostReportBytes)},
      {"threads", count(kMostThreads)},
      {"a 7-Zip archive inside another bundle", bytes(container::kMaxHeldBundle)},
      {"nesting of bundles", count(container::kDeepestBundle)},
      {"one event of an XML export", bytes(reader::kMaxEventXml)},
      {"elements inside each other", count(reader::kMaxXmlDepth)},
      {"text of one event", bytes(reader::kMaxEventText)},
      {"matches of a rule that are kept", count(pipeline::kKeptPerRule)},
      {"notices about one file", count(pipeline::NoticeCap::kMost)},
      {"a member of a bundle that begins", bytes(pipeline::SeenBytes::kMostHeld)},
      {"gaps in exports", count(pipeline::SeenRecords::kMostRuns)},
  };
  CHECK(reader::kMaxXmlDepth == reader::evtx::kMaxElementDepth);
  std::ifstream in(std::string(RDPTRIAGE_SOURCE_DIR) + "/docs/cli.md");
  std::size_t found = 0, listed = 0;
  bool in_limits = false;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("## ", 0) == 0) in_limits = line == "## Limits";
    if (!in_limits || line.rfind("| ", 0) != 0) continue;
    if (line.find("| limit") != std::string::npos) continue;  // a head
    ++listed;
    for (const Row& row : rows) {
      if (line.rfind("| " + std::string(row.what), 0) != 0) continue;
      INFO(line);
      const auto second = line.find(" | ") + 3;
      const std::string cell = line.substr(second, line.find(" |", second) - second);
      CHECK((cell == row.limit || cell.rfind(row.limit + ", ", 0) == 0));
      CHECK(line.find(row.elsewhere) != std::string::npos);
      ++found;
    }
  }
  CHECK(found == std::size(rows));
  CHECK(listed == std::size(rows));
}
