#include "reader/open_block.hpp"

#include <array>

#include "base/text.hpp"

namespace rdptriage::reader {

bool OpenBlock::take(std::string_view line, std::uint64_t number) {
  if (first_line_ != 0 && number > first_line_ + block_->within) reset();
  // Hardly any line opens a block, and the groups are what an expression costs.
  if (first_line_ == 0 && !block_->lines.front().pattern.search(line)) return false;
  if (std::any_of(block_->unless.begin(), block_->unless.end(),
                  [line](const base::Pattern& other) { return other.search(line); })) {
    return false;
  }
  for (std::size_t i = first_line_ == 0 ? 0 : 1; i < block_->lines.size(); ++i) {
    std::array<std::string_view, 12> captures;
    const FieldPattern& pattern = block_->lines[i];
    if (!pattern.pattern.match(line, base::Anchor::nowhere, captures)) {
      if (first_line_ == 0) return false;
      continue;
    }
    bool took = false;
    TimeGroups time = time_;
    for (const auto& [name, index] : pattern.pattern.named_groups()) {
      if (index >= captures.size() || captures[index].data() == nullptr || has(name)) continue;
      if (time.take(name, captures[index])) continue;
      values_.emplace_back(name, shown_value(pattern, name, captures[index]));
      took = true;
    }
    for (const auto& [name, value] : pattern.set) {
      if (has(name)) continue;
      values_.emplace_back(name, value);
      took = true;
    }
    if (took && first_line_ == 0) first_line_ = number;
    if (took) time_ = time;
    if (took) text_ += (text_.empty() ? "" : " / ") + std::string(base::trim(line));
    if (took) break;
  }
  return first_line_ != 0 && std::all_of(block_->required.begin(), block_->required.end(),
                                         [&](const std::string& name) { return has(name); });
}

}  // namespace rdptriage::reader
