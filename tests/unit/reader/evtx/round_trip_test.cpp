// Model → log → events gives the model back, whatever the model; and independent readers accept the
// logs that this test is built on.
#include <cstdio>
#include <random>

#include "base/digits.hpp"
#include "base/output_buffer.hpp"
#include "libevtx.hpp"
#include "reader/event_xml.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "report/event_json.hpp"
#include "report/event_xml.hpp"
#include "report/json_text.hpp"
#include "support/catch.hpp"
#include "support/event_lines.hpp"
#include "support/evtx_builder.hpp"

using namespace rdptriage;
using namespace rdptriage::test;
using V = EvtxValue;

namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t end) { return engine_() % end; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  std::string text(std::size_t most) {
    static constexpr const char* kPieces[] = {
        "a",      "Z",  "0", " ",    "\\",       "\"",           "<",
        "&",      "\n", "'", "\x01", "\xC3\xA9", "\xE6\x97\xA5", "\xF0\x9F\x98\x80",
        "RDP-Tcp"};
    std::string out;
    for (std::size_t i = below(most + 1); i > 0; --i) out += kPieces[below(std::size(kPieces))];
    return out;
  }

 private:
  std::mt19937 engine_;
};

struct Modeled {
  EvtxEvent event;
  std::string data;  // the JSON object that must come out
};

std::string json_string(std::string_view text) {
  std::string out(report::json_room(text), '\0');
  out.resize(static_cast<std::size_t>(report::write_json_text(text, out.data()) - out.data()));
  return '"' + out + '"';
}

// A value and the JSON that it must come out as.
struct ModeledValue {
  V value;
  std::string shown;
};

