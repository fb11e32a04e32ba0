// Packs of rules: several at once, their own tables and formats, and mistakes in them.
#include <algorithm>
#include <filesystem>
#include <string>

#include "rule_files.hpp"
#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;

TEST_CASE("rules: a mistake in a pack's text format is told by every command, or left out") {
  const Files files("rules_formats");
  const std::string pack = fresh_folder("rules_formats/pack");
  fresh_folder("rules_formats/pack/formats");
  const std::string good =
      "format: contoso\ntitle: T\nclient: contoso\nsigns: ['^CTVPN ']\nprefixes:\n"
      "  - expr: '^CTVPN (?P<Level>[A-Z]+) (?P<Message>.*)$'\nsamples:\n"
      "  - line: 'CTVPN ERROR x'\n    fields: {Client: contoso, Level: ERROR, Message: x}\n";
  std::string bad = good;
  bad.replace(bad.find("contoso"), 7, "fabrica");
  bad.replace(bad.find("'^CTVPN '"), 9, "'^FAB( '");
  write_text_file(pack + "/formats/good.yml", good);
  write_text_file(pack + "/formats/bad.yml", bad);
  write_text_file(pack + "/rule.yml",
                  "title: Torn\nname: torn\nlogsource: {product: rdp, service: client-trace}\n"
                  "detection: {s: {Level: ERROR, Message: torn}, condition: s}\n"
                  "rdptriage: {format: 1, tests: [{lines: [CTVPN ERROR torn, CTVPN INFO torn], "
                  "match: [0]}]}\n");
  const std::string log = files.folder + "/t.log";
  write_text_file(log, "CTVPN ERROR torn\n");
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"analyze", "--rules", pack, log},
                                             {"rules", "match", "--rules", pack, log},
                                             {"rules", "list", pack},
                                             {"rules", "test", pack},
                                             {"rules", "lint", pack}}) {
    const Outcome run = run_program(command);
    INFO(command[0] << ' ' << command[1] << '\n' << run.err);
    CHECK(run.exit_code == 2);
    CHECK(run.err.find("problem[P080]: the expression is refused") != std::string::npos);
    CHECK(run.err.find("bad.yml:4:9") != std::string::npos);
  }
  const Outcome going = run_program({"rules", "match", "--keep-going", "--rules", pack, log});
  INFO(going.err);
  CHECK(going.exit_code == 0);
  CHECK(going.out.find("Torn") != std::string::npos);  // by the good one
  CHECK(going.err.find("problem[P080]") != std::string::npos);
  std::filesystem::remove(pack + "/formats/bad.yml");
  CHECK(run_program({"rules", "test", pack}).exit_code == 0);
  CHECK(run_program({"rules", "match", "--rules", pack, log})
            .err.find("1 match of 1 rule in 1 "
                      "event") != std::string::npos);
}

TEST_CASE("rules: several packs, the later ones may disable and add filters") {
  const Files files("rules_packs");
  const std::string later = files.folder + "/later.yml";
  write_text_file(later,
                  "title: Not ann\nlogsource: {product: windows, service: security}\n"
                  "filter: {rules: [failed], f: {User: ann}, condition: not f}\n");
  const auto matches = [&] {
    const Outcome run = run_program({"rules", "match", "--rules", files.rules, "--rules", later,
                                     "--format", "jsonl", files.events});
    INFO(run.err);
    CHECK(run.exit_code == 0);
    return std::count(run.out.begin(), run.out.end(), '\n');
  };
  CHECK(matches() == 1);  // bob
  write_text_file(later, "disable: [many]\n");
  CHECK(matches() == 3);
  write_text_file(later, "disable: [failed, many]\n");
  CHECK(matches() == 0);
}

TEST_CASE("rules: a pack leaves out rules that others refer to, or brings its own of that name") {
  const Files files("rules_disable");
  const std::string later = files.folder + "/later.yml";
  const auto matches = [&] {
    const Outcome run = run_program({"rules", "match", "--rules", files.rules, "--rules", later,
                                     "--format", "jsonl", files.events});
    INFO(run.err);
    CHECK(run.exit_code == 0);
    return run.out;
  };
  write_text_file(later, "disable: [failed]\n");  // `many` counts it
  CHECK(matches().empty());
  const std::string own =
      "---\ntitle: Own\nname: failed\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e09\n"
      "logsource: {product: windows, service: security}\n"
      "detection: {s: {EventID: 4624}, condition: s}\n";
  write_text_file(later, "disable: [failed]\n" + own);
  const std::string out = matches();
  CHECK(std::count(out.begin(), out.end(), '\n') == 1);
  CHECK(out.find("\"title\":\"Own\"") != std::string::npos);
  write_text_file(later, "disable: [faild]\n");
  const Outcome lint = run_program({"rules", "lint", files.rules, later});
  CHECK(lint.exit_code == 1);
  CHECK(lint.err.find("problem[P058]") != std::string::npos);
  CHECK(lint.err.find("did you mean `failed`?") != std::string::npos);
  write_text_file(later, "disable: [rdpclient_gateway_ended_by_admin]\n");  // of the embedded pack
  CHECK(run_program({"rules", "lint", later}).exit_code == 0);
  CHECK(run_program({"rules", "explain", "--rules", files.rules, "--rules", later, "many", "{}"})
            .exit_code == 2);
}

