// Rules run over logs without a diagnosis: what is bounded, and that it is said.
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

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

namespace {
struct Order {
  std::string told;  // "e0.jsonl:1 e0.jsonl:2 …"
  std::uint64_t artifacts_used = 0;
};

// Files of so many matches each, with the limit on matches that are kept ahead.
Order order_of(unsigned jobs, std::uint64_t most_ahead, bool sha256,
               const std::vector<int>& sizes) {
  const std::filesystem::path folder =
      std::filesystem::path(RDPTRIAGE_BINARY_DIR) / "test-files/match_order";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "r.yml") << "title: One\nname: one\nlogsource: {product: windows}\n"
                                     "detection: {s: {EventID: 1}, condition: s}\n";
  CaseOptions options;
  options.jobs = jobs;
  options.sha256 = sha256;
  Case input(options);
  std::size_t file = 0;
  for (const int size : sizes) {
    std::string lines;
    for (int i = 0; i < size; ++i) {
      lines += R"({"Channel": "System", "EventID": 1, "N": )" + std::to_string(i) + "}\n";
    }
    REQUIRE(input.add_bytes("e" + std::to_string(file++) + ".jsonl",
                            std::as_bytes(std::span<const char>(lines))));
  }
  RuleSelection selection;
  selection.paths = {folder / "r.yml"};
  selection.most_ahead = most_ahead;
  Order order;
  const auto summary = match_rules(input, selection, [&](const RuleMatch& match) {
    order.told += std::string(match.artifact) + ":" + std::to_string(match.index) + " ";
  });
  REQUIRE(summary);
  for (const ArtifactReport& artifact : summary->artifacts) {
    if (artifact.state == ArtifactState::used) ++order.artifacts_used;
  }
  return order;
}
}  // namespace

TEST_CASE("match rules: matches are told in order, however few are kept ahead") {
  const std::vector<int> sizes = {40, 300, 2, 0, 170, 5};
  const std::string all = order_of(1, 1'000'000, false, sizes).told;
  CHECK(all.find("e1.jsonl:299 e2.jsonl:0 ") != std::string::npos);
  for (const unsigned jobs : {1U, 2U, 4U}) {
    for (const std::uint64_t most_ahead : {0U, 3U, 200U}) {
      INFO(jobs << " jobs, " << most_ahead << " ahead");
      CHECK(order_of(jobs, most_ahead, false, sizes).told == all);
      CHECK(order_of(jobs, most_ahead, true, sizes).told == all);
    }
  }
}

TEST_CASE("match rules: bytes that were met before are told once where files are hashed") {
  const std::vector<int> sizes = {10, 50, 50};
  for (const unsigned jobs : {1U, 3U}) {
    const Order once = order_of(jobs, 3, true, sizes);
    CHECK(once.told.find("e2.jsonl") == std::string::npos);
    CHECK(once.artifacts_used == 2);
    CHECK(order_of(jobs, 3, false, sizes).told.find("e2.jsonl:49") != std::string::npos);
  }
}

namespace {
// "rule rule …" of what matches.
std::string rules_matching(const RuleSelection& selection, const Case& input) {
  std::string out;
  const auto summary = match_rules(
      input, selection, [&](const RuleMatch& match) { out += std::string(match.rule) + " "; });
  REQUIRE(summary);
  return out;
}
}  // namespace

TEST_CASE("match rules: traces and captures are read by the formats of the built-in pack") {
  Case input;
  REQUIRE(input.add_path(RDPTRIAGE_SOURCE_DIR "/samples/nothing-listens/case"));
  CHECK(rules_matching({}, input).find("netstat_rdp_not_listening ") != std::string::npos);
}

TEST_CASE("match rules: a pack brings its own format of a text") {
  const std::filesystem::path folder =
      std::filesystem::path(RDPTRIAGE_BINARY_DIR) / "test-files/match_format";
  std::filesystem::create_directories(folder / "formats");
  std::ofstream(folder / "formats/tunnel.yml")
      << "format: contoso-tunnel\ntitle: Log of a tunnel\nclient: contoso\n"
         "signs: ['^CTVPN \\d+ (INFO|ERROR) ']\n"
         "prefixes:\n"
         "    - expr: '^CTVPN (?P<ProcessId>\\d+) (?P<Level>[A-Z]+) (?P<Message>.*)$'\n"
         "samples:\n"
         "    - {line: 'CTVPN 4711 ERROR torn', fields: {Message: torn}}\n";
  std::ofstream(folder / "r.yml")
      << "title: Torn\nname: torn\nlogsource: {product: rdp, service: client-trace}\n"
         "detection: {s: {Message|startswith: torn, Level: ERROR}, condition: s}\n";
  const std::string trace = "CTVPN 1 INFO tunnel up\nCTVPN 1 ERROR torn down\n";
  Case input;
  REQUIRE(input.add_bytes("tunnel.log", std::as_bytes(std::span<const char>(trace))));
  RuleSelection selection;
  selection.paths = {folder};
  CHECK(rules_matching(selection, input) == "torn ");
  selection.paths = {folder / "r.yml"};
  CHECK(rules_matching(selection, input).empty());
}
