#include "diagnosis/coverage.hpp"

#include <algorithm>

namespace rdptriage::diagnosis {

std::vector<std::string> SourceSet::empty() const {
  std::vector<std::string> out;
  for (const std::string& source : empty_) {
    if (!has(source)) out.push_back(source);
  }
  return out;
}

std::optional<std::int64_t> SourceSet::begins_after(std::string_view source, std::int64_t ticks,
                                                    std::int64_t slack) const {
  std::optional<std::int64_t> oldest;
  for (const SourceSpan& span : spans_) {
    if (span.source != source) continue;
    if (!oldest || span.first < *oldest) oldest = span.first;
  }
  return oldest && *oldest > ticks + slack ? oldest : std::nullopt;
}

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
