#include "rdptriage/focus.hpp"

#include "base/time.hpp"

namespace rdptriage {

namespace {
// The number that begins `text`, which is cut off; nothing when no one or two digits do.
std::optional<int> take_two_digits(std::string_view& text) {
  int value = 0;
  std::size_t digits = 0;
  while (digits < 2 && digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    value = value * 10 + (text[digits++] - '0');
  }
  text.remove_prefix(digits);
  return digits == 0 ? std::nullopt : std::optional(value);
}
}  // namespace

std::optional<std::int64_t> parse_zone(std::string_view text) {
  constexpr int kFarthest = 14 * 60;
  if (text == "Z" || text == "z") return 0;
  if (text.starts_with("UTC") || text.starts_with("GMT")) {
    text.remove_prefix(3);
    if (text.empty()) return 0;
  }
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = take_two_digits(text);
  if (!hours) return std::nullopt;
  std::optional<int> minutes = 0;
  if (!text.empty()) {
    if (text.front() == ':') text.remove_prefix(1);
    minutes = take_two_digits(text);
  }
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  const int total = *hours * 60 + *minutes;
  if (total > kFarthest) return std::nullopt;
  return std::int64_t{sign} * total * 60 * base::kTicksPerSecond;
}

const std::vector<std::string_view>& host_roles() {
  static const std::vector<std::string_view> kRoles = {"client", "gateway",        "session-host",
                                                       "broker", "license-server", "proxy"};
  return kRoles;
}

}  // namespace rdptriage
