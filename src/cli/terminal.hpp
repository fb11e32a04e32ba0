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

}  // namespace rdptriage::cli
