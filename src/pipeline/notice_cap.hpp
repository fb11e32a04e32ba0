// Bounds the notices about one file: one of nothing but damage must not fill memory and report.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <optional>

#include "rdptriage/notice.hpp"

namespace rdptriage::pipeline {

class NoticeCap {
 public:
  static constexpr std::size_t kMost = 200;

  // One more; false when it is only to be counted.
  bool take() { return ++count_ <= kMost; }
  // What stands for those that were counted.
  std::optional<Notice> rest(std::uint32_t artifact) const {
    if (count_ <= kMost) return std::nullopt;
    Notice more;
    more.code = "NOTICES_NOT_SHOWN";
    more.text = fmt::format("{} more notices about this file are not shown", count_ - kMost);
    more.artifact = artifact;
    return more;
  }

 private:
  std::size_t count_ = 0;
};

}  // namespace rdptriage::pipeline
