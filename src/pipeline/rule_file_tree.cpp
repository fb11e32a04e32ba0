#include "pipeline/rule_file_tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

namespace rdptriage::pipeline {

namespace fs = std::filesystem;

namespace {
constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{1} << 20;

bool is_rule_file(const fs::path& path) {
  return path.extension() == ".yml" || path.extension() == ".yaml";
}
}  // namespace

Result<std::vector<fs::path>> rule_files_below(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) {
    return fail("RULES_NOT_FOUND", "there is no rule file or folder of this name", path.string(),
                "check the path given to --rules");
  }
  if (!fs::is_directory(status)) return std::vector<fs::path>{path};
  std::vector<fs::path> files;
  for (auto at = fs::recursive_directory_iterator(path, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (is_rule_file(at->path()) && at->is_regular_file(error)) files.push_back(at->path());
  }
  if (error) return fail("RULES_UNREADABLE", "the rule folder cannot be listed", path.string());
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::string> read_rule_file(const fs::path& path) {
  std::error_code error;
  if (const auto size = fs::file_size(path, error); !error && size > kMaxFileBytes) {
    return fail("RULE_FILE_TOO_LARGE", "a rule file has at most 1 MiB", path.string(),
                "split it into several files");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return fail("RULE_FILE_UNREADABLE", "the rule file cannot be opened", path.string(),
                "check the name and the permissions");
  }
  std::string text((std::istreambuf_iterator<char>(in)), {});
  text.shrink_to_fit();
  return text;
}

}  // namespace rdptriage::pipeline
