#include "reader/event_json.hpp"

#include "base/encoding.hpp"
#include "support/catch.hpp"
#include "support/event_lines.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {

Reading read(std::string_view text, const reader::ReadContext& context = {}) {
  return read_events(reader::read_event_json, test::as_bytes(text), context);
}

std::string utf16(std::u16string_view text, base::ByteOrder order) {
  std::string out = order == base::ByteOrder::little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF), high = static_cast<char>(unit >> 8);
    out += order == base::ByteOrder::little ? low : high;
    out += order == base::ByteOrder::little ? high : low;
  }
  return out;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("event json: lines, arrays and objects over several lines are the same events") {
  const char* const kTexts[] = {
      "{\"EventID\":1,\"a\":\"x\"}\n{\"EventID\":2,\"a\":\"}{\"}\n",
      "[{\"EventID\":1,\"a\":\"x\"},{\"EventID\":2,\"a\":\"}{\"}]",
      "[\r\n  {\r\n    \"EventID\": 1,\r\n    \"a\": \"x\"\r\n  },\r\n  {\"EventID\": 2, \"a\": "
      "\"}{\"}\r\n]",
      "\xEF\xBB\xBF{\"EventID\":1,\"a\":\"x\"} {\"EventID\":2,\"a\":\"}{\"}",
  };
  for (const char* text : kTexts) {
    INFO(text);
    const Reading reading = read(text);
    REQUIRE(reading.lines.size() == 2);
    CHECK(contains(reading.lines[0], R"("data":{"EventID":"1","a":"x"})"));
    CHECK(contains(reading.lines[1], R"("data":{"EventID":"2","a":"}{"})"));
    CHECK(reading.notices.empty());
    CHECK(reading.outcome.records_read == 2);
    CHECK(reading.outcome.bytes_lost == 0);
  }
}

