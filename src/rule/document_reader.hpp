// YAML documents → RuleDocuments, with a problem for everything that is wrong with one.
#pragma once

#include <string>
#include <vector>

#include "rule/item_parser.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

// Reads one file and adds its rules to `out`. Documents of other kinds (causes, formats) are left
// to their own loaders; a document with a problem is not added.
class DocumentReader {
 public:
  DocumentReader(const Placeholders& placeholders, std::vector<Problem>& problems)
      : placeholders_(placeholders), problems_(problems) {}

  void read(const base::SourceText& source, std::size_t file, RuleDocuments& out);

 private:
  const Placeholders& placeholders_;
  std::vector<Problem>& problems_;
  PatternCache patterns_;
};

}  // namespace rdptriage::rule
