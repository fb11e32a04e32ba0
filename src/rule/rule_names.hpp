// The names and ids of all rules of a load: what later packs leave out, who has a word first, and
// which rule a reference means.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "rule/load_context.hpp"

namespace rdptriage::rule {

// Marks the rules that a `disable` of a later pack is about, and drops those in whose place that
// pack has put its own.
void apply_disables(std::span<const RuleFile> files, RuleDocuments& documents);

class RuleNames {
 public:
  // A rule before it has its index: which list, which position.
  struct Known {
    RuleKind kind = RuleKind::detection;
    std::size_t position = 0;
    Place place;
  };

  explicit RuleNames(LoadContext& context) : context_(context) {}

  // Names and ids share one space; the first rule keeps a word, P030 for the second, which is
  // dropped.
  void take_from(RuleDocuments& documents);

  const Known* find(std::string_view handle) const;
  // The same; P031 when no rule has the word.
  const Known* resolve(const RuleReference& reference, std::size_t file);
  // Whether two words are of one rule.
  bool are_same(std::string_view a, std::string_view b) const;

  // Calls `use(word, known)` for every word, folded.
  template <class Use>
  void for_each(Use use) const {
    for (const auto& [word, known] : known_) use(word, known);
  }
  // Correlations have moved: position → new position; those without one are gone.
  void move_correlations(const std::map<std::size_t, std::size_t>& moved);

 private:
  bool take(const RuleInfo& info, const Known& known);
  template <class Some>
  void take_all(Some& documents, RuleKind kind);

  LoadContext& context_;
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace rdptriage::rule
