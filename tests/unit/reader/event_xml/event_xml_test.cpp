#include "reader/event_xml.hpp"

#include <algorithm>
#include <random>

#include "base/utf16.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "support/catch.hpp"
#include "support/event_lines.hpp"
#include "support/evtx_builder.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {

constexpr const char* kSystem =
    "<System><Provider Name='P' Guid='{c76baa63-ae81-421c-b425-340b4b24157f}'/>"
    "<EventID Qualifiers='16384'>7</EventID><Level>2</Level><Keywords>0x80</Keywords>"
    "<TimeCreated SystemTime='2025-06-08T07:15:00.051348000Z'/><EventRecordID>12</EventRecordID>"
    "<Correlation/><Execution ProcessID='4' ThreadID='8'/><Channel>C</Channel>"
    "<Computer>PC</Computer><Security/></System>";

std::string event(std::string_view body, std::string_view attributes = {}) {
  return "<Event" + std::string(attributes) + ">" + kSystem + std::string(body) + "</Event>";
}

Reading read(std::string_view text) {
  return read_events(reader::read_event_xml, test::as_bytes(text));
}

std::string data_of(const std::string& line) {
  const std::size_t at = line.find("\"data\":") + 7;
  return line.substr(at, line.rfind('}') - at);
}

}  // namespace

TEST_CASE("event xml: System and the fields of each section") {
  struct Case {
    const char* name;
    const char* body;
    const char* want;
  };
  constexpr Case kCases[] = {
      {"nothing", "", "{}"},
      {"named", "<EventData><Data Name='a'>1</Data><Data Name=\"b\"/></EventData>",
       R"({"a":"1","b":""})"},
      {"unnamed", "<EventData><Data>x</Data><Data>y</Data><Binary>00FF</Binary></EventData>",
       R"({"Data":"x","Data2":"y","Binary":"00FF"})"},
      {"user data", "<UserData><X xmlns='n'><U>ann</U><V k='1'>2</V><W><D>d</D></W></X></UserData>",
       R"({"U":"ann","V@k":"1","V":"2","W/D":"d"})"},
      {"repeated", "<EventData><Data Name='a'>1</Data><Data Name='a'>2</Data></EventData>",
       R"({"a":["1","2"]})"},
      {"escapes",
       "<EventData><Data Name='a'>&lt;&amp;&#228;&#x20AC;<![CDATA[<b>]]></Data></EventData>",
       "{\"a\":\"<&\xC3\xA4\xE2\x82\xAC<b>\"}"},
      {"blanks are kept",
       "<EventData><Data Name='a'>  </Data>\n <Data Name='b'> x\r\n</Data></EventData>",
       R"({"a":"  ","b":" x\r\n"})"},
      {"rendering is left out",
       "<EventData/><RenderingInfo Culture='de-DE'><Message>m</Message></RenderingInfo>", "{}"},
      {"an element of the same name", "<UserData><X><Event>inner</Event></X></UserData>",
       R"({"Event":"inner"})"},
  };
  for (const Case& c : kCases) {
    INFO(c.name);
    const Reading reading = read(event(c.body));
    REQUIRE(reading.lines.size() == 1);
    CHECK(data_of(reading.lines[0]) == c.want);
    CHECK(reading.notices.empty());
    CHECK(
        reading.lines[0].find(
            R"("record_id":"12","time":"2025-06-08T07:15:00.0513480Z","host":"PC","channel":"C","provider":"P","event_id":7,"level":2,"keywords":"0x80","process_id":"4","thread_id":"8","computer":"PC","qualifiers":"16384","provider_guid":"{C76BAA63-AE81-421C-B425-340B4B24157F}")") !=
        std::string::npos);
  }
}

TEST_CASE("event xml: every wrapping and encoding gives the same events") {
  const std::string body =
      event("<EventData><Data Name='a'>\xC3\xA4\xF0\x9F\x98\x80</Data></EventData>",
            " xmlns='http://schemas.microsoft.com/win/2004/08/events/event'");
  const std::string shapes[] = {
      body + body,
      body + "\r\n" + body + "\r\n",
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>" +
          body + body + "</Events>",
      "<!-- <Event> --><Events xmlns='x'>\n" + body + "<!-- - -->" + body + "\n</Events>\n",
  };
  const Reading want = read(shapes[0]);
  REQUIRE(want.lines.size() == 2);
  for (const std::string& shape : shapes) {
    const std::string utf16 = "\xFF\xFE" + base::utf8_to_utf16le(shape);
    for (const std::string& text : {shape, utf16}) {
      const Reading got = read(text);
      INFO(shape);
      CHECK(got.lines == want.lines);
      CHECK(got.notices.empty());
      CHECK(got.outcome.bytes_lost == 0);
    }
  }
  CHECK(read("\xFF\xFE" + base::utf8_to_utf16le(shapes[0])).outcome.encoding == "utf-16le");
}

