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
  const timeline::Timeline timeline = timeline::build_timeline(store, claims, {});
  REQUIRE(timeline.hosts.size() == 2);
  CHECK(timeline.hosts[0].name == "PC-17");
  CHECK(timeline.hosts[0].roles == std::vector<std::string>{"client"});
  CHECK(timeline.hosts[1].roles == std::vector<std::string>{"session-host"});
  CHECK(timeline.places[1].host == 0U);
}
