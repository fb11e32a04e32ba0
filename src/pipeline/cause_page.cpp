#include "pipeline/cause_page.hpp"

#include <algorithm>

#include "base/yaml.hpp"
#include "pipeline/code_index.hpp"

namespace rdptriage::pipeline {
namespace {

using base::YamlNode;

// Texts of causes are maps of languages; a plain text is taken as it is.
std::string text_in(const YamlNode& node, std::string_view key) {
  const YamlNode* value = node.find(key);
  if (value == nullptr) return {};
  return value->is_mapping() ? std::string(value->text_of("en")) : value->text;
}

template <class Use>
void each_item(const YamlNode& root, std::string_view key, Use use) {
  const YamlNode* list = root.find(key);
  if (list == nullptr) return;
  for (const YamlNode& item : list->items) use(item);
}

Risk risk_of(std::string_view word) {
  if (word == "disruptive") return Risk::disruptive;
  if (word == "lowers_security") return Risk::lowers_security;
  if (word == "reversible") return Risk::reversible;
  return Risk::read_only;
}

void add_codes(CauseMeaning& cause) {
  for (const diagnosis::CodeTable& table : all_tables()) {
    for (const diagnosis::CodeRow& row : table.rows) {
      if (std::find(row.causes.begin(), row.causes.end(), cause.id) == row.causes.end()) continue;
      std::string code = format_code(row.code, table.notation);
      if (row.second) code += '/' + format_code(*row.second, table.notation);
      if (table.kind == "event") code = "event " + code;
      if (table.kind == "http") code = "HTTP " + code;
      cause.codes.push_back(code + " (" + table.id + ')');
    }
  }
}

}  // namespace

CauseMeaning cause_page(const PackFile& file) {
  CauseMeaning cause;
  cause.id = cause_id_of(file.path);
  const auto parsed = base::parse_yaml({file.path, file.text});
  if (!parsed || parsed->empty()) return cause;
  const YamlNode& root = parsed->front();
  cause.title = text_in(root, "title");
  cause.category = root.text_of("category");
  cause.stage = root.text_of("stage");
  cause.explanation = text_in(root, "explanation");
  each_item(root, "evidence", [&](const YamlNode& item) {
    CauseMeaning::Sign sign;
    sign.rule = item.text_of("rule");
    sign.title = rule_title(sign.rule);
    if (const YamlNode* weight = item.find("weight")) {
      sign.weight = static_cast<int>(weight->integer().value_or(0));
    }
    const YamlNode* decisive = item.find("decisive");
    sign.decisive = decisive != nullptr && decisive->boolean().value_or(false);
    cause.signs.push_back(std::move(sign));
  });
  std::stable_sort(cause.signs.begin(), cause.signs.end(), [](const auto& a, const auto& b) {
    return a.decisive != b.decisive ? a.decisive : a.weight > b.weight;
  });
  each_item(root, "remedy", [&](const YamlNode& item) {
    RemediationStep step;
    step.step = static_cast<unsigned>(cause.remediation.size() + 1);
    step.actor = item.text_of("actor");
    step.text = text_in(item, "text");
    step.command = item.text_of("run");
    step.shell = item.text_of("shell");
    step.undo = text_in(item, "undo");
    step.risk = risk_of(item.text_of("risk"));
    cause.remediation.push_back(std::move(step));
  });
  each_item(root, "verify", [&](const YamlNode& item) {
    cause.verify.push_back(item.is_mapping() ? std::string(item.text_of("en")) : item.text);
  });
  each_item(root, "collect_next", [&](const YamlNode& item) {
    CollectNext next;
    next.rank = static_cast<unsigned>(cause.collect_next.size() + 1);
    next.host = item.text_of("host");
    next.command = item.text_of("run");
    next.why = text_in(item, "why");
    cause.collect_next.push_back(std::move(next));
  });
  each_item(root, "references", [&](const YamlNode& item) {
    cause.references.push_back(
        {std::string(item.text_of("title")), std::string(item.text_of("url"))});
  });
  add_codes(cause);
  for (const diagnosis::Claim& claim : all_claims()) {
    const std::string key = "cause:" + cause.id;
    if (std::find(claim.about.begin(), claim.about.end(), key) != claim.about.end()) {
      cause.claims.push_back(claim.check);
    }
  }
  return cause;
}

}  // namespace rdptriage::pipeline
