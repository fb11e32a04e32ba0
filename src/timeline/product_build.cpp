#include "timeline/product_build.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/text.hpp"

namespace rdptriage::timeline {

namespace {
constexpr std::uint32_t kFirstBuild = 1000;  // smaller numbers are versions: "10.0", "24"
constexpr std::size_t kMostDigits = 9;       // what fits a number of 32 bits
constexpr std::string_view kNumber = "0123456789.";

std::optional<std::uint32_t> number_of(std::string_view digits) {
  if (digits.empty() || digits.size() > kMostDigits) return std::nullopt;
  std::uint32_t out = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    out = out * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  return out;
}

// Not known to be later.
bool may_be_at_most(const ProductBuild& build, const ProductBuild& bound) {
  if (build.build != bound.build) return build.build < bound.build;
  return !build.revision || !bound.revision || *build.revision <= *bound.revision;
}
}  // namespace

std::string ProductBuild::text() const {
  return revision ? fmt::format("{}.{}", build, *revision) : fmt::format("{}", build);
}

std::optional<ProductBuild> parse_product_build(std::string_view text) {
  constexpr std::size_t kMostParts = 4;
  std::vector<std::uint32_t> parts;
  for (const std::string_view part : base::split(text, '.')) {
    const auto number = number_of(part);
    if (!number || parts.size() == kMostParts) return std::nullopt;
    parts.push_back(*number);
  }
  const std::size_t at = parts.size() > 2 ? 2 : 0;  // behind "10.0."
  ProductBuild out;
  out.build = parts[at];
  if (at + 1 < parts.size()) out.revision = parts[at + 1];
  if (out.build < kFirstBuild) return std::nullopt;
  return out;
}

std::optional<ProductBuild> find_product_build(std::string_view text) {
  text = base::trim(text);
  return parse_product_build(text.substr(0, text.find_first_not_of(kNumber)));
}

bool BuildRange::is_reversed() const { return since && until && !may_be_at_most(*since, *until); }

bool BuildRange::may_hold(const ProductBuild& build) const {
  return (!since || may_be_at_most(*since, build)) && (!until || may_be_at_most(build, *until));
}

}  // namespace rdptriage::timeline
