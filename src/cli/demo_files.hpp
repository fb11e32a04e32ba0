// The cases of `rdptriage demo`: some of samples/, inside the program.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace rdptriage::cli {

struct DemoFile {
  std::string_view sample, path, bytes;  // "gateway-502", "freerdp.log"
};

// Sorted by sample, then path.
std::span<const DemoFile> demo_files();

}  // namespace rdptriage::cli