TEST_CASE("event json: UTF-16 in both orders, with a character cut at every read") {
  for (const base::ByteOrder order : {base::ByteOrder::little, base::ByteOrder::big}) {
    // An odd number of units before pairs, more than one read buffer long.
    std::u16string text = u"{\"EventID\":1,\"a\":\"x";
    for (int i = 0; i < 200'000; ++i) text += u"\U0001F511";
    text += u"\"}\n";
    const Reading reading = read(utf16(text, order));
    REQUIRE(reading.lines.size() == 1);
    CHECK_FALSE(contains(reading.lines[0], "\xEF\xBF\xBD"));
    CHECK(reading.outcome.bytes_lost == 0);
  }
}

TEST_CASE("event json: what is damaged is lost by itself and accounted for") {
  struct Case {
    const char* name;
    std::string text;
    std::size_t events;
    std::uint64_t offset, bytes;  // of the one notice
  };
  const Case kCases[] = {
      {"not JSON", "{\"EventID\":1}\n{\"EventID\":}\n{\"EventID\":3}\n", 2, 14, 12},
      {"cut inside a text", "{\"EventID\":1}\n{\"a\":\"x\n{\"EventID\":3}\n", 2, 14, 7},
      {"cut at the end", "{\"EventID\":1}\n{\"a\":[1", 1, 14, 7},
      {"words between", "{\"EventID\":1}\nerror 5\n{\"EventID\":3}\n", 2, 14, 7},
      {"words at the end", "{\"EventID\":1}\nend", 1, 14, 3},
      {"a list cut between two objects", "[{\"EventID\":1},", 1, 15, 0},
      {"a byte order mark before it", "\xEF\xBB\xBF{\"a\":}", 0, 3, 6},
      {"in UTF-16", utf16(u"{\"EventID\":1}\n{\"\U0001F511\u00E4\":}", base::ByteOrder::big), 1, 30,
       16},
      {"half a unit", utf16(u"{\"EventID\":1}", base::ByteOrder::little) + "x", 1, 28, 1},
      {"half a unit in an object", utf16(u"{\"EventID\":1", base::ByteOrder::little) + "x", 0, 2,
       25},
  };
  for (const Case& damaged : kCases) {
    INFO(damaged.name);
    const Reading reading = read(damaged.text);
    CHECK(reading.lines.size() == damaged.events);
    REQUIRE(reading.notices.size() == 1);
    CHECK(reading.notices[0].code == "JSON_DAMAGED");
    CHECK(reading.notices[0].byte_offset == damaged.offset);
    CHECK(reading.notices[0].bytes_lost == damaged.bytes);
    CHECK(reading.outcome.bytes_lost == damaged.bytes);
    CHECK(reading.outcome.damaged);
  }
}

TEST_CASE("event json: words before and behind an object are two losses") {
  const Reading reading = read(utf16(u"see {\"EventID\":1} so", base::ByteOrder::little) + "x");
  CHECK(reading.lines.size() == 1);
  REQUIRE(reading.notices.size() == 2);
  CHECK(reading.notices[0].byte_offset == 2);
  CHECK(reading.notices[0].bytes_lost == 6);
  CHECK(reading.notices[1].byte_offset == 38);
  CHECK(reading.notices[1].bytes_lost == 5);
  CHECK(reading.outcome.bytes_lost == 11);
}

TEST_CASE("event json: an object over the limit is refused, the next one is read") {
  reader::ReadContext context;
  context.limits.max_line_bytes = 40;
  const std::string big = "{\"a\":\"" + std::string(50, 'x') + "\"}";
  const Reading reading = read(big + "\n{\"EventID\":2}\n", context);
  CHECK(reading.lines.size() == 1);
  CHECK(reading.outcome.records_refused == 1);
  CHECK(reading.outcome.bytes_lost == big.size());
}

TEST_CASE("event json: Get-WinEvent through ConvertTo-Json, of PowerShell 5 and 7") {
  const char* const kTexts[] = {
      // 5: /Date(…)/, values nested, a list with its count
      R"([{"Id":1026,"Version":0,"Qualifiers":null,"Level":4,"Task":101,"RecordId":77,
          "ProviderName":"Microsoft-Windows-TerminalServices-ClientActiveXCore",
          "LogName":"Microsoft-Windows-TerminalServices-RDPClient/Operational","ProcessId":4120,
          "MachineName":"PC-17","UserId":{"BinaryLength":28,"Value":"S-1-5-21-1"},
          "TimeCreated":"\/Date(1763629921103)\/","LevelDisplayName":"Information",
          "Properties":{"value":[{"Value":"Disconnect Reason"},{"Value":2308}],"Count":2}}])",
      // 5, inside another object: the date is an object too
      R"({"Id":1026,"Level":4,"RecordId":77,
          "ProviderName":"Microsoft-Windows-TerminalServices-ClientActiveXCore",
          "LogName":"Microsoft-Windows-TerminalServices-RDPClient/Operational","ProcessId":4120,
          "MachineName":"PC-17","UserId":"S-1-5-21-1",
          "TimeCreated":{"value":"\/Date(1763629921103)\/","DateTime":"Thursday"},
          "Properties":[{"Value":"Disconnect Reason"},{"Value":2308}]})",
      // 7
      R"({"Id":1026,"Level":4,"RecordId":77,
          "ProviderName":"Microsoft-Windows-TerminalServices-ClientActiveXCore",
          "LogName":"Microsoft-Windows-TerminalServices-RDPClient/Operational","ProcessId":4120,
          "MachineName":"PC-17","UserId":{"BinaryLength":28,"Value":"S-1-5-21-1"},
          "TimeCreated":"2025-11-20T10:12:01.103+01:00",
          "Properties":[{"Value":"Disconnect Reason"},{"Value":2308}]})"};
  for (const char* text : kTexts) {
    INFO(text);
    const Reading reading = read(text);
    REQUIRE(reading.lines.size() == 1);
    for (const char* part :
         {R"("event_id":1026)", R"("record_id":"77")", R"("time":"2025-11-20T09:12:01.103)",
          R"("channel":"Microsoft-Windows-TerminalServices-RDPClient/Operational")",
          R"("user_sid":"S-1-5-21-1")", R"("Data":"Disconnect Reason","Data2":"2308")"}) {
      INFO(part);
      CHECK(contains(reading.lines[0], part));
    }
  }
  // No date, dates out of range: an event without a time.
  for (const char* date : {"\"x\"", "\"\\/Date(99999999999999999)\\/\"", "5", "null"}) {
    INFO(date);
    const Reading reading =
        read(R"({"ProviderName":"a","Id":1,"TimeCreated":)" + std::string(date) + "}");
    REQUIRE(reading.lines.size() == 1);
    CHECK_FALSE(contains(reading.lines[0], "\"time\""));
  }
}

TEST_CASE("event json: enumerations of another machine are an object with word and number") {
  const Reading reading =
      read(R"({"Id":1026,"Level":{"value":"Information","Value":4},"RecordId":{"Value":77},
        "Opcode":{"value":"Receive","Value":14},"ProviderName":{"value":"P"},"LogName":"C/Operational",
        "Keywords":-9223372036854775808,
        "TimeCreated":{"value":"\/Date(1763629921103)\/","DisplayHint":2,"DateTime":"Thursday"},
        "Properties":[{"Value":{"value":"Closed","Value":3}},{"Value":2308}]})");
  REQUIRE(reading.lines.size() == 1);
  for (const char* part : {R"("level":4)", R"("opcode":"14")", R"("provider":"P")",
                           R"("record_id":"77")", R"("keywords":"0x8000000000000000")",
                           R"("time":"2025-11-20T09:12:01.103)", R"("Data":"3","Data2":"2308")"}) {
    INFO(part);
    CHECK(contains(reading.lines[0], part));
  }
}

