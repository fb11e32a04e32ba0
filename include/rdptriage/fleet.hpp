// Many cases: one line each (kind "rdptriage.case", schema 1.0), and what the lines say together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/analyze.hpp"
#include "rdptriage/report.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage {

// SHA-256 of what a path holds as it lies on disk: a file's bytes, or the names and bytes of all
// files below a folder. Fails when something cannot be read.
Result<std::string> input_digest(const std::filesystem::path& path);

// What a batch knows of one case.
struct CaseSummary {
  struct Cause {
    std::string cause, title, category, confidence;
  };
  std::string input;   // the path as given; tells cases apart
  std::string digest;  // input_digest
  std::string tool_version, rules_version, rules_sha256;
  std::string case_id, fingerprint;
  std::string status, verdict, headline;  // as in a report
  std::vector<Cause> causes;
  std::vector<std::string> gateways;
  std::string first_failure;  // RFC 3339, of the first failed attempt; empty: unknown
  std::string stopped_at;
  std::vector<std::string> proof;  // the first lines of evidence of the first cause
  std::string fix_actor, fix;
  std::string collect_where, collect_why, collect_command;
  std::vector<std::string> notices;  // codes, each once
  std::string dedupe_key;
  std::vector<std::string> reports;  // files, relative to the batch's folder
  std::string error_code, error;     // why there is no report

  bool explained() const { return verdict == "diagnosed" || verdict == "suspected"; }
};

CaseSummary summarize(const Report& report, std::string input, std::string digest);
CaseSummary failed_case(const Error& error, std::string input, std::string digest);

// As one line of JSON, without the line feed.
std::string write_case_line(const CaseSummary& summary);
// Fails on what is no line of kind "rdptriage.case" with schema 1.x.
Result<CaseSummary> parse_case_line(std::string_view line);

// Lines put together. The order in which they come does not matter, and adding a line twice is
// adding it once: of two lines about the same input, the one of the newer tool and rules stays.
class Fleet {
 public:
  Result<void> add(std::string_view line);
  std::size_t size() const { return cases_.size(); }

  // "jsonl", "json" (counts), "html", "sarif" or "junit". Fails on another format.
  Result<void> write(std::string_view format, std::ostream& out) const;
  static std::vector<FormatInfo> formats();

 private:
  struct Entry {
    CaseSummary summary;
    std::string line;
  };
  std::map<std::string, Entry> cases_;  // by input
};

}  // namespace rdptriage