// Arrays and sizes exist as values of a template only, not in events forwarded without one.
ModeledValue model_value(Dice& dice, EvtxStyle style) {
  const auto number = static_cast<std::uint32_t>(dice.below(100'000));
  const std::string digits = std::to_string(number);
  char hex[16];
  std::snprintf(hex, sizeof hex, "0x%x", number);
  const auto quoted = [](const std::string& text) { return '"' + text + '"'; };
  switch (dice.below(style == EvtxStyle::templates ? 20 : 15)) {
    case 0:
      return {V::u32(number), quoted(digits)};
    case 1:
      return {V::i64(-static_cast<std::int64_t>(number) - 1),
              quoted('-' + std::to_string(number + 1))};
    case 2:
      return {V::hex32(number), quoted(hex)};
    case 3:
      return {V::hex64(number), quoted(hex)};
    case 4:
      return {V::boolean(number % 2 == 0), quoted(number % 2 == 0 ? "true" : "false")};
    case 5:
      return {V::guid("{C76BAA63-AE81-421C-B425-340B4B24157F}"),
              quoted("{C76BAA63-AE81-421C-B425-340B4B24157F}")};
    case 6:
      return {V::sid("S-1-5-21-1-2-3-" + digits), quoted("S-1-5-21-1-2-3-" + digits)};
    case 7:
      return {V::file_time(131'939'362'733'172'597), quoted("2019-02-06T14:17:53.3172597Z")};
    case 8:
      return {V::system_time(131'939'362'733'172'597), quoted("2019-02-06T14:17:53.3170000Z")};
    case 9:
      return {V::ansi(digits), quoted(digits)};
    case 10:
      return {V::binary("\x01\xAF"), quoted("01AF")};
    case 15:
      return {V::null(dice.below(9)), quoted("")};
    case 16:
      return {V::size_type(number), quoted(hex)};
    case 17:
      return {V::text_array({"a", digits}), "[\"a\",\"" + digits + "\"]"};
    case 18:
      return {V::array({V::u16(7), V::u16(8), V::u16(9)}), R"(["7","8","9"])"};
    default: {
      const std::string text = dice.text(dice.one_in(10) ? 600 : 20);
      return {V::text(text), json_string(text)};
    }
  }
}

Modeled model(Dice& dice, EvtxStyle style = EvtxStyle::templates) {
  Modeled out;
  EvtxEvent& event = out.event;
  event.provider = "Provider-" + std::to_string(dice.below(4));
  event.event_id = static_cast<std::uint16_t>(dice.below(65536));
  event.level = static_cast<std::uint8_t>(dice.below(6));
  event.record_id = dice.below(1'000'000);
  if (dice.one_in(2)) event.qualifiers = static_cast<std::uint16_t>(dice.below(65536));
  if (dice.one_in(2)) event.activity_id = "{3FB80CAA-2356-43C8-9991-B852526F2500}";
  if (dice.one_in(2)) event.user_sid = "S-1-5-20";
  const bool user_data = dice.one_in(3);
  if (user_data) event.user_data = "EventXML";
  out.data = "{";
  std::size_t unnamed = 0;
  for (std::size_t i = dice.below(8); i > 0; --i) {
    auto [value, shown] = model_value(dice, style);
    std::string name = "field" + std::to_string(i);
    std::string shown_name = name;
    if (!user_data && shown.front() != '[' && dice.one_in(5)) {
      name.clear();
      shown_name = ++unnamed == 1 ? "Data" : "Data" + std::to_string(unnamed);
    }
    (user_data ? event.user_fields : event.event_data).push_back({name, value});
    if (out.data.size() > 1) out.data += ',';
    out.data += json_string(shown_name) + ':' + shown;
  }
  out.data += '}';
  if (user_data && event.user_fields.empty()) out.data = R"({"EventXML":""})";  // a leaf
  return out;
}

bool has(const std::string& line, const std::string& member) {
  return line.find(member) != std::string::npos;
}

}  // namespace

TEST_CASE("evtx round trip: a log holds the events that were written") {
  for (unsigned seed = 0; seed < 30; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    EvtxBuilder log(dice.below(1'000'000));
    std::vector<Modeled> models;
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = 0; i < 150; ++i) {
      const EvtxStyle style = dice.one_in(5) ? EvtxStyle::no_templates : EvtxStyle::templates;
      models.push_back(model(dice, style));
      numbers.push_back(log.next_record_number());
      if (dice.one_in(40)) log.end_chunk();
      log.add(models.back().event, style);
    }
    reader::ReadContext context;
    context.jobs = 1 + seed % 3;
    const Reading reading = read_events(reader::read_evtx, log.finish(), context);
    CHECK(reading.notices.empty());
    CHECK(reading.outcome.bytes_lost == 0);
    REQUIRE(reading.lines.size() == models.size());
    for (std::size_t i = 0; i < models.size(); ++i) {
      const std::string& line = reading.lines[i];
      const EvtxEvent& event = models[i].event;
      INFO(line);
      CHECK(has(line, "\"data\":" + models[i].data + "}\n"));
      CHECK(has(line, "\"record_id\":\"" + std::to_string(*event.record_id) + '"'));
      CHECK(has(line, "\"record_number\":\"" + std::to_string(numbers[i]) + '"'));
      CHECK(has(line, "\"provider\":\"" + event.provider + '"'));
      CHECK(has(line, "\"event_id\":" + std::to_string(event.event_id) + ','));
      CHECK(has(line, "\"level\":" + std::to_string(event.level) + ','));
      CHECK(has(line, "\"time\":\"2025-11-20T08:11:52.0000000Z\""));
      CHECK(has(line, "\"qualifiers\":") == event.qualifiers.has_value());
      CHECK(has(line, "\"activity_id\":") == !event.activity_id.empty());
      CHECK(has(line, "\"user_sid\":") == !event.user_sid.empty());
    }
  }
}

TEST_CASE("evtx round trip: EVTX to events equals EVTX to XML to events") {
  for (unsigned seed = 100; seed < 110; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    EvtxBuilder log;
    for (int i = 0; i < 150; ++i) log.add(model(dice).event);
    const auto bytes = log.finish();
    const auto got =
        read_events(reader::read_event_xml, as_bytes(xml_of(reader::read_evtx, bytes)));
    CHECK(got.notices.empty());
    const auto want = read_events(reader::read_evtx, bytes);
    REQUIRE(got.lines.size() == want.lines.size());
    for (std::size_t i = 0; i < want.lines.size(); ++i) {
      CHECK(got.lines[i] == as_xml_has_it(want.lines[i]));
    }
  }
}

TEST_CASE("evtx round trip: libevtx accepts the logs and counts the same records") {
  Dice dice(7);
  EvtxBuilder log;
  // Its XML writer refuses a text that is one character of markup and nothing else.
  const auto is_refused = [](const Modeled& modeled) {
    return modeled.data.find(":\"&\"") != std::string::npos ||
           modeled.data.find(":\"<\"") != std::string::npos;
  };
  for (int i = 0; i < 200;) {
    const Modeled modeled = model(dice);
    if (is_refused(modeled)) continue;
    log.add(modeled.event);
    ++i;
  }
  const auto seen = seen_by_libevtx(log.finish());
  if (!seen) return;
  CHECK(seen->events == 200);
  CHECK(seen->complaint.empty());
}
