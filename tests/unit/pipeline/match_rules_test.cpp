// Rules run over logs without a diagnosis: what is bounded, and that it is said.
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "rdptriage/case.hpp"
#include "rdptriage/rules.hpp"
#include "support/catch.hpp"

using namespace rdptriage;

namespace {
struct Found {
  std::uint64_t detections = 0, firings = 0;
  std::string notices;
};

Found run(unsigned jobs, std::uint64_t most) {
  const std::filesystem::path folder =
      std::filesystem::path(RDPTRIAGE_BINARY_DIR) / "test-files/match_limit";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "r.yml")
      << "title: One\nname: one\nlogsource: {product: windows}\n"
         "detection: {s: {EventID: 1}, condition: s}\n---\n"
         "title: Two\nname: two\ncorrelation: {type: event_count, rules: [one], timespan: 1m,\n"
         "  condition: {gte: 2}, generate: true}\n";
  CaseOptions options;
  options.jobs = jobs;
  Case input(options);
  for (int file = 0; file < 3; ++file) {
    std::string lines;
    for (int i = 0; i < 4; ++i) {
      lines += R"({"timestamp": "2026-11-20T09:0)" + std::to_string(2 * file) + ":0" +
               std::to_string(i) + R"(Z", "Channel": "System", "EventID": 1})" + "\n";
    }
    REQUIRE(input.add_bytes("e" + std::to_string(file) + ".jsonl",
                            std::as_bytes(std::span<const char>(lines))));
  }
  RuleSelection selection;
  selection.paths = {folder / "r.yml"};
  selection.most_correlated = most;
  Found found;
  const auto summary = match_rules(input, selection, [&](const RuleMatch& match) {
    ++(match.kind == RuleMatch::Kind::detection ? found.detections : found.firings);
  });
  REQUIRE(summary);
  for (const Notice& notice : summary->notices) found.notices += notice.code + ": " + notice.text;
  return found;
}
}  // namespace

TEST_CASE("match rules: correlations see so many matches, the rest is counted") {
  for (const unsigned jobs : {1U, 4U}) {
    const Found all = run(jobs, 1'000'000);
    CHECK(all.detections == 12);
    CHECK(all.firings == 3);
    CHECK(all.notices.empty());
    const Found some = run(jobs, 6);
    CHECK(some.detections == 12);
    CHECK(some.firings == 2);
    CHECK(some.notices.find("CORRELATIONS_CUT") == 0);
    CHECK(some.notices.find("the first 6 matches; 6 more") != std::string::npos);
  }
}