TEST_CASE("event json: what each tool calls the parts of a record") {
  struct Case {
    const char* tool;
    const char* text;
    std::vector<const char*> parts;
  };
  const Case kCases[] = {
      {"Winlogbeat",
       R"({"@timestamp":"2026-11-20T09:11:53.123Z","message":"Fatal","winlog":{"channel":"System",
          "provider_name":"Schannel","event_id":"36870","record_id":9001,"computer_name":"RDS01",
          "process":{"pid":700,"thread":{"id":12}},"event_data":{"Type":"server"}}})",
       {R"("Type":"server")", R"("Message":"Fatal")", R"("process_id":"700","thread_id":"12")"}},
      {"Winlogbeat, values of UserData",
       R"({"@timestamp":"2026-11-20T09:11:53.123Z","winlog":{"channel":"System",
          "provider_name":"Schannel","event_id":36870,"record_id":"9001","computer_name":"RDS01",
          "user_data":{"xml_name":"EventXML","Param1":"alice"}}})",
       {R"("winlog.user_data.xml_name":"EventXML","Param1":"alice"})"}},
      {"Elasticsearch, flattened, in an answer",
       R"({"took":1,"hits":{"hits":[{"_index":"w","_source":{"@timestamp":"2026-11-20T09:11:53.123Z",
          "winlog.channel":"System","winlog.provider_name":"Schannel","winlog.event_id":"36870",
          "winlog.record_id":9001,"winlog.computer_name":"RDS01"}}]}})",
       {}},
      {"EvtxECmd",
       R"({"Channel":"System","Provider":"Schannel","EventId":36870,"EventRecordId":"9001",
          "TimeCreated":"2026-11-20T09:11:53.1230000+00:00","Computer":"RDS01",
          "Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"Type\",\"#text\":\"server\"}]}}"})",
       {R"("Type":"server")"}},
      {"Timesketch",
       R"({"datetime":"2026-11-20T09:11:53.123+00:00","timestamp":1795165913123456,
          "event_identifier":36870,"computer_name":"RDS01","source_name":"Schannel",
          "record_number":9001,"strings":["server","0x8009030d"],"message":"[36870]"})",
       {R"("Data":"server","Data2":"0x8009030d")"}},
      {"NXLog",
       R"({"EventTime":"2026-11-20 09:11:53.123","Hostname":"RDS01","EventID":36870,
          "SourceName":"Schannel","RecordNumber":9001,"Channel":"System","Type":"server"})",
       {R"("Type":"server")"}},
      {"Hayabusa",
       R"({"Timestamp":"2026-11-20 10:11:53.123 +01:00","RuleTitle":"x","Computer":"RDS01",
          "Channel":"Sys","EventID":36870,"RecordID":9001,"Details":{"Type":"server"}})",
       {R"("channel":"Sys")", R"("Details.Type":"server")"}},
      {"chainsaw",
       R"([{"group":"Sigma","document":{"kind":"evtx","data":{"Event":{"System":{
          "Provider":{"#attributes":{"Name":"Schannel"}},"EventID":36870,
          "TimeCreated":{"#attributes":{"SystemTime":"2026-11-20T09:11:53.123Z"}},
          "EventRecordID":9001,"Channel":"System","Computer":"RDS01"},
          "EventData":{"Type":"server"}}}},"name":"x"}])",
       {R"("Type":"server")"}},
      {"evtx_dump, attributes beside",
       R"({"Event":{"System":{"Provider_attributes":{"Name":"Schannel"},"EventID":36870,
          "TimeCreated_attributes":{"SystemTime":"2026-11-20T09:11:53.123Z"},
          "EventRecordID":9001,"Channel":"System","Computer":"RDS01"}}})",
       {R"("provider":"Schannel")"}},
      {"evtx_dump, with numbers between",
       "Record 9001\n{\"Event\":{\"System\":{\"Provider\":{\"@Name\":\"Schannel\"},"
       "\"EventID\":36870,\"TimeCreated\":{\"@SystemTime\":\"2026-11-20T09:11:53.123Z\"},"
       "\"EventRecordID\":9001,\"Channel\":\"System\",\"Computer\":\"RDS01\"}}}\n",
       {}},
      {"Get-EventLog",
       R"({"value":[{"EventID":36870,"MachineName":"RDS01","Index":9001,"Source":"Schannel",
          "InstanceId":36870,"TimeGenerated":"\/Date(1795165913123)\/","Message":"Fatal",
          "ReplacementStrings":["server"]}],"Count":1})",
       {R"("provider":"Schannel")", R"("Data":"server")"}},
      {"Splunk",
       R"({"preview":false,"result":{"_time":"2026-11-20T09:11:53.123+00:00","EventCode":"36870",
          "LogName":"System","SourceName":"Schannel","ComputerName":"RDS01","RecordNumber":"9001"}})",
       {R"("provider":"Schannel")"}},
      {"Splunk, the raw text only",
       R"({"preview":false,"offset":0,"lastrow":true,"result":{"_raw":"11/20/2026 09:11:53 AM\nLogName=System\nEventCode=36870\nEventType=2\nComputerName=RDS01\nSourceName=Schannel\nRecordNumber=9001\nMessage=A fatal error.\r\n\r\nName=value\r\n","_time":"2026-11-20 09:11:53.123 UTC","host":"RDS01"}})",
       {R"("provider":"Schannel")", R"("channel":"System")",
        R"("Message":"A fatal error.\r\n\r\nName=value")", R"(53.1230000Z)"}},
      {"Splunk, an answer of a search",
       R"({"preview":false,"init_offset":0,"fields":[{"name":"_raw"}],"results":[{
          "_raw":"LogName=System\nEventCode=36870\nComputerName=RDS01\nSourceName=Schannel\nRecordNumber=9001",
          "_time":"2026-11-20T09:11:53.123+00:00"}]})",
       {R"("provider":"Schannel")"}},
      {"Splunk, a zone that is not known",
       R"({"preview":false,"result":{"_time":"2026-11-20 09:11:53.123 EST","EventCode":"36870",
          "LogName":"System","SourceName":"Schannel","ComputerName":"RDS01","RecordNumber":"9001"}})",
       {R"("time":"2026-11-20T09:11:53.1230000",)"}},
      {"Get-WinEvent, some properties",
       R"({"TimeCreated":"2026-11-20T10:11:53.123+01:00","Id":36870,"LevelDisplayName":"Error",
          "MachineName":"RDS01","RecordId":9001,"Message":"Fatal"})",
       {R"("Message":"Fatal")"}},
  };
  for (const Case& c : kCases) {
    INFO(c.tool);
    const Reading reading = read(c.text);
    CHECK(reading.notices.empty());
    CHECK(reading.outcome.bytes_lost == 0);
    REQUIRE(reading.lines.size() == 1);
    INFO(reading.lines[0]);
    for (const char* part : {R"("event_id":36870)", R"("time":"2026-11-20T09:11:53.123)",
                             R"("record_id":"9001")", R"("computer":"RDS01")"}) {
      INFO(part);
      CHECK(contains(reading.lines[0], part));
    }
    for (const char* part : c.parts) {
      INFO(part);
      CHECK(contains(reading.lines[0], part));
    }
  }
}

