// What a code, an event id, a name or a cause means: the reference that works without any log.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rdptriage/report.hpp"

namespace rdptriage {

// Something that is said about a code elsewhere, checked.
struct ClaimCheck {
  std::string id;
  std::string claim, verdict, correction;  // verdict: verified, corrected, unsupported, irrelevant
  bool harmful = false;                    // following it damages a machine or its protection
};

struct CauseReference {
  std::string id, title;
};

// One row of a code table (rules/codes/). Empty members are unknown.
struct CodeMeaning {
  std::string table, table_title;
  std::string kind;                // "code", "event", "http", "pair", "term" (only names)
  std::string code, second;        // as usually written; `second`: of a pair
  std::vector<std::string> forms;  // the same number as other tools write it
  std::vector<std::string> names;
  std::string provider, channel;  // of events
  std::string meaning, note;
  std::string shown_by;                // where people meet it
  std::string look_at;                 // the log that separates the causes
  std::string grade;                   // primary, secondary, weak, inference
  bool failure = true;                 // false: a normal thing, or a success
  std::vector<CauseReference> causes;  // usual ones first
  std::vector<ClaimCheck> claims;
  std::vector<std::string> sources;
};

// One file of rules/causes/.
struct CauseMeaning {
  struct Sign {
    std::string rule, title;
    int weight = 0;  // below zero: speaks against the cause
    bool decisive = false;
  };
  std::string id, title, category, stage, explanation;
  std::vector<Sign> signs;
  std::vector<RemediationStep> remediation;
  std::vector<std::string> verify;
  std::vector<CollectNext> collect_next;
  std::vector<std::string> codes;  // "0x3000020 (gateway-client)": those that name it as a cause
  std::vector<ClaimCheck> claims;
  std::vector<Reference> references;
};

// The answer for one word. Nothing found: all but `nearest` are empty, and that may help.
struct Explanation {
  std::string asked;
  std::vector<CodeMeaning> codes;
  std::vector<CauseMeaning> causes;
  std::vector<ClaimCheck> claims;  // what is said elsewhere about the word itself
  std::vector<std::string> nearest;
  bool found() const { return !codes.empty() || !causes.empty() || !claims.empty(); }
};

// Explains each word: codes in any form ("0x904", "2308", "0x904/0x7", "0xC000006D", "-1073741715",
// "SetErrorInfo(0x104)"), event ids ("event", "201"), HTTP statuses ("HTTP", "502"), names
// ("ERRINFO_IDLE_TIMEOUT", "fDenyTSConnections"), words of advice found elsewhere ("MachineKeys")
// and cause ids. Two codes of the client's dialog in a row are also explained as a pair. Uses the
// built-in pack and parses only the files it needs.
std::vector<Explanation> explain(std::span<const std::string> words);

}  // namespace rdptriage
