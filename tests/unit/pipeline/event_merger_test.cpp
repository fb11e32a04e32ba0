#include "pipeline/event_merger.hpp"

#include <string>

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
    MatchingConsumer consumer(rules.impl(), pool, merger.kept_per_rule());
    const std::string event =
        R"({"logsource": {"product": "rdp", "service": "client-trace"}, "Message": ")" +
        std::string(word) + R"("})";
    for (int i = 0; i < count; ++i) {
      reader::visit_json_event(event, {}, [&](EventView& view) { consumer.event(view); });
    }
    consumer.finish();
    const std::size_t before = out.store.events().size();
    merger.append(consumer, artifacts++);
    return out.store.events().size() - before;
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

TEST_CASE("event merger: a list with local times repeats the log, not the other way round") {
  const auto record = [](int id, const char* time) {
    return R"({"logsource": {"product": "rdp", "service": "client-trace"}, "Message": "AAA", )"
           R"("Channel": "C", "Computer": "PC", "EventRecordID": )" +
           std::to_string(id) + R"(, "timestamp": ")" + time + "\"}";
  };
  Merging merging({});
  const auto kept = [&](const std::string& event) {
    MatchingConsumer consumer(merging.rules.impl(), merging.pool, merging.merger.kept_per_rule());
    REQUIRE(reader::visit_json_event(event, {}, [&](EventView& view) { consumer.event(view); }));
    consumer.finish();
    const std::size_t before = merging.out.store.events().size();
    merging.merger.append(consumer, merging.artifacts++);
    return merging.out.store.events().size() - before;
  };
  CHECK(kept(record(7, "2026-11-20T09:00:00.123Z")) == 1);
  CHECK(kept(record(7, "2026-11-20T09:00:00.1239Z")) == 0);
  CHECK(kept(record(7, "2026-11-20T14:45:00")) == 0);
  CHECK(kept(record(7, "2026-11-20T14:47:00")) == 1);
  CHECK(kept(record(8, "2026-11-20T10:00:00")) == 1);
  CHECK(kept(record(8, "2026-11-20T09:00:00Z")) == 1);
  merging.merger.finish(merging.pool);
  CHECK(merging.out.match_count[merging.out.hits.front().rule] == 4);
}

TEST_CASE("event merger: of one file the first thousand matches of a rule are kept") {
  Merging merging({});
  CHECK(merging.read("AAA", 1500) == 1000);
  merging.merger.finish(merging.pool);
  REQUIRE(merging.out.notices.size() == 1);
  CHECK(merging.out.notices[0].artifact == 0U);
}
