#include "pipeline/pack_info.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "base/text.hpp"
#include "base/time.hpp"
#include "base/yaml.hpp"

namespace rdptriage::pipeline {

namespace {
// "1.10.2" → 1, 10, 2; a part that is no number counts as 0.
std::vector<unsigned> parts_of(std::string_view version) {
  std::vector<unsigned> out;
  for (const std::string_view part : base::split(version, '.')) {
    unsigned number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    out.push_back(number);
  }
  while (!out.empty() && out.back() == 0) out.pop_back();
  return out;
}
}  // namespace

PackInfo read_pack_info(const base::SourceText& source) {
  PackInfo out;
  const auto documents = base::parse_yaml(source);
  if (!documents || documents->empty()) return out;
  const base::YamlNode& root = documents->front();
  out.version = root.text_of("version");
  const std::string midnight = std::string(root.text_of("date")) + "T00:00:00Z";
  if (const auto time = base::parse_iso8601(midnight)) out.date = Timestamp{time->ticks};
  const base::YamlNode* least = root.find("min_engine");
  if (least != nullptr && parts_of(least->text) > parts_of(RDPTRIAGE_VERSION)) {
    out.too_new = base::make_problem("P038", source, *least,
                                     fmt::format("the pack needs rdptriage {} or newer; this is {}",
                                                 least->text, RDPTRIAGE_VERSION),
                                     "", "update rdptriage, or take an older version of the pack");
  }
  return out;
}

}  // namespace rdptriage::pipeline
