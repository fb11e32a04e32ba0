#include "pipeline/event_merger.hpp"

#include <memory>
#include <string>
#include <utility>

#include "reader/event_json.hpp"
#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::pipeline;

namespace {
struct Merging {
  explicit Merging(KeepLimits limits)
      : rules(test::pack_of({{"detections/a.yml", test::detection("saw_aaa", "AAA")},
                             {"detections/b.yml", test::detection("saw_bbb", "BBB")}})),
        pool(rules.impl().rules()),
        merger(out, rules.impl(), limits) {}

  // An artifact with `count` lines of one word; how many of them the case keeps.
  std::size_t read(std::string_view word, int count) {
    const std::size_t before = out.store.events().size();
    read_event(R"({"logsource": {"product": "rdp", "service": "client-trace"}, "Message": ")" +
                   std::string(word) + R"("})",
               count);
    return out.store.events().size() - before;
  }
  // An artifact with `count` times the event.
  void read_event(const std::string& event, int count = 1) {
    auto consumer = std::make_unique<MatchingConsumer>(rules.impl(), pool, merger.kept_per_rule());
    for (int i = 0; i < count; ++i) {
      REQUIRE(reader::visit_json_event(event, {}, [&](EventView& view) { consumer->event(view); }));
    }
    consumer->finish();
    merger.append(std::move(consumer), artifacts++);
  }

  RuleSet rules;
  MatcherPool pool;
  Gathered out;
  EventMerger merger;
  std::uint32_t artifacts = 0;
};
}  // namespace

TEST_CASE("event merger: what a case keeps is bounded, a rare match is kept all the same") {
  Merging merging({300, 500});
  CHECK(merging.read("AAA", 200) == 200);
  CHECK(merging.read("AAA", 200) == 100);  // the case became rich on the way
  CHECK(merging.merger.kept_per_rule() == kKeptPerRuleOfRich);
  CHECK(merging.read("AAA", 200) == 100);
  CHECK(merging.read("AAA", 2000) == 100);
  CHECK(merging.read("AAA", 200) == 0);
  CHECK(merging.read("BBB", 7) == 7);
  merging.merger.finish(merging.pool);
  // Every match is counted, and what is not kept is said in one sentence.
  CHECK(merging.out.match_count[merging.out.hits.front().rule] == 2800);
  REQUIRE(merging.out.notices.size() == 1);
  CHECK(merging.out.notices[0].code == "MATCHES_NOT_KEPT");
  CHECK(merging.out.notices[0].text.find("2300 more records") != std::string::npos);
}

namespace {
std::string numbered(int id, const char* time) {
  return R"({"logsource": {"product": "rdp", "service": "client-trace"}, "Message": "AAA", )"
         R"("Channel": "C", "Computer": "PC", "EventRecordID": )" +
         std::to_string(id) + R"(, "timestamp": ")" + time + "\"}";
}
}  // namespace

TEST_CASE("event merger: a record counts once, whether its list stands before its log or behind") {
  struct Row {
    const char* first;
    const char* second;
    std::size_t kept;
  };
  const auto row = GENERATE(values<Row>({
      {"2026-11-20T09:00:00.123Z", "2026-11-20T09:00:00.1239Z", 1},  // one log as EVTX and as XML
      {"2026-11-20T09:00:00.123Z", "2026-11-20T09:00:01Z", 2},       // the log was cleared between
      {"2026-11-20T09:00:00.123Z", "2026-11-20T14:45:00", 1},        // a list in another zone
      {"2026-11-20T09:00:00.123Z", "2026-11-20T14:47:00", 2},        // no zone explains two minutes
      {"2026-11-20T09:00:00", "2026-11-20T14:45:00", 1},             // two lists
  }));
  const bool list_first = GENERATE(false, true);
  const char* const first = list_first ? row.second : row.first;
  const char* const second = list_first ? row.first : row.second;
  CAPTURE(first, second);
  Merging merging({});
  merging.read_event(numbered(7, first));
  merging.read_event(numbered(7, second));
  merging.merger.finish(merging.pool);
  CHECK(merging.out.store.events().size() == row.kept);
  CHECK(merging.out.match_count[merging.out.hits.front().rule] == row.kept);
  CHECK(merging.out.notices.size() == 2 - row.kept);
}

TEST_CASE("event merger: of a log and the list before it the log's record is kept") {
  Merging merging({});
  merging.read_event(numbered(7, "2026-11-20T14:45:00"));
  merging.read_event(numbered(7, "2026-11-20T09:00:00.123Z"));
  merging.merger.finish(merging.pool);
  REQUIRE(merging.out.store.events().size() == 1);
  CHECK(merging.out.store.events().front().key.time_quality == TimeQuality::utc);
}

TEST_CASE("event merger: lists that wait are bounded; one that cannot wait is used at once") {
  KeepLimits limits;
  SECTION("in number") { limits.waiting_lists = 2; }
  SECTION("in matched records") { limits.waiting_events = 2; }
  Merging merging(limits);
  for (const int id : {1, 2, 3}) merging.read_event(numbered(id, "2026-11-20T14:45:00"));
  CHECK(merging.out.store.events().size() == 1);
  merging.merger.finish(merging.pool);
  CHECK(merging.out.store.events().size() == 3);
}

TEST_CASE("event merger: of one file the first thousand matches of a rule are kept") {
  Merging merging({});
  CHECK(merging.read("AAA", 1500) == 1000);
  merging.merger.finish(merging.pool);
  REQUIRE(merging.out.notices.size() == 1);
  CHECK(merging.out.notices[0].artifact == 0U);
}
