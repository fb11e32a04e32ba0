#include <fmt/format.h>

#include <cstdio>

#include "cli/command.hpp"

namespace rdptriage::cli {

std::string inert(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // In UTF-8 the controls of 0x80 to 0x9f are two bytes, the first of them 0xc2.
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else if (byte == 0xC2 && next >= 0x80 && next <= 0x9F) {
      out += fmt::format("\\x{:02x}", next);
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

void print_error(const Error& error) {
  std::string text = fmt::format("rdptriage: error[{}]: {}\n", error.code, error.message);
  if (!error.where.empty()) text += fmt::format(" --> {}\n", error.where);
  if (!error.help.empty()) text += fmt::format("  = help: {}\n", error.help);
  std::fputs(inert(text).c_str(), stderr);
}

namespace {
// What an input or a disk refused is no mistake of whoever typed; a file in the way is one, and
// waiting does not mend it.
ExitCode exit_code_of(const Error& error) {
  const auto begins = [&error](std::string_view word) { return error.code.rfind(word, 0) == 0; };
  if (error.code == "OUTPUT_EXISTS" || error.code == "OUTPUT_TWICE") return kUsage;
  if (error.code == "OUT_OF_MEMORY" || begins("OUTPUT_")) return kTemporary;
  if (error.code == "INTERNAL") return kInternal;
  if (begins("INPUT_") || begins("REPORT_")) return kNotAnalysable;
  return kUsage;
}
}  // namespace

int report_error(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

void print_notice(const Notice& notice, std::string_view path) {
  std::string text = fmt::format("rdptriage: notice[{}]: {}\n", notice.code, notice.text);
  if (!path.empty()) text += fmt::format(" --> {}\n", path);
  std::fputs(inert(text).c_str(), stderr);
}

}  // namespace rdptriage::cli
