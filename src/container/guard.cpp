#include "container/guard.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdptriage::container {

tl::unexpected<Error> Guard::refuse(const char* code, std::string message, const std::string& where,
                                    std::string help) {
  if (std::find(limits_hit_.begin(), limits_hit_.end(), code) == limits_hit_.end()) {
    limits_hit_.emplace_back(code);
  }
  return fail(code, std::move(message), where, std::move(help));
}

Result<void> Guard::add_entry(const std::string& where) {
  if (entries_ >= limits_.max_entries) {
    exhausted_ = true;
    return refuse(
        "LIMIT_ENTRIES",
        fmt::format("the case holds more than {} files; the rest is not read", limits_.max_entries),
        where, "give the files that matter, or raise the limit with --max-entries");
  }
  ++entries_;
  return {};
}

Result<void> Guard::add_expanded(std::uint64_t count, std::uint64_t packed,
                                 const std::string& where) {
  expanded_ += count;
  expanded_of_bundle_ += count;
  if (expanded_ > limits_.max_expanded_bytes) {
    exhausted_ = true;
    return refuse("LIMIT_EXPANDED",
                  fmt::format("the bundles expand to more than {} bytes; the rest is not read",
                              limits_.max_expanded_bytes),
                  where,
                  "unpack the bundle and give the files that matter, or raise the limit with "
                  "--max-expanded");
  }
  // Division, not multiplication: no product of two sizes from input.
  if (expanded_of_bundle_ > limits_.ratio_floor_bytes &&
      expanded_of_bundle_ / std::max<std::uint64_t>(limits_.max_ratio, 1) > packed) {
    return refuse("LIMIT_RATIO",
                  fmt::format("the bundle expands to more than {} times its size, as zip bombs do; "
                              "the rest of it is not read",
                              limits_.max_ratio),
                  where, "if you trust it, raise the limit with --max-ratio");
  }
  return {};
}

Result<void> Guard::check_depth(std::uint32_t depth, const std::string& where) {
  if (depth <= limits_.max_depth) return {};
  return refuse("LIMIT_DEPTH",
                fmt::format("bundles are nested more than {} levels deep; this one is not opened",
                            limits_.max_depth),
                where, "unpack it and give the inner bundle, or raise the limit with --max-depth");
}

}  // namespace rdptriage::container
