#include "reader/line_filter.hpp"

#include <algorithm>
#include <set>

#include "base/case_fold.hpp"
#include "base/text.hpp"
#include "reader/text_format_impl.hpp"

namespace rdptriage::reader {

namespace {
// Looks at every byte, which compilers make many at a time of.
bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

bool has_group(const FieldPattern& pattern, std::string_view name) {
  const auto& groups = pattern.pattern.named_groups();
  return std::any_of(groups.begin(), groups.end(),
                     [name](const auto& group) { return group.first == name; });
}

// Where the values of a field can come from.
struct Origins {
  bool line = false;                     // any part of the line
  std::set<std::string> constants;       // lower case
  std::vector<std::size_t> extractions;  // only these
};

Origins origins_of(const FormatSet::Impl& set, std::string_view field) {
  Origins out;
  out.line = field.empty() || field == "Message" || field == "RawLine";
  const auto add_constants = [&](const Constants& constants) {
    for (const auto& [name, value] : constants) {
      if (field.empty() || name == field) out.constants.insert(base::to_lower_ascii(value));
    }
  };
  for (const FieldPattern& carrier : set.carriers) {
    out.line = out.line || has_group(carrier, field);
    add_constants(carrier.set);
  }
  for (const TextFormat& format : set.formats) {
    if (field.empty() || field == "Client") {
      out.constants.insert(base::to_lower_ascii(format.client));
    }
    for (const FieldPattern& prefix : format.prefixes) {
      out.line = out.line || has_group(prefix, field);
      add_constants(prefix.set);
    }
  }
  for (std::size_t i = 0; i < set.extractions.size(); ++i) {
    if (has_group(set.extractions[i], field)) out.extractions.push_back(i);
    add_constants(set.extractions[i].set);
  }
  return out;
}

// Literals of which the line must hold one; empty when that cannot be told.
std::vector<std::string> signs_of(const FormatSet::Impl& set, const LineNeed& need) {
  constexpr std::size_t kSelective = 4;
  const Origins origins = origins_of(set, need.field);
  for (const std::string& constant : origins.constants) {
    if (constant.find(need.text) != std::string::npos) return {};
  }
  const bool usable = is_ascii(need.text) && need.text.size() >= base::LiteralSet::kShortest;
  if (usable && (origins.line || need.text.size() >= kSelective)) return {need.text};
  std::vector<std::string> out;
  if (origins.line) return out;
  for (const std::size_t i : origins.extractions) {
    const auto& literals = set.extractions[i].literals;
    if (literals.empty()) return {};
    out.insert(out.end(), literals.begin(), literals.end());
  }
  return out;
}
}  // namespace

LineFilter::LineFilter(const FormatSet& formats,
                       const std::optional<std::span<const LineNeed>>& needs) {
  const FormatSet::Impl& set = formats.impl();
  const auto add = [this](const FieldPattern& pattern, std::uint64_t bits) {
    if (pattern.literals.empty()) always_ |= bits;
    for (const std::string& literal : pattern.literals) literals_.add(literal, bits);
  };
  for (std::size_t i = 0; i < set.extractions.size(); ++i) {
    add(set.extractions[i], LineSigns::extraction(i));
  }
  for (std::size_t i = 0; i < set.blocks.size(); ++i) {
    add(set.blocks[i].lines.front(), LineSigns::block(i));
  }
  if (!needs) always_ |= LineSigns::kWanted;
  for (const LineNeed& need : needs.value_or(std::span<const LineNeed>())) {
    const Origins origins = origins_of(set, need.field);
    if (!origins.line && origins.extractions.empty() && origins.constants.empty()) continue;
    const std::vector<std::string> signs = signs_of(set, need);
    if (signs.empty()) always_ |= LineSigns::kWanted;
    for (const std::string& sign : signs) literals_.add(sign, LineSigns::kWanted);
  }
  literals_.index();
}

LineSigns LineFilter::look(std::string_view line) const {
  if (is_ascii(line)) return LineSigns(always_ | literals_.find(line));
  // Some letters beyond ASCII fold to ASCII ones.
  return LineSigns(always_ | literals_.find(base::fold_case(line)));
}

}  // namespace rdptriage::reader