TEST_CASE("event xml: text between events is counted as lost, events around it are read") {
  const std::string text = event("") + "\nMessage: a<b\n" + event("");
  const Reading reading = read(text);
  CHECK(reading.lines.size() == 2);
  CHECK(reading.outcome.bytes_lost == 14);
  REQUIRE(reading.notices.size() == 1);
  CHECK(reading.notices[0].code == "EVENT_XML_DAMAGED");
}

TEST_CASE("event xml: an event cut off by the next one is given marked, or refused") {
  const std::string whole = event("<EventData><Data Name='a'>1</Data></EventData>");
  const Reading given = read(whole.substr(0, whole.size() - 20) + "\n" + whole);
  REQUIRE(given.lines.size() == 2);
  CHECK(given.lines[0].find("\"damaged\":true") != std::string::npos);
  CHECK(given.lines[1].find("\"damaged\":true") == std::string::npos);
  const Reading refused = read("<Event><System><Prov" + whole);
  CHECK(refused.lines.size() == 1);
  CHECK(refused.outcome.records_refused == 1);
  CHECK(refused.outcome.bytes_lost == 20);
}

TEST_CASE("event xml: a quote that was lost costs its event, not those behind") {
  const std::string good = event("<EventData><Data Name='a'>1</Data></EventData>");
  for (const char* const hurt : {"<EventData><Data Name=a'>1</Data></EventData>",
                                 "<EventData><Data Name='a>1</Data></EventData>",
                                 "<EventData><Data Name=\"a'>1</Data></EventData>"}) {
    INFO(hurt);
    const Reading reading = read("<Events>" + good + event(hurt) + good + good + "</Events>");
    CHECK(reading.outcome.damaged);
    REQUIRE(reading.lines.size() >= 3);
    CHECK(data_of(reading.lines.front()) == R"({"a":"1"})");
    CHECK(data_of(reading.lines.back()) == R"({"a":"1"})");
    CHECK(reading.lines.back() == reading.lines[reading.lines.size() - 2]);
  }
}

TEST_CASE("event xml: a tag that became an instruction costs its event, not those behind") {
  const std::string good = event("<EventData><Data Name='a'>1</Data></EventData>");
  for (const char* const hurt : {"<EventData><Data Name='a'>1<?Data></EventData>",
                                 "<EventData><Data Name='a'>1</Data><?EventData>"}) {
    INFO(hurt);
    const Reading reading = read("<Events>" + good + event(hurt) + good + good + "</Events>");
    CHECK(reading.outcome.damaged);
    REQUIRE(reading.lines.size() >= 3);
    CHECK(data_of(reading.lines.front()) == R"({"a":"1"})");
    CHECK(data_of(reading.lines.back()) == R"({"a":"1"})");
    CHECK(reading.lines.back() == reading.lines[reading.lines.size() - 2]);
  }
}

TEST_CASE("event xml: truncation anywhere keeps the events before it") {
  std::string text = "<Events>";
  for (int i = 0; i < 5; ++i) text += event("<EventData><Data Name='a'>1</Data></EventData>");
  text += "</Events>";
  const Reading whole = read(text);
  for (std::size_t size = 0; size < text.size(); size += 7) {
    const Reading reading = read(std::string_view(text).substr(0, size));
    INFO("cut at " << size);
    const std::size_t complete = (size - std::min<std::size_t>(size, 8)) / ((text.size() - 17) / 5);
    REQUIRE(reading.lines.size() >= complete);
    CHECK(std::equal(reading.lines.begin(),
                     reading.lines.begin() + static_cast<std::ptrdiff_t>(complete),
                     whole.lines.begin()));
  }
}

TEST_CASE("event xml: an event without an end does not fill memory") {
  std::string text = "<Event>" + std::string(kSystem) + "<EventData>";
  for (std::size_t i = 0; i < 3 * reader::kMaxEventXml / 16; ++i) text += "<Data>x</Data>\r\n";
  text += event("");
  const Reading reading = read(text);
  CHECK(reading.outcome.damaged);
  REQUIRE_FALSE(reading.lines.empty());
  CHECK(data_of(reading.lines.back()) == "{}");
}

