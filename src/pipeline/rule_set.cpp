#include "rdptriage/rule_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

#include "pipeline/embedded_pack.hpp"
#include "pipeline/rule_set_impl.hpp"

namespace rdptriage {

namespace {
namespace fs = std::filesystem;
using pipeline::RulePackFile;

constexpr std::uintmax_t kMaxRuleFile = std::uintmax_t{1} << 20;

std::vector<RulePackFile> embedded_files() {
  std::vector<RulePackFile> files;
  for (const pipeline::PackFile& file : pipeline::embedded_pack()) {
    files.push_back(
        {std::string(file.path), {}, file.text, pipeline::part_of(file.path, file.text)});
  }
  return files;
}

Result<RulePackFile> read_rule_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!error && size > kMaxRuleFile) {
    return fail("RULE_FILE_TOO_LARGE", "a rule file has at most 1 MiB", path.string(),
                "split it into several files");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail("RULE_FILE_UNREADABLE", "the rule file cannot be opened", path.string());
  RulePackFile file;
  file.path = path.generic_string();
  file.owned.assign(std::istreambuf_iterator<char>(in), {});
  file.part = pipeline::part_of(file.path, file.owned);
  return file;
}

bool is_rule_file(const fs::path& path) {
  return path.extension() == ".yml" || path.extension() == ".yaml";
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
    if (at->is_regular_file(error) && is_rule_file(at->path())) files.push_back(at->path());
  }
  if (error) return fail("RULES_UNREADABLE", "the rule folder cannot be listed", path.string());
  std::sort(files.begin(), files.end());
  return files;
}
}  // namespace

const RuleSet& RuleSet::builtin() {
  static const RuleSet kBuiltin(std::make_shared<const RuleSetImpl>(embedded_files()));
  return kBuiltin;
}

Result<RuleSet> RuleSet::load(std::span<const fs::path> paths, Base base) {
  std::vector<RulePackFile> files;
  if (base == Base::builtin) files = embedded_files();
  for (const fs::path& path : paths) {
    RDPTRIAGE_TRY(const auto found, rule_files_below(path));
    for (const fs::path& file : found) {
      RDPTRIAGE_TRY(auto read, read_rule_file(file));
      files.push_back(std::move(read));
    }
  }
  auto impl = std::make_shared<const RuleSetImpl>(std::move(files));
  const std::vector<Problem> problems = impl->problems();
  if (problems.empty()) return RuleSet(std::move(impl));
  std::string text;
  for (const Problem& problem : problems) text += problem.text + "\n";
  return fail("RULES_REFUSED", fmt::format("{} problem{} in the rule files\n{}", problems.size(),
                                           problems.size() == 1 ? "" : "s", text));
}

}  // namespace rdptriage
