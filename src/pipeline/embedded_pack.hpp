// The default rule pack: every .yml file of rules/, embedded at build time.
#pragma once

#include <span>
#include <string_view>

namespace rdptriage::pipeline {

struct PackFile {
  std::string_view path;  // relative to rules/: "detections/gateway/http_status.yml"
  std::string_view text;
};

// Sorted by path.
std::span<const PackFile> embedded_pack();

}  // namespace rdptriage::pipeline
