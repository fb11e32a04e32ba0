#include "rule/triage_key_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "rdptriage/focus.hpp"

namespace rdptriage::rule {

using base::YamlNode;

namespace {
constexpr std::int64_t kFormat = 1;
constexpr std::string_view kKeys[] = {"format", "stage", "state",  "attempt", "host", "keep",
                                      "says",   "holds", "skew",   "tests",   "i18n", "supersedes",
                                      "since",  "until", "moment", "log"};
constexpr std::string_view kStages[] = {
    "proxy",        "name",           "gateway-tcp", "gateway-tls", "gateway-http",
    "gateway-auth", "gateway-policy", "host-tcp",    "negotiation", "host-tls",
    "nla",          "licensing",      "session"};
constexpr std::string_view kStates[] = {"passed", "failed", "no_failure"};
constexpr std::string_view kAttempts[] = {"start", "end"};
constexpr std::string_view kHostKeys[] = {"from", "role", "names", "zone", "clock", "build"};
constexpr std::string_view kLogKeys[] = {"name", "is"};
constexpr std::string_view kLogStates[] = {"cleared", "off"};
constexpr std::string_view kTextKeys[] = {"title", "says"};
constexpr std::string_view kHoldsKeys[] = {"from", "until"};
constexpr std::string_view kSkew[] = {"required"};

// A member whose value is one of a few words.
std::string word(DocumentContext& context, const YamlNode& owner, std::string_view key,
                 std::span<const std::string_view> known) {
  std::string value = context.text(owner, key);
  if (value.empty() || std::find(known.begin(), known.end(), value) != known.end()) return value;
  const std::string_view near = base::nearest_word(value, {known.begin(), known.end()});
  context.problem("P018", *owner.find(key), fmt::format("`{}` is no {}", value, key), "",
                  near.empty() ? fmt::format("known are: {}", fmt::join(known, ", "))
                               : fmt::format("did you mean `{}`?", near));
  return {};
}

std::optional<timeline::ProductBuild> read_build(DocumentContext& context, const YamlNode& owner,
                                                 std::string_view key) {
  const std::string text = context.text(owner, key);
  if (text.empty()) return std::nullopt;
  const auto build = timeline::parse_product_build(text);
  if (!build) {
    context.problem("P028", *owner.find(key), fmt::format("`{}` is no build of Windows", text), "",
                    "write `26100`, `26100.3194` or `10.0.26100.3194`");
  }
  return build;
}

// The rules that this one says more than.
std::vector<RuleReference> read_supersedes(DocumentContext& context, const YamlNode& owner) {
  std::vector<RuleReference> out;
  const YamlNode* node = owner.find("supersedes");
  if (node == nullptr || node->is_null()) return out;
  if (context.texts(owner, "supersedes").empty() || node->is_mapping()) {
    context.problem("P026", *owner.find_key("supersedes"), "`supersedes` names no rule", "",
                    "list names or ids of rules");
    return out;
  }
  const std::span<const YamlNode> items = node->is_scalar()
                                              ? std::span<const YamlNode>(node, 1)
                                              : std::span<const YamlNode>(node->items);
  for (const YamlNode& item : items) out.push_back({item.text, item.mark()});
  return out;
}

std::vector<RuleTexts> read_translated(DocumentContext& context, const YamlNode& owner) {
  std::vector<RuleTexts> out;
  const YamlNode* node = owner.find("i18n");
  if (node == nullptr) return out;
  const auto refuse = [&](const YamlNode& at) {
    context.problem("P012", at, "`i18n` must be a map of languages", "",
                    "write `i18n: {de: {title: …, says: …}}`");
  };
  if (!node->is_mapping()) refuse(*owner.find_key("i18n"));
  for (std::size_t i = 0; i < node->keys.size(); ++i) {
    const YamlNode& texts = node->items[i];
    if (!texts.is_mapping()) {
      refuse(node->keys[i]);
      continue;
    }
    context.check_keys(texts, kTextKeys, "`i18n`");
    out.push_back({node->keys[i].text, context.text(texts, "title"), context.text(texts, "says")});
  }
  return out;
}

// What both kinds of rules have apart from their TriageKey.
struct Rest {
  YamlNode& tests;
  std::vector<RuleReference>& supersedes;
};

const YamlNode* read_common(DocumentContext& context, const YamlNode& root, TriageKey& out,
                            const Rest& rest) {
  const YamlNode* node = root.find("rdptriage");
  if (node == nullptr) return nullptr;
  if (!node->is_mapping()) {
    context.problem("P012", *root.find_key("rdptriage"), "`rdptriage` must be a map");
    return nullptr;
  }
  context.check_keys(*node, kKeys, "`rdptriage`");
  out.present = true;
  const YamlNode* format = node->find("format");
  const auto version = format == nullptr ? std::nullopt : format->integer();
  if (format != nullptr && (!version || *version < 1 || *version > kFormat)) {
    context.problem(
        "P019", *format, fmt::format("the format `{}` is not known", format->text), "",
        fmt::format("this program knows format {}; a newer one may be needed", kFormat));
  }
  out.stage = word(context, *node, "stage", kStages);
  out.state = word(context, *node, "state", kStates);
  out.attempt = word(context, *node, "attempt", kAttempts);
  out.moment = context.text(*node, "moment");
  out.says = context.text(*node, "says");
  out.skew_required = !word(context, *node, "skew", kSkew).empty();
  if (const YamlNode* host = node->find("host")) {
    if (!host->is_mapping()) {
      context.problem("P012", *node->find_key("host"), "`host` must be a map", "",
                      "write `host: {from: FIELD, role: ROLE}`");
    } else {
      context.check_keys(*host, kHostKeys, "`host`");
      out.host_from = context.text(*host, "from");
      out.host_role = word(context, *host, "role", host_roles());
      out.host_zone = context.text(*host, "zone");
      out.host_clock = context.text(*host, "clock");
      out.host_build = context.text(*host, "build");
      if (const YamlNode* names = host->find("names")) {
        for (const YamlNode& name : names->items) out.host_names.push_back(name.text);
      }
    }
  }
  if (const YamlNode* log = node->find("log")) {
    if (!log->is_mapping()) {
      context.problem("P012", *node->find_key("log"), "`log` must be a map", "",
                      "write `log: {name: FIELD, is: cleared}`");
    } else {
      context.check_keys(*log, kLogKeys, "`log`");
      out.log_name = context.text(*log, "name");
      out.log_state = word(context, *log, "is", kLogStates);
    }
  }
  if (const YamlNode* keep = node->find("keep")) {
    if (!keep->is_mapping()) {
      context.problem("P012", *node->find_key("keep"), "`keep` must be a map", "",
                      "write `keep: {shown_name: FieldName}`");
    }
    for (std::size_t i = 0; i < keep->keys.size(); ++i) {
      out.keep.emplace_back(keep->keys[i].text, context.text(*keep, keep->keys[i].text));
    }
  }
  out.builds.since = read_build(context, *node, "since");
  out.builds.until = read_build(context, *node, "until");
  out.translated = read_translated(context, *node);
  rest.supersedes = read_supersedes(context, *node);
  if (const YamlNode* listed = node->find("tests")) rest.tests = *listed;
  return node;
}
}  // namespace

void read_triage_key(DocumentContext& context, const YamlNode& root, DetectionDocument& rule) {
  const YamlNode* node =
      read_common(context, root, rule.info.triage, {rule.tests, rule.supersedes});
  const YamlNode* holds = node == nullptr ? nullptr : node->find("holds");
  if (holds == nullptr) return;
  if (!holds->is_mapping()) {
    context.problem("P012", *node->find_key("holds"), "`holds` must be a map", "",
                    "write `holds: {until: {FIELD: VALUE}}`");
    return;
  }
  context.check_keys(*holds, kHoldsKeys, "`holds`");
  rule.info.triage.holds = true;
  rule.holds_from = context.text(*holds, "from");
  if (!rule.holds_from.empty()) {
    const auto& selections = rule.detection.selections;
    const bool known = std::any_of(selections.begin(), selections.end(),
                                   [&](const Selection& s) { return s.name == rule.holds_from; });
    if (!known) {
      context.problem("P016", *holds->find("from"),
                      fmt::format("there is no selection `{}`", rule.holds_from), "",
                      "`from` names the selection whose match starts the state");
    }
  }
  if (const YamlNode* until = holds->find("until")) {
    Detection detection;
    if (auto selection = context.read_selection(*holds->find_key("until"), *until)) {
      detection.selections.push_back(std::move(*selection));
      ConditionText condition;
      condition.tree.name = "until";
      condition.mark = until->mark();
      detection.conditions.push_back(std::move(condition));
      rule.until = std::move(detection);
    }
  }
}

void read_triage_key(DocumentContext& context, const YamlNode& root, CorrelationDocument& rule) {
  read_common(context, root, rule.info.triage, {rule.tests, rule.supersedes});
}

}  // namespace rdptriage::rule
