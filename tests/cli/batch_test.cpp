// batch and merge: the same bytes however the work is cut up, and nothing lost when it is killed.
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::string trace(int status) {
  return "[10:11:12:100] [100:101] [INFO][com.freerdp.core] - loading channels\n"
         "[10:11:12:500] [100:101] [DEBUG][com.freerdp.core.gateway.rdg] - RDG_OUT_DATA "
         "authorization result: " +
         std::to_string(status) +
         "\n"
         "[10:11:12:501] [100:101] [ERROR][com.freerdp.core] - "
         "freerdp_set_last_error_ex ERRCONNECT_CONNECT_FAILED [0x00020006]\n";
}

// A folder of small cases: traces with several statuses, one empty file, one folder of two files.
std::string make_cases(const std::string& name, int count) {
  const std::string folder = fresh_folder(name);
  constexpr int kStatuses[] = {502, 503, 401, 403, 504, 407};
  for (int i = 0; i < count; ++i) {
    write_text_file(folder + "/INC" + std::to_string(1000 + i) + ".log",
                    trace(kStatuses[i % 6]) + "# " + std::to_string(i) + "\n");
  }
  write_text_file(folder + "/empty.log", "");
  write_text_file(folder + "/two/a.log", trace(502));
  write_text_file(folder + "/two/b.txt", "a note\n");
  return folder;
}

const std::vector<std::string> kFormats = {"jsonl", "json", "html", "sarif", "junit"};

// Every merged format of the batches in `folders`.
std::vector<std::string> merged(const std::vector<std::string>& folders) {
  std::vector<std::string> out;
  for (const std::string& format : kFormats) {
    std::vector<std::string> command{"merge"};
    command.insert(command.end(), folders.begin(), folders.end());
    command.insert(command.end(), {"--format", format});
    const Outcome outcome = run_program(command);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    out.push_back(outcome.out);
  }
  return out;
}

}  // namespace

TEST_CASE("batch: one line for each case, in order, and a bad case is a line") {
  const std::string cases = make_cases("batch-lines", 4);
  const Outcome run = run_program({"batch", cases + "/INC1000.log", cases + "/missing.zip",
                                   cases + "/two", cases + "/empty.log", "--jobs", "4"});
  CHECK(run.exit_code == 0);
  const auto lines = lines_of(run.out);
  REQUIRE(lines.size() == 4);
  const json first = json::parse(lines[0]), missing = json::parse(lines[1]);
  CHECK(first["kind"] == "rdptriage.case");
  CHECK(first["case"]["id"] == "INC1000");
  CHECK(first["verdict"] == "diagnosed");
  CHECK(first["causes"][0]["cause"] == "gateway-http.502");
  CHECK(first["digest"].get<std::string>().size() == 64);
  CHECK(missing["status"] == "failed");
  CHECK(missing["error"]["code"] == "INPUT_NOT_FOUND");
  CHECK(json::parse(lines[2])["case"]["id"] == "two");
  CHECK(json::parse(lines[3])["verdict"] == "not_analysable");
  CHECK(contains(run.err, "4 cases, 1 failed"));
}

TEST_CASE("batch: a list that cannot be read to its end is no end of the list") {
  const std::string cases = make_cases("batch-list", 1);
  const std::string out = fresh_folder("batch-list-out");
  const Outcome run =
      run_program({"batch", cases + "/INC1000.log", "--from-file", cases, "-o", out});
  CHECK(run.exit_code == 3);
  CHECK(contains(run.err, "error[INPUT_UNREADABLE]: the list of cases cannot be read"));
  CHECK_FALSE(contains(run.err, "1 cases"));
  // What was done is kept.
  const Outcome again = run_program({"batch", cases + "/INC1000.log", "-o", out, "--resume"});
  CHECK(again.exit_code == 0);
  CHECK(contains(again.err, "1 cases, 0 failed, 1 as before"));
}

TEST_CASE("batch: exit codes follow --fail-on and --strict, never a bad case alone") {
  const std::string cases = make_cases("batch-exit", 1);
  const std::string good = cases + "/INC1000.log", missing = cases + "/none";
  CHECK(run_program({"batch", good, missing}).exit_code == 0);
  CHECK(run_program({"batch", good, "--fail-on", "error"}).exit_code == 1);
  CHECK(run_program({"batch", missing, "--fail-on", "error"}).exit_code == 0);
  CHECK(run_program({"batch", good, missing, "--strict"}).exit_code == 4);
  CHECK(run_program({"batch", missing, good, "--strict", "--fail-on", "error"}).exit_code == 1);
  CHECK(run_program({"batch"}).exit_code == 2);
  CHECK(run_program({"batch", good, "--resume"}).exit_code == 2);
  CHECK(run_program({"batch", good, "--format", "jsn"}).exit_code == 2);
  CHECK(run_program({"batch", "--from-file", cases + "/no-list"}).exit_code == 3);
  for (const char* shard : {"0/3", "4/3", "3", "a/b", "1/0", "1/3x", "-1/3"}) {
    INFO(shard);
    CHECK(run_program({"batch", good, "--shard", shard}).exit_code == 2);
  }
  CHECK(run_program({"merge", cases}).exit_code == 3);
}

