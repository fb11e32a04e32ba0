// rdptriage rules lint: every mistake with its place.
#include <filesystem>
#include <string>

#include "rule_files.hpp"
#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;

TEST_CASE("rules lint: hostile files are refused with their place") {
  struct Hostile {
    const char* name;
    std::string text;
    const char* want;
  };
  const std::vector<Hostile> cases = {
      {"depth", "a: " + std::string(100'000, '['), "problem[P002]"},
      {"block depth",
       [] {
         std::string out;
         for (int i = 0; i < 500; ++i)
           out += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
         return out;
       }(),
       "problem[P002]"},
      {"anchors", "a: &x [1]\nb: *x\n", "r.yml:1:4"},
      {"tags", "title: !!python/object x\n", "problem[P003]"},
      {"a long value", "title: " + std::string(70'000, 'x'), "problem[P002]"},
      {"many values",
       [] {
         std::string out;
         for (int i = 0; i < 100'001; ++i) out += "- a\n";
         return out;
       }(),
       "problem[P002]"},
      {"many documents",
       [] {
         std::string out;
         for (int i = 0; i < 1'001; ++i) out += "---\na: b\n";
         return out;
       }(),
       "problem[P002]"},
      {"a key twice", "title: a\ntitle: b\n", "r.yml:2:1"},
      {"a tab", "title: a\n\tx: y\n", "r.yml:2:1"},
      {"a merge key", "a: {<<: {b: c}}\n", "problem[P003]"},
      {"UTF-16", std::string("\xFF\xFEt\0", 4), "problem[P001]"},
      {"a huge file", std::string(1'100'000, ' '), "RULE_FILE_TOO_LARGE"},
  };
  const Files files("rules_hostile");
  for (const Hostile& c : cases) {
    write_text_file(files.rules, c.text);
    const Outcome run = run_program({"rules", "lint", files.rules});
    INFO(c.name << "\n" << run.err.substr(0, 500));
    CHECK(run.exit_code == 2);
    CHECK(run.err.find(c.want) != std::string::npos);
  }
}

TEST_CASE("rules lint: a rule that no cause uses") {
  const Files files("rules_unused");
  const auto rule = [](const char* name, const char* id) {
    return std::string("title: T\nname: ") + name + "\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e" +
           id +
           "\nlogsource: {product: rdp, service: client-trace}\n"
           "detection: {s: {Message: 'x'}, condition: s}\nlevel: low\nrdptriage: {format: "
           "1}\n---\n";
  };
  write_text_file(files.rules, rule("used", "11") + rule("unused", "12"));
  const std::string cause = files.folder + "/one.yml";
  write_text_file(
      cause,
      "cause: a.one\nformat: 1\ncategory: network\ntitle: {en: t}\nexplanation: {en: e}\n"
      "stage: name\nevidence:\n  - {rule: used, weight: 4}\n");
  const Outcome run = run_program({"rules", "lint", files.rules, cause});
  INFO(run.err);
  CHECK(run.err.find("problem[P047]: no cause uses the rule `unused`") != std::string::npos);
  CHECK(run.err.find("uses the rule `used`") == std::string::npos);
}

TEST_CASE("rules lint: this project's own pack is clean") {
  const Outcome run = run_program({"rules", "lint", std::string(RDPTRIAGE_SOURCE_DIR) + "/rules"});
  INFO(run.err.substr(0, 4000));
  CHECK(run.exit_code == 0);
  CHECK(run.err.find("problem[") == std::string::npos);
}

TEST_CASE("rules lint: rules that only tell machines apart are used by the timeline") {
  const Files files("rules_identity");
  write_text_file(files.rules,
                  "title: T\nname: named\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e11\n"
                  "logsource: {product: windows, category: ip_configuration}\n"
                  "detection: {s: {HostName: 'x'}, condition: s}\nlevel: low\n"
                  "rdptriage: {format: 1, host: {from: HostName, names: [IPv4Address]}}\n"
                  "---\ncause: a.one\nformat: 1\ncategory: network\ntitle: {en: t}\n"
                  "explanation: {en: e}\nstage: name\nevidence:\n  - {rule: named, weight: 4}\n");
  const Outcome run = run_program({"rules", "lint", files.rules});
  INFO(run.err);
  CHECK(run.err.find("problem[P047]") == std::string::npos);
}

TEST_CASE("rules lint: mistakes in the text formats of a pack") {
  const Files files("rules_formats");
  std::filesystem::create_directories(files.folder + "/formats");
  write_text_file(files.folder + "/formats/x.yml", "format: broken\nlines: 3\n");
  const Outcome run = run_program({"rules", "lint", files.folder});
  INFO(run.err);
  CHECK(run.exit_code == 2);
  CHECK(run.err.find("problem[P080]: unknown key `lines`") != std::string::npos);
}

TEST_CASE("rules lint: mistakes in the tables of a pack") {
  const Files files("rules_tables");
  std::filesystem::create_directories(files.folder + "/codes");
  write_text_file(files.folder + "/codes/x.yml", "table: x\ncodes: 3\n");
  const Outcome run = run_program({"rules", "lint", files.folder});
  INFO(run.err);
  CHECK(run.exit_code == 2);
  CHECK(run.err.find("problem[P081]") != std::string::npos);
}
