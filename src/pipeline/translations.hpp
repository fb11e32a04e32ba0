// Texts of rules and causes in another language, as data: `i18n/<language>.yml` of a pack. A text
// is kept with the hash of the English one that it was made from, so that one whose rule has
// changed is not shown but named by lint.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/problem.hpp"
#include "rule/rule.hpp"

namespace rdptriage {
class RuleSetImpl;
}

namespace rdptriage::pipeline {

// The first eight digits of the text's SHA-256.
std::string text_hash(std::string_view english);

struct Translation {
  std::string hash;  // of the English text it was made from
  std::string text;
  base::SourceMark mark;
};

// The texts of one file by key; nothing and problems when it has mistakes.
struct TranslationFile {
  std::string language;
  std::map<std::string, Translation, std::less<>> texts;
};
TranslationFile read_translations(const base::SourceText& source, std::vector<Problem>& problems);

class Translations {
 public:
  void add(TranslationFile file);
  // The rule's own texts in the language, where no file has one of the present English text.
  void add(const rule::RuleInfo& rule, std::string_view language);
  // The text in the language; the English one when there is none that was made from it.
  std::string_view text(std::string_view key, std::string_view english) const;
  bool has(std::string_view key) const { return texts_.find(key) != texts_.end(); }
  bool empty() const { return texts_.empty(); }

 private:
  std::map<std::string, Translation, std::less<>> texts_;
};

// Keys and English texts of everything that can be translated, in the order of the pack:
// "<rule>.title", "<rule>.says", "<cause>.title", "<cause>.explanation", "<cause>.remedy.1.text",
// "<cause>.remedy.1.undo", "<cause>.verify.1".
std::vector<std::pair<std::string, std::string>> texts_of(const RuleSetImpl& pack);

// Texts that are missing, stale, or of nothing in the pack.
void lint_translations(const base::SourceText& source, const RuleSetImpl& pack,
                       std::vector<Problem>& findings);

}  // namespace rdptriage::pipeline
