#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <system_error>

#include "container/file_source.hpp"
#include "container/member_name.hpp"
#include "container/walk.hpp"

namespace rdptriage::container {
namespace {

namespace fs = std::filesystem;

Notice notice_of(Error error) {
  Notice notice;
  notice.code = std::move(error.code);
  notice.text = std::move(error.message);
  if (!error.where.empty()) notice.text = error.where + ": " + notice.text;
  if (!error.help.empty()) notice.text += "; " + error.help;
  return notice;
}

std::string last_component(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

// Folders can be larger than memory: only the names that can still be read are held.
class SmallestNames {
 public:
  explicit SmallestNames(std::size_t wanted) : wanted_(wanted) {}

  void add(std::string name) {
    names_.push_back(std::move(name));
    if (names_.size() > 2 * wanted_ + 1024) trim();
  }
  // One more than wanted, so that the guard still meets its limit.
  std::vector<std::string> take() {
    trim();
    return std::move(names_);
  }

 private:
  void trim() {
    std::sort(names_.begin(), names_.end());
    if (names_.size() > wanted_ + 1) names_.resize(wanted_ + 1);
  }

  std::size_t wanted_;
  std::vector<std::string> names_;
};

class Lister {
 public:
  explicit Lister(Guard& guard) : guard_(&guard) {}

  void add(const WalkInput& input) {
    if (input.path.empty()) {
      ListedFile file = listed(input.name, {});
      file.bytes = input.bytes;
      file.artifact.bytes = input.bytes.size();
      file.named_by_user = true;
      file.sniffed = sniff(input.bytes.first(std::min(input.bytes.size(), kSniffBytes)));
      keep(std::move(file));
      return;
    }
    std::error_code error;
    if (input.path != "-" && fs::is_directory(input.path, error)) {
      add_folder(input);
    } else {
      add_file(input.name, input.path, Opening::named_by_user);
    }
  }

  Listing finish() {
    auto& files = listing_.files;
    std::sort(files.begin(), files.end(), &is_before);
    // The same path given twice is one file.
    files.erase(std::unique(files.begin(), files.end(),
                            [](const ListedFile& a, const ListedFile& b) {
                              return a.artifact.path == b.artifact.path && !a.path.empty() &&
                                     a.path == b.path;
                            }),
                files.end());
    UniqueNames names;
    for (std::size_t i = 0; i < files.size(); ++i) {
      ListedFile& file = files[i];
      file.artifact.index = static_cast<std::uint32_t>(i);
      if (names.make_unique(file.artifact.path)) {
        file.artifact.name = last_component(file.artifact.path);
      }
      if (file.refusal) file.refusal->artifact = file.artifact.index;
    }
    return std::move(listing_);
  }

 private:
  static bool is_before(const ListedFile& a, const ListedFile& b) {
    if (a.artifact.path != b.artifact.path) return a.artifact.path < b.artifact.path;
    if (a.path != b.path) return a.path < b.path;
    return std::lexicographical_compare(a.bytes.begin(), a.bytes.end(), b.bytes.begin(),
                                        b.bytes.end());
  }

  static ListedFile listed(std::string shown, fs::path path) {
    ListedFile file;
    file.artifact.name = last_component(shown);
    file.artifact.path = std::move(shown);
    file.path = std::move(path);
    return file;
  }

  // False: the case is full.
  bool keep(ListedFile file) {
    // A bundle that the user names is the case, not a file in it.
    if (!(file.named_by_user && file.opens_bundle())) {
      if (auto counted = guard_->add_entry(file.artifact.path); !counted) {
        if (!full_) listing_.notices.push_back(notice_of(std::move(counted).error()));
        full_ = true;
        return false;
      }
    }
    listing_.files.push_back(std::move(file));
    return true;
  }

  bool add_file(std::string shown, const fs::path& path, Opening opening) {
    ListedFile file = listed(std::move(shown), path);
    file.named_by_user = opening == Opening::named_by_user;
    std::error_code error;
    if (path == "-" ||
        (file.named_by_user && fs::status(path, error).type() == fs::file_type::fifo)) {
      file.is_stream = true;
      return keep(std::move(file));
    }
    if (auto opened = open_file(path, opening); opened) {
      const RandomAccess* bytes = (*opened)->random_access();
      file.artifact.bytes = bytes->size();
      head_.resize(kSniffBytes);
      if (auto got = bytes->read_at(0, head_); got) {
        file.sniffed = sniff(std::span<const std::byte>(head_).first(*got));
      } else {
        file.refusal = notice_of(std::move(got).error());
      }
    } else {
      file.refusal = notice_of(std::move(opened).error());
    }
    return keep(std::move(file));
  }

  // Depth first, names in byte order, links not followed. A stack, not recursion.
  void add_folder(const WalkInput& input) {
    std::string shown = input.name;
    while (shown.size() > 1 && shown.back() == '/') shown.pop_back();
    struct Folder {
      fs::path path;
      std::string shown;
      std::vector<std::string> names;  // still to do, last first
    };
    std::vector<Folder> open;
    const auto enter = [&](const fs::path& path, std::string shown_below,
                           const std::string& named) {
      std::error_code error;
      std::vector<std::string> names = names_of(path, error);
      open.push_back({path, std::move(shown_below), std::move(names)});
      return !error || keep(unlisted(path, named, error));
    };
    if (!enter(input.path, shown == "." ? std::string() : shown, shown)) return;
    while (!open.empty()) {
      Folder& folder = open.back();
      if (folder.names.empty()) {
        open.pop_back();
        continue;
      }
      const std::string name = std::move(folder.names.back());
      folder.names.pop_back();
      const fs::path path = folder.path / name;
      const std::string clean = neutralize_member_name(name).shown;
      std::string path_shown = folder.shown.empty() ? clean : folder.shown + '/' + clean;
      std::error_code error;
      const fs::file_type type = fs::symlink_status(path, error).type();
      if (type == fs::file_type::directory) {
        if (!enter(path, path_shown, path_shown)) return;
      } else if (type == fs::file_type::symlink) {
        ListedFile file = listed(path_shown, path);
        file.refusal = notice_of({"LINK_NOT_FOLLOWED", "is a link; links are not followed",
                                  path_shown, "give the file it points to by its own path"});
        if (!keep(std::move(file))) return;
      } else if (!add_file(std::move(path_shown), path, Opening::regular_only)) {
        return;
      }
    }
  }

  // A folder that cannot be listed, or not to its end: what is in it is missing from the case.
  static ListedFile unlisted(const fs::path& folder, const std::string& shown,
                             const std::error_code& error) {
    ListedFile file = listed(shown, folder);
    file.refusal = notice_of({"INPUT_UNREADABLE", "the folder cannot be listed: " + error.message(),
                              shown, "check its permissions"});
    return file;
  }

  std::vector<std::string> names_of(const fs::path& folder, std::error_code& error) {
    SmallestNames smallest(guard_->limits().max_entries);
    fs::directory_iterator entry(folder, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      smallest.add(entry->path().filename().string());
    }
    std::vector<std::string> names = smallest.take();
    std::reverse(names.begin(), names.end());
    return names;
  }

  Guard* guard_;
  Listing listing_;
  bool full_ = false;
  std::vector<std::byte> head_;
};

}  // namespace

Listing list_artifacts(std::span<const WalkInput> inputs, Guard& guard) {
  // Sorted first, so that a limit cuts the same files whatever the order on the command line.
  std::vector<const WalkInput*> sorted;
  for (const WalkInput& input : inputs) sorted.push_back(&input);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const WalkInput* a, const WalkInput* b) { return a->name < b->name; });
  Lister lister(guard);
  for (const WalkInput* input : sorted) lister.add(*input);
  return lister.finish();
}

}  // namespace rdptriage::container
