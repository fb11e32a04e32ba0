// How far the clocks of machines are apart, by the connections that both recorded.
#include "timeline/clocks.hpp"
#include "support/catch.hpp"

using namespace rdptriage;

namespace {
constexpr std::int64_t kSecond = 10'000'000;
constexpr std::int64_t kStart = std::int64_t{150'000} * 86'400 * kSecond;

void add(event::EventStore& store, std::string_view computer, int second,
         std::string_view activity) {
  event::Event event;
  event.key.time = Timestamp{kStart + second * kSecond};
  event.key.time_quality = TimeQuality::utc;
  event.system.computer = computer;
  if (!activity.empty()) event.system.activity_id = activity;
  store.events().push_back(event);
}
}  // namespace

TEST_CASE("clocks: one machine has one, however it is named") {
  event::EventStore store;
  add(store, "RDSH01.corp.example", 0, "");
  add(store, "rdsh01", 5, "");
  const auto clocks = timeline::measure_clocks(store);
  REQUIRE(clocks.clocks.size() == 1);
  CHECK(clocks.of_event == std::vector<std::uint32_t>{0, 0});
  CHECK(clocks.clocks[0].uncertainty == 0);
}

TEST_CASE("clocks: without a common connection two minutes are possible") {
  event::EventStore store;
  add(store, "gateway", 0, "{A}");
  add(store, "gateway", 1, "{A}");
  add(store, "host", 5, "{B}");
  const auto clocks = timeline::measure_clocks(store);
  CHECK(clocks.clocks[0].measured);
  CHECK_FALSE(clocks.clocks[1].measured);
  CHECK(clocks.clocks[1].ahead == 0);
  CHECK(clocks.clocks[1].uncertainty == 120 * kSecond);
}

TEST_CASE("clocks: the median of common connections, its spread, and a chain of machines") {
  event::EventStore store;
  for (int i = 0; i < 3; ++i) {
    const std::string_view id = i == 0 ? "{A}" : i == 1 ? "{B}" : "{C}";
    add(store, "gateway", 100 * i, id);
    add(store, "gateway", 100 * i + 50, id);  // later records of the same connection say nothing
    add(store, "host", 100 * i + 60 + 5 * i, id);
  }
  add(store, "host", 1000, "{D}");
  add(store, "broker", 1010, "{d}");
  const auto clocks = timeline::measure_clocks(store);
  REQUIRE(clocks.clocks.size() == 3);
  CHECK(clocks.clocks[0].uncertainty == 0);
  CHECK(clocks.clocks[1].ahead == 65 * kSecond);
  CHECK(clocks.clocks[1].uncertainty == 5 * kSecond);
  CHECK(clocks.clocks[2].ahead == 75 * kSecond);
  CHECK(clocks.clocks[2].uncertainty == 7 * kSecond);
}
