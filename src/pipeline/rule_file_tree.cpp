#include "pipeline/rule_file_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include "base/yaml.hpp"

namespace rdptriage::pipeline {

namespace fs = std::filesystem;

namespace {
constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{1} << 20;

bool is_rule_file(const fs::path& path) {
  return path.extension() == ".yml" || path.extension() == ".yaml";
}

// Whether the loaders make anything of the file, or say what is wrong with it.
bool is_of_use(const RuleFileText& file) {
  if (file.part != PackPart::rules) return true;
  const auto roots = base::parse_yaml({file.path, file.text});
  if (!roots) return true;
  return std::any_of(roots->begin(), roots->end(), [](const base::YamlNode& root) {
    if (!root.is_mapping()) return true;
    for (const char* key :
         {"title", "logsource", "detection", "correlation", "filter", "action", "disable"}) {
      if (root.find(key) != nullptr) return true;
    }
    return false;
  });
}

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
}  // namespace

Result<std::vector<RuleFileText>> read_rule_files(const fs::path& path) {
  RDPTRIAGE_TRY(const auto files, rule_files_below(path));
  std::vector<RuleFileText> out;
  bool of_use = false;
  for (const fs::path& file : files) {
    RDPTRIAGE_TRY(std::string text, read_rule_file(file));
    std::string name = file.generic_string();
    const PackPart part = part_of(name, text);
    out.push_back({std::move(name), std::move(text), part});
    of_use = of_use || is_of_use(out.back());
  }
  if (of_use) return out;
  return fail("RULES_EMPTY",
              files.empty() ? "the folder holds no rule file (.yml or .yaml)"
                            : "nothing in it is a rule, a cause, a text format or a table",
              path.string(), "check the path; `rdptriage rules list` shows the built-in rules");
}

namespace {
tl::unexpected<Error> too_large(const fs::path& path) {
  return fail("RULE_FILE_TOO_LARGE", "a rule file has at most 1 MiB", path.string(),
              "split it into several files");
}
}  // namespace

Result<std::string> read_rule_file(const fs::path& path) {
  std::error_code error;
  if (const auto size = fs::file_size(path, error); !error && size > kMaxFileBytes)
    return too_large(path);
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return fail("RULE_FILE_UNREADABLE", "the rule file cannot be opened", path.string(),
                "check the name and the permissions");
  }
  std::string text;
  std::array<char, 16384> part;
  // In parts, not by the size that was told: it may grow meanwhile, and a pipe tells none.
  while (in.read(part.data(), part.size()), in.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxFileBytes) return too_large(path);
  }
  text.shrink_to_fit();
  return text;
}

}  // namespace rdptriage::pipeline
