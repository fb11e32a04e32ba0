#include "base/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdptriage::base {

namespace {
constexpr std::size_t kShownColumns = 96;  // longer lines are cut around the mark

std::string_view line_of(std::string_view text, unsigned line) {
  for (unsigned at = 1; at < line; ++at) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// Offset of the code point number `column` (from 0), or the size.
std::size_t offset_of(std::string_view line, std::size_t column) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (starts_code_point(line[at]) && column-- == 0) return at;
  }
  return line.size();
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

// Rule files may come from anywhere: no escape sequence of theirs reaches the terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += c == '\t' ? ' ' : byte < 0x20 || byte == 0x7F ? '?' : c;
  }
  return out;
}
}  // namespace

Problem make_problem(std::string_view code, const SourceText& source, SourceMark mark,
                     std::string message, std::string_view label, std::string help) {
  Problem out;
  out.code = code;
  out.file = source.file;
  out.line = mark.line;
  out.column = mark.line == 0 ? 0 : mark.column;
  out.message = printable(message);
  out.help = printable(help);
  out.text = fmt::format("problem[{}]: {}\n", code, out.message);
  if (mark.line == 0) {
    out.text += fmt::format(" --> {}\n", out.file);
    if (!out.help.empty()) out.text += fmt::format("  = help: {}\n", out.help);
    return out;
  }
  const std::string number = std::to_string(mark.line);
  const std::string gutter(number.size(), ' ');
  out.text += fmt::format("{}--> {}:{}:{}\n", gutter, out.file, mark.line, mark.column);

  const std::string_view whole = line_of(source.text, mark.line);
  std::size_t column = mark.column == 0 ? 0 : mark.column - 1;
  std::size_t first = 0;
  if (column > kShownColumns * 2 / 3) first = column - kShownColumns / 3;
  const std::size_t from = offset_of(whole, first);
  std::string_view shown = whole.substr(from);
  const std::size_t cut = offset_of(shown, kShownColumns);
  std::string line = first > 0 ? "…" : "";
  line += printable(shown.substr(0, cut));
  if (cut < shown.size()) line += "…";
  column = column - first + (first > 0 ? 1 : 0);
  const std::size_t width = code_points(line);
  const std::size_t room = width > column ? width - column : 1;
  const std::size_t length = std::clamp<std::size_t>(mark.length, 1, room);

  out.text += fmt::format("{} |\n{} | {}\n{} | {:{}}{:^>{}}", gutter, number, line, gutter, "",
                          column, "", length);
  if (!label.empty()) {
    out.text += ' ';
    out.text += printable(label);
  }
  out.text += "\n";
  if (!out.help.empty()) out.text += fmt::format("{} = help: {}\n", gutter, out.help);
  return out;
}

Error to_error(const Problem& problem) {
  Error out{problem.code, problem.message, problem.file, problem.help};
  if (problem.line > 0) out.where += fmt::format(":{}:{}", problem.line, problem.column);
  return out;
}

}  // namespace rdptriage::base
