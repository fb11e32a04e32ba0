#include "reader/list_grammar.hpp"

#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "reader/list_line.hpp"
#include "reader/local_date.hpp"
#include "reader/printed_table.hpp"

namespace rdptriage::reader {

namespace {

class WevtutilGrammar final : public ListGrammar {
 public:
  bool begins_record(std::string_view line, ListRecord&) override { return is_numbered(line); }

  void take(std::string_view line, ListRecord& record) override {
    // wevtutil's own order, in whatever language its labels are.
    constexpr std::string_view kLabels[] = {"Channel", "Provider", "TimeCreated", "EventID",
                                            "Task",    "Level",    "Opcode",      "Keywords",
                                            "UserID",  "User",     "Computer",    "Message"};
    if (is_numbered(line)) {
      rows_ = 0;
      return;
    }
    const auto found = rows_ < std::size(kLabels) ? labelled(line) : std::nullopt;
    if (!found) return record.more(line);
    record.add(kLabels[rows_++], found->value);
  }

 private:
  std::size_t rows_ = 0;
};

class FormatListGrammar final : public ListGrammar {
 public:
  explicit FormatListGrammar(const WordTable& labels) : labels_(labels) {}

  // The first property of the first record begins all of them.
  bool begins_record(std::string_view line, ListRecord&) override {
    const auto found = property(line);
    if (!found || labels_.find(found->label).empty()) return false;
    if (first_.empty()) first_ = found->label;
    return found->label == first_;
  }

  void take(std::string_view line, ListRecord& record) override {
    const auto found = property(line);
    if (!found) return record.more(base::trim(line));
    record.add(labels_.find(found->label), found->value);
  }

 private:
  static std::optional<Labelled> property(std::string_view line) {
    auto found = labelled(line);
    if (found && (found->indent != 0 || !found->is_padded)) found.reset();
    return found;
  }

  const WordTable& labels_;
  std::string first_;
};

class FormatTableGrammar final : public ListGrammar {
 public:
  explicit FormatTableGrammar(const WordTable& labels) : table_(labels) {}

  bool begins_record(std::string_view line, ListRecord&) override {
    line_ = table_.take(line);
    return line_ == PrintedTable::Line::row;
  }

  void take(std::string_view line, ListRecord& record) override {
    if (line_ != PrintedTable::Line::row) {
      if (line_ == PrintedTable::Line::more) record.more(base::trim(line));
      return;
    }
    // What all rows have in common comes last; a message goes on in the next line.
    for (auto value = table_.row().rbegin(); value != table_.row().rend(); ++value) {
      if (value->first != "Message") record.add(value->first, value->second);
    }
    for (const auto& [name, value] : table_.row()) {
      if (name == "Message") record.add(name, value);
    }
  }

 private:
  PrintedTable table_;
  PrintedTable::Line line_ = PrintedTable::Line::other;
};

class CopiedGrammar final : public ListGrammar {
 public:
  explicit CopiedGrammar(const WordTable& labels) : labels_(labels) {}

  bool begins_record(std::string_view line, ListRecord&) override {
    const auto found = labelled(line);
    const bool begins =
        found && found->indent == 0 && !found->is_padded && labels_.find(found->label) == "Channel";
    if (begins) is_over_ = false;
    return begins;
  }

  void take(std::string_view line, ListRecord& record) override {
    // The same record as XML follows behind a heading in the language of Windows.
    if (line.starts_with("<Event ")) {
      record.drop_last_line();
      is_over_ = true;
    }
    const auto found = record.in_message() ? std::nullopt : labelled(line);
    if (found) {
      record.add(labels_.find(found->label), found->value);
    } else if (!is_over_) {
      record.more(line);
    }
  }

 private:
  const WordTable& labels_;
  bool is_over_ = false;
};

class PsLogListGrammar final : public ListGrammar {
 public:
  explicit PsLogListGrammar(const WordTable& labels) : labels_(labels) {}

  bool begins_record(std::string_view line, ListRecord&) override {
    if (const auto log = log_of(base::trim(line))) {
      log_ = *log;
      is_over_ = true;
    }
    return numbered_source(line).has_value();
  }

  void take(std::string_view line, ListRecord& record) override {
    if (const auto source = numbered_source(line)) {
      is_over_ = false;
      record.add("Channel", log_);
      record.add("EventRecordID", source->label);
      record.add("Provider", source->value);
      return;
    }
    if (is_over_) return;
    const auto found = record.in_message() ? std::nullopt : labelled(line);
    if (!found || found->indent == 0) {
      if (!record.in_message()) record.add("Message", "");
      return record.more(line);
    }
    // "Time: 11/20/2026 9:11:53 AM   ID:       36870"
    const auto id = found->value.find(" ID:");
    record.add(labels_.find(found->label), found->value.substr(0, id));
    if (id != std::string_view::npos) record.add("EventID", found->value.substr(id + 4));
  }

