#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <vector>

#include "base/sha256.hpp"
#include "rdptriage/fleet.hpp"

namespace rdptriage {

namespace {
namespace fs = std::filesystem;

Result<void> add_file(const fs::path& path, base::Sha256& hash) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return fail("INPUT_UNREADABLE", "the file cannot be opened", path.string(),
                "check the permissions of the file");
  }
  std::vector<char> buffer(1 << 16);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0)
    hash.update(std::string_view(buffer.data(), static_cast<std::size_t>(in.gcount())));
  if (in.bad()) return fail("INPUT_UNREADABLE", "reading failed", path.string());
  return {};
}
}  // namespace

Result<std::string> input_digest(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) {
    return fail("INPUT_NOT_FOUND", "there is no file or folder of this name", path.string(),
                "check the path; quote names that contain blanks");
  }
  base::Sha256 hash;
  if (fs::is_regular_file(status)) {
    RDPTRIAGE_CHECK(add_file(path, hash));
    return base::to_hex(hash.finish());
  }
  if (!fs::is_directory(status)) {
    return fail("INPUT_NOT_A_FILE", "is neither a file nor a folder", path.string(),
                "copy its content into a file first");
  }
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code ignored;
    if (at->symlink_status(ignored).type() == fs::file_type::regular) files.push_back(at->path());
  }
  if (error) return fail("INPUT_UNREADABLE", "the folder cannot be listed", path.string());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    hash.update(fmt::format("{}\n", file.lexically_relative(path).generic_string()));
    RDPTRIAGE_CHECK(add_file(file, hash));
  }
  return base::to_hex(hash.finish());
}

}  // namespace rdptriage
