#include "base/literal_set.hpp"

#include <array>

#include "support/catch.hpp"

using rdptriage::base::LiteralSet;

namespace {
LiteralSet some_literals() {
  LiteralSet set;
  set.add("HTTP status", 1);
  set.add("0x8", 2);
  set.add("0x80", 4);
  set.add("gateway", 8);
  set.add("ateway", 16);
  set.index();
  return set;
}
}  // namespace

TEST_CASE("literal set: every literal of a text sets its bits, in any case") {
  struct Case {
    const char* text;
    std::uint64_t bits;
  };
  constexpr Case kCases[] = {
      {"", 0},
      {"0x", 0},
      {"0x8", 2},
      {"hr=0X80070005", 2 | 4},
      {"Unexpected HTTP STATUS: 503", 1},
      {"http statu", 0},
      {"the GateWay", 8 | 16},
      {"ATEWAY", 16},
      {"gateway HTTP status 0x8", 1 | 2 | 8 | 16},
  };
  const LiteralSet set = some_literals();
  for (const Case& c : kCases) {
    INFO(c.text);
    CHECK(set.find(c.text) == c.bits);
  }
}

TEST_CASE("literal set: nothing is found in an empty set") {
  LiteralSet set;
  set.index();
  CHECK(set.find("anything") == 0);
}

TEST_CASE("literal set: agrees with a search for each literal") {
  // Texts over few letters meet windows that are nearly right very often.
  constexpr std::array<const char*, 6> kLiterals{"abc", "abca", "cab", "bbbb", "acbacb", "ccc"};
  LiteralSet set;
  for (std::size_t i = 0; i < kLiterals.size(); ++i) set.add(kLiterals[i], std::uint64_t{1} << i);
  set.index();
  std::uint32_t seed = 1;
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      seed = seed * 1664525U + 1013904223U;
      text.push_back(static_cast<char>('a' + (seed >> 24U) % 3));
    }
    std::uint64_t want = 0;
    for (std::size_t i = 0; i < kLiterals.size(); ++i) {
      if (text.find(kLiterals[i]) != std::string::npos) want |= std::uint64_t{1} << i;
    }
    INFO(text);
    CHECK(set.find(text) == want);
  }
}
