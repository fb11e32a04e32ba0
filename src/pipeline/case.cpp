#include "rdptriage/case.hpp"

#include <system_error>

namespace rdptriage {

Case::Case(CaseOptions options) : options_(std::move(options)) {}

Result<void> Case::add_path(const std::filesystem::path& path) {
  if (path == "-") {  // standard input
    inputs_.push_back({"-", path, {}});
    return {};
  }
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    return fail("INPUT_NOT_FOUND", "there is no file or folder of this name", path.string(),
                "check the path; quote names that contain blanks");
  }
  inputs_.push_back({path.string(), path, {}});
  return {};
}

Result<void> Case::add_bytes(std::string name, std::span<const std::byte> bytes) {
  inputs_.push_back({std::move(name), {}, {bytes.begin(), bytes.end()}});
  return {};
}

}  // namespace rdptriage