 private:
  const WordTable& labels_;
  std::string log_;
  bool is_over_ = false;  // the log of the next records was named
};

// Its records may also be values of a CSV, with quotes around them.
class SplunkGrammar final : public ListGrammar {
 public:
  explicit SplunkGrammar(const WordTable& labels) : labels_(labels) {}

  static bool is_first(std::string_view line) { return line.starts_with("LogName="); }

  // A record's time stands in the line before it, and was taken for the end of the message before.
  bool begins_record(std::string_view line, ListRecord& before) override {
    const bool begins = is_first(line);
    if (begins) {
      is_over_ = false;
      take_time();
      if (!time_.empty() && !before.is_empty() &&
          before.last_value().ends_with('\n' + line_before_)) {
        before.drop_last_line();
      }
    }
    line_before_ = line;
    return begins;
  }

  void take(std::string_view line, ListRecord& record) override {
    if (is_first(line) && !time_.empty()) record.add("TimeCreated", time_);
    if (is_over_) return;
    if (is_quoted_) {
      const auto end = closing_quote(line);
      is_over_ = end != std::string_view::npos;
      line = line.substr(0, end);
    }
    const auto found = record.in_message() ? std::nullopt : assigned(line);
    if (!found) return record.more(line);
    record.add(labels_.find(found->label), found->value);
  }

  std::optional<DateOrder> date_order() const override { return DateOrder::month_first; }

 private:
  void take_time() {
    // In a CSV of raw events other columns may stand before it.
    const auto quote = line_before_.find_last_of('"');
    is_quoted_ = quote != std::string::npos;
    time_ = base::trim(std::string_view(line_before_).substr(is_quoted_ ? quote + 1 : 0));
    if (!local_ticks(time_, DateOrder::month_first)) time_.clear();
  }

  const WordTable& labels_;
  std::string line_before_, time_;
  bool is_quoted_ = false, is_over_ = false;
};

// The labels that stand at the beginning of lines, by their canonical names.
struct FoundLabels {
  std::vector<std::string_view> names;

  bool has(std::string_view name) const {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  bool are_of_event() const { return (has("EventID") || has("InstanceID")) && has("TimeCreated"); }
};

}  // namespace

void ListRecord::add(std::string_view name, std::string_view value) {
  constexpr std::size_t kMostValues = 64;
  if (values_.size() < kMostValues) {
    values_.emplace_back(name, base::trim(value));
  } else {
    is_cut_ = true;
  }
}

void ListRecord::more(std::string_view line) {
  constexpr std::size_t kLongestValue = 64 * 1024;
  if (is_empty()) return;
  std::string& value = values_.back().second;
  if (value.size() + line.size() > kLongestValue) {
    is_cut_ = true;
    return;
  }
  value += '\n';
  value += line;
}

void ListRecord::drop_last_line() {
  if (is_empty()) return;
  std::string& value = values_.back().second;
  if (const auto last = value.find_last_of('\n'); last != std::string::npos) value.resize(last);
}

void ListRecord::cut_last_value(std::size_t size) {
  if (!is_empty() && values_.back().second.size() > size) values_.back().second.resize(size);
}

std::unique_ptr<ListGrammar> find_list_grammar(const WordTable& labels, std::string_view head) {
  constexpr std::size_t kFirstLines = 60;
  std::size_t lines = 0;
  bool has_source = false, has_log = false, has_splunk_log = false, is_numbered_first = false;
  FoundLabels padded, plain;
  PrintedTable table(labels);
  for (const std::string_view raw : base::split(head, '\n')) {
    const std::string_view line = raw.ends_with('\r') ? raw.substr(0, raw.size() - 1) : raw;
    if (base::trim(line).empty()) continue;
    if (++lines > kFirstLines) break;
    if (lines == 1) is_numbered_first = is_numbered(line);
    if (table.take(line) == PrintedTable::Line::row)
      return std::make_unique<FormatTableGrammar>(labels);
    has_log = has_log || log_of(base::trim(line));
    has_source = has_source || numbered_source(line);
    has_splunk_log = has_splunk_log || SplunkGrammar::is_first(line);
    if (has_splunk_log && line.starts_with("EventCode="))
      return std::make_unique<SplunkGrammar>(labels);
    const auto found = labelled(line);
    if (!found) continue;
    if (is_numbered_first && lines == 5 && is_digits(found->value))
      return std::make_unique<WevtutilGrammar>();
    if (found->indent != 0) continue;
    const std::string_view name = labels.find(found->label);
    if (!name.empty()) (found->is_padded ? padded : plain).names.push_back(name);
  }
  if (has_log && has_source) return std::make_unique<PsLogListGrammar>(labels);
  if (padded.are_of_event() && (padded.has("Message") || padded.has("Provider")))
    return std::make_unique<FormatListGrammar>(labels);
  if (plain.are_of_event() && plain.has("Channel") && plain.has("Provider"))
    return std::make_unique<CopiedGrammar>(labels);
  return nullptr;
}

}  // namespace rdptriage::reader
