// What standard output is.
#pragma once

#include <string_view>

namespace rdptriage::cli {

// "auto", "always" or "never" (--color); "auto" follows NO_COLOR, TERM=dumb and whether standard
// output is a terminal.
void set_color(std::string_view when);
bool wants_color();

// The terminal's width, COLUMNS, or 80.
unsigned terminal_columns();

// Lets a pipe behind standard output hold a megabyte instead of the 64 KiB that Linux gives it, so
// that a program that writes much does not wait for its reader at every piece. Does nothing else.
void widen_output_pipe();

}  // namespace rdptriage::cli
