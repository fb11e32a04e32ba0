#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/sha256.hpp"
#include "rdptriage/fleet.hpp"

namespace rdptriage {

namespace {
namespace fs = std::filesystem;

// Stands for the bytes of what cannot be read: the case is analyzed without it, and is another one
// when it can be read the next time.
constexpr std::string_view kUnreadable("\0unreadable\n", 12);

// False when the file cannot be read to its end.
bool add_file(const fs::path& path, base::Sha256& hash) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return false;
  std::vector<char> buffer(1 << 16);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0)
    hash.update(std::string_view(buffer.data(), static_cast<std::size_t>(in.gcount())));
  return !in.bad();
}

struct Entry {
  fs::path path;
  bool is_file;  // else a folder that cannot be listed
};

// Links are not followed, as in reading.
std::vector<Entry> entries_below(const fs::path& folder) {
  std::vector<Entry> entries;
  std::vector<fs::path> open{folder};
  while (!open.empty()) {
    const fs::path path = std::move(open.back());
    open.pop_back();
    std::error_code error, ignored;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      const fs::file_type type = at->symlink_status(ignored).type();
      if (type == fs::file_type::regular) entries.push_back({at->path(), true});
      if (type == fs::file_type::directory) open.push_back(at->path());
    }
    if (error) entries.push_back({path, false});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return entries;
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
    if (!add_file(path, hash)) {
      return fail("INPUT_UNREADABLE", "the file cannot be read", path.string(),
                  "check the permissions of the file");
    }
    return base::to_hex(hash.finish());
  }
  if (!fs::is_directory(status)) {
    return fail("INPUT_NOT_A_FILE", "is neither a file nor a folder", path.string(),
                "copy its content into a file first");
  }
  for (const Entry& entry : entries_below(path)) {
    hash.update(fmt::format("{}\n", entry.path.lexically_relative(path).generic_string()));
    if (!entry.is_file || !add_file(entry.path, hash)) hash.update(kUnreadable);
  }
  return base::to_hex(hash.finish());
}

}  // namespace rdptriage
