#include <fmt/format.h>

#include "support/catch.hpp"
#include "timeline/timeline.hpp"

using namespace rdptriage;
using timeline::Mark;

namespace {
constexpr std::int64_t kSecond = 10'000'000;
constexpr std::int64_t kStart = std::int64_t{150'000} * 86'400 * kSecond;
constexpr std::string_view kA = "{AAAAAAAA-0000-0000-0000-000000000001}";
constexpr std::string_view kB = "{BBBBBBBB-0000-0000-0000-000000000002}";

struct Record {
  int second;
  std::string_view computer;
  Mark mark;
  std::string_view activity = {};
};

struct Line {
  std::uint32_t artifact;
  Mark mark;
  int second = -1;  // -1: no time
};

event::Event record(const Record& from, event::EventStore& store) {
  event::Event event;
  event.key.channel = "Log";
  event.key.event_id = 1;
  event.key.time = Timestamp{kStart + from.second * kSecond};
  event.key.time_quality = TimeQuality::utc;
  event.system.computer = store.intern(from.computer);
  if (!from.activity.empty()) event.system.activity_id = from.activity;
  return event;
}

// "0,2 1": which events each attempt has.
std::string attempts_of(const timeline::Timeline& timeline) {
  std::string out;
  for (const timeline::AttemptRecord& attempt : timeline.attempts) {
    if (!out.empty()) out += ' ';
    out += fmt::format("{}", fmt::join(attempt.events, ","));
  }
  return out;
}
}  // namespace

TEST_CASE("attempts: records of event logs") {
  struct Row {
    const char* name;
    std::vector<Record> records;
    const char* want;
  };
  const Row rows[] = {
      {"records close in time belong together, whatever the machine",
       {{0, "pc", Mark::start}, {1, "gw", Mark::bound}, {3, "host", Mark::bound}},
       "0,1,2"},
      {"a long silence separates", {{0, "pc", Mark::bound}, {600, "pc", Mark::bound}}, "0 1"},
      {"the same machine starts again", {{0, "pc", Mark::start}, {20, "pc", Mark::start}}, "0 1"},
      {"the other end's start is the same try",
       {{0, "pc", Mark::start}, {1, "host", Mark::start}},
       "0,1"},
      {"an activity id holds together over a long time",
       {{0, "pc", Mark::start, kA}, {900, "pc", Mark::bound, kA}},
       "0,1"},
      {"activity ids tell two users at once apart",
       {{0, "gw", Mark::start, kA},
        {1, "gw", Mark::start, kB},
        {2, "gw", Mark::bound, kA},
        {3, "gw", Mark::bound, kB}},
       "0,2 1,3"},
      {"what follows an end long after is another try",
       {{0, "pc", Mark::start}, {5, "pc", Mark::end}, {30, "pc", Mark::bound}},
       "0,1 2"},
      {"the other machine's view of the end belongs to it",
       {{0, "pc", Mark::start}, {5, "pc", Mark::end}, {7, "host", Mark::bound}},
       "0,1,2"},
      {"records without order are put in order",
       {{600, "pc", Mark::bound}, {0, "pc", Mark::bound}},
       "1 0"},
      {"what may be true without anybody connecting makes no attempt",
       {{0, "host", Mark::near}},
       ""},
      {"… and joins the one that was made at the time",
       {{0, "pc", Mark::start}, {10, "host", Mark::near}, {900, "host", Mark::near}},
       "0,1"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    event::EventStore store;
    std::vector<timeline::EventMark> marks;
    for (const Record& from : row.records) {
      marks.push_back({static_cast<std::uint32_t>(store.events().size()), from.mark});
      store.events().push_back(record(from, store));
    }
    CHECK(attempts_of(timeline::build_timeline(store, {{}, marks})) == row.want);
  }
}

TEST_CASE("attempts: lines of traces") {
  struct Row {
    const char* name;
    std::vector<Line> lines;
    const char* want;
  };
  const Row rows[] = {
      {"a trace is one attempt", {{0, Mark::bound}, {0, Mark::bound}}, "0,1"},
      {"every trace is its own", {{0, Mark::bound}, {1, Mark::bound}}, "0 1"},
      {"a second start opens another",
       {{0, Mark::start}, {0, Mark::bound}, {0, Mark::start}},
       "0,1 2"},
      {"lines in front of the first start belong to it",
       {{0, Mark::bound}, {0, Mark::start}},
       "0,1"},
      {"a start behind an end opens another", {{0, Mark::end}, {0, Mark::start}}, "0 1"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    event::EventStore store;
    std::vector<timeline::EventMark> marks;
    for (const Line& line : row.lines) {
      event::Event event;
      event.key.product = "rdp";
      event.key.service = "client-trace";
      event.locator.artifact = line.artifact;
      event.locator.line = store.events().size() + 1;
      marks.push_back({static_cast<std::uint32_t>(store.events().size()), line.mark});
      store.events().push_back(event);
    }
    CHECK(attempts_of(timeline::build_timeline(store, {{}, marks})) == row.want);
  }
}

TEST_CASE("attempts: a trace joins the records of its time, or the only ones there are") {
  const auto run = [](int trace_second, std::vector<Record> records) {
    event::EventStore store;
    std::vector<timeline::EventMark> marks;
    event::Event line;
    line.key.product = "rdp";
    line.key.service = "client-trace";
    line.locator.line = 1;
    if (trace_second >= 0) {
      line.key.time = Timestamp{kStart + trace_second * kSecond};
      line.key.time_quality = TimeQuality::utc;
    }
    store.events().push_back(line);
    for (const Record& from : records) {
      marks.push_back({static_cast<std::uint32_t>(store.events().size()), from.mark});
      store.events().push_back(record(from, store));
      store.events().back().locator.artifact = 1;
    }
    return attempts_of(timeline::build_timeline(store, {{}, marks}));
  };
  CHECK(run(1000, {{0, "pc", Mark::start}, {1005, "pc", Mark::start}}) == "1 0,2");
  CHECK(run(5000, {{0, "pc", Mark::start}}) == "1 0");
  CHECK(run(-1, {{0, "pc", Mark::start}}) == "0,1");
  CHECK(run(-1, {{0, "pc", Mark::start}, {1005, "pc", Mark::start}}) == "1 2 0");
}

TEST_CASE("times: a line without one takes that of the line before, the first that of the next") {
  event::EventStore store;
  for (const int second : {-1, 10, -1, 12}) {
    event::Event line;
    line.key.product = "rdp";
    line.locator.line = store.events().size() + 1;
    if (second >= 0) {
      line.key.time = Timestamp{second * kSecond};
      line.key.time_quality = TimeQuality::order_only;
    }
    store.events().push_back(line);
  }
  const timeline::Timeline timeline = timeline::build_timeline(store, {});
  std::vector<std::int64_t> seconds;
  for (const timeline::Place& place : timeline.places) {
    seconds.push_back(*place.ticks / kSecond);
    CHECK(place.scale == timeline::TimeScale::artifact);
  }
  CHECK(seconds == std::vector<std::int64_t>{10, 10, 10, 12});
  CHECK(store.events()[0].key.time_quality == TimeQuality::none);
}

TEST_CASE("keys: events get the machine, the attempt and the artifact they belong to") {
  event::EventStore store;
  store.events().push_back(record({0, "RDGW01.corp.example", Mark::bound}, store));
  const timeline::EventMark mark{0, Mark::bound};
  timeline::build_timeline(store, {{}, std::span(&mark, 1)});
  std::string keys;
  for (const Field& field : store.events()[0].fields) {
    keys += fmt::format("{}={} ", field.name, field.value);
  }
  CHECK(keys == "HostKey=rdgw01 AttemptKey=a1 ConnectionKey=a1 ArtifactKey=A1 ");
}
