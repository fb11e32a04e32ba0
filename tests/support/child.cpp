#include "support/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

extern char** environ;

namespace rdptriage::test {

Child::Child(const std::vector<std::string>& arguments) {
  int to_child[2] = {-1, -1}, from_child[2] = {-1, -1};
  if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) return;
  std::vector<std::string> words{RDPTRIAGE_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_child[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from_child[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  if (posix_spawn(&id_, argv[0], &actions, nullptr, argv.data(), environ) != 0) id_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  ::close(to_child[0]);
  ::close(from_child[1]);
  in_ = to_child[1];
  out_ = from_child[0];
}

Child::~Child() {
  close_input();
  if (out_ >= 0) ::close(out_);
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    wait();
  }
}

void Child::write_line(const std::string& line) {
  const std::string text = line + '\n';
  if (::write(in_, text.data(), text.size()) < 0) close_input();
}

std::string Child::read_line() {
  for (;;) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    pollfd waiting{out_, POLLIN, 0};
    if (::poll(&waiting, 1, 10'000) <= 0) return {};
    std::array<char, 65536> bytes;
    const ssize_t count = ::read(out_, bytes.data(), bytes.size());
    if (count <= 0) return {};
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

void Child::close_input() {
  if (in_ >= 0) ::close(in_);
  in_ = -1;
}

void Child::signal(int number) {
  if (id_ > 0) ::kill(id_, number);
}

int Child::wait() {
  int status = 0;
  if (id_ <= 0 || waitpid(id_, &status, 0) != id_) return -1;
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace rdptriage::test
