// A JSON document as it is written: members in the order of the calls, nothing held but the text.
// A report of a small case has thousands of members, and a batch writes thousands of reports.
//
//   JsonWriter out(JsonWriter::Layout::indented);
//   out.begin_object();
//   out.member("id", host.id);
//   out.known("name", host.name);  // left out where nothing is known
//   out.end_object();
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/output_buffer.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::report {

class JsonWriter {
 public:
  enum class Layout : std::uint8_t { indented, one_line };
  explicit JsonWriter(Layout layout) : layout_(layout) {}

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_list() { begin('['); }
  void end_list() { end(']'); }

  // The next value, object or list is this member's. What is not UTF-8 is replaced, in names and in
  // values: a reader of JSON would refuse the whole document.
  void member(std::string_view name);

  void value(std::string_view text);
  void value(double number);
  template <std::unsigned_integral Number>
  void value(Number number) {
    whole_number(std::uint64_t{number});
  }
  void value(std::int64_t number);
  void value(Timestamp time);
  void value(const std::vector<std::string>& list);

  template <class Value>
  void member(std::string_view name, const Value& of_member) {
    member(name);
    value(of_member);
  }
  // A value that is JSON already, in one line.
  void json(std::string_view text);
  // A member for what is known; without text or value there is none.
  void known(std::string_view name, std::string_view text) {
    if (!text.empty()) member(name, text);
  }
  template <class Value>
  void known(std::string_view name, const std::optional<Value>& of_member) {
    if (of_member) member(name, *of_member);
  }
  // A list of objects; `write_one` writes the members of one.
  template <class Items, class WriteOne>
  void objects(std::string_view name, const Items& items, WriteOne write_one) {
    member(name);
    begin_list();
    for (const auto& item : items) {
      begin_object();
      write_one(*this, item);
      end_object();
    }
    end_list();
  }

  std::string_view text() const { return out_.view(); }
  // Begins another document in the same memory.
  void clear();

 private:
  void begin(char bracket);
  void end(char bracket);
  void separate();
  void break_line();
  void quoted(std::string_view text);
  void whole_number(std::uint64_t number);

  base::OutputBuffer out_;
  Layout layout_;
  std::size_t depth_ = 0;
  bool is_first_ = true;     // of the object or list that is open
  bool after_name_ = false;  // a member's name stands there, its value comes next
};

}  // namespace rdptriage::report
