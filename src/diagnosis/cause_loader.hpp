// Cause files → CauseSet. Every mistake becomes a Problem with its place; loading goes on.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.hpp"
#include "diagnosis/cause_set.hpp"

namespace rdptriage::diagnosis {

// Reads one cause document after the other; what refers to other causes is resolved by finish().
class CauseLoader {
 public:
  CauseLoader(const RuleNames& rules, std::vector<Problem>& problems)
      : rules_(rules), problems_(&problems) {}

  void load_file(const base::SourceText& source);
  CauseSet finish();

 private:
  struct Pending {  // a rival by name, until all causes are known
    std::size_t cause;
    std::string rival;
    base::SourceText source;
    base::SourceMark mark;
  };

  void load_cause(const base::YamlNode& root);
  void load_general_collect(const base::YamlNode& root);
  void load_evidence(const base::YamlNode& node, Cause& cause);
  void load_remedy(const base::YamlNode& node, Cause& cause);
  void load_references(const base::YamlNode& node, Cause& cause);
  void load_tests(const base::YamlNode& node, const Cause& cause);
  CollectItem load_collect_item(const base::YamlNode& node, bool general);
  std::optional<rule::RuleIndex> find_rule(const base::YamlNode& handle);

  bool check_keys(const base::YamlNode& node, std::span<const std::string_view> known,
                  std::span<const std::string_view> required, std::string_view what);
  std::string word(const base::YamlNode& node, std::string_view key,
                   std::span<const std::string_view> allowed);
  std::string localized(const base::YamlNode& node);
  std::string localized(const base::YamlNode& parent, std::string_view key);
  std::vector<const base::YamlNode*> list(const base::YamlNode& parent, std::string_view key);
  void problem(std::string_view code, const base::YamlNode& node, std::string message,
               std::string help = {});

  void link_rivals(CauseSet& set);
  void order_by_explanation(CauseSet& set);

  RuleNames rules_;
  std::vector<Problem>* problems_;
  base::SourceText source_{};
  std::vector<Cause> causes_;
  std::vector<base::SourceText> sources_;  // of each cause
  std::vector<CollectItem> general_;
  std::vector<CauseTest> tests_;
  std::vector<Pending> pending_;
};

}  // namespace rdptriage::diagnosis
