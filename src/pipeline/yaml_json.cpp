#include "pipeline/yaml_json.hpp"

#include <fmt/format.h>

namespace rdptriage::pipeline {

using base::YamlNode;
using base::YamlType;

namespace {
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}
}  // namespace

std::string yaml_as_json(const YamlNode& node) {
  if (node.is_scalar()) {
    switch (node.type()) {
      case YamlType::null:
        return "null";
      case YamlType::boolean:
        return *node.boolean() ? "true" : "false";
      case YamlType::number:
        return node.text;
      case YamlType::text:
        return json_text(node.text);
    }
  }
  std::string out = node.is_mapping() ? "{" : "[";
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (i > 0) out += ',';
    if (node.is_mapping()) out += json_text(node.keys[i].text) + ':';
    out += yaml_as_json(node.items[i]);
  }
  return out + (node.is_mapping() ? '}' : ']');
}

}  // namespace rdptriage::pipeline
