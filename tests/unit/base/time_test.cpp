#include "base/time.hpp"

#include "support/catch.hpp"

using namespace rdptriage::base;

TEST_CASE("time: ISO 8601 text to ticks and back") {
  struct Case {
    const char* text;
    const char* want;  // "" = refused
    bool zoned;
  };
  constexpr Case kCases[] = {
      {"1601-01-01T00:00:00Z", "1601-01-01T00:00:00.0000000Z", true},
      {"2026-11-20T08:11:52.1031234Z", "2026-11-20T08:11:52.1031234Z", true},
      {"2026-11-20 08:11:52.1", "2026-11-20T08:11:52.1000000Z", false},
      {"2026-11-20T08:11:52.123456789Z", "2026-11-20T08:11:52.1234567Z", true},
      {"2026-11-20T08:11:52+01:00", "2026-11-20T07:11:52.0000000Z", true},
      {"2026-11-20 08:11:52.103 +01:00", "2026-11-20T07:11:52.1030000Z", true},
      {"2026-11-20T08:11:52 Z", "", false},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000Z", true},
      {"2000-02-29T23:59:60Z", "2000-02-29T23:59:59.0000000Z", true},
      {"2023-02-29T00:00:00Z", "", false},
      {"2026-13-01T00:00:00Z", "", false},
      {"2026-11-20T24:00:00Z", "", false},
      {"2026-11-20T08:11:52.", "", false},
      {"2026-11-20T08:11:52Zx", "", false},
      {"", "", false},
  };
  for (const Case& c : kCases) {
    INFO(c.text);
    const auto parsed = parse_iso8601(c.text);
    REQUIRE(parsed.has_value() == (c.want[0] != '\0'));
    if (!parsed) continue;
    CHECK(format_rfc3339(parsed->ticks) == c.want);
    CHECK(parsed->zoned == c.zoned);
  }
}

TEST_CASE("time: the Unix epoch lies 11,644,473,600 seconds after 1601") {
  CHECK(parse_iso8601("1970-01-01T00:00:00Z")->ticks == 11'644'473'600 * kTicksPerSecond);
}