TEST_CASE("event json: a file of settings holds no events, unless rules are matched with it") {
  struct Case {
    const char* text;
    std::size_t events, refused;
    const char* of_no_use;
  };
  const Case kCases[] = {
      {"{\"a\":1}", 0, 0, "JSON without events"},
      {"{}", 0, 0, "JSON without events"},
      {"[]", 0, 0, ""},
      {R"({"name":"x","version":"1.0","scripts":{"test":"y"}})", 0, 0, "JSON without events"},
      {"{\"a\":1}\n{\"EventID\":5}\n", 1, 1, ""},
      {R"({"level":"error","ts":"2026-11-20T09:11:53Z"})", 1, 0, ""},
  };
  for (const Case& c : kCases) {
    INFO(c.text);
    const Reading reading = read(c.text);
    CHECK(reading.lines.size() == c.events);
    CHECK(reading.outcome.records_refused == c.refused);
    CHECK(reading.outcome.of_no_use == c.of_no_use);
    CHECK(reading.notices.size() == c.refused);
    reader::ReadContext all;
    all.json = reader::JsonObjects::all;
    CHECK(read(c.text, all).lines.size() == c.events + (c.refused + (*c.of_no_use != '\0')));
  }
}

TEST_CASE("event json: values in each other without end cost that object, not the stack") {
  const auto nested = [](std::string_view open, std::string_view close, int depth) {
    std::string text = R"({"Event":{"System":{"EventID":1},"EventData":{"Data":)";
    for (int i = 0; i < depth; ++i) text += open;
    text += "1";
    for (int i = 0; i < depth; ++i) text += close;
    return text + "}}}\n";
  };
  for (const auto& [open, close] : {std::pair("[", "]"), {"{\"#text\":", "}"}, {"{\"a\":", "}"}}) {
    INFO(open);
    const Reading shallow = read(nested(open, close, 400) + "{\"EventID\":2}\n");
    CHECK(shallow.lines.size() == 2);
    const std::string deep = nested(open, close, 90'000);
    const Reading reading = read(deep + "{\"EventID\":2}\n");
    CHECK(reading.lines.size() == 1);
    REQUIRE(reading.notices.size() == 1);
    CHECK(reading.notices[0].code == "JSON_DAMAGED");
    CHECK(reading.outcome.bytes_lost == deep.size() - 1);
  }
}
