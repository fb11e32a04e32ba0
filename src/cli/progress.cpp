#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace rdptriage::cli {

Progress::Progress(Show show, std::function<std::string()> text) : text_(std::move(text)) {
  const char* term = std::getenv("TERM");
  const bool terminal = isatty(STDERR_FILENO) == 1 && term && std::string(term) != "dumb";
  if (show == Show::on_terminal && terminal) thread_.start([this] { run(); });
}

Progress::~Progress() {
  const std::lock_guard lock(mutex_);
  done_ = true;
  wake_.notify_all();
}

void Progress::run() {
  std::unique_lock lock(mutex_);
  auto pause = std::chrono::milliseconds(1000);
  while (!wake_.wait_for(lock, pause, [&] { return done_; })) {
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin_);
    std::fputs(fmt::format("\rrdptriage: {}, {} s\x1b[K", text_(), elapsed.count()).c_str(),
               stderr);
    shown_ = true;
    pause = std::chrono::milliseconds(250);
  }
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

std::string files_and_bytes(const ReadProgress& count) {
  const std::uint64_t files = count.files.load(), bytes = count.bytes.load();
  return fmt::format("{} file{}, {:.1f} MB", files, files == 1 ? "" : "s",
                     static_cast<double>(bytes) / 1e6);
}

}  // namespace rdptriage::cli
