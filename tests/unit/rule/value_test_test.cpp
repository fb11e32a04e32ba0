#include "rule/value_test.hpp"

#include "support/catch.hpp"

using namespace rdptriage;
using namespace rdptriage::rule;

TEST_CASE("decimal: exact comparison of any size") {
  struct Case {
    const char* a;
    const char* b;
    int order;
  };
  constexpr Case kCases[] = {
      {"1", "1.0", 0},    {"10", "9", 1},     {"-10", "-9", -1},
      {"0", "-0", 0},     {"1e3", "1000", 0}, {"1.5e1", "15", 0},
      {"5e-1", "0.5", 0}, {"0.1", "0.10", 0}, {"9007199254740993", "9007199254740992", 1},
      {"+7", "007", 0},
  };
  for (const Case& c : kCases) {
    INFO(c.a << " and " << c.b);
    const auto a = parse_decimal(c.a, Exponent::allowed), b = parse_decimal(c.b, Exponent::allowed);
    REQUIRE(a);
    REQUIRE(b);
    const int order = compare(*a, *b);
    CHECK((order > 0) - (order < 0) == c.order);
  }
  for (const char* text : {"", "-", "1.", ".5", "0x10", "1e", "1 ", "1e99999"}) {
    INFO(text);
    CHECK_FALSE(parse_decimal(text, Exponent::allowed));
  }
  CHECK_FALSE(parse_decimal("1e3", Exponent::refused));
}

TEST_CASE("cidr: networks and addresses") {
  struct Case {
    const char* network;
    const char* address;
    bool inside;
  };
  constexpr Case kCases[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"10.0.0.0/8", "10.1.2", false},
      {"10.0.0.0/8", "010.0.0.1", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "::1", false},
      {"192.168.1.7", "192.168.1.7", true},
      {"192.168.1.7", "192.168.1.8", false},
      {"fe80::/10", "FE80:0:0:0:0:0:0:1", true},
      {"fe80::/10", "fec0::1", false},
      {"fe80::/10", "fe80::1%eth0", true},
      {"::1", "0:0:0:0:0:0:0:1", true},
      {"::ffff:0:0/96", "::ffff:10.0.0.1", true},
      {"10.0.0.0/8", "::ffff:10.0.0.1", false},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"2001:db8::/33", "2001:db8:7fff::", true},
  };
  for (const Case& c : kCases) {
    INFO(c.network << " " << c.address);
    const auto network = parse_network(c.network);
    REQUIRE(network);
    const auto address = parse_address(c.address);
    CHECK((address && contains(*network, *address)) == c.inside);
  }
  for (const char* text : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "x", "", "fe80::1/10",
                           "1:2:3/16", "10.0.0.0/8x", "fe80::%1/10", ":1::/16", "1::2::3"}) {
    INFO(text);
    CHECK_FALSE(parse_network(text));
  }
}

TEST_CASE("time parts: as written, ISO weeks") {
  struct Case {
    const char* text;
    TimePart part;
    int want;  // -1: none
  };
  constexpr Case kCases[] = {
      {"2024-12-31T23:59:59.123Z", TimePart::hour, 23},
      {"2024-12-31T23:59:59+05:00", TimePart::hour, 23},
      {"2024-12-31T23:59:59-05:00", TimePart::day, 31},
      {"2024-12-31T23:59:59Z", TimePart::week, 1},
      {"2021-01-03T00:00:00Z", TimePart::week, 53},
      {"2020-12-28T00:00:00Z", TimePart::week, 53},
      {"2024-01-01 00:00:00", TimePart::week, 1},
      {"2024-12-31T23:59:59Z", TimePart::month, 12},
      {"2024-12-31T23:59:59Z", TimePart::year, 2024},
      {"2024-12-31T23:59:59Z", TimePart::minute, 59},
      {"no time", TimePart::hour, -1},
      {"", TimePart::hour, -1},
  };
  for (const Case& c : kCases) {
    INFO(c.text);
    const auto part = time_part(c.text, c.part);
    CHECK((part ? static_cast<int>(*part) : -1) == c.want);
  }
}
