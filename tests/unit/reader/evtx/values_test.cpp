// Every type of value, through a whole log: as a substitution of a template, and as a literal of an
// event that a collector forwarded without one.
#include "base/time.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "support/catch.hpp"
#include "support/event_lines.hpp"
#include "support/evtx_builder.hpp"

using namespace rdptriage;
using namespace rdptriage::test;
using V = EvtxValue;

namespace {

// The `data` object of the only event of a log.
std::string data_of(const EvtxBuilder& log) {
  const Reading reading = read_events(reader::read_evtx, log.finish());
  REQUIRE(reading.lines.size() == 1);
  CHECK(reading.notices.empty());
  const std::string& line = reading.lines[0];
  const std::size_t at = line.find("\"data\":") + 7;
  return line.substr(at, line.find_last_of('}') - at);
}

std::string data_of(std::vector<EvtxField> fields, EvtxStyle style = EvtxStyle::templates) {
  EvtxBuilder log;
  EvtxEvent event;
  event.event_data = std::move(fields);
  log.add(event, style);
  return data_of(log);
}

// An <Event> with one element below UserData's wrapper.
EvtxElement user_document(EvtxElement element) {
  EvtxElement wrapper{"W", {}, {child(std::move(element))}, false};
  EvtxElement user{"UserData", {}, {child(std::move(wrapper))}, false};
  return {"Event", {}, {child({"System", {}, {}, false}), child(std::move(user))}, false};
}

std::string user_data_of(EvtxElement element, EvtxStyle style = EvtxStyle::templates) {
  EvtxBuilder log;
  log.add(user_document(std::move(element)), 0, style);
  return data_of(log);
}

constexpr std::int64_t kTime = 131'939'362'733'172'597;

}  // namespace

TEST_CASE("evtx values: each type has the text that Windows shows") {
  struct Case {
    const char* name;
    V value;
    const char* want;
  };
  const Case kCases[] = {
      {"text", V::text("a\xC3\xA4\xF0\x9F\x98\x80"), "a\xC3\xA4\xF0\x9F\x98\x80"},
      {"text with terminator", V{1, std::string("a\0\0\0", 4)}, "a"},
      {"empty text", V::text(""), ""},
      {"ansi ascii", V::ansi("abc"), "abc"},
      {"ansi 1252", V::ansi("\xE4\x80"), "\xC3\xA4\xE2\x82\xAC"},
      {"ansi utf-8", V::ansi("\xC3\xA4"), "\xC3\xA4"},
      {"i8", V::i8(-5), "-5"},
      {"i16", V::i16(-300), "-300"},
      {"i32", V::i32(-2147483647 - 1), "-2147483648"},
      {"i64", V::i64(-1), "-1"},
      {"u8", V::u8(255), "255"},
      {"u16", V::u16(65535), "65535"},
      {"u32", V::u32(4294967295U), "4294967295"},
      {"u64", V::u64(18446744073709551615U), "18446744073709551615"},
      {"real32", V::real32(1.5F), "1.5"},
      {"real64", V::real64(-0.25), "-0.25"},
      {"true", V::boolean(true), "true"},
      {"false", V::boolean(false), "false"},
      {"irregular true", V{0x0D, std::string("\0\x02\0\0", 4)}, "true"},
      {"binary", V::binary(std::string("\x00\xAF\x10", 3)), "00AF10"},
      {"guid", V::guid("{C76BAA63-AE81-421C-B425-340B4B24157F}"),
       "{C76BAA63-AE81-421C-B425-340B4B24157F}"},
      {"size 8", V::size_type(0x7FF0), "0x7ff0"},
      {"size 4", V{0x10, std::string("\x10\x20\0\0", 4)}, "0x2010"},
      {"file time", V::file_time(kTime), "2019-02-06T14:17:53.3172597Z"},
      {"system time", V::system_time(kTime), "2019-02-06T14:17:53.3170000Z"},
      {"sid", V::sid("S-1-5-21-1-2-3-1001"), "S-1-5-21-1-2-3-1001"},
      {"hex32", V::hex32(0xC000006D), "0xc000006d"},
      {"hex64", V::hex64(0), "0x0"},
      {"null", V::null(), ""},
      {"null with bytes", V::null(6), ""},
      {"unknown type", V{0x2F, "\x01\x02"}, "0102"},
  };
  for (const Case& c : kCases) {
    INFO(c.name);
    const std::string want = std::string("{\"v\":\"") + c.want + "\",\"z\":\"end\"}";
    CHECK(data_of({{"v", c.value}, {"z", V::text("end")}}) == want);
  }
}

TEST_CASE("evtx values: forwarded events hold them as literals") {
  CHECK(data_of({{"a", V::text("x")}, {"b", V::u32(7)}, {"c", V::null()}},
                EvtxStyle::no_templates) == R"({"a":"x","b":"7","c":""})");
}

TEST_CASE("evtx values: an array repeats its element") {
  CHECK(data_of({{"v", V::text_array({"one", "", "three"})}}) == R"({"v":["one","","three"]})");
  CHECK(data_of({{"", V::text_array({"one", "two"})}}) == R"({"Data":"one","Data2":"two"})");
  CHECK(data_of({{"v", V::array({V::u16(1), V::u16(2)})}}) == R"({"v":["1","2"]})");
  CHECK(data_of({{"v", V::array({V::sid("S-1-5-18"), V::sid("S-1-5-32-544")})}}) ==
        R"({"v":["S-1-5-18","S-1-5-32-544"]})");
  // Its attributes are repeated with it.
  CHECK(user_data_of(
            {"E", {{"k", {literal("1")}}}, {substitution(V::text_array({"a", "b"}))}, false}) ==
        R"({"E@k":["1","1"],"E":["a","b"]})");
}

