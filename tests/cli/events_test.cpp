// `events` and `rules match` over binary logs: what comes out depends on neither threads nor what
// else lies in the folder.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/catch.hpp"
#include "support/evtx_builder.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;

namespace {

// Some megabytes: enough for several threads to have a part of it each.
std::string write_log(const std::string& path) {
  EvtxBuilder log;
  for (int i = 0; i < 4000; ++i) {
    EvtxEvent event;
    event.provider = "Microsoft-Windows-Security-Auditing";
    event.channel = "Security";
    event.event_id = i % 3 == 0 ? 4625 : 4624;
    event.time += std::int64_t{i} * 10'000'000;
    event.event_data = {{"TargetUserName", EvtxValue::text("user" + std::to_string(i % 7))},
                        {"Filler", EvtxValue::text(std::string(200, 'x'))}};
    log.add(event);
  }
  const auto bytes = log.finish();
  write_text_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return path;
}

std::size_t count(const std::string& text, const std::string& piece) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(piece, at)) != std::string::npos; at += piece.size()) {
    ++found;
  }
  return found;
}

}  // namespace

TEST_CASE("events: every format is the same on one thread and on several") {
  const std::string log = write_log(fresh_folder("events_jobs") + "/Security.evtx");
  for (const std::string format : {"jsonl", "csv", "xml", "timesketch", "ecs"}) {
    INFO(format);
    const Outcome one = run_program({"events", "--format", format, "--jobs", "1", log});
    CHECK(one.exit_code == 0);
    CHECK(one.err == "");
    const bool has_it_twice = format == "timesketch" || format == "ecs";  // in the message, too
    CHECK(count(one.out, "Microsoft-Windows-Security-Auditing") >= (has_it_twice ? 8000U : 4000U));
    CHECK(count(one.out, "\n") >= 4000);
    for (const std::string jobs : {"2", "3", "8"}) {
      CHECK(run_program({"events", "--format", format, "--jobs", jobs, log}).out == one.out);
    }
  }
}

TEST_CASE("events: other timelines get what they ask for, and nothing without a date") {
  const std::string folder = fresh_folder("events_import");
  write_log(folder + "/Security.evtx");
  write_text_file(folder + "/client.log",
                  "[10:11:12:100] [100:101] [INFO][com.freerdp.core] - loading channels\n"
                  "[10:11:12:500] [100:101] [ERROR][com.freerdp.core] - it \"failed\"\n");
  const auto lines = [&](const std::string& format, const std::string& file) {
    std::vector<nlohmann::json> out;
    const Outcome run = run_program({"events", "--format", format, folder + "/" + file});
    std::istringstream in(run.out);
    for (std::string line; std::getline(in, line);) out.push_back(nlohmann::json::parse(line));
    if (out.empty()) CHECK(run.err.find("EVENTS_WITHOUT_DATE") != std::string::npos);
    return out;
  };
  const auto sketch = lines("timesketch", "Security.evtx");
  REQUIRE(sketch.size() == 4000);
  CHECK(sketch[0]["datetime"].get<std::string>().ends_with("+00:00"));
  CHECK(sketch[0]["timestamp_desc"] == "Event Logged");
  CHECK(sketch[1]["timestamp"].get<std::int64_t>() - sketch[0]["timestamp"].get<std::int64_t>() ==
        1'000'000);
  CHECK(sketch[0]["message"].get<std::string>().find("4625: TargetUserName=user0") !=
        std::string::npos);
  CHECK(sketch[0]["event_identifier"] == 4625);
  CHECK(sketch[0]["data"]["TargetUserName"] == "user0");
  const auto ecs = lines("ecs", "Security.evtx");
  REQUIRE(ecs.size() == 4000);
  CHECK(ecs[0]["event"]["code"] == "4625");
  CHECK(ecs[0]["winlog"]["channel"] == "Security");
  CHECK(ecs[0]["winlog"]["event_data"]["TargetUserName"] == "user0");
  CHECK(ecs[0]["log"]["file"]["path"] == folder + "/Security.evtx");
  CHECK(ecs[0]["@timestamp"].get<std::string>().ends_with("Z"));
  for (const std::string format : {"timesketch", "ecs"}) CHECK(lines(format, "client.log").empty());
}

TEST_CASE("events: -o writes the same bytes whole, and keeps what is there") {
  const std::string folder = fresh_folder("events_file");
  const std::string log = write_log(folder + "/Security.evtx"), file = folder + "/events.jsonl";
  CHECK(run_program({"events", log, "-o", file}).exit_code == 0);
  CHECK(read_text_file(file) == run_program({"events", log}).out);
  CHECK(run_program({"events", log, "-o", file}).exit_code == 2);
  CHECK(run_program({"events", log, "-o", file, "--force"}).exit_code == 0);
}

