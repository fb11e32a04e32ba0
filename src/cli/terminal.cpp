#include "cli/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace rdptriage::cli {

namespace {
// Set once by the command line before anything is written.
std::string& color_choice() {
  static std::string choice = "auto";
  return choice;
}
}  // namespace

void set_color(std::string_view when) { color_choice() = when; }

bool wants_color() {
  if (color_choice() != "auto") return color_choice() == "always";
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0') &&
         (term == nullptr || std::string_view(term) != "dumb");
}

unsigned terminal_columns() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col != 0) {
    return size.ws_col;
  }
  if (const char* columns = std::getenv("COLUMNS")) {
    const unsigned long value = std::strtoul(columns, nullptr, 10);
    if (value >= 40 && value <= 1000) return static_cast<unsigned>(value);
  }
  return 80;
}

void widen_output_pipe() {
#ifdef F_SETPIPE_SZ
  constexpr int kBytes = 1 << 20;  // what Linux lets everybody ask for
  ::fcntl(STDOUT_FILENO, F_SETPIPE_SZ, kBytes);
#endif
}

}  // namespace rdptriage::cli
