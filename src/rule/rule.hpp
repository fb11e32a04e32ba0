// What the rest of the program sees of a compiled rule: its identity, its texts, and the key
// `rdptriage:`. The matching side lives in matcher.hpp (one event) and correlation.hpp (several).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "timeline/product_build.hpp"

namespace rdptriage::rule {

enum class RuleKind : std::uint8_t { detection, correlation };

// Position of a rule in its CompiledRules; stable for one load.
using RuleIndex = std::uint32_t;

// The rule's own texts in another language; "" where it has none.
struct RuleTexts {
  std::string language, title, says;
};

// The one extra top-level key (docs/rule-format.md). Everything is optional.
struct TriageKey {
  bool present = false;
  std::string stage;      // one of the connection's stages: the one whose fact this is
  std::string state;      // "passed", "failed": what a match says of that stage; "no_failure"; ""
  std::string host_from;  // field that names the host whose fact it is
  std::string host_role;  // client, gateway, session-host, broker, license-server, proxy
  std::vector<std::string> host_names;  // fields that hold other names and addresses of it
  std::string host_zone;                // field that holds its time zone
  std::string host_clock;               // field: seconds that a time server is ahead of it
  std::string host_build;               // field: the build of Windows that it runs
  std::string moment;                   // name of a step that two machines log at the same moment
  std::string log_name;                 // field that names an event log of that machine …
  std::string log_state;                // … and what became of it: "cleared" or "off"
  std::vector<std::pair<std::string, std::string>> keep;  // shown name → field
  std::string says;                                       // message template with {name|default}
  std::string attempt;  // "start" or "end": a match opens or closes a connection attempt
  bool holds = false;   // the match starts a state …
  std::optional<RuleIndex> holds_from;  // … only where this (generated) detection matches too …
  std::optional<RuleIndex> holds_until;  // … that lasts until this (generated) detection matches
  bool skew_required = false;
  timeline::BuildRange builds;        // of the machine whose fact it is
  std::vector<RuleIndex> supersedes;  // rules that say less of the same events; sorted
  std::vector<RuleTexts> translated;
};

// Whether a rule's own matches are findings. `hidden`: some correlation refers to it without
// `generate: true`, so the correlation speaks for it; its matches still count as evidence.
// `disabled`: a later pack left it out; what refers to it still can, but it never matches.
enum class Visibility : std::uint8_t { shown, hidden, disabled };

struct RuleInfo {
  RuleIndex index = 0;
  RuleKind kind = RuleKind::detection;
  Visibility visibility = Visibility::shown;
  std::optional<RuleIndex> generated_for;  // a detection made from `holds` of that rule; hidden
  std::string id, name, title, description, author, license, status, date, modified;
  std::string level;  // Sigma: informational … critical
  std::vector<std::string> tags, references, falsepositives;
  std::string product, category, service;  // log source
  std::string file;
  unsigned line = 0;
  TriageKey triage;
  // The handle that causes and correlations use: name, else id, else title.
  const std::string& handle() const { return !name.empty() ? name : !id.empty() ? id : title; }
};

// Whether its license (Detection Rule License) wants the author named wherever it speaks.
bool wants_author_named(const RuleInfo& rule);
bool is_detection_rule_license(std::string_view license);

}  // namespace rdptriage::rule
