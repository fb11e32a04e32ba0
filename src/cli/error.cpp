#include <fmt/format.h>

#include <cstdio>

#include "cli/command.hpp"

namespace rdptriage::cli {

namespace {
// What was typed or stands in a file name may hold control characters; a terminal never gets them.
std::string inert(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\n' && c != '\t') {
      out += fmt::format("\\x{:02x}", byte);
    } else if (byte == 0x7F) {
      out += "\\x7f";
    } else {
      out += c;
    }
  }
  return out;
}
}  // namespace

void print_error(const Error& error) {
  std::string text = fmt::format("rdptriage: error[{}]: {}\n", error.code, error.message);
  if (!error.where.empty()) text += fmt::format(" --> {}\n", error.where);
  if (!error.help.empty()) text += fmt::format("  = help: {}\n", error.help);
  std::fputs(inert(text).c_str(), stderr);
}

void print_notice(const Notice& notice, std::string_view path) {
  std::string text = fmt::format("rdptriage: notice[{}]: {}\n", notice.code, notice.text);
  if (!path.empty()) text += fmt::format(" --> {}\n", path);
  std::fputs(inert(text).c_str(), stderr);
}

}  // namespace rdptriage::cli