TEST_CASE("event xml: deep nesting stops at a limit") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<x>";
  for (int i = 0; i < 100'000; ++i) deep += "</x>";
  const Reading reading = read(event("<UserData>" + deep + "</UserData>"));
  REQUIRE(reading.lines.size() == 1);
  CHECK(reading.lines[0].size() < 2000);
  CHECK(reading.outcome.damaged);
}

TEST_CASE("event xml: no damaged byte makes the reader fail") {
  std::string text = "<Events>";
  for (int i = 0; i < 20; ++i) text += event("<EventData><Data Name='a'>1</Data></EventData>");
  std::mt19937 dice(3);
  for (int round = 0; round < 300; ++round) {
    std::string hurt = text;
    for (auto i = dice() % 30; i > 0; --i) hurt[dice() % hurt.size()] = static_cast<char>(dice());
    CHECK(read(hurt).lines.size() <= 25);
  }
}

TEST_CASE("event xml: what the XML writer writes is read back as the same events") {
  EvtxBuilder log;
  for (int i = 0; i < 40; ++i) {
    EvtxEvent model;
    model.activity_id = "{3FB80CAA-2356-43C8-9991-B852526F2500}";
    model.user_sid = "S-1-5-20";
    model.qualifiers = 5;
    model.event_data = {{"q", EvtxValue::text("a \"b\" <c> & 'd'\r\n\t\xC3\xA4")},
                        {"", EvtxValue::text("unnamed")},
                        {"list", EvtxValue::text_array({"x", "y"})}};
    if (i % 2 == 0) {
      model.user_data = "EventXML";
      model.user_fields = {{"User", EvtxValue::text("CONTOSO\\ann")},
                           {"Code", EvtxValue::hex32(0x904)}};
      model.event_data.clear();
    }
    log.add(model);
  }
  const auto bytes = log.finish();
  auto want = read_events(reader::read_evtx, bytes).lines;
  std::transform(want.begin(), want.end(), want.begin(), as_xml_has_it);
  CHECK(read(xml_of(reader::read_evtx, bytes)).lines == want);
}

TEST_CASE("event xml probe: by content") {
  const auto sure = [](std::string_view text) {
    return reader::probe_event_xml(test::as_bytes(text), "x.log", {});
  };
  CHECK(sure(event("")) == reader::Sureness::certain);
  CHECK(sure("\xFF\xFE" + base::utf8_to_utf16le(event(""))) == reader::Sureness::certain);
  CHECK(sure("PS> wevtutil\n" + event("")) == reader::Sureness::likely);
  CHECK(sure("<html><Event/></html>") == reader::Sureness::no);
  CHECK(sure("") == reader::Sureness::no);
}

TEST_CASE("event xml: a trace through tracerpt: padded numbers, no activity, any zone") {
  const std::string text =
      "<?xml version=\"1.0\"?>\r\n<Events>\r\n"
      "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\r\n\t<System>\r\n"
      "\t\t<Provider Name=\"P\" Guid=\"{9e814aad-3204-11d2-9a82-006008a86939}\" />\r\n"
      "\t\t<EventID>1026</EventID>\r\n"
      "\t\t<TimeCreated SystemTime=\"2026-11-20T09:14:33.123456700+01:00\" />\r\n"
      "\t\t<Correlation ActivityID=\"{00000000-0000-0000-0000-000000000000}\" />\r\n"
      "\t\t<Execution ProcessID=\"4288\" ThreadID=\"9084\" ProcessorID=\"0\" KernelTime=\"0\" "
      "UserTime=\"15\" />\r\n\t\t<Channel />\r\n\t\t<Computer />\r\n\t</System>\r\n"
      "\t<EventData>\r\n\t\t<Data Name=\"Value\">    2308</Data>\r\n"
      "\t\t<Data Name=\"Hex\">  0x904</Data>\r\n"
      "\t\t<Data Name=\"Words\">  two words</Data>\r\n\t</EventData>\r\n"
      "\t<RenderingInfo Culture=\"de-DE\">\r\n\t\t<Opcode>Info</Opcode>\r\n\t</RenderingInfo>\r\n"
      "</Event>\r\n</Events>\r\n";
  const Reading reading = read(text);
  REQUIRE(reading.lines.size() == 1);
  CHECK(data_of(reading.lines[0]) == R"({"Value":"2308","Hex":"0x904","Words":"  two words"})");
  CHECK(reading.lines[0].find(R"("time":"2026-11-20T08:14:33.1234567Z")") != std::string::npos);
  CHECK(reading.lines[0].find("activity_id") == std::string::npos);
  CHECK(reading.lines[0].find(R"("process_id":"4288")") != std::string::npos);
  CHECK(reading.outcome.bytes_lost == 0);
}