TEST_CASE("analyze: leaving out a rule of the embedded pack does not break its causes") {
  const Files files("rules_disable_builtin");
  const std::string later = files.folder + "/later.yml";
  write_text_file(later, "disable: [rdpclient_gateway_ended_by_admin]\n");
  const Outcome run = run_program({"analyze", "--rules", later, files.events});
  INFO(run.err);
  CHECK(run.err.find("problem[") == std::string::npos);
  CHECK(run.exit_code != 2);
}

TEST_CASE("rules: a pack brings its own log sources, and may need a newer program") {
  const Files files("rules_pack_info");
  write_text_file(files.rules,
                  "title: T\nname: t\nlogsource: {product: windows, service: printers}\n"
                  "detection: {s: {User: bob}, condition: s}\n");
  write_text_file(files.folder + "/logsources.yml", "services: {printers: [Security]}\n");
  const auto match = [&] {
    return run_program({"rules", "match", "--rules", files.folder, "--use-logsource", "--format",
                        "jsonl", files.events});
  };
  const Outcome run = match();
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') == 2);
  write_text_file(files.folder + "/pack.yml", "version: '1'\nmin_engine: '0.0.9'\n");
  CHECK(match().exit_code == 0);
  write_text_file(files.folder + "/pack.yml", "version: '1'\nmin_engine: '99.1'\n");
  const Outcome refused = match();
  CHECK(refused.exit_code == 2);
  CHECK(refused.err.find("problem[P038]: the pack needs rdptriage 99.1 or newer") !=
        std::string::npos);
  CHECK(refused.err.find("pack.yml:2:13") != std::string::npos);
}

TEST_CASE("rules: a pack that lists the sums of its files takes no others") {
  const Files files("rules_pack_sums");
  const std::string pack = files.folder + "/pack";
  std::filesystem::create_directories(pack + "/detections");
  const std::string rule = pack + "/detections/r.yml";
  const std::string text =
      "title: T\nname: t\nlogsource: {product: windows}\n"
      "detection: {s: {User: bob}, condition: s}\n";
  write_text_file(rule, text);
  const std::string info =
      "version: '7'\nsha256:\n"
      "    detections/r.yml: ";
  const std::string sum = "e56709a008a3416465fa48ac4d325e7d22fc83c6c2e91386944c043f201a31f1";
  write_text_file(pack + "/pack.yml", info + sum + "\n");
  const auto match = [&] {
    return run_program({"rules", "match", "--rules", pack, "--rules", files.rules, files.events});
  };
  CHECK(match().exit_code == 0);  // files beside the pack are nobody's business
  write_text_file(rule, text + "# edited\n");
  const Outcome edited = match();
  INFO(edited.err);
  CHECK(edited.exit_code == 2);
  CHECK(edited.err.find("problem[P039]: `detections/r.yml` is not the file that the pack lists") !=
        std::string::npos);
  CHECK(edited.err.find("pack.yml:3:23") != std::string::npos);
  CHECK(run_program({"rules", "lint", pack}).exit_code == 2);
  CHECK(run_program({"analyze", "--rules", pack, files.events}).err.find("problem[P039]") !=
        std::string::npos);
  write_text_file(rule, text);
  write_text_file(pack + "/more.yml", text);
  CHECK(match().err.find("the pack does not list the file `more.yml`") != std::string::npos);
  std::filesystem::remove(pack + "/more.yml");
  std::filesystem::remove(rule);
  CHECK(match().err.find("the file `detections/r.yml` of the pack is missing") !=
        std::string::npos);
}

TEST_CASE("rules: mistakes in pack.yml") {
  const Files files("rules_pack_mistakes");
  const auto lint = [&](const char* text) {
    write_text_file(files.folder + "/pack.yml", text);
    const Outcome run = run_program({"rules", "lint", files.rules, files.folder + "/pack.yml"});
    CHECK(run.exit_code == 2);
    return run.err;
  };
  CHECK(lint("version: '1'\nmin_engin: '9'\n").find("problem[P013]") != std::string::npos);
  CHECK(lint("version: '1'\nmin_engin: '9'\n").find("did you mean `min_engine`?") !=
        std::string::npos);
  CHECK(lint("sha256: none\n").find("problem[P012]") != std::string::npos);
  CHECK(lint("version: [\n").find("problem[P001]") != std::string::npos);
}
