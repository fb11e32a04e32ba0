// Walks inputs and writes down what the visitor was told, one line each.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "container/walk.hpp"
#include "support/archive_builder.hpp"

namespace rdptriage::test {

class Recorder final : public container::Visitor {
 public:
  std::vector<std::string> lines;
  std::vector<container::Artifact> artifacts;  // those for the readers
  std::vector<Notice> notices;
  std::vector<std::string> losses;  // why bundles are incomplete
  std::uint64_t bytes = 0;
  bool read_everything = true;

  void artifact(const container::Artifact& found, container::PeekSource& source) override {
    artifacts.push_back(found);
    std::string content;
    std::array<std::byte, 4096> block;
    while (read_everything) {
      auto count = source.read(block);
      if (!count || *count == 0) break;
      bytes += *count;
      if (content.size() < 64) {
        content.append(reinterpret_cast<const char*>(block.data()),
                       std::min<std::size_t>(*count, 64));
      }
    }
    lines.push_back("artifact " + found.path + " = " + content);
  }
  void bundle_begin(const container::Artifact& found, std::string_view format) override {
    lines.push_back("begin " + std::string(format) + ' ' + found.path);
  }
  void bundle_end(const container::Artifact& found, std::string_view lost) override {
    lines.push_back((lost.empty() ? "end " : "end-incomplete ") + found.path);
    if (!lost.empty()) losses.emplace_back(lost);
  }
  void not_used(const container::Artifact& found, const container::Sniffed& why) override {
    lines.push_back("not-used " + found.path + " = " + std::string(why.format));
  }
  void refused(const container::Artifact& found, Notice notice) override {
    lines.push_back("refused " + found.path + " = " + notice.code);
    notices.push_back(std::move(notice));
  }
  void notice(Notice notice) override {
    lines.push_back("notice " + notice.code);
    notices.push_back(std::move(notice));
  }

  bool has(const std::string& line) const {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  }
  std::size_t count_of(const std::string& code) const {
    return static_cast<std::size_t>(std::count_if(notices.begin(), notices.end(),
                                                  [&](const Notice& n) { return n.code == code; }));
  }
};

struct Walked {
  Recorder record;
  std::vector<Notice> listing_notices;
  std::vector<std::string> limits_hit;
};

inline Walked walk_inputs(const std::vector<container::WalkInput>& inputs, Limits limits = {}) {
  container::Guard guard(limits);
  container::Listing listing = container::list_artifacts(inputs, guard);
  container::Walk walk(listing, guard);
  Walked walked;
  for (const container::ListedFile& file : listing.files) walk.open(file, walked.record);
  walked.listing_notices = std::move(listing.notices);
  walked.limits_hit = guard.limits_hit();
  return walked;
}

inline Walked walk_bytes(const Bytes& bytes, Limits limits = {}, std::string name = "in") {
  return walk_inputs({{std::move(name), {}, bytes}}, limits);
}

}  // namespace rdptriage::test
