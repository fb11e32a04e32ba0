// Windows events as blocks of lines, a label before each value: `wevtutil qe /f:text`, Format-List
// of Get-WinEvent and Get-EventLog, PsLogList, Splunk's raw events, and what Event Viewer's "copy"
// puts on the clipboard.
//
// The message comes without any mark of its end, so each kind says how a record begins.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "reader/column_formats.hpp"
#include "reader/event_row.hpp"
#include "reader/list_line.hpp"
#include "reader/local_date.hpp"
#include "reader/printed_table.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {
enum class Kind : std::uint8_t {
  none,
  wevtutil,
  format_list,
  format_table,
  copied,
  psloglist,
  splunk
};

constexpr std::size_t kMostLabels = 64;
// wevtutil's own order, in whatever language its labels are.
constexpr std::string_view kWevtutilLabels[] = {"Channel", "Provider", "TimeCreated", "EventID",
                                                "Task",    "Level",    "Opcode",      "Keywords",
                                                "UserID",  "User",     "Computer",    "Message"};

// What every record of Splunk has first; its time stands in the line before.
constexpr std::string_view kSplunkFirst = "LogName=";

Kind kind_of(const WordTable& labels, std::string_view text) {
  constexpr std::size_t kFirstLines = 60;
  std::size_t lines = 0;
  bool has_source = false, has_log = false;
  std::vector<std::string_view> padded, plain;
  const auto has = [](const std::vector<std::string_view>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  bool is_numbered_first = false, has_splunk_log = false;
  PrintedTable table(labels);
  for (const std::string_view raw : base::split(text, '\n')) {
    const std::string_view line = raw.ends_with('\r') ? raw.substr(0, raw.size() - 1) : raw;
    if (base::trim(line).empty()) continue;
    if (++lines > kFirstLines) break;
    if (lines == 1) is_numbered_first = is_numbered(line);
    if (table.take(line) == PrintedTable::Line::row) return Kind::format_table;
    has_log = has_log || log_of(base::trim(line));
    has_source = has_source || numbered_source(line);
    has_splunk_log = has_splunk_log || line.starts_with(kSplunkFirst);
    if (has_splunk_log && line.starts_with("EventCode=")) return Kind::splunk;
    const auto found = labelled(line);
    if (!found) continue;
    if (is_numbered_first && lines == 5 && is_digits(found->value)) return Kind::wevtutil;
    if (found->indent != 0) continue;
    const std::string_view name = labels.find(found->label);
    if (name.empty()) continue;
    (found->is_padded ? padded : plain).push_back(name);
  }
  const auto is_list = [&](const std::vector<std::string_view>& names) {
    return (has(names, "EventID") || has(names, "InstanceID")) && has(names, "TimeCreated");
  };
  if (has_log && has_source) return Kind::psloglist;
  if (is_list(padded) && (has(padded, "Message") || has(padded, "Provider")))
    return Kind::format_list;
  if (is_list(plain) && has(plain, "Channel") && has(plain, "Provider")) return Kind::copied;
  return Kind::none;
}

class ListReading {
 public:
  ListReading(const ColumnFormats& formats, const container::Artifact& artifact, Kind kind,
              DateOrder date_order, EventSink& sink)
      : labels_(formats.event_labels),
        kind_(kind),
        table_(formats.event_labels),
        // Splunk writes American dates on every machine.
        row_(formats, artifact, kind == Kind::splunk ? DateOrder::month_first : date_order),
        sink_(sink) {
    locator_.artifact = artifact.index;
  }

  Flow add(const TextLine& line) {
    if (begins_record(line.text)) {
      if (kind_ == Kind::splunk) take_back_time();
      if (end() == Flow::stop) return Flow::stop;
      open_ = true;
      locator_.line = line.number;
      locator_.byte_offset = line.byte_offset;
      if (!time_.empty()) add_value("TimeCreated", time_);
    }
    if (kind_ == Kind::splunk) before_ = line.text;
    if (!open_) {
      if (const auto log = log_of(base::trim(line.text))) row_.set_channel(log_ = *log);
      return Flow::go_on;
    }
    locator_.byte_length = line.byte_offset + line.byte_length - locator_.byte_offset;
    is_cut_ = false;
    take(line.text);
    if (is_cut_) bytes_cut_ += line.byte_length;
    return Flow::go_on;
  }

  // What has been read of the open record is all of it.
  Flow end() {
    if (!open_) return Flow::go_on;
    row_.begin();
    for (const auto& [name, value] : values_) row_.take(name, base::trim(value));
    const bool is_event = row_.is_event();
    const Flow flow = is_event ? row_.give(locator_, sink_) : Flow::go_on;
    ++(is_event ? read_ : refused_);
    values_.clear();
    rows_ = 0;
    open_ = is_over_ = false;
    return flow;
  }

  std::uint64_t read() const { return read_; }
  std::uint64_t refused() const { return refused_; }
  // Of lines that a record had no room for.
  std::uint64_t bytes_cut() const { return bytes_cut_; }

 private:
  bool begins_record(std::string_view line) {
    if (kind_ == Kind::wevtutil) return is_numbered(line);
    if (kind_ == Kind::format_table) {
      table_line_ = table_.take(line);
      return table_line_ == PrintedTable::Line::row;
    }
    if (kind_ == Kind::psloglist) return numbered_source(line).has_value();
    if (kind_ == Kind::splunk) return line.starts_with(kSplunkFirst);
    const auto found = labelled(line);
    if (!found || found->indent != 0 || found->is_padded != (kind_ == Kind::format_list))
      return false;
    const std::string_view name = labels_.find(found->label);
    if (name.empty()) return false;
    if (kind_ == Kind::copied) return name == "Channel";
    // The first property of the first record begins all of them.
    if (first_label_.empty()) first_label_ = found->label;
    return found->label == first_label_;
  }

  void take(std::string_view line) {
    switch (kind_) {
      case Kind::wevtutil:
        return take_numbered(line);
      case Kind::format_list:
        return take_property(line);
      case Kind::format_table:
        return take_printed(line);
      case Kind::copied:
        return take_copied(line);
      case Kind::psloglist:
        return take_psloglist(line);
      case Kind::splunk:
        return take_splunk(line);
      case Kind::none:
        return;
    }
  }

  void take_numbered(std::string_view line) {
    if (is_numbered(line)) return;
    const auto found = rows_ < std::size(kWevtutilLabels) ? labelled(line) : std::nullopt;
    if (!found) return more(line);
    add_value(kWevtutilLabels[rows_++], found->value);
  }

  void take_property(std::string_view line) {
    const auto found = labelled(line);
    if (!found || found->indent != 0 || !found->is_padded) return more(line);
    add_value(labels_.find(found->label), found->value);
  }

  void take_printed(std::string_view line) {
    if (table_line_ == PrintedTable::Line::more) return more(base::trim(line));
    // What all rows have in common comes last; a message goes on in the next line.
    for (auto value = table_.row().rbegin(); value != table_.row().rend(); ++value) {
      if (value->first != "Message") add_value(value->first, value->second);
    }
    for (const auto& [name, value] : table_.row()) {
      if (name == "Message") add_value(name, value);
    }
  }

  void take_copied(std::string_view line) {
    // The same record as XML follows behind a heading in the language of Windows.
    if (line.starts_with("<Event ")) {
      if (!values_.empty()) {
        std::string& message = values_.back().second;
        const auto last = message.find_last_of('\n');
        if (last != std::string::npos) message.resize(last);
      }
      is_over_ = true;
    }
    const bool in_message = !values_.empty() && values_.back().first == "Message";
    const auto found = in_message ? std::nullopt : labelled(line);
    if (!found) return more(line);
    add_value(labels_.find(found->label), found->value);
  }

  void take_psloglist(std::string_view line) {
    if (const auto source = numbered_source(line)) {
      add_value("EventRecordID", source->label);
      add_value("Provider", source->value);
      return;
    }
    const bool in_message = values_.back().first == "Message";
    const auto found = in_message ? std::nullopt : labelled(line);
    if (!found || found->indent == 0) {
      if (!in_message) add_value("Message", "");
      return more(line);
    }
    // "Time: 11/20/2026 9:11:53 AM   ID:       36870"
    const auto id = found->value.find(" ID:");
    add_value(labels_.find(found->label), found->value.substr(0, id));
    if (id != std::string_view::npos) add_value("EventID", found->value.substr(id + 4));
  }

  void take_splunk(std::string_view line) {
    if (is_over_) return;
    if (is_quoted_) {
      const auto end = closing_quote(line);
      is_over_ = end != std::string_view::npos;
      line = line.substr(0, end);
    }
    const bool in_message = !values_.empty() && values_.back().first == "Message";
    const auto found = in_message ? std::nullopt : assigned(line);
    if (found) {
      add_value(labels_.find(found->label), found->value);
    } else {
      append(line);
    }
  }

  // The line before a record is its time, and was taken for the end of the message before.
  void take_back_time() {
    // In a CSV of raw events other columns may stand before it.
    const auto quote = before_.find_last_of('"');
    is_quoted_ = quote != std::string::npos;
    time_ = base::trim(quote == std::string::npos ? before_ : before_.substr(quote + 1));
    if (!local_ticks(time_, DateOrder::month_first)) {
      time_.clear();
    } else if (!values_.empty() && values_.back().second.ends_with('\n' + before_)) {
      std::string& message = values_.back().second;
      message.resize(message.size() - before_.size() - 1);
    }
  }

  void add_value(std::string_view name, std::string_view value) {
    if (values_.size() < kMostLabels) {
      values_.emplace_back(name, base::trim(value));
    } else {
      is_cut_ = true;
    }
  }

  // The value before goes on in this line.
  void more(std::string_view line) {
    if (!is_over_) append(line);
  }

  void append(std::string_view line) {
    constexpr std::size_t kLongestValue = 64 * 1024;
    if (values_.empty()) return;
    std::string& value = values_.back().second;
    if (value.size() + line.size() > kLongestValue) {
      is_cut_ = true;
      return;
    }
    value += '\n';
    value += kind_ == Kind::format_list ? base::trim(line) : line;
  }

  const WordTable& labels_;
  const Kind kind_;
  PrintedTable table_;
  PrintedTable::Line table_line_ = PrintedTable::Line::other;
  EventRow row_;
  EventSink& sink_;
  Locator locator_;
  std::string first_label_, log_;
  std::string before_, time_;  // of Splunk: the line before this one, the time that a record has
  std::vector<std::pair<std::string_view, std::string>> values_;  // canonical names
  std::size_t rows_ = 0;
  bool open_ = false, is_over_ = false;
  bool is_quoted_ = false;  // Splunk's records are values of a CSV
  bool is_cut_ = false;     // the line that is being taken found no room
  std::uint64_t read_ = 0, refused_ = 0, bytes_cut_ = 0;
};
}  // namespace

