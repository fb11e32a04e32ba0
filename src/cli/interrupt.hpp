// SIGTERM and SIGINT as a question: what runs may end, nothing new begins.
#pragma once

namespace rdptriage::cli {

// From now on the first SIGTERM or SIGINT is remembered; a second one ends the program at once.
// System calls that wait (reading a pipe) return with EINTR.
void catch_interrupts();

// The signal that came, 0 when none did.
int interrupted();

}  // namespace rdptriage::cli
