#include "cli/sharing.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace rdptriage::cli {

namespace {
namespace fs = std::filesystem;

// Made anew beside its name with mode 0600 and renamed: at no moment can others read it.
Result<void> write_private(const fs::path& file, const std::string& text) {
  std::error_code error;
  if (file.has_parent_path() && !fs::exists(file.parent_path(), error)) {
    fs::create_directories(file.parent_path(), error);
    ::chmod(file.parent_path().c_str(), 0700);
  }
  fs::path draft = file;
  draft += fmt::format(".{}.tmp", getpid());
  ::unlink(draft.c_str());
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    return fail("OUTPUT_NOT_WRITTEN",
                fmt::format("the map of pseudonyms cannot be made: {}", std::strerror(errno)),
                file.string(), "name another file with --share-map, or none");
  }
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t count = ::write(fd, text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    at += static_cast<std::size_t>(count);
  }
  const bool closed = ::close(fd) == 0;
  if (at == text.size() && closed) fs::rename(draft, file, error);
  if (at == text.size() && closed && !error) return {};
  ::unlink(draft.c_str());
  return fail("OUTPUT_NOT_WRITTEN", "the map of pseudonyms could not be written whole",
              file.string(), "is the disk full?");
}
}  // namespace

void add_sharing_options(CLI::App& command, SharingOptions& options, const char* map_help) {
  command
      .add_flag("--share", options.share,
                "replace names, addresses, SIDs, mail and paths by pseudonyms")
      ->group("Sharing");
  command.add_option("--share-map", options.map, map_help)->type_name("PATH")->group("Sharing");
}

fs::path map_file_of(const SharingOptions& options, const std::string& name) {
  if (options.map == "none") return {};
  if (!options.map.empty()) return options.map;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (state && *state != '\0') {
    folder = state;
  } else if (home && *home != '\0') {
    folder = fs::path(home) / ".local/state";
  } else {
    return {};
  }
  return folder / "rdptriage/share" / (name.substr(0, 32) + ".json");
}

Result<Report> shared_report(Report report, const SharingOptions& options, const RuleSet& rules,
                             const fs::path& map_file) {
  if (!options.share) return report;
  SharedReport shared = share(report, rules);
  if (!map_file.empty()) RDPTRIAGE_CHECK(write_private(map_file, write_share_map(shared)));
  return std::move(shared.report);
}

}  // namespace rdptriage::cli
