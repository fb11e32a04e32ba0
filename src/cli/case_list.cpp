#include "cli/case_list.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/interrupt.hpp"

namespace rdptriage::cli {

std::uint64_t path_hash(const std::string& path) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash ^ (hash >> 32);  // the low bits alone follow the last character
}

bool Shard::has(const std::string& input) const {
  return count == 1 || path_hash(input) % count == index - 1;
}

Result<Shard> parse_shard(const std::string& text) {
  char* end = nullptr;
  const unsigned long index = std::strtoul(text.c_str(), &end, 10);
  const bool slash = end != text.c_str() && *end == '/';
  const char* second = slash ? end + 1 : end;
  const unsigned long count = slash ? std::strtoul(second, &end, 10) : 0;
  if (!slash || end == second || *end != '\0' || index < 1 || index > count || count > 1'000'000 ||
      text.find_first_of("-+ ") != std::string::npos) {
    return fail("SHARD", fmt::format("`{}` is no shard", text), "--shard",
                "write it as 1/8 … 8/8: which part, of how many");
  }
  return Shard{static_cast<unsigned>(index), static_cast<unsigned>(count)};
}

CaseList::CaseList(std::vector<std::string> paths, Shard shard)
    : known_(paths.begin(), paths.end()), shard_(shard) {}

CaseList::~CaseList() {
  if (list_ > STDIN_FILENO) ::close(list_);
}

Result<void> CaseList::add_entries_of(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> entries;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    entries.push_back(at->path().string());
  }
  if (error) {
    return fail("INPUT_NOT_FOUND", "the folder cannot be listed", folder,
                "check the path and its permissions");
  }
  std::sort(entries.begin(), entries.end());
  known_.insert(known_.end(), entries.begin(), entries.end());
  return {};
}

Result<void> CaseList::add_list(const std::string& file) {
  list_ = file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (list_ < 0) {
    return fail("INPUT_NOT_FOUND", "the list of cases cannot be opened", file, "check the path");
  }
  list_name_ = file == "-" ? "standard input" : file;
  at_end_ = false;
  return {};
}

// Whole lines move from the pipe to `known_`; what waits there is handed out before more is read.
bool CaseList::read_more() {
  std::array<char, 1 << 16> bytes;
  while (!at_end_ && known_.empty()) {
    const ssize_t count = ::read(list_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR && interrupted() == 0) continue;
    if (count < 0 && errno != EINTR) {
      outcome_ = fail("INPUT_UNREADABLE",
                      fmt::format("the list of cases cannot be read: {}", std::strerror(errno)),
                      list_name_, "give a file with one path a line");
    }
    if (count <= 0) {
      at_end_ = true;
      if (!buffer_.empty()) known_.push_back(buffer_);  // a last line without its end
      buffer_.clear();
      break;
    }
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = buffer_.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      std::string line = buffer_.substr(begin, end - begin);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (!line.empty()) known_.push_back(std::move(line));
    }
    buffer_.erase(0, begin);
  }
  return !known_.empty();
}

std::optional<std::string> CaseList::next_of_all() {
  if (known_.empty() && !read_more()) return std::nullopt;
  std::string path = std::move(known_.front());
  known_.pop_front();
  return path;
}

std::optional<std::string> CaseList::next() {
  while (interrupted() == 0) {
    auto path = next_of_all();
    if (!path || shard_.has(*path)) return path;
  }
  return std::nullopt;
}

}  // namespace rdptriage::cli
