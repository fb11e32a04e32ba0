#include "source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/catch.hpp"

namespace rdptriage::test {
namespace {

namespace fs = std::filesystem;

bool is_ours(const std::string& path) {
  constexpr std::string_view kFolders[] = {"src/",  "include/", "tests/", "rules/",
                                           "docs/", "samples/", "cmake/", ".ci/"};
  constexpr std::string_view kEndings[] = {".cpp",   ".hpp", ".md", ".yml", ".txt",
                                           ".cmake", ".in",  ".1",  "run"};
  const bool is_top = path.find('/') == std::string::npos;
  const bool is_in_folder = std::any_of(
      std::begin(kFolders), std::end(kFolders),
      [&](std::string_view folder) { return std::string_view(path).starts_with(folder); });
  // Logs may say what they like.
  const std::string_view view(path);
  const bool is_code =
      view.ends_with(".cpp") || view.ends_with(".hpp") || view.ends_with("CMakeLists.txt");
  const bool is_log =
      view.find("/case/") != std::string_view::npos ||
      (!is_code && (view.starts_with("tests/golden/") || view.starts_with("tests/fuzz/")));
  if (is_log) return false;
  if (is_top && path == "dev") return true;
  return (is_top || is_in_folder) &&
         std::any_of(std::begin(kEndings), std::end(kEndings), [&](std::string_view ending) {
           return std::string_view(path).ends_with(ending);
         });
}

std::vector<SourceFile> load() {
  std::vector<SourceFile> files;
  const fs::path root = RDPTRIAGE_SOURCE_DIR;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::end(entry); ++entry) {
    const std::string path = entry->path().lexically_relative(root).generic_string();
    if (path == ".git" || path == "build") {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file() || !is_ours(path)) continue;
    std::ifstream in(entry->path(), std::ios::binary);
    files.push_back({path, std::string(std::istreambuf_iterator<char>(in), {})});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace

const std::vector<SourceFile>& source_tree() {
  static const std::vector<SourceFile> files = load();
  return files;
}

const std::string& source_text(std::string_view path) {
  for (const SourceFile& file : source_tree()) {
    if (file.path == path) return file.text;
  }
  FAIL("there is no " << path);
  static const std::string none;
  return none;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace rdptriage::test
