#include <fmt/format.h>

#include <cstdio>

#include "cli/command.hpp"
#include "rdptriage/safe_text.hpp"

namespace rdptriage::cli {

void print_error(const Error& error) {
  std::string text = fmt::format("rdptriage: error[{}]: {}\n", error.code, error.message);
  if (!error.where.empty()) text += fmt::format(" --> {}\n", error.where);
  if (!error.help.empty()) text += fmt::format("  = help: {}\n", error.help);
  std::fputs(safe_text(text, LineBreaks::keep).c_str(), stderr);
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
  std::string text =
      fmt::format("rdptriage: notice[{}]: {}\n", notice.code, safe_text(notice.text));
  if (!path.empty()) text += fmt::format(" --> {}\n", safe_text(path));
  std::fputs(text.c_str(), stderr);
}

}  // namespace rdptriage::cli
