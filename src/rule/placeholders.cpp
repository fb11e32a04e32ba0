#include "rule/placeholders.hpp"

#include <algorithm>

namespace rdptriage::rule {

namespace {
bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}
}  // namespace

tl::expected<std::vector<std::string>, ExpandError> expand_placeholders(
    std::string_view source, const Placeholders& placeholders) {
  std::vector<std::string> texts(1);
  const auto append = [&](std::string_view part) {
    for (std::string& text : texts) text += part;
  };
  for (std::size_t at = 0; at < source.size();) {
    if (source[at] == '\\' && at + 1 < source.size()) {
      // `\%` is resolved here, every other escape later.
      const bool percent = source[at + 1] == '%';
      append(source.substr(percent ? at + 1 : at, percent ? 1 : 2));
      at += 2;
      continue;
    }
    const auto end = source[at] == '%' ? source.find('%', at + 1) : std::string_view::npos;
    const std::string_view name =
        end == std::string_view::npos ? std::string_view{} : source.substr(at + 1, end - at - 1);
    if (!is_name(name)) {
      append(source.substr(at++, 1));
      continue;
    }
    const auto known = placeholders.find(name);
    if (known == placeholders.end() || known->second.empty()) {
      return tl::make_unexpected(ExpandError{ExpandError::Reason::no_values, std::string(name)});
    }
    if (texts.size() * known->second.size() > kMaxExpansions) {
      return tl::make_unexpected(ExpandError{ExpandError::Reason::too_many, std::string(name)});
    }
    std::vector<std::string> more;
    for (const std::string& text : texts) {
      for (const std::string& value : known->second) more.push_back(text + value);
    }
    texts = std::move(more);
    at = end + 1;
  }
  return texts;
}

}  // namespace rdptriage::rule
