// The ways in which tools list events, a label before each value: `wevtutil qe /f:text`,
// Format-List and Format-Table of Get-WinEvent and Get-EventLog, PsLogList, Splunk's raw events,
// and what Event Viewer's "copy" puts on the clipboard.
//
// The message comes without any mark of its end, so each says how a record begins.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rdptriage/focus.hpp"
#include "reader/capture_format.hpp"

namespace rdptriage::reader {

// What a list says of one event.
class ListRecord {
 public:
  // `name` is canonical (rules/formats/columns.yml) and outlives the record; "" is of no use, but
  // its further lines are.
  void add(std::string_view name, std::string_view value);
  // The value before goes on in this line.
  void more(std::string_view line);
  // The last line of the value before is none of it.
  void drop_last_line();
  // Keeps no more of the value that was added last.
  void cut_last_value(std::size_t size);

  bool is_empty() const { return values_.empty(); }
  // The value that was added last, REQUIRES: !is_empty().
  std::string_view last_value() const { return values_.back().second; }
  // A message has lines that look like labels.
  bool in_message() const { return !is_empty() && values_.back().first == "Message"; }
  const std::vector<std::pair<std::string_view, std::string>>& values() const { return values_; }

  void clear() { values_.clear(); }
  // Whether there was no room for something since this was asked last.
  bool take_cut() { return std::exchange(is_cut_, false); }

 private:
  std::vector<std::pair<std::string_view, std::string>> values_;
  bool is_cut_ = false;
};

class ListGrammar {
 public:
  virtual ~ListGrammar() = default;
  // Whether a record begins in this line; asked of every line. `before` is the record that it ends.
  virtual bool begins_record(std::string_view line, ListRecord& before) = 0;
  // A line of a record, the first one as well.
  virtual void take(std::string_view line, ListRecord& record) = 0;
  // How its producer writes dates on every machine, unset when that depends on the machine.
  virtual std::optional<DateOrder> date_order() const { return std::nullopt; }
};

// The grammar of a text that begins like `head`, null when it is no list of events. `labels` must
// outlive it.
std::unique_ptr<ListGrammar> find_list_grammar(const WordTable& labels, std::string_view head);

}  // namespace rdptriage::reader