TEST_CASE("evtx values: an element whose value is NULL is dropped when it depends on it") {
  CHECK(user_data_of({"E", {}, {substitution(V::null())}, true}) == R"({"W":""})");
  CHECK(user_data_of({"E", {}, {substitution(V::null())}, false}) == R"({"E":""})");
}

TEST_CASE("evtx values: an optional attribute without a value is left out") {
  EvtxPiece required = substitution(V::null());
  required.optional = false;
  CHECK(user_data_of({"E", {{"a", {substitution(V::null())}}, {"b", {required}}}, {}, false}) ==
        R"({"E@b":"","E":""})");
}

TEST_CASE("evtx content: references, CDATA, instructions and mixed pieces") {
  EvtxPiece ampersand, unknown, letter, cdata, instruction;
  ampersand.kind = unknown.kind = EvtxPiece::Kind::entity;
  ampersand.text = "amp";
  unknown.text = "nbsp";
  letter.kind = EvtxPiece::Kind::character;
  letter.unit = 0xE4;
  cdata.kind = EvtxPiece::Kind::cdata;
  cdata.text = "<raw>";
  instruction.kind = EvtxPiece::Kind::instruction;
  instruction.text = "pi";
  for (const EvtxStyle style : {EvtxStyle::templates, EvtxStyle::no_templates}) {
    CHECK(user_data_of({"E",
                        {{"a", {literal("x"), ampersand, substitution(V::u8(3))}}},
                        {literal("1"), ampersand, unknown, letter, cdata, instruction,
                         substitution(V::text("end"))},
                        false},
                       style) == "{\"E@a\":\"x&3\",\"E\":\"1&&nbsp;\xC3\xA4<raw>end\"}");
  }
}

TEST_CASE("evtx content: BinXML values nest, with or without a template, with zeros behind") {
  for (const bool is_template : {true, false}) {
    for (const std::size_t zeros : {0U, 1U, 7U}) {
      EvtxPiece inner;
      inner.kind = EvtxPiece::Kind::nested;
      inner.is_template = is_template;
      inner.trailing_zeros = zeros;
      inner.children = {{"I", {}, {literal("deep")}, false}};
      EvtxPiece outer;
      outer.kind = EvtxPiece::Kind::nested;
      outer.children = {{"O", {}, {inner}, false}};
      CHECK(user_data_of({"E", {}, {outer}, false}) == R"({"E/O/I":"deep"})");
    }
  }
}

// The line of an event with this in it, which must say that something of it is lost.
std::string line_of_damaged(const EvtxPiece& piece) {
  EvtxBuilder log;
  log.add(user_document({"E", {}, {piece}, false}), 0);
  const Reading reading = read_events(reader::read_evtx, log.finish());
  REQUIRE(reading.lines.size() == 1);
  CHECK(reading.lines[0].find("\"damaged\":true") != std::string::npos);
  CHECK(reading.outcome.damaged);
  return reading.lines[0];
}

TEST_CASE("evtx content: values nested without end stop at a limit, and the event says so") {
  EvtxPiece piece = substitution(V::text("core"));
  for (int i = 0; i < 40; ++i) {
    EvtxPiece around;
    around.kind = EvtxPiece::Kind::nested;
    around.children = {{"L", {}, {piece}, false}};
    piece = around;
  }
  line_of_damaged(piece);
}

TEST_CASE("evtx content: elements in each other stop at a limit over all nested values") {
  EvtxPiece piece = substitution(V::text("core"));
  for (int value = 0; value < 10; ++value) {
    for (int i = 0; i < 100; ++i) piece = child({"L", {}, {piece}, false});
    EvtxPiece around;
    around.kind = EvtxPiece::Kind::nested;
    around.children = {{"N", {}, {piece}, false}};
    piece = around;
  }
  CHECK(line_of_damaged(piece).find("core") == std::string::npos);
}

TEST_CASE("evtx values: a record of a year that nobody can write has no time") {
  static constexpr std::int64_t kLastOf9999 = 2'650'467'743'999'999'999;
  const auto row = GENERATE(table<std::int64_t, bool>({{kLastOf9999, true},
                                                       {kLastOf9999 + 1, false},
                                                       {INT64_MAX, false},
                                                       {-1, false},
                                                       {INT64_MIN, false}}));
  EvtxBuilder log;
  EvtxEvent event;
  event.time = std::get<0>(row);
  log.add(event, EvtxStyle::templates);
  const Reading reading = read_events(reader::read_evtx, log.finish());
  REQUIRE(reading.lines.size() == 1);
  CHECK((reading.lines[0].find("\"time\":") != std::string::npos) == std::get<1>(row));
}

TEST_CASE("evtx content: one value referred to thousands of times does not fill memory") {
  EvtxElement wrapper{"W", {}, {}, false};
  for (int i = 0; i < 300; ++i) wrapper.content.push_back(child({"E", {}, {literal("x")}, false}));
  EvtxBuilder log;
  EvtxElement user{"UserData", {}, {child(wrapper)}, false};
  log.add({"Event", {}, {child({"System", {}, {}, false}), child(user)}, false}, 0);
  auto bytes = log.finish();
  const Reading reading = read_events(reader::read_evtx, bytes);
  REQUIRE(reading.lines.size() == 1);
  CHECK(reading.lines[0].size() < 4096);  // one list
}
