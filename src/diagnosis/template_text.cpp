#include "diagnosis/template_text.hpp"

#include "base/text.hpp"

namespace rdptriage::diagnosis {

namespace {
bool is_name(std::string_view text) {
  if (text.empty()) return false;
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
         std::string_view::npos;
}
}  // namespace

std::string fill_template(std::string_view text,
                          FunctionRef<std::optional<std::string>(std::string_view)> value_of) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const auto close = text.find('}');
    const auto inner = text.substr(1, close == std::string_view::npos ? 0 : close - 1);
    const auto bar = inner.find('|');
    const auto name = inner.substr(0, bar);
    if (close == std::string_view::npos || !is_name(name)) {
      out += '{';
      text.remove_prefix(1);
      continue;
    }
    if (const auto value = value_of(name); value && !value->empty()) {
      out += base::on_one_line(*value);
    } else {
      out += bar == std::string_view::npos ? std::string_view("unknown") : inner.substr(bar + 1);
    }
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace rdptriage::diagnosis
