#include "report/json_writer.hpp"

#include <fmt/format.h>

#include <cstring>

#include "base/digits.hpp"
#include "base/encoding.hpp"
#include "base/time.hpp"
#include "report/json_text.hpp"

namespace rdptriage::report {

namespace {
constexpr std::size_t kIndent = 2, kNumberRoom = 24;
}

void JsonWriter::break_line() {
  if (layout_ == Layout::one_line) return;
  const std::size_t count = 1 + depth_ * kIndent;
  char* const at = out_.room(count);
  std::memset(at, ' ', count);
  *at = '\n';
  out_.commit(at + count);
}

// What stands between the value before and the next one.
void JsonWriter::separate() {
  if (after_name_) {
    after_name_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (!is_first_) out_.append(',');
  break_line();
  is_first_ = false;
}

void JsonWriter::begin(char bracket) {
  separate();
  out_.append(bracket);
  ++depth_;
  is_first_ = true;
}

void JsonWriter::end(char bracket) {
  --depth_;
  if (!is_first_) break_line();
  out_.append(bracket);
  is_first_ = false;
}

void JsonWriter::quoted(std::string_view raw) {
  const bool valid = base::is_valid_utf8(raw);
  const std::string replaced = valid ? std::string() : base::replace_invalid_utf8(raw);
  const std::string_view text = valid ? raw : replaced;
  char* at = out_.room(json_room(text) + 2);
  *at++ = '"';
  at = write_json_text(text, at);
  *at++ = '"';
  out_.commit(at);
}

void JsonWriter::member(std::string_view name) {
  separate();
  quoted(name);
  out_.append(layout_ == Layout::one_line ? std::string_view(":") : std::string_view(": "));
  after_name_ = true;
}

void JsonWriter::value(std::string_view text) {
  separate();
  quoted(text);
}

void JsonWriter::json(std::string_view text) {
  separate();
  out_.append(text);
}

void JsonWriter::clear() {
  out_.clear();
  depth_ = 0;
  is_first_ = true;
  after_name_ = false;
}

void JsonWriter::value(double number) {
  separate();
  std::string digits = fmt::format("{}", number);
  if (digits.find_first_not_of("-0123456789") == std::string::npos) digits += ".0";
  out_.append(digits);
}

void JsonWriter::whole_number(std::uint64_t number) {
  separate();
  out_.commit(base::write_decimal(number, out_.room(kNumberRoom)));
}

void JsonWriter::value(std::int64_t number) {
  separate();
  out_.commit(base::write_decimal_signed(number, out_.room(kNumberRoom)));
}

void JsonWriter::value(Timestamp time) { value(base::format_rfc3339(time.ticks)); }

void JsonWriter::value(const std::vector<std::string>& list) {
  begin_list();
  for (const std::string& item : list) value(item);
  end_list();
}

}  // namespace rdptriage::report
