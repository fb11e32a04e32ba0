#include "diagnosis/coverage.hpp"

#include <algorithm>

namespace rdptriage::diagnosis {

std::string source_of(const rule::RuleInfo& rule) {
  if (!rule.service.empty()) {
    return rule.product == "windows" ? "windows/" + rule.service : rule.service;
  }
  return rule.category;
}

std::string source_in_words(std::string_view source) {
  constexpr std::string_view kWindows = "windows/";
  if (source.substr(0, kWindows.size()) == kWindows) {
    return std::string(source.substr(kWindows.size())) + " event log";
  }
  std::string words(source);
  std::replace(words.begin(), words.end(), '_', ' ');
  std::replace(words.begin(), words.end(), '-', ' ');
  return words;
}

}  // namespace rdptriage::diagnosis
