#include "rdptriage/rule_set.hpp"

#include <fmt/format.h>

#include "pipeline/embedded_pack.hpp"
#include "pipeline/rule_file_tree.hpp"
#include "pipeline/rule_set_impl.hpp"

namespace rdptriage {

namespace {
namespace fs = std::filesystem;
using pipeline::RulePackFile;

std::vector<RulePackFile> embedded_files() {
  std::vector<RulePackFile> files;
  for (const pipeline::PackFile& file : pipeline::embedded_pack()) {
    files.push_back(
        {std::string(file.path), {}, file.text, pipeline::part_of(file.path, file.text)});
  }
  return files;
}
}  // namespace

const RuleSet& RuleSet::builtin() {
  static const RuleSet kBuiltin(std::make_shared<const RuleSetImpl>(embedded_files()));
  return kBuiltin;
}

Result<RuleSet> RuleSet::load(std::span<const fs::path> paths, Base base,
                              std::string_view language) {
  std::vector<RulePackFile> files;
  if (base == Base::builtin) files = embedded_files();
  unsigned pack = 0;
  for (const fs::path& path : paths) {
    ++pack;
    RDPTRIAGE_TRY(auto found, pipeline::read_rule_files(path));
    for (pipeline::RuleFileText& file : found) {
      files.push_back({std::move(file.path), std::move(file.text), {}, file.part, pack});
    }
  }
  auto impl = std::make_shared<const RuleSetImpl>(std::move(files), language);
  const std::vector<Problem> problems = impl->problems();
  if (problems.empty() && !language.empty() && language != "en" && impl->translations().empty()) {
    return fail("LANGUAGE_UNKNOWN",
                fmt::format("no rule pack has texts in the language `{}`", language), {},
                "give a pack with a file i18n/<language>.yml, or leave the language out");
  }
  if (problems.empty()) return RuleSet(std::move(impl));
  std::string text;
  for (const Problem& problem : problems) text += problem.text + "\n";
  return fail("RULES_REFUSED", fmt::format("{} problem{} in the rule files\n{}", problems.size(),
                                           problems.size() == 1 ? "" : "s", text));
}

}  // namespace rdptriage
