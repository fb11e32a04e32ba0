#include "diagnosis/cause_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "timeline/stages.hpp"

namespace rdptriage::diagnosis {

using base::YamlNode;
using Words = std::span<const std::string_view>;

namespace {
constexpr std::string_view kUnknownKey = "P201", kMissingKey = "P202", kBadValue = "P203",
                           kUnknownRule = "P204", kUnproven = "P205", kRepeatedCause = "P207";

constexpr std::string_view kCauseKeys[] = {"cause",       "format",     "category",     "title",
                                           "explanation", "stage",      "evidence",     "explains",
                                           "rivals",      "needs",      "collect_next", "remedy",
                                           "verify",      "references", "tests"};
constexpr std::string_view kCauseRequired[] = {"cause",       "format", "category", "title",
                                               "explanation", "stage",  "evidence"};
constexpr std::string_view kEvidenceKeys[] = {"rule", "weight", "decisive",
                                              "src",  "when",   "window"};
constexpr std::string_view kEvidenceRequired[] = {"rule", "weight"};
constexpr std::string_view kNeedKeys[] = {"source", "host", "covers"};
constexpr std::string_view kNeedRequired[] = {"source"};
constexpr std::string_view kCollectKeys[] = {"gain", "host",  "run",  "shell",
                                             "why",  "reads", "until"};
constexpr std::string_view kCollectRequired[] = {"run", "why"};
constexpr std::string_view kGeneralKeys[] = {"gain",        "host",  "run",          "shell",
                                             "why",         "reads", "when_missing", "when_off",
                                             "when_silent", "until"};
constexpr std::string_view kGeneralRequired[] = {"run", "why"};
constexpr std::string_view kRemedyKeys[] = {"actor", "risk", "text", "run", "shell", "undo"};
constexpr std::string_view kRemedyRequired[] = {"actor", "risk"};
constexpr std::string_view kTestKeys[] = {"name",  "events",     "verdict",
                                          "cause", "not_causes", "code"};
constexpr std::string_view kTestRequired[] = {"events"};

// The schema's enumerations (docs/json-schema.md).
constexpr std::string_view kCategories[] = {"gateway_http",     "gateway_policy", "license_cache",
                                            "licensing_server", "certificate",    "tls",
                                            "authentication",   "network",        "host_service",
                                            "protocol",         "session",        "client"};
constexpr std::string_view kRisks[] = {"read_only", "reversible", "disruptive", "lowers_security"};
constexpr std::string_view kWhens[] = {"same_attempt", "same_host", "holds_at_incident",
                                       "after_last_evidence", "anywhere"};
constexpr std::string_view kShells[] = {"cmd", "powershell", "sh"};
constexpr std::string_view kVerdicts[] = {"diagnosed", "suspected", "inconclusive",
                                          "no_failure_found", "not_analysable"};

std::string did_you_mean(std::string_view typed, const std::vector<std::string_view>& known) {
  const auto near = base::nearest_word(typed, known);
  return near.empty() ? std::string() : fmt::format("did you mean `{}`?", near);
}

std::optional<std::int64_t> parse_span(std::string_view text) {
  if (text.size() < 2 || text.size() > 8) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  switch (text.back()) {
    case 's':
      return value * 10'000'000;
    case 'm':
      return value * 600'000'000;
    case 'h':
      return value * 36'000'000'000;
    case 'd':
      return value * 864'000'000'000;
    default:
      return std::nullopt;
  }
}

// The grade stands last: "facts 5.2 S". P: a primary source, S: a secondary one.
bool is_proven(std::string_view source) {
  const auto words = base::split(base::trim(source), ' ');
  return !words.empty() && (words.back() == "P" || words.back() == "S");
}

std::vector<std::string> field_values(const YamlNode& node) {
  std::vector<std::string> values;
  if (node.is_scalar()) values.push_back(node.text);
  for (const YamlNode& item : node.items) values.push_back(item.text);
  return values;
}
}  // namespace

void CauseLoader::problem(std::string_view code, const YamlNode& node, std::string message,
                          std::string help) {
  problems_->push_back(
      base::make_problem(code, source_, node, std::move(message), {}, std::move(help)));
}

bool CauseLoader::check_keys(const YamlNode& node, Words known, Words required,
                             std::string_view what) {
  if (!node.is_mapping()) {
    problem(kBadValue, node, fmt::format("{} must be a map of keys and values", what));
    return false;
  }
  for (const YamlNode& key : node.keys) {
    if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
    problem(kUnknownKey, key, fmt::format("{} has no key `{}`", what, key.text),
            did_you_mean(key.text, {known.begin(), known.end()}));
  }
  bool complete = true;
  for (const std::string_view key : required) {
    if (node.find(key) != nullptr) continue;
    problem(kMissingKey, node, fmt::format("{} needs the key `{}`", what, key));
    complete = false;
  }
  return complete;
}

std::string CauseLoader::word(const YamlNode& node, std::string_view key, Words allowed) {
  const YamlNode* value = node.find(key);
  if (value == nullptr) return {};
  if (std::find(allowed.begin(), allowed.end(), value->text) == allowed.end()) {
    problem(kBadValue, *value, fmt::format("`{}` is not a known value of `{}`", value->text, key),
            fmt::format("one of: {}", fmt::join(allowed, ", ")));
    return {};
  }
  return value->text;
}

// {en: "…", de: "…"} or a plain text, which is English.
std::string CauseLoader::localized(const YamlNode& node) {
  if (node.is_scalar()) return node.text;
  if (const YamlNode* english = node.find("en"); english != nullptr && english->is_scalar()) {
    return std::string(base::trim(english->text));
  }
  problem(kMissingKey, node, "a text needs its English form", "write {en: \"…\"}");
  return {};
}

std::string CauseLoader::localized(const YamlNode& parent, std::string_view key) {
  const YamlNode* node = parent.find(key);
  return node == nullptr ? std::string() : localized(*node);
}

std::vector<const YamlNode*> CauseLoader::list(const YamlNode& parent, std::string_view key) {
  std::vector<const YamlNode*> out;
  const YamlNode* node = parent.find(key);
  if (node == nullptr) return out;
  if (!node->is_sequence()) {
    problem(kBadValue, *node, fmt::format("`{}` must be a list", key));
    return out;
  }
  for (const YamlNode& item : node->items) out.push_back(&item);
  return out;
}

std::optional<rule::RuleIndex> CauseLoader::find_rule(const YamlNode& handle) {
  const auto rule = rules_.find(handle.text);
  if (!rule) {
    problem(kUnknownRule, handle, fmt::format("there is no rule `{}`", handle.text),
            did_you_mean(handle.text, rules_.all()));
  }
  return rule;
}

void CauseLoader::load_file(const base::SourceText& source) {
  source_ = source;
  const auto documents = base::parse_yaml(source);
  if (!documents) {
    problems_->push_back(documents.error());
    return;
  }
  for (const YamlNode& root : *documents) {
    if (root.find("collect") != nullptr) {
      load_general_collect(root);
    } else {
      load_cause(root);
    }
  }
}

void CauseLoader::load_cause(const YamlNode& root) {
  if (!check_keys(root, kCauseKeys, kCauseRequired, "a cause")) return;
  Cause cause;
  cause.id = root.text_of("cause");
  cause.file = source_.file;
  cause.line = root.line;
  for (const Cause& other : causes_) {
    if (other.id == cause.id) {
      problem(kRepeatedCause, *root.find("cause"),
              fmt::format("the cause `{}` exists already in {}", cause.id, other.file));
      return;
    }
  }
  if (root.find("format")->integer() != 1) {
    problem(kBadValue, *root.find("format"), "this program reads cause files of format 1");
    return;
  }
  cause.category = word(root, "category", kCategories);
  cause.stage = word(root, "stage", timeline::stage_names());
  cause.depth = timeline::stage_depth(cause.stage).value_or(0);
  cause.title = localized(root, "title");
  cause.explanation = localized(root, "explanation");
  for (const YamlNode* item : list(root, "evidence")) load_evidence(*item, cause);
  for (const YamlNode* item : list(root, "explains")) {
    if (const auto rule = find_rule(*item)) cause.explains.push_back(*rule);
  }
  std::sort(cause.explains.begin(), cause.explains.end());
  for (const YamlNode* item : list(root, "rivals")) {
    pending_.push_back({causes_.size(), item->text, source_, item->mark()});
  }
  for (const YamlNode* item : list(root, "needs")) {
    if (!check_keys(*item, kNeedKeys, kNeedRequired, "a need")) continue;
    cause.needs.push_back(
        {std::string(item->text_of("source")), std::string(item->text_of("host"))});
  }
  for (const YamlNode* item : list(root, "collect_next")) {
    cause.collect_next.push_back(load_collect_item(*item, false));
  }
  for (const YamlNode* item : list(root, "remedy")) load_remedy(*item, cause);
  for (const YamlNode* item : list(root, "verify")) cause.verify.push_back(localized(*item));
  load_references(root, cause);
  for (const YamlNode* item : list(root, "tests")) load_tests(*item, cause);
  causes_.push_back(std::move(cause));
  sources_.push_back(source_);
}

void CauseLoader::load_evidence(const YamlNode& node, Cause& cause) {
  if (!check_keys(node, kEvidenceKeys, kEvidenceRequired, "an evidence item")) return;
  EvidenceItem item;
  const auto rule = find_rule(*node.find("rule"));
  const YamlNode& weight = *node.find("weight");
  const auto value = weight.integer();
  if (!value || *value < -4 || *value > 4) {
    problem(kBadValue, weight, "a weight is a whole number from -4 to 4");
    return;
  }
  item.weight = static_cast<int>(*value);
  if (const YamlNode* decisive = node.find("decisive"); decisive != nullptr) {
    item.decisive = decisive->boolean().value_or(false);
    if (!decisive->boolean()) problem(kBadValue, *decisive, "`decisive` is true or false");
  }
  item.source = node.text_of("src");
  if (item.decisive && !is_proven(item.source)) {
    problem(kUnproven, *node.find("decisive"),
            "decisive evidence needs a primary or secondary source",
            "name it with its grade: src: \"facts 5.2 S\" (P primary, S secondary)");
  }
  if (const auto when = word(node, "when", kWhens); !when.empty()) {
    const auto at = std::find(std::begin(kWhens), std::end(kWhens), when) - std::begin(kWhens);
    item.when = static_cast<When>(at + 1);  // kWhens names the enumerators after `fitting`
  }
  if (const YamlNode* window = node.find("window"); window != nullptr) {
    item.window = parse_span(window->text);
    if (!item.window) problem(kBadValue, *window, "a window is a number and s, m, h or d: `30m`");
  }
  if (!rule) return;
  item.rule = *rule;
  cause.evidence.push_back(std::move(item));
}

CollectItem CauseLoader::load_collect_item(const YamlNode& node, bool general) {
  CollectItem item;
  if (!check_keys(node, general ? Words(kGeneralKeys) : Words(kCollectKeys),
                  general ? Words(kGeneralRequired) : Words(kCollectRequired),
                  "a collection item")) {
    return item;
  }
  if (const YamlNode* gain = node.find("gain"); gain != nullptr) {
    const auto value = gain->integer();
    if (!value || *value < 1 || *value > 4) {
      problem(kBadValue, *gain, "a gain is a whole number from 1 to 4");
    } else {
      item.gain = static_cast<unsigned>(*value);
    }
  }
  item.host = node.text_of("host");
  item.run = node.text_of("run");
  item.shell = word(node, "shell", kShells);
  item.why = localized(node, "why");
  for (const std::string_view source : base::split(node.text_of("when_missing"), ' ')) {
    if (!source.empty()) item.when_missing.emplace_back(source);
  }
  item.when_off = node.text_of("when_off");
  if (const YamlNode* until = node.find("until"); until != nullptr) {
    item.until = find_rule(*until);
  }
  if (general) {
    const int conditions = int{node.find("when_missing") != nullptr} +
                           int{node.find("when_off") != nullptr} +
                           int{node.find("when_silent") != nullptr};
    if (conditions != 1) {
      problem(kMissingKey, node,
              "a general item needs one of `when_missing`, `when_off` and `when_silent`");
    }
  }
  if (const YamlNode* reads = node.find("reads"); reads != nullptr) {
    for (const std::string& value : field_values(*reads)) {
      for (const std::string_view source : base::split(value, ' ')) {
        if (!source.empty()) item.reads.emplace_back(source);
      }
    }
  }
  return item;
}

void CauseLoader::load_general_collect(const YamlNode& root) {
  for (const YamlNode* item : list(root, "collect")) {
    general_.push_back(load_collect_item(*item, true));
  }
}

void CauseLoader::load_remedy(const YamlNode& node, Cause& cause) {
  if (!check_keys(node, kRemedyKeys, kRemedyRequired, "a remedy")) return;
  Remedy remedy;
  remedy.actor = node.text_of("actor");
  remedy.text = localized(node, "text");
  remedy.run = node.text_of("run");
  remedy.shell = word(node, "shell", kShells);
  remedy.undo = localized(node, "undo");
  const auto risk = word(node, "risk", kRisks);
  if (risk.empty()) return;
  remedy.risk =
      static_cast<Risk>(std::find(std::begin(kRisks), std::end(kRisks), risk) - std::begin(kRisks));
  if (remedy.text.empty() && remedy.run.empty()) {
    problem(kMissingKey, node, "a remedy needs the key `text` or `run`");
  }
  cause.remedies.push_back(std::move(remedy));
}

void CauseLoader::load_references(const YamlNode& root, Cause& cause) {
  for (const YamlNode* item : list(root, "references")) {
    if (item->is_scalar()) {
      cause.references.push_back({{}, item->text});
    } else {
      cause.references.push_back(
          {std::string(item->text_of("title")), std::string(item->text_of("url"))});
    }
  }
}

void CauseLoader::load_tests(const YamlNode& node, const Cause& cause) {
  if (!check_keys(node, kTestKeys, kTestRequired, "a test")) return;
  CauseTest test;
  test.cause = cause.id;
  test.file = source_.file;
  test.line = node.line;
  test.verdict = word(node, "verdict", kVerdicts);
  test.expected = node.text_of("cause");
  for (const YamlNode* item : list(node, "not_causes")) test.not_causes.push_back(item->text);
  test.code = node.text_of("code");
  for (const YamlNode* event : list(node, "events")) test.events.push_back(*event);
  tests_.push_back(std::move(test));
}

}  // namespace rdptriage::diagnosis