Sureness probe_event_list(std::span<const std::byte> head, std::string_view,
                          const ReadContext& context) {
  if (context.formats == nullptr || head.empty() || !looks_like_text(head)) return Sureness::no;
  const FormatSet::Impl& set = context.formats->impl();
  constexpr std::size_t kFirst = 16 * 1024;
  const std::string text = decode_head(head.first(std::min(head.size(), kFirst)), set.key_words);
  return kind_of(set.columns.event_labels, text) == Kind::none ? Sureness::no : Sureness::certain;
}

ReadOutcome read_event_list(const container::Artifact& artifact, container::ByteSource& source,
                            const ReadContext& context, EventSink& sink) {
  ReadOutcome outcome;
  if (context.formats == nullptr) return outcome;
  const FormatSet::Impl& set = context.formats->impl();
  LineReader lines(artifact, source, context.limits, set.key_words, sink);
  // The kind shows in the first lines; they are read ahead and then taken like the others.
  constexpr std::size_t kFirst = 16 * 1024;
  std::vector<std::pair<TextLine, std::string>> ahead;
  std::string head;
  while (head.size() < kFirst) {
    const auto line = lines.next();
    if (!line) break;
    ahead.emplace_back(*line, line->text);
    head.append(line->text.substr(0, kFirst)).push_back('\n');
  }
  ListReading reading(set.columns, artifact, kind_of(set.columns.event_labels, head),
                      context.date_order, sink);
  Flow flow = Flow::go_on;
  for (auto& [line, text] : ahead) {
    line.text = text;
    if (flow == Flow::go_on) flow = reading.add(line);
  }
  while (flow == Flow::go_on) {
    const auto line = lines.next();
    if (!line) break;
    flow = reading.add(*line);
  }
  if (flow == Flow::go_on) reading.end();
  outcome.records_read = reading.read();
  outcome.records_refused = reading.refused() + lines.lines_refused();
  outcome.bytes_lost = lines.bytes_lost() + reading.bytes_cut();
  outcome.damaged = outcome.bytes_lost != 0;
  outcome.encoding = lines.encoding();
  if (reading.refused() != 0) {
    sink.notice({"LIST_RECORDS_REFUSED",
                 fmt::format("{}: {} records have no event id; they are not used", artifact.path,
                             reading.refused()),
                 artifact.index,
                 {},
                 0});
  }
  if (reading.bytes_cut() != 0) {
    sink.notice({"LIST_VALUES_CUT",
                 fmt::format("{}: a record has more lines than are kept of one; the rest of it is "
                             "lost",
                             artifact.path),
                 artifact.index,
                 {},
                 reading.bytes_cut()});
  }
  return outcome;
}

}  // namespace rdptriage::reader