TEST_CASE("batch: the merged bytes are those of one run, for 1, 3 and 8 shards and any --jobs") {
  const std::string cases = make_cases("batch-shards", 40);
  const std::string out = fresh_folder("batch-shards-out");
  std::vector<std::vector<std::string>> all;
  for (const int count : {1, 3, 8}) {
    std::vector<std::string> folders;
    std::size_t used = 0;
    for (int i = 1; i <= count; ++i) {
      const std::string folder = out + "/" + std::to_string(count) + "-" + std::to_string(i);
      const Outcome run = run_program({"batch", "--entries-of", cases, "-o", folder, "--shard",
                                       std::to_string(i) + "/" + std::to_string(count), "--jobs",
                                       std::to_string(count)});
      INFO(run.err);
      REQUIRE(run.exit_code == 0);
      used += lines_of(read_text_file(folder + "/cases-" + std::to_string(i) + "-of-" +
                                      std::to_string(count) + ".jsonl"))
                  .size();
      folders.insert(folders.begin(), folder);  // also: the order does not matter
    }
    CHECK(used == 42);
    all.push_back(merged(folders));
  }
  for (std::size_t format = 0; format < kFormats.size(); ++format) {
    INFO(kFormats[format]);
    CHECK(all[0][format] == all[1][format]);
    CHECK(all[0][format] == all[2][format]);
  }
  // Merging is associative: merged lines can be merged again.
  write_text_file(out + "/merged.jsonl", all[0][0]);
  CHECK(merged({out + "/merged.jsonl", out + "/1-1"}) == all[0]);
  const json counts = json::parse(all[0][1]);
  CHECK(counts["cases"] == 42);
  CHECK(contains(all[0][2], "Not explained yet"));
  CHECK(all[0][2].find("Not explained yet") < all[0][2].find("<h2>Causes</h2>"));
}

TEST_CASE("batch: the reports are whole, one for each case and format") {
  const std::string cases = make_cases("batch-reports", 2);
  const std::string out = fresh_folder("batch-reports-out");
  const Outcome run = run_program(
      {"batch", "--entries-of", cases, "-o", out, "--format", "json", "--format", "html"});
  REQUIRE(run.exit_code == 0);
  CHECK(run.out.empty());
  std::size_t reports = 0;
  for (const std::string& line : lines_of(read_text_file(out + "/cases-1-of-1.jsonl"))) {
    const json summary = json::parse(line);
    for (const std::string file : summary["reports"]) {
      ++reports;
      CHECK(fs::file_size(out + "/" + file) > 100);
      if (fs::path(file).extension() == ".json")
        CHECK(json::parse(read_text_file(out + "/" + file))["kind"] == "rdptriage.report");
    }
  }
  CHECK(reports == 8);
  const Outcome again = run_program({"batch", "--entries-of", cases, "-o", out});
  CHECK(again.exit_code == 2);
  CHECK(contains(again.err, "OUTPUT_EXISTS"));
  CHECK(run_program({"batch", "--entries-of", cases, "-o", out, "--force"}).exit_code == 0);
}

TEST_CASE("batch --paths-from -: an answer for each line before the next one is asked") {
  const std::string cases = make_cases("batch-stream", 3);
  Child child({"batch", "--paths-from", "-", "--jobs", "2"});
  for (int i = 0; i < 3; ++i) {
    const std::string path = cases + "/INC" + std::to_string(1000 + i) + ".log";
    child.write_line(path);
    const json answer = json::parse(child.read_line(), nullptr, false);
    REQUIRE(answer.is_object());
    CHECK(answer["input"] == path);
  }
  child.close_input();
  CHECK(child.wait() == 0);
}

