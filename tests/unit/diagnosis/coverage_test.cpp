#include "diagnosis/coverage.hpp"

#include "support/catch.hpp"

using namespace rdptriage;
using diagnosis::Coverage;
using diagnosis::LogState;
using diagnosis::Reach;
using diagnosis::SourceSet;
using diagnosis::SourceSpan;

namespace {
constexpr std::int64_t kMinute = std::int64_t{60} * 10'000'000;
constexpr const char* kLog = "windows/system";

// A client, a session host whose clock is an hour fast, and one attempt from minute 100 to 101.
timeline::Timeline two_machines() {
  timeline::Timeline timeline;
  timeline.hosts.resize(2);
  timeline.hosts[0].key = timeline.hosts[0].name = "pc";
  timeline.hosts[0].roles = {"client"};
  timeline.hosts[1].key = timeline.hosts[1].name = "rds";
  timeline.hosts[1].roles = {"session-host"};
  timeline.hosts[1].clock_offset = 60 * kMinute;
  auto& attempt = timeline.attempts.emplace_back();
  attempt.start = 100 * kMinute;
  attempt.end = 101 * kMinute;
  attempt.hosts = {0, 1};
  return timeline;
}

SourceSpan span(const char* computer, std::int64_t first, std::int64_t last) {
  SourceSpan out;
  out.source = kLog;
  out.computer = computer;
  out.first = first * kMinute;
  out.last = last * kMinute;
  return out;
}
}  // namespace

TEST_CASE("coverage: records without a number missing are one run, in either order") {
  SourceSpan up, down;
  for (std::uint64_t i = 0; i < 5; ++i) {
    add_record(up, 10 + i, static_cast<std::int64_t>(i));
    add_record(down, 14 - i, static_cast<std::int64_t>(4 - i));
  }
  REQUIRE(up.runs.size() == 1);
  CHECK(up.runs[0].first_number == 10);
  CHECK(up.runs[0].last_number == 14);
  REQUIRE(down.runs.size() == 1);
  CHECK(down.runs[0].first_number == 10);
  CHECK(down.runs[0].first == 0);
}

TEST_CASE("coverage: a log that was read in two parts is the log read in one") {
  SourceSpan whole, first, second;
  for (std::uint64_t i = 0; i < 10; ++i) {
    if (i == 7) continue;
    add_record(whole, i, static_cast<std::int64_t>(i));
    add_record(i < 4 ? first : second, i, static_cast<std::int64_t>(i));
  }
  join_spans(first, second);
  REQUIRE(first.runs.size() == whole.runs.size());
  CHECK(first.runs.size() == 2);
  CHECK(first.runs[0].last_number == 6);
  CHECK(first.runs[1].first_number == 8);
}

TEST_CASE("coverage: a selection of records is kept in bounds") {
  SourceSpan some;
  for (std::uint64_t i = 0; i < 2000; ++i) add_record(some, 3 * i, 0);
  CHECK(some.in_pieces);
  CHECK(some.runs.size() == 256);
}

TEST_CASE("coverage: how a log reaches an attempt") {
  const timeline::Timeline timeline = two_machines();
  struct Row {
    const char* name;
    std::vector<SourceSpan> spans;
    const char* role;
    Reach::Kind want;
  };
  SourceSpan gap = span("rds", 0, 300);
  gap.runs = {{1, 50, 0, 155 * kMinute}, {80, 90, 170 * kMinute, 300 * kMinute}};
  SourceSpan later_gap = span("rds", 0, 300);
  later_gap.runs = {{1, 50, 0, 200 * kMinute}, {80, 90, 210 * kMinute, 300 * kMinute}};
  const Row rows[] = {
      {"it goes back far enough", {span("rds", 0, 300)}, "session-host", Reach::Kind::reaches},
      {"it begins later, on its own clock too",
       {span("rds", 190, 300)},
       "",
       Reach::Kind::begins_after},
      {"it begins earlier when its clock is set right",
       {span("rds", 150, 300)},
       "",
       Reach::Kind::reaches},
      {"records of that time are missing", {gap}, "session-host", Reach::Kind::gap},
      {"records of another time are missing", {later_gap}, "session-host", Reach::Kind::reaches},
      {"it is the client's", {span("pc", 0, 300)}, "session-host", Reach::Kind::other_machine},
      {"it is the client's, and that was asked for",
       {span("pc", 0, 300)},
       "client",
       Reach::Kind::reaches},
      {"a machine that nobody knows may be anyone",
       {span("box", 0, 300)},
       "session-host",
       Reach::Kind::reaches},
      {"an older copy of the same log fills in",
       {span("rds", 190, 300), span("rds", 0, 200)},
       "session-host",
       Reach::Kind::reaches},
      {"there is none", {}, "session-host", Reach::Kind::missing},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    SourceSet sources;
    for (const SourceSpan& given : row.spans) {
      sources.add(kLog);
      sources.add_span(given);
    }
    CHECK(Coverage(sources, timeline).of(kLog, row.role, 0).kind == row.want);
  }
}

TEST_CASE("coverage: what is known of a log that says nothing") {
  const timeline::Timeline timeline = two_machines();
  SourceSet sources;
  sources.add(kLog);
  sources.add_span(span("rds", 190, 300));
  LogState cleared;
  cleared.source = kLog;
  cleared.host = 1;
  cleared.instant = 129 * kMinute;
  const Reach reach = Coverage(sources, timeline, {cleared}).of(kLog, "", 0);
  CHECK(reach.kind == Reach::Kind::begins_after);
  CHECK(reach.cleared);
  CHECK(reach.from == 129 * kMinute);

  LogState off;
  off.kind = LogState::Kind::off;
  off.source = "windows/capi2";
  off.host = 0;
  const Coverage coverage(sources, timeline, {off});
  CHECK(coverage.of("windows/capi2", "client", 0).kind == Reach::Kind::off);
  CHECK(coverage.of("windows/capi2", "session-host", 0).kind == Reach::Kind::missing);

  sources.add_empty("windows/capi2");
  CHECK(Coverage(sources, timeline).of("windows/capi2", "", 0).kind == Reach::Kind::empty);
}
