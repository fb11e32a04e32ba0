#include "timeline/hosts.hpp"

#include "support/catch.hpp"

using namespace rdptriage;
using timeline::host_key;

TEST_CASE("hosts: what two spellings of one machine share") {
  struct Row {
    const char* name;
    const char* want;
  };
  const Row rows[] = {
      {"PC-17", "pc-17"},
      {"pc-17.corp.example", "pc-17"},
      {" PC-17 ", "pc-17"},
      {"\\\\PC-17", "pc-17"},
      {"10.0.0.5", "10.0.0.5"},
      {"2001:db8::1", "2001:db8::1"},
      {"10.example.com", "10"},
      {"10.0.0.5:51234", "10.0.0.5"},
      {"[2001:db8::1]:3389", "2001:db8::1"},
      {"10.0.0.5(Preferred)", "10.0.0.5"},
      {"-", ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(host_key(row.name) == row.want);
  }
}

TEST_CASE("hosts: one machine under two names, with the roles that rules claim for it") {
  event::EventStore store;
  for (const char* computer : {"PC-17", "pc-17.corp.example", "RDS01"}) {
    event::Event event;
    event.key.event_id = 1;
    event.system.computer = computer;
    store.events().push_back(event);
  }
  const timeline::HostClaim claims[] = {{0, "", "client"}, {2, "rds01", "session-host"}};
  const timeline::Timeline timeline = timeline::build_timeline(store, {claims, {}});
  REQUIRE(timeline.hosts.size() == 2);
  CHECK(timeline.hosts[0].name == "PC-17");
  CHECK(timeline.hosts[0].roles == std::vector<std::string>{"client"});
  CHECK(timeline.hosts[1].roles == std::vector<std::string>{"session-host"});
  CHECK(timeline.places[1].host == 0U);
}

namespace {
event::Event logged_by(std::string_view computer) {
  event::Event event;
  event.key.event_id = 1;
  event.key.channel = "Log";
  event.system.computer = computer;
  return event;
}

event::Event captured(std::uint32_t artifact) {
  event::Event event;
  event.key.category = "network_state";
  event.locator.artifact = artifact;
  return event;
}

std::string host_of(const timeline::Timeline& timeline, std::size_t event) {
  const auto& host = timeline.places[event].host;
  return host ? timeline.hosts[*host].key : "";
}
}  // namespace

TEST_CASE("hosts: machines of two domains with one first label are two") {
  event::EventStore store;
  for (const char* computer : {"rds01.a.example", "RDS01.b.example", "rds01.a.example"}) {
    store.events().push_back(logged_by(computer));
  }
  const timeline::Timeline timeline = timeline::build_timeline(store, {});
  REQUIRE(timeline.hosts.size() == 2);
  CHECK(timeline.places[2].host == 0U);
  CHECK(timeline::HostFinder(timeline).find("rds01.b.example") == 1U);
  CHECK_FALSE(timeline::HostFinder(timeline).find("rds01"));
}

TEST_CASE("hosts: an address that a machine states means that machine") {
  event::EventStore store;
  store.events().push_back(logged_by("RDS01.corp.example"));
  store.events().push_back(captured(1));
  store.events().push_back(captured(2));
  timeline::HostClaim own, shared;
  own.event = 1;
  own.name = "RDS01";
  own.names = {"10.0.0.7(Preferred)", "192.168.1.1"};
  shared.event = 2;
  shared.name = "PC-17";
  shared.names = {"192.168.1.1", "127.0.0.1"};
  const timeline::HostClaim claims[] = {own, shared};
  const timeline::Timeline timeline = timeline::build_timeline(store, {claims, {}});
  REQUIRE(timeline.hosts.size() == 2);
  const timeline::HostFinder finder(timeline);
  CHECK(finder.find("10.0.0.7:3389") == 0U);
  CHECK_FALSE(finder.find("192.168.1.1"));  // both claim it: two private networks
  CHECK_FALSE(finder.find("127.0.0.1"));
}

TEST_CASE("hosts: a capture is its machine's by the name in its path or by its folder") {
  struct Row {
    const char* path;
    const char* want;
  };
  const Row rows[] = {
      {"case/RDS01_Netstat.txt", "rds01"},
      {"case/rds01/netstat.txt", "rds01"},
      {"case/xrds01x.txt", ""},
      {"host/netstat.txt", "rds01"},  // beside the log of the only machine of that folder
      {"other/netstat.txt", ""},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    event::EventStore store;
    store.events().push_back(logged_by("RDS01.corp.example"));
    store.events().push_back(captured(1));
    const std::string paths[] = {"host/System.evtx", row.path, "third/notes.txt"};
    const timeline::Timeline timeline = timeline::build_timeline(store, {{}, {}, {}, paths});
    CHECK(host_of(timeline, 1) == row.want);
  }
}

TEST_CASE("hosts: zones and clocks that cannot be are left out") {
  constexpr std::int64_t kSecond = 10'000'000, kMinute = 60 * kSecond;
  struct Row {
    std::string_view zone, clock;
    std::optional<std::int64_t> want_zone;
    std::vector<std::int64_t> want_clock;
  };
  const Row kRows[] = {
      {"(UTC+01:00) Amsterdam", "+00.5000000", 60 * kMinute, {kSecond / 2}},
      {"(UTC-05:30) Somewhere", "-312.4000000", -330 * kMinute, {-3'124'000'000}},
      {"(UTC) Dublin", "", 0, {}},
      {"UTC+14:00", "", 14 * 60 * kMinute, {}},
      {"-60", "0.0", 60 * kMinute, {0}},
      {"4294967236", "", 60 * kMinute, {}},
      {"(UTC+-2147483000:00)", "+-9223372036854775807.5", std::nullopt, {}},
      {"(UTC+01:2000000000)", "--1.0", std::nullopt, {}},
      {"(UTC+01:60)", "9223372036854775807", std::nullopt, {}},
      {"(UTC+15:00)", "99999999999999999999", std::nullopt, {}},
      {"(UTC-+1:00)", ".5", std::nullopt, {}},
      {"--60", "+", std::nullopt, {}},
  };
  for (const Row& row : kRows) {
    INFO(row.zone << ", " << row.clock);
    event::EventStore store;
    store.events().emplace_back().system.computer = "pc";
    timeline::HostClaim claim;
    claim.zone = row.zone;
    claim.clock = row.clock;
    const timeline::HostClaim claims[] = {claim};
    const timeline::Timeline timeline = timeline::build_timeline(store, {claims, {}});
    REQUIRE(timeline.hosts.size() == 1);
    CHECK(timeline.hosts[0].zone == row.want_zone);
    CHECK(timeline.hosts[0].time_server == row.want_clock);
  }
}