TEST_CASE("batch: SIGTERM ends it well, what is done is written, --resume goes on") {
  const std::string cases = make_cases("batch-term", 3);
  const std::string out = fresh_folder("batch-term-out");
  const auto path = [&](int i) { return cases + "/INC" + std::to_string(1000 + i) + ".log"; };
  {
    Child child({"batch", "--paths-from", "-", "-o", out});
    child.write_line(path(0));
    REQUIRE_FALSE(child.read_line().empty());
    child.signal(SIGTERM);
    CHECK(child.wait() == 143);
  }
  CHECK(lines_of(read_text_file(out + "/cases-1-of-1.jsonl.part")).size() == 1);
  CHECK_FALSE(fs::exists(out + "/cases-1-of-1.jsonl"));
  CHECK(lines_of(run_program({"merge", out}).out).size() == 1);
  const Outcome rest = run_program({"batch", path(0), path(1), path(2), "-o", out, "--resume"});
  CHECK(rest.exit_code == 0);
  CHECK(contains(rest.err, "1 as before"));
  CHECK_FALSE(fs::exists(out + "/cases-1-of-1.jsonl.part"));
  CHECK(lines_of(read_text_file(out + "/cases-1-of-1.jsonl")).size() == 3);
}

TEST_CASE("batch: killed in the middle and resumed, it is as if it had never stopped") {
  const std::string cases = make_cases("batch-kill", 200);
  const std::string whole = fresh_folder("batch-kill-whole"), out = fresh_folder("batch-kill-out");
  REQUIRE(run_program({"batch", "--entries-of", cases, "-o", whole}).exit_code == 0);
  {
    Child child({"batch", "--entries-of", cases, "-o", out, "--jobs", "1"});
    const std::string journal = out + "/cases-1-of-1.jsonl.part";
    std::error_code error;
    for (int i = 0;
         i < 4000 && (!fs::exists(journal, error) || fs::file_size(journal, error) < 4000); ++i) {
      usleep(2000);
    }
    child.signal(SIGKILL);
    CHECK(child.wait() == 137);
  }
  // What a kill can also leave: half a line.
  const std::string journal = out + "/cases-1-of-1.jsonl.part";
  REQUIRE(fs::exists(journal));
  write_text_file(journal, read_text_file(journal) + "{\"schema_version\":\"1.0\",\"kin");
  const Outcome resumed = run_program({"batch", "--entries-of", cases, "-o", out, "--resume"});
  CHECK(resumed.exit_code == 0);
  CHECK_FALSE(contains(resumed.err, " 0 as before"));
  CHECK(read_text_file(out + "/cases-1-of-1.jsonl") ==
        read_text_file(whole + "/cases-1-of-1.jsonl"));
  CHECK(merged({out}) == merged({whole}));
}

TEST_CASE("batch --resume: a case that changed is read again, others are not") {
  const std::string cases = make_cases("batch-changed", 3);
  const std::string out = fresh_folder("batch-changed-out");
  REQUIRE(run_program({"batch", "--entries-of", cases, "-o", out}).exit_code == 0);
  write_text_file(cases + "/INC1000.log", trace(503));
  const Outcome again = run_program({"batch", "--entries-of", cases, "-o", out, "--resume"});
  CHECK(again.exit_code == 0);
  CHECK(contains(again.err, "5 cases, 0 failed, 4 as before"));
  const auto lines = lines_of(read_text_file(out + "/cases-1-of-1.jsonl"));
  REQUIRE(lines.size() == 5);
  CHECK(contains(lines[0], "gateway-http.503"));
}

TEST_CASE("merge: log text stays inert, foreign lines are counted") {
  const std::string folder = fresh_folder("merge-hostile");
  json line = {{"schema_version", "1.0"},
               {"kind", "rdptriage.case"},
               {"input", "</script><img src=x onerror=alert(1)>\x1b[31m"},
               {"status", "complete"},
               {"verdict", "inconclusive"},
               {"headline", "]]></failure><b>"},
               {"causes", json::array()},
               {"gateways", {"<i>gw</i>"}},
               {"first_failure", "2026-11-20T08:00:00.0000000Z"}};
  write_text_file(folder + "/lines.jsonl", line.dump() + "\nnot a line\n");
  const Outcome html = run_program({"merge", folder + "/lines.jsonl", "--format", "html"});
  CHECK(html.exit_code == 0);
  CHECK(contains(html.err, "1 lines are none of a batch"));
  CHECK_FALSE(contains(html.out, "<img"));
  CHECK_FALSE(contains(html.out, "<i>"));
  CHECK_FALSE(contains(html.out, "\x1b"));
  CHECK(contains(html.out, "2026-W47"));
  const Outcome junit = run_program({"merge", folder + "/lines.jsonl", "--format", "junit"});
  CHECK_FALSE(contains(junit.out, "<b>"));
}
