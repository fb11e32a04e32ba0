#include "timeline/stages.hpp"

#include <algorithm>
#include <array>

namespace rdptriage::timeline {

namespace {
constexpr std::array<std::string_view, 13> kStages = {
    "proxy",        "name",           "gateway-tcp", "gateway-tls", "gateway-http",
    "gateway-auth", "gateway-policy", "host-tcp",    "negotiation", "host-tls",
    "nla",          "licensing",      "session"};
}  // namespace

std::span<const std::string_view> stage_names() { return kStages; }

std::optional<std::size_t> stage_depth(std::string_view stage) {
  const auto at = std::find(kStages.begin(), kStages.end(), stage);
  if (at == kStages.end()) return std::nullopt;
  return static_cast<std::size_t>(at - kStages.begin());
}

std::size_t session_depth() { return kStages.size() - 1; }

bool is_optional_stage(std::size_t depth) {
  return depth < kStages.size() &&
         (kStages[depth] == "proxy" || kStages[depth].substr(0, 8) == "gateway-");
}

}  // namespace rdptriage::timeline
