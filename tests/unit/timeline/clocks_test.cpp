#include <fmt/format.h>

#include "support/catch.hpp"
#include "timeline/timeline.hpp"

using namespace rdptriage;
using timeline::Mark;

namespace {
constexpr std::int64_t kSecond = 10'000'000;
constexpr std::int64_t kStart = std::int64_t{150'000} * 86'400 * kSecond;

struct Record {
  int second;
  std::string_view computer;
  Mark mark;
  std::string_view activity = {};
};

class Case {
 public:
  explicit Case(const std::vector<Record>& records) {
    for (const Record& from : records) {
      event::Event& event = store_.events().emplace_back();
      event.key.channel = from.computer;
      event.key.event_id = 1;
      event.key.time = Timestamp{kStart + from.second * kSecond};
      event.key.time_quality = TimeQuality::utc;
      event.system.computer = from.computer;
      if (!from.activity.empty()) event.system.activity_id = from.activity;
      const auto index = static_cast<std::uint32_t>(marks.size());
      marks.push_back({index, from.mark});
      claims.push_back({index, "", from.computer == "host" ? "session-host" : "client"});
    }
  }

  timeline::Timeline build() { return timeline::build_timeline(store_, {claims, marks, hints}); }

  std::vector<timeline::EventMark> marks;
  std::vector<timeline::HostClaim> claims;
  std::vector<timeline::AttemptHint> hints;

 private:
  event::EventStore store_;
};

// "pc -3600±2", of every machine with a measured clock.
std::string clocks_of(const timeline::Timeline& timeline) {
  std::string out;
  for (const timeline::HostRecord& host : timeline.hosts) {
    if (!host.clock_offset) continue;
    if (!out.empty()) out += ' ';
    out += fmt::format("{} {}±{}", host.key, *host.clock_offset / kSecond,
                       *host.clock_uncertainty / kSecond);
  }
  return out;
}

constexpr std::string_view kA = "{AAAAAAAA-0000-0000-0000-000000000001}";
constexpr std::string_view kB = "{BBBBBBBB-0000-0000-0000-000000000002}";
}  // namespace

TEST_CASE("clocks: what two machines logged at the same moment") {
  struct Row {
    const char* name;
    std::vector<Record> records;
    const char* want;
    std::size_t attempts;
  };
  const Row rows[] = {
      {"one activity, an hour apart",
       {{0, "pc", Mark::start, kA}, {3600, "host", Mark::start, kA}},
       "pc -3600±2 host 0±0",
       1},
      {"the way over the network is no difference",
       {{0, "pc", Mark::start, kA}, {1, "host", Mark::start, kA}},
       "pc 0±2 host 0±0",
       1},
      {"activities that do not agree widen the uncertainty",
       {{0, "pc", Mark::start, kA},
        {120, "host", Mark::start, kA},
        {200, "pc", Mark::start, kB},
        {300, "host", Mark::start, kB}},
       "pc -100±10 host 0±0",
       2},
      {"three tries with the same pauses",
       {{0, "pc", Mark::start},
        {100, "pc", Mark::start},
        {450, "pc", Mark::start},
        {1800, "host", Mark::start},
        {1900, "host", Mark::start},
        {2250, "host", Mark::start}},
       "pc -1800±2 host 0±0",
       3},
      {"tries at regular intervals fit at many places",
       {{0, "pc", Mark::start},
        {100, "pc", Mark::start},
        {200, "pc", Mark::start},
        {300, "pc", Mark::start},
        {1000, "host", Mark::start},
        {1100, "host", Mark::start},
        {1200, "host", Mark::start},
        {1300, "host", Mark::start}},
       "",
       8},
      {"one try each says nothing by itself",
       {{0, "pc", Mark::start}, {1800, "host", Mark::start}},
       "",
       2},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Case input(row.records);
    const timeline::Timeline timeline = input.build();
    CHECK(clocks_of(timeline) == row.want);
    CHECK(timeline.attempts.size() == row.attempts);
  }
}

TEST_CASE("clocks: one try each is the same when one machine names the other") {
  for (const int offset : {-3600, -600, 600, 3600}) {
    INFO(offset);
    Case input({{0, "pc", Mark::start}, {offset, "host", Mark::start}});
    input.hints.push_back({0, "", "", "HOST.corp.example"});
    const timeline::Timeline timeline = input.build();
    CHECK(clocks_of(timeline) == fmt::format("pc {}±10 host 0±0", -offset));
    REQUIRE(timeline.attempts.size() == 1);
    CHECK(timeline.attempts[0].targets.size() == 1);
  }
  Case far({{0, "pc", Mark::start}, {5 * 3600, "host", Mark::start}});
  far.hints.push_back({0, "", "", "host"});
  CHECK(clocks_of(far.build()).empty());
}

TEST_CASE("attempts: users of the same moment are told apart by whom the records name") {
  Case input({{0, "host", Mark::start},
              {1, "host", Mark::bound},
              {2, "host", Mark::start},
              {3, "host", Mark::bound},
              {4, "host", Mark::bound}});
  input.hints = {{0, "", "10.0.0.5:51234", ""},
                 {1, "CORP\\anna", "10.0.0.5", ""},
                 {2, "", "10.0.0.6:50001", ""},
                 {3, "CORP\\bert", "10.0.0.6", ""},
                 {4, "anna@corp.example", "", ""}};
  const timeline::Timeline timeline = input.build();
  REQUIRE(timeline.attempts.size() == 2);
  CHECK(timeline.attempts[0].events == std::vector<timeline::EventIndex>{0, 1, 4});
  CHECK(timeline.attempts[0].user == "anna");
  CHECK(timeline.attempts[1].events == std::vector<timeline::EventIndex>{2, 3});
}
