#include <fmt/format.h>

#include "support/catch.hpp"
#include "timeline/stages.hpp"
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
  struct Row {
    const char* name;
    std::vector<timeline::EventMark> said;  // of the client's record 0 and the host's record 1
    std::string_view client_of_host;
    const char* want;
  };
  const std::size_t tcp = *timeline::stage_depth("host-tcp"), nla = *timeline::stage_depth("nla");
  const std::size_t session = *timeline::stage_depth("session");
  const Row rows[] = {
      {"a client that opened no connection was accepted by nobody",
       {{0, Mark::broke, tcp}, {1, Mark::passed, tcp}},
       "",
       ""},
      {"a refused client is not the one whose session came up",
       {{0, Mark::broke, nla}, {1, Mark::arrived, session}},
       "",
       ""},
      {"both say that it failed in NLA",
       {{0, Mark::broke, nla}, {1, Mark::passed, tcp}, {1, Mark::broke, nla}},
       "",
       "pc -600±10 host 0±0"},
      {"the host saw the client's address", {}, "10.20.30.40:51234", "pc -600±10 host 0±0"},
      {"the host saw another address", {}, "10.9.9.9:4444", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Case input({{0, "pc", Mark::start}, {600, "host", Mark::start}});
    input.marks.insert(input.marks.end(), row.said.begin(), row.said.end());
    input.hints = {{0, "", "", "host"}, {1, "", std::string(row.client_of_host), ""}};
    input.claims.push_back({0, "pc", "client", {"10.20.30.40"}});
    CHECK(clocks_of(input.build()) == row.want);
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

TEST_CASE("attempts: what is near in time and of somebody else stays out") {
  const std::size_t tcp = *timeline::stage_depth("host-tcp"), nla = *timeline::stage_depth("nla");
  const std::size_t tls = *timeline::stage_depth("host-tls");
  struct Row {
    const char* name;
    std::vector<Record> records;
    std::vector<timeline::EventMark> said;
    std::vector<timeline::AttemptHint> hints;
    std::vector<timeline::EventIndex> want;  // of the first attempt
  };
  const Row rows[] = {
      {"another client's name",
       {{0, "pc", Mark::start}, {2, "host", Mark::bound}},
       {},
       {{1, "", "KIOSK-03", ""}},
       {0}},
      {"the client's name",
       {{0, "pc", Mark::start}, {2, "host", Mark::bound}},
       {},
       {{1, "", "PC", ""}},
       {0, 1}},
      {"a neighbor's address",
       {{0, "pc", Mark::start}, {2, "host", Mark::bound}},
       {},
       {{1, "bob", "10.20.30.50", ""}},
       {0}},
      {"an address of somewhere else may be on the way",
       {{0, "pc", Mark::start}, {2, "host", Mark::bound}},
       {},
       {{1, "bob", "198.51.100.9", ""}},
       {0, 1}},
      {"another client's log", {{0, "pc", Mark::start}, {2, "pc2", Mark::start}}, {}, {}, {0}},
      {"the host got further than the client says in the end",
       {{0, "pc", Mark::start}, {2, "host", Mark::bound}, {4, "pc", Mark::end}},
       {{1, Mark::broke, nla}, {2, Mark::broke, tcp}},
       {},
       {0, 2}},
      {"a failed logon of another user on the same host",
       {{0, "host", Mark::bound}, {2, "host", Mark::near}, {3, "host", Mark::near}},
       {{1, Mark::near, nla}, {2, Mark::near, nla}},
       {{0, "", "10.20.30.40:5000", ""},
        {1, "svc", "10.20.77.9", ""},
        {2, "anna", "10.20.30.40", ""}},
       {0, 2}},
      {"the TLS of a third machine, where both ends are known",
       {{0, "pc", Mark::start}, {1, "host", Mark::bound}, {2, "dc", Mark::near}},
       {{2, Mark::near, tls}},
       {},
       {0, 1}},
      {"the same machine's alert a minute later",
       {{0, "host", Mark::bound}, {60, "host", Mark::near}},
       {},
       {},
       {0}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Case input(row.records);
    input.marks.insert(input.marks.end(), row.said.begin(), row.said.end());
    input.hints = row.hints;
    for (timeline::HostClaim& claim : input.claims) {
      const std::string_view computer = row.records[claim.event].computer;
      if (computer == "dc") claim.role.clear();
      if (computer == "pc") claim = {claim.event, "pc", "client", {"10.20.30.40"}};
    }
    const timeline::Timeline timeline = input.build();
    REQUIRE(!timeline.attempts.empty());
    CHECK(timeline.attempts.front().events == row.want);
  }
}

TEST_CASE("attempts: what names a user beside the connection names the attempt's") {
  Case input({{0, "host", Mark::bound}, {1, "host", Mark::near}});
  input.hints = {{1, "CORP\\bob", "10.20.30.50", ""}};
  const timeline::Timeline timeline = input.build();
  REQUIRE(timeline.attempts.size() == 1);
  CHECK(timeline.attempts.front().user == "bob");
}
