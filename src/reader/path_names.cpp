// What the names along a path say of the machine that a file was taken on.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "reader/capture_format.hpp"

namespace rdptriage::reader {

namespace {
bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Removes the last word of `text` and gives it back; "" when there is none.
std::string_view take_last_word(std::string_view& text) {
  while (!text.empty() && !is_word(text.back())) text.remove_suffix(1);
  std::size_t first = text.size();
  while (first > 0 && is_word(text[first - 1])) --first;
  const std::string_view word = text.substr(first);
  text = text.substr(0, first);
  return word;
}

std::string_view without_number(std::string_view word) {
  while (!word.empty() && word.back() >= '0' && word.back() <= '9') word.remove_suffix(1);
  return word;
}
}  // namespace

CaptureSet::Collected CaptureSet::collected(std::string_view path) const {
  for (std::size_t end = path.size(); end != std::string_view::npos && end > 0;) {
    const auto slash = path.find_last_of("/\\", end - 1);
    const std::size_t first = slash == std::string_view::npos ? 0 : slash + 1;
    for (const base::Pattern& collector : collectors) {
      std::array<std::string_view, 12> groups;
      const auto machine = collector.group("machine");
      if (!collector.match(path.substr(first, end - first), base::Anchor::start, groups)) continue;
      if (machine && !groups[*machine].empty()) return {groups[*machine], path.substr(0, first)};
    }
    end = slash;
  }
  return {{}, path};
}

std::string_view CaptureSet::role_of_machine(std::string_view name) const {
  std::string_view role;
  while (!name.empty()) {
    const std::string_view said = machine_roles.find(without_number(take_last_word(name)));
    if (said.empty() || said == role) continue;
    if (!role.empty()) return {};
    role = said;
  }
  return role;
}

std::string_view CaptureSet::role_of_path(std::string_view path) const {
  // Collectors sort what they find by subject: a folder "RDS" says nothing of the machine.
  const Collected by = collected(path);
  if (const auto role = role_of_machine(by.machine); !role.empty()) return role;
  // The nearest name says most: from the last word to the first.
  std::string_view rest = by.before;
  while (!rest.empty()) {
    const std::string_view word = take_last_word(rest);
    if (const auto role = word.empty() ? word : roles.find(word); !role.empty()) return role;
  }
  return {};
}

}  // namespace rdptriage::reader
