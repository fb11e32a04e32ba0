#include "cli/interrupt.hpp"

#include <unistd.h>

#include <csignal>

namespace rdptriage::cli {

namespace {
volatile std::sig_atomic_t last_signal = 0;

void remember(int signal) {
  if (last_signal != 0) _exit(128 + signal);
  last_signal = signal;
}
}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = remember;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART: a read that waits must return
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

int interrupted() { return last_signal; }

}  // namespace rdptriage::cli
