#include "cli/batch_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <ostream>

namespace rdptriage::cli {

namespace {
namespace fs = std::filesystem;

bool is_lines_file(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("cases-") && (name.ends_with(".jsonl") || name.ends_with(".jsonl.part"));
}
}  // namespace

Result<void> for_each_line(const fs::path& path, FunctionRef<void(const std::string&)> each) {
  std::error_code error;
  std::vector<fs::path> files;
  if (fs::is_directory(path, error)) {
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      if (is_lines_file(at->path())) files.push_back(at->path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(path);
  }
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      return fail("INPUT_NOT_FOUND", "there are no lines of a batch here", file.string(),
                  "give the folder of `batch -o`");
    }
    std::string line;
    while (std::getline(in, line)) {
      // What a kill tore off has no line feed; it is not a line.
      if (in.eof() && file.extension() == ".part") break;
      if (!line.empty()) each(line);
    }
  }
  return {};
}

BatchFolder::BatchFolder(fs::path folder, Shard shard)
    : folder_(std::move(folder)), shard_(shard) {}

BatchFolder::~BatchFolder() {
  if (journal_ >= 0) ::close(journal_);
}

fs::path BatchFolder::lines_file() const {
  return folder_ / fmt::format("cases-{}-of-{}.jsonl", shard_.index, shard_.count);
}
fs::path BatchFolder::journal_file() const {
  fs::path path = lines_file();
  path += ".part";
  return path;
}

Result<void> BatchFolder::open(Begin begin) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (begin == Begin::anew &&
      (fs::exists(lines_file(), error) || fs::exists(journal_file(), error))) {
    return fail("OUTPUT_EXISTS", "this batch was begun before", folder_.string(),
                "use --resume to go on with it, or --force to begin anew");
  }
  if (begin == Begin::resume) {
    RDPTRIAGE_CHECK(for_each_line(folder_, [&](const std::string& line) {
      if (auto summary = parse_case_line(line)) {
        const std::string input = summary->input;
        finished_.insert_or_assign(input, Finished{std::move(*summary), line});
      }
    }));
  }
  // A resumed journal goes on: what it holds stays safe until the shard is finished.
  const int truncate = begin == Begin::resume ? 0 : O_TRUNC;
  journal_ =
      ::open(journal_file().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | truncate, 0666);
  if (journal_ < 0) {
    return fail("OUTPUT_NOT_WRITTEN",
                fmt::format("the batch's folder cannot be written: {}", std::strerror(errno)),
                journal_file().string(), "check its permissions and the free space");
  }
  // A killed run may have left half a line.
  if (truncate == 0 && ::lseek(journal_, 0, SEEK_END) > 0 && ::write(journal_, "\n", 1) != 1) {
    return fail("OUTPUT_NOT_WRITTEN", "the journal cannot be written", journal_file().string());
  }
  const off_t end = ::lseek(journal_, 0, SEEK_END);
  journal_end_ = end < 0 ? 0 : static_cast<std::uint64_t>(end);
  return {};
}

const std::string* BatchFolder::finished(const std::string& input, const std::string& digest,
                                         const std::string& tool_version,
                                         const std::string& rules_sha256) const {
  const auto at = finished_.find(input);
  if (at == finished_.end()) return nullptr;
  const CaseSummary& summary = at->second.summary;
  const bool same = summary.digest == digest && summary.tool_version == tool_version &&
                    summary.rules_sha256 == rules_sha256 && summary.error_code.empty();
  if (!same) return nullptr;
  std::error_code error;
  for (const std::string& report : summary.reports) {
    if (!fs::exists(folder_ / report, error)) return nullptr;
  }
  return &at->second.line;
}

fs::path BatchFolder::report_file(const std::string& input, std::string_view extension) {
  std::string name = fs::path(input).filename().string();
  if (name.empty()) name = fs::path(input).parent_path().filename().string();
  std::string plain;
  for (const char c : name.substr(0, 80)) {
    const bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    plain += keep ? c : '_';
  }
  if (plain.empty() || plain.front() == '.') plain.insert(plain.begin(), '_');
  return fs::path("reports") / fmt::format("{}-{:016x}.{}", plain, path_hash(input), extension);
}

Result<void> BatchFolder::add(const std::string& input, const std::string& line) {
  const std::string text = line + '\n';
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t count = ::write(journal_, text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return fail("OUTPUT_NOT_WRITTEN",
                  fmt::format("a line could not be written: {}", std::strerror(errno)),
                  journal_file().string(), "is the disk full? --resume goes on later");
    }
    at += static_cast<std::size_t>(count);
  }
  written_[input] = {journal_end_, text.size()};
  journal_end_ += text.size();
  return {};
}

Result<void> BatchFolder::finish() {
  RDPTRIAGE_CHECK(
      write_whole(lines_file(), Existing::replace, [&](std::ostream& out) -> Result<void> {
        std::ifstream journal(journal_file(), std::ios::binary);
        std::string line;
        for (const auto& [input, place] : written_) {
          line.resize(place.length);
          journal.seekg(static_cast<std::streamoff>(place.offset));
          if (!journal.read(line.data(), static_cast<std::streamsize>(line.size()))) {
            return fail("OUTPUT_NOT_WRITTEN", "the journal cannot be read back",
                        journal_file().string(), "use --resume to go on");
          }
          out << line;
        }
        return {};
      }));
  std::error_code error;
  fs::remove(journal_file(), error);
  return {};
}

}  // namespace rdptriage::cli
