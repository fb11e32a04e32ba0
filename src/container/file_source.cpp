#include "container/file_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <system_error>

namespace rdptriage::container {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

// Owns a file descriptor, or borrows one (standard input).
class Descriptor {
 public:
  enum class Owner : std::uint8_t { us, caller };
  Descriptor(int fd, Owner owner) : fd_(fd), owner_(owner) {}
  ~Descriptor() {
    if (owner_ == Owner::us) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
  Owner owner_;
};

class FileSource final : public ByteSource, private RandomAccess {
 public:
  FileSource(int fd, std::uint64_t size, std::string path)
      : fd_(fd, Descriptor::Owner::us), size_(size), path_(std::move(path)) {}

  Result<std::size_t> read(std::span<std::byte> out) override {
    RDPTRIAGE_TRY(const std::size_t count, read_at(next_, out));
    next_ += count;
    return count;
  }
  const RandomAccess* random_access() const override { return this; }

 private:
  std::uint64_t size() const override { return size_; }

  // read(), not mmap(): a file that shrinks meanwhile is a short read, not a signal.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    std::size_t filled = 0;
    while (filled < out.size()) {
      if (offset + filled >= size_) break;
      const ssize_t count = ::pread(fd_.get(), out.data() + filled, out.size() - filled,
                                    static_cast<off_t>(offset + filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail("INPUT_UNREADABLE", "reading failed: " + reason(errno), path_);
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

  Descriptor fd_;
  std::uint64_t size_;
  std::string path_;
  std::uint64_t next_ = 0;
};

class StreamSource final : public ByteSource {
 public:
  StreamSource(int fd, Descriptor::Owner owner, std::string path)
      : fd_(fd, owner), path_(std::move(path)) {}

  Result<std::size_t> read(std::span<std::byte> out) override {
    for (;;) {
      const ssize_t count = ::read(fd_.get(), out.data(), out.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR)
        return fail("INPUT_UNREADABLE", "reading failed: " + reason(errno), path_);
    }
  }

 private:
  Descriptor fd_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& path, Opening opening) {
  // A look before the opening: to open a device can have effects, to open a pipe can wait for ever.
  struct stat found {};
  const int looked = opening == Opening::named_by_user ? ::stat(path.c_str(), &found)
                                                       : ::lstat(path.c_str(), &found);
  if (looked != 0) {
    return fail("INPUT_UNREADABLE", "cannot be opened: " + reason(errno), path.string());
  }
  const bool is_pipe = S_ISFIFO(found.st_mode) && opening == Opening::named_by_user;
  if (!S_ISREG(found.st_mode) && !is_pipe) {
    return fail("INPUT_NOT_A_FILE", "is neither a file nor a folder (device, socket, link or pipe)",
                path.string(), "copy its content into a file first");
  }
  int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
  if (opening == Opening::regular_only) flags |= O_NOFOLLOW | O_NONBLOCK;
  const int fd = ::open(path.c_str(), flags);
  if (fd < 0) {
    return fail("INPUT_UNREADABLE", "cannot be opened: " + reason(errno), path.string(),
                errno == EACCES ? "check the permissions of the file" : "");
  }
  if (is_pipe) {
    return std::make_unique<StreamSource>(fd, Descriptor::Owner::us, path.string());
  }
  // Once more on what was really opened: it may have been replaced since.
  if (::fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
    ::close(fd);
    return fail("INPUT_NOT_A_FILE", "changed while it was being opened", path.string());
  }
  return std::make_unique<FileSource>(fd, static_cast<std::uint64_t>(found.st_size), path.string());
}

std::unique_ptr<ByteSource> open_standard_input() {
  return std::make_unique<StreamSource>(STDIN_FILENO, Descriptor::Owner::caller, "-");
}

}  // namespace rdptriage::container
