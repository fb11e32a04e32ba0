// Builds of Windows: which one a machine runs, and for which ones a rule holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rdptriage::timeline {

// "10.0.26100.3194", "26100.3194", "26100". Only the build counts, it never went back.
struct ProductBuild {
  std::uint32_t build = 0;
  std::optional<std::uint32_t> revision;  // of updates; unknown when not said

  std::string text() const;
};

// The whole text; nothing when it is no build of Windows.
std::optional<ProductBuild> parse_product_build(std::string_view text);
// What a capture shows: the number at the beginning, whatever follows ("10.0.20348 N/A Build
// 20348").
std::optional<ProductBuild> find_product_build(std::string_view text);

// Both ends belong to it. A bound without a revision is about the build with all its updates.
struct BuildRange {
  std::optional<ProductBuild> since, until;

  bool empty() const { return !since && !until; }
  // Whether no build lies in it.
  bool is_reversed() const;
  // False only when the build is known to lie outside: without its revision a machine may be
  // inside.
  bool may_hold(const ProductBuild& build) const;
};

}  // namespace rdptriage::timeline