TEST_CASE("events: filters choose by the key") {
  const std::string log = write_log(fresh_folder("events_filters") + "/Security.evtx");
  const auto events = [&](const std::vector<std::string>& filters) {
    std::vector<std::string> arguments{"events", log};
    arguments.insert(arguments.end(), filters.begin(), filters.end());
    return count(run_program(arguments).out, "\n");
  };
  CHECK(events({"--event-id", "4625"}) == 1334);
  CHECK(events({"--channel", "security", "--event-id", "4624,4625"}) == 4000);
  CHECK(events({"--channel", "System"}) == 0);
  CHECK(events({"--since", "2025-11-20T08:11:52Z", "--until", "2025-11-20T08:12:02Z"}) == 10);
}

TEST_CASE("events: a log that was exported twice counts once, in whatever form and order") {
  const std::string folder = fresh_folder("events-twice");
  const std::string log = write_log(folder + "/whole.evtx");
  const std::string xml = run_program({"events", log, "--format", "xml"}).out;
  // An export of the last thousand records, and a list of some with times of Kathmandu.
  const auto tail = [&](int from) {
    std::string text = "<Events>";
    for (int i = from; i <= 4000; ++i) {
      const auto id = xml.find("<EventRecordID>" + std::to_string(i) + "<");
      const auto begin = xml.rfind("<Event ", id), end = xml.find("</Event>", id);
      text += xml.substr(begin, end + 8 - begin);
    }
    return text + "</Events>";
  };
  write_text_file(folder + "/tail.xml", tail(3001));
  std::string list =
      "\"TimeCreated\",\"ProviderName\",\"Id\",\"LogName\",\"RecordId\",\"MachineName\"\n";
  for (int second = 0; second < 3; ++second) {
    list += "\"2025-11-20T13:56:5" + std::to_string(2 + second) +
            "\",\"Microsoft-Windows-Security-Auditing\",\"4624\",\"Security\",\"" +
            std::to_string(1 + second) + "\",\"PC-17\"\n";
  }
  write_text_file(folder + "/a list.csv", list);
  for (const char* jobs : {"1", "3"}) {
    const Outcome both = run_program({"events", folder, "--jobs", jobs});
    std::set<std::string> ids;
    std::istringstream lines(both.out);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      ids.insert(nlohmann::json::parse(line).value("record_id", ""));
    }
    CHECK(count == 4000);
    CHECK(ids.size() == 4000);
    CHECK(both.err.find("notice[RECORDS_REPEATED]") != std::string::npos);
    CHECK(both.err.find("a list.csv: 3 records") != std::string::npos);
  }
  const Outcome alone = run_program({"events", folder + "/tail.xml"});
  CHECK(std::count(alone.out.begin(), alone.out.end(), '\n') == 1000);
}

TEST_CASE("events: one line for every file that gives nothing") {
  const std::string folder = fresh_folder("events_unreadable");
  write_log(folder + "/Security.evtx");
  write_text_file(folder + "/empty.evtx", "");
  write_text_file(folder + "/noise.bin", std::string("\x01\x02\x03", 3));
  const Outcome outcome = run_program({"events", folder});
  CHECK(outcome.exit_code == 0);
  CHECK(count(outcome.out, "\n") == 4000);
  CHECK(count(outcome.err, "\n") == 2);
  CHECK(outcome.err.find("empty.evtx: the file is empty") != std::string::npos);
  CHECK(outcome.err.find("noise.bin: ") != std::string::npos);
}

TEST_CASE("rules match: the same matches on one thread and on several") {
  const std::string folder = fresh_folder("events_match");
  const std::string log = write_log(folder + "/Security.evtx");
  const std::string rules = folder + "/rules.yml";
  write_text_file(rules,
                  "title: failed\nname: failed\nlogsource: {product: windows, service: security}\n"
                  "detection: {s: {EventID: 4625}, condition: s}\n---\n"
                  "title: many\ncorrelation:\n  type: event_count\n  rules: [failed]\n"
                  "  group-by: [TargetUserName]\n  timespan: 5m\n  condition: {gte: 10}\n");
  const auto match = [&](const std::string& jobs) {
    return run_program(
        {"rules", "match", "--rules", rules, "--format", "jsonl", "--jobs", jobs, log});
  };
  const Outcome one = match("1");
  INFO(one.err);
  CHECK(one.exit_code == 0);
  CHECK(count(one.out, "\"correlation\"") != 0);
  for (const std::string jobs : {"2", "5"}) CHECK(match(jobs).out == one.out);
}

TEST_CASE("analyze: the same report on one thread and on several") {
  const std::string log = write_log(fresh_folder("events_analyze") + "/Security.evtx");
  const auto report = [&](const std::string& jobs) {
    const std::string text = run_program({"analyze", "--format", "json", "--jobs", jobs, log}).out;
    return text.substr(0, text.find("\"run\":"));  // which has the command line and the time
  };
  const std::string one = report("1");
  CHECK(one.find("sha256") != std::string::npos);
  CHECK(report("2") == one);
}
