// Which records of later exports are known from earlier ones, by machine, log, number and time.
#include "pipeline/seen_records.hpp"

#include <string>

#include "reader/event_json.hpp"
#include "support/catch.hpp"

using namespace rdptriage;
using namespace rdptriage::pipeline;

namespace {
struct Record {
  unsigned id;
  const char* time;  // with a Z or local
  const char* host = "PC-17";
  const char* channel = "System";
};

template <class Use>
void visit(const Record& record, Use use) {
  const std::string text = std::string(R"({"timestamp": ")") + record.time + R"(", "Channel": ")" +
                           record.channel + R"(", "Computer": ")" + record.host +
                           R"(", "EventRecordID": )" + std::to_string(record.id) +
                           R"(, "EventID": 1})";
  REQUIRE(reader::visit_json_event(text, {}, [&](EventView& event) { use(event); }));
}

// Reads a file; how many of its records were new.
std::size_t read(SeenRecords& seen, std::initializer_list<Record> records) {
  SeenRecords::OfFile file(seen);
  std::size_t count = 0;
  for (const Record& record : records) {
    visit(record, [&](EventView& event) {
      if (file.is_repeated(event)) return;
      ++count;
      file.add(event);
    });
  }
  CHECK(file.repeated() == records.size() - count);
  seen.add(std::move(file));
  return count;
}
constexpr const char* kNine = "2026-11-20T09:00:00.123Z";
}  // namespace

TEST_CASE("seen records: an overlap of two exports counts once") {
  SeenRecords seen;
  CHECK(read(seen, {{1, kNine}, {2, kNine}, {3, "2026-11-20T09:00:05Z"}}) == 3);
  CHECK(read(seen, {{2, kNine}, {3, "2026-11-20T09:00:05Z"}, {4, "2026-11-20T09:01:00Z"}}) == 1);
  CHECK(read(seen, {{4, "2026-11-20T09:01:00Z"}, {9, kNine}}) == 1);  // a filtered export
  CHECK(read(seen, {{1, kNine}, {4, "2026-11-20T09:01:00Z"}, {9, kNine}}) == 0);
}

TEST_CASE("seen records: what is no other copy is new") {
  SeenRecords seen;
  REQUIRE(read(seen, {{7, kNine}}) == 1);
  CHECK(read(seen, {{8, kNine}}) == 1);
  CHECK(read(seen, {{7, kNine, "PC-18"}}) == 1);
  CHECK(read(seen, {{7, kNine, "PC-17", "Security"}}) == 1);
  CHECK(read(seen, {{7, "2026-11-20T09:05:00Z"}}) == 1);  // the log was cleared in between
  CHECK(read(seen, {{7, "2026-11-20T09:05:00Z"}}) == 0);
  CHECK(read(seen, {{7, kNine, "pc-17", "SYSTEM"}}) == 0);
}

TEST_CASE("seen records: within one file nothing is taken for a copy") {
  SeenRecords seen;
  CHECK(read(seen, {{1, kNine}, {1, kNine}, {2, kNine}}) == 3);
}

TEST_CASE("seen records: lists with local times are held against logs, logs only against logs") {
  SeenRecords seen;
  REQUIRE(read(seen, {{7, kNine}}) == 1);
  CHECK(read(seen, {{7, "2026-11-20T10:00:00"}}) == 0);  // CET
  CHECK(read(seen, {{7, "2026-11-20T14:45:00"}}) == 0);  // Kathmandu
  CHECK(read(seen, {{7, "2026-11-20T10:07:00"}}) == 1);  // no zone explains seven minutes
  CHECK(read(seen, {{7, "2026-11-22T10:00:00"}}) == 1);  // nor two days
  REQUIRE(read(seen, {{8, "2026-11-20T10:00:00"}}) == 1);
  CHECK(read(seen, {{8, "2026-11-20T10:00:00"}}) == 0);
  CHECK(read(seen, {{8, kNine}}) == 1);  // it holds more than the list did
}

TEST_CASE("seen records: parts of a file that threads read are put together") {
  SeenRecords seen;
  SeenRecords::OfFile file(seen), part(seen);
  visit({1, kNine}, [&](EventView& event) { file.add(event); });
  visit({2, kNine}, [&](EventView& event) { part.add(event); });
  file.append(part);
  visit({3, kNine}, [&](EventView& event) { part.add(event); });
  file.append(part);
  seen.add(std::move(file));
  CHECK(read(seen, {{1, kNine}, {2, kNine}, {3, kNine}, {4, kNine}}) == 1);
}

// RECORDS_NOT_COMPARED is what `events` then says.
TEST_CASE("seen records: memory is bounded, and it is said when it does not suffice") {
  SeenRecords seen(2);
  CHECK(read(seen, {{1, kNine}, {3, kNine}}) == 2);
  CHECK_FALSE(seen.full());
  CHECK(read(seen, {{1, kNine}, {3, kNine}, {5, kNine}}) == 1);
  CHECK(seen.full());
  CHECK(read(seen, {{3, kNine}, {5, kNine}}) == 1);
}
