// The parts around every page: its head with the Content-Security-Policy, and its end with the
// script.
#pragma once

#include <iosfwd>
#include <string_view>

namespace rdptriage::report {

// Up to and with <body>. `title` is raw text.
void write_html_head(std::string_view title, std::ostream& out);
// The script and the closing tags.
void write_html_end(std::ostream& out);

}  // namespace rdptriage::report
