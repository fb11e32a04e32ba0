#include "rdptriage/explain.hpp"

#include <algorithm>
#include <set>

#include "pipeline/code_index.hpp"
#include "support/catch.hpp"

namespace rdptriage {
namespace {

std::vector<Explanation> ask(std::vector<std::string> words) { return explain(words); }

// "table:code" of everything that was answered.
std::vector<std::string> keys(const std::vector<Explanation>& answers) {
  std::vector<std::string> keys;
  for (const Explanation& answer : answers) {
    for (const CodeMeaning& code : answer.codes) {
      keys.push_back(code.table + ':' + code.code + (code.second.empty() ? "" : '/' + code.second));
    }
    for (const CauseMeaning& cause : answer.causes) keys.push_back("cause:" + cause.id);
  }
  return keys;
}

using Keys = std::vector<std::string>;

TEST_CASE("what people have in their hands is found") {
  struct Case {
    std::vector<std::string> words;
    Keys want;
  };
  const Case cases[] = {
      {{"0x904", "0x7"}, {"pairs:0x904/0x7", "disconnect-reason:0x904", "extended-reason:0x7"}},
      {{"0x904/0x7"}, {"pairs:0x904/0x7", "disconnect-reason:0x904", "extended-reason:0x7"}},
      {{"0x808", "0x101"}, {"disconnect-reason:0x808", "extended-reason:0x101"}},
      {{"2308"}, {"disconnect-reason:0x904"}},
      {{"0x3000008"}, {"gateway-client:0x3000008"}},
      {{"50331656"}, {"gateway-client:0x3000008"}},
      {{"23003"}, {"gateway-status:0x800759db"}},
      {{"0x800759DB"}, {"gateway-status:0x800759db"}},
      {{"36870"}, {"events-schannel:36870"}},
      {{"event", "201"}, {"events-gateway:201"}},
      {{"event 201"}, {"events-gateway:201"}},  // quoted
      {{"event id 1026"}, {"events-client:1026"}},
      {{"HTTP", "502"}, {"http-status:502"}},
      {{"-1073741715"}, {"ntstatus:0xc000006d"}},
      {{"0xD0000184"}, {"ntstatus:0xc0000184"}},
      {{"0x80072746"}, {"win32-error:10054"}},
      {{"errinfo_idle_timeout"}, {"error-info:0x3"}},
      {{"IDLE_TIMEOUT"}, {"error-info:0x3"}},
      {{"SetErrorInfo(0x104)"}, {"error-info:0x104"}},
      {{"ERRCONNECT_LOGON_FAILURE"}, {"freerdp-error:0x00020014"}},
      {{"SetErrorInfo"}, {"events-rdpcorets:72"}},
      {{"SetErrorInfo", "0x104"}, {"error-info:0x104"}},
      {{"D0000184"}, {"ntstatus:0xc0000184"}},
      {{"c000006d"}, {"ntstatus:0xc000006d"}},
      {{"80072746"}, {"win32-error:10054"}},
      {{"Schannel", "36870"}, {"events-schannel:36870"}},
      {{"TLS", "alert", "46"}, {"tls-alert:46"}},
      {{"gateway", "event", "201"}, {"events-gateway:201"}},
      {{"EventID", "1026"}, {"events-client:1026"}},
      {{"license", "error", "0x2"}, {"license-error:0x2"}},
      {{"error", "516"}, {"disconnect-reason:0x204"}},
      {{"gateway-http.502"}, {"cause:gateway-http.502"}},
      {{"cap-denied"}, {"cause:gateway-policy.cap-denied"}},
  };
  for (const Case& row : cases) {
    INFO(row.words.front());
    CHECK(keys(ask(row.words)) == row.want);
  }
}

TEST_CASE(
    "the bare pair is said to prove nothing, with the log that decides and the false advice") {
  const auto answers = ask({"0x904", "0x7"});
  const CodeMeaning& pair = answers.at(0).codes.at(0);
  CHECK(pair.meaning.find("never proves a cause") != std::string::npos);
  CHECK(pair.look_at.find("131") != std::string::npos);
  CHECK(std::any_of(pair.claims.begin(), pair.claims.end(),
                    [](const ClaimCheck& check) { return check.harmful; }));
}

TEST_CASE("a licensing message that is a success is not called a failure") {
  const auto answers = ask({"STATUS_VALID_CLIENT"});
  REQUIRE(answers.at(0).found());
  CHECK_FALSE(answers.at(0).codes.at(0).failure);
}

TEST_CASE("a word of an export, a part of a name and a number of a range are found") {
  struct Case {
    std::vector<std::string> words;
    Keys want;
  };
  const Case cases[] = {
      {{"fDenyTSConnections"}, {"terms:fDenyTSConnections"}},
      {{"syn_sent"}, {"terms:SYN_SENT"}},
      {{"3389"}, {"terms:3389"}},
      {{"ERRINFO_NO_LICENSE_SERVER"}, {"error-info:0x101"}},
      {{"POOL_NOT_FREE"}, {"error-info:0x408"}},
      {{"extended", "0x1234"}, {"extended-reason:0x1000..0x7fff"}},
      {{"kerberos", "event", "4"}, {"events-kerberos:4"}},
      {{"CAPI2", "30"}, {"events-capi2:30"}},
      {{"WMI", "5858"}, {"events-wmi:5858"}},
      {{"broker", "802"}, {"events-broker:802"}},
  };
  for (const Case& row : cases) {
    INFO(row.words.back());
    CHECK(keys(ask(row.words)) == row.want);
  }
  CHECK(keys(ask({"SetErrorInfo(0x1111)"})) == Keys{"error-info:0x1111"});
}

TEST_CASE("what is said of a code elsewhere is answered where people ask for it") {
  std::set<std::string> ids;
  for (const diagnosis::Claim& claim : pipeline::all_claims()) {
    INFO(claim.check.id);
    CHECK(ids.insert(claim.check.id).second);
    std::vector<std::string> questions = claim.terms;
    questions.push_back(claim.check.id);
    for (const std::string& about : claim.about) {
      questions.push_back(about.substr(about.find(':') + 1));
    }
    for (const std::string& question : questions) {
      INFO(question);
      const auto answers = ask({question});
      CHECK(std::any_of(answers.begin(), answers.end(), [&](const Explanation& answer) {
        const auto holds = [&](const std::vector<ClaimCheck>& checks) {
          return std::any_of(checks.begin(), checks.end(),
                             [&](const ClaimCheck& check) { return check.id == claim.check.id; });
        };
        return holds(answer.claims) ||
               std::any_of(answer.codes.begin(), answer.codes.end(),
                           [&](const CodeMeaning& code) { return holds(code.claims); }) ||
               std::any_of(answer.causes.begin(), answer.causes.end(),
                           [&](const CauseMeaning& cause) { return holds(cause.claims); });
      }));
    }
  }
  // Of each page that was read for the claims, every step and reading is answered.
  CHECK(ids.size() >= 65);
}

TEST_CASE("a cause comes with its proof, fix and codes") {
  const auto answers = ask({"gateway-policy.cap-denied"});
  const CauseMeaning& cause = answers.at(0).causes.at(0);
  CHECK_FALSE(cause.title.empty());
  CHECK(cause.signs.at(0).decisive);
  CHECK_FALSE(cause.signs.at(0).title.empty());
  CHECK_FALSE(cause.remediation.empty());
  CHECK_FALSE(cause.verify.empty());
  CHECK(std::find(cause.codes.begin(), cause.codes.end(), "event 201 (events-gateway)") !=
        cause.codes.end());
}

TEST_CASE("what is unknown is said to be unknown, with what is near") {
  const auto unknown = ask({"0x905"});
  CHECK_FALSE(unknown.at(0).found());
  CHECK(unknown.at(0).nearest.at(0) == "0x904 (disconnect-reason)");
  const auto mistyped = ask({"gatway-http.502"});
  CHECK_FALSE(mistyped.at(0).found());
  CHECK(mistyped.at(0).nearest == Keys{"gateway-http.502"});
  for (const char* word : {"", "0x", "/", "0x904/", "event", "(", "\xff\xfe", "0x1ffffffff"}) {
    INFO(word);
    for (const Explanation& answer : ask({word})) CHECK_FALSE(answer.asked == "nothing");
  }
}

TEST_CASE("every code, number and name of every table is found by its own spelling") {
  for (const diagnosis::CodeTable& table : pipeline::all_tables()) {
    if (table.kind == "pair") continue;
    for (const diagnosis::CodeRow& row : table.rows) {
      std::vector<std::string> spellings = row.names;
      std::string key = table.id + ':';
      if (table.kind == "term") {
        key += row.names.front();
      } else {
        spellings.push_back(format_code(row.code, table.notation));
        key += spellings.back();
      }
      if (row.to) {
        spellings.push_back(format_code(*row.to, table.notation));
        key += ".." + spellings.back();
      }
      for (const std::string& spelling : spellings) {
        INFO(table.id << ' ' << spelling);
        const auto found = keys(ask({spelling}));
        CHECK(std::find(found.begin(), found.end(), key) != found.end());
      }
    }
  }
}

}  // namespace
}  // namespace rdptriage
