// Lists of Windows events as CSV: Event Viewer's "save as CSV" and "save as text", Export-Csv of
// Get-WinEvent and Get-EventLog, tracerpt. Columns are separated by comma, semicolon or tab; values
// may be quoted, and a message in quotes runs over several lines.
//
// Event Viewer writes five headings, in the language of Windows, over rows of six values: the
// message has no heading. Times carry no zone.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "reader/column_formats.hpp"
#include "reader/event_row.hpp"
#include "reader/exported_time.hpp"
#include "reader/list_line.hpp"
#include "reader/local_date.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::size_t kMostColumns = 100;
constexpr std::size_t kFewestColumns = 3;
// Event Viewer's own order, whatever the language: level or keywords, time, source, id, category.
constexpr std::string_view kViewerColumns[] = {"Level",   "TimeCreated", "Provider",
                                               "EventID", "Task",        "Message"};

// Splits a row as far as it goes; false when it ends inside quotes and so goes on in the next line.
bool split_row(std::string_view text, char separator, std::vector<std::string>& out) {
  out.assign(1, {});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        out.back().push_back(c);
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        out.back().push_back(text[++i]);
      } else {
        quoted = false;
      }
    } else if (c == '"' && base::trim(out.back()).empty()) {
      quoted = true;
      out.back().clear();
    } else if (c == separator && out.size() < kMostColumns) {
      out.emplace_back();
    } else {
      out.back().push_back(c);
    }
  }
  return !quoted;
}

// PsLogList -s says which log it reads, and no columns.
constexpr std::string_view kPsLogListColumns[] = {"EventRecordID", "Channel",  "Provider",
                                                  "Level",         "Computer", "TimeCreated",
                                                  "EventID",       "",         "Message"};

// What the first two rows say of the table.
struct Heading {
  char separator = ',';
  bool is_utc = false;
  std::vector<std::string> columns;  // canonical names; "" for headings that nobody knows
};

std::size_t known_columns(const Heading& heading) {
  return static_cast<std::size_t>(std::count_if(heading.columns.begin(), heading.columns.end(),
                                                [](const auto& name) { return !name.empty(); }));
}

std::optional<Heading> find_heading(const ColumnFormats& formats, std::string_view first,
                                    std::string_view second) {
  if (log_of(first)) {
    Heading out;
    std::vector<std::string> values;
    split_row(second, out.separator, values);
    if (values.size() < std::size(kPsLogListColumns) - 1 || !is_digits(values[0]) ||
        !is_digits(values[6]) || !local_ticks(values[5])) {
      return std::nullopt;
    }
    out.columns.assign(std::begin(kPsLogListColumns), std::end(kPsLogListColumns));
    return out;
  }
  for (const char separator : {',', '\t', ';'}) {
    std::vector<std::string> names, values;
    if (!split_row(first, separator, names) || names.size() < kFewestColumns) continue;
    Heading out;
    out.separator = separator;
    for (const std::string& name : names) {
      out.columns.emplace_back(formats.event_columns.find(base::trim(name)));
      out.is_utc |= std::find(formats.utc_columns.begin(), formats.utc_columns.end(),
                              base::trim(name)) != formats.utc_columns.end();
    }
    const auto has = [&](std::string_view name) {
      return std::find(out.columns.begin(), out.columns.end(), name) != out.columns.end();
    };
    // Three are enough where the time is one of them.
    const std::size_t needed = has("TimeCreated") ? kFewestColumns : kFewestColumns + 1;
    if (has("EventID") && known_columns(out) >= needed) {
      // The message has no heading; Excel, which likes rows even, gives it an empty one.
      const bool is_nameless = names.size() == 5 || (names.size() == 6 && names.back().empty());
      if (!has("Message") && is_nameless) {
        out.columns.resize(5);
        out.columns.emplace_back("Message");
      }
      return out;
    }
    // A language that the table does not know: the shape of Event Viewer's list tells.
    split_row(second, separator, values);
    if (names.size() == 5 && values.size() == 6 && is_digits(values[3]) &&
        values[1].find(':') != std::string::npos && local_ticks(values[1])) {
      out.columns.assign(std::begin(kViewerColumns), std::end(kViewerColumns));
      return out;
    }
  }
  return std::nullopt;
}

// Whether the line by itself is a row of the table, not the inside of a message.
class RowSigns {
 public:
  explicit RowSigns(const Heading& heading) : separator_(heading.separator) {
    const auto place = [&](std::string_view name) {
      const auto found = std::find(heading.columns.begin(), heading.columns.end(), name);
      return static_cast<std::size_t>(found - heading.columns.begin());
    };
    id_ = place("EventID");
    time_ = place("TimeCreated");
    fewest_ = heading.columns.size() - 1;
    is_message_last_ = place("Message") == fewest_;
  }

  bool are_in(std::string_view line) {
    const auto separators =
        static_cast<std::size_t>(std::count(line.begin(), line.end(), separator_));
    if (id_ > fewest_ || time_ > fewest_ || separators + 1 < fewest_) return false;
    // Where a message is not last, the line that closes it ends with the other values.
    if (!is_message_last_ && std::count(line.begin(), line.end(), '"') % 2 != 0) return false;
    split_row(line, separator_, values_);
    return values_.size() > std::max(id_, time_) && is_digits(base::trim(values_[id_])) &&
           (local_ticks(values_[time_]) || parse_exported_time(base::trim(values_[time_])));
  }

 private:
  char separator_;
  std::size_t id_ = 0, time_ = 0, fewest_ = 0;
  bool is_message_last_ = false;
  std::vector<std::string> values_;
};

// Joins the lines of a row whose quotes are still open. A quote that is never closed costs its row,
// not all that follow.
class RowReader {
 public:
  RowReader(LineReader& lines, std::uint64_t most) : lines_(lines), most_(most) {}

  void set_signs(const Heading& heading) { signs_.emplace(heading); }

  // The next row as text, unsplit; nothing at the end.
  std::optional<TextLine> next() {
    auto line = next_line();
    while (line && base::trim(line->text).empty()) line = next_line();
    if (!line) return std::nullopt;
    TextLine row = *line;
    text_ = line->text;
    bool open = opens(text_, false);
    while (open && text_.size() < most_) {
      line = next_line();
      if (!line) break;
      if (signs_ && signs_->are_in(line->text)) {
        ahead_text_ = line->text;
        ahead_ = line;
        break;
      }
      open = opens(line->text, open);
      text_ += '\n';
      text_ += line->text;
      row.byte_length = line->byte_offset + line->byte_length - row.byte_offset;
    }
    row.text = text_;
    return row;
  }

 private:
  std::optional<TextLine> next_line() {
    if (!ahead_) return lines_.next();
    auto line = std::exchange(ahead_, std::nullopt);
    line->text = ahead_text_;
    return line;
  }

  // Doubled quotes close and open again, so every quote can simply be counted.
  static bool opens(std::string_view line, bool open) {
    return open != (std::count(line.begin(), line.end(), '"') % 2 != 0);
  }

  LineReader& lines_;
  const std::uint64_t most_;
  std::string text_, ahead_text_;
  std::optional<TextLine> ahead_;  // begins the next row
  std::optional<RowSigns> signs_;
};

class TableReading {
 public:
  TableReading(const ColumnFormats& formats, const container::Artifact& artifact, Heading heading,
               DateOrder date_order, EventSink& sink)
      : heading_(std::move(heading)), row_(formats, artifact, date_order), sink_(sink) {
    locator_.artifact = artifact.index;
    if (heading_.is_utc) row_.set_utc();
  }

  Flow row(const TextLine& line) {
    if (!split_row(line.text, heading_.separator, values_) ||
        values_.size() + 1 < heading_.columns.size()) {
      ++refused_;
      return Flow::go_on;
    }
    row_.begin();
    take_values();
    if (!row_.is_event()) {
      ++refused_;
      return Flow::go_on;
    }
    ++read_;
    locator_.line = line.number;
    locator_.byte_offset = line.byte_offset;
    locator_.byte_length = line.byte_length;
    return row_.give(locator_, sink_);
  }

  std::uint64_t read() const { return read_; }
  std::uint64_t refused() const { return refused_; }

 private:
  // Behind the last heading there is more of it: values of tracerpt, or of a message that nobody
  // put in quotes.
  void take_values() {
    const std::size_t columns = heading_.columns.size();
    const std::string_view last = heading_.columns.back();
    if (last == "Message") {
      while (values_.size() > columns && base::trim(values_.back()).empty()) values_.pop_back();
      while (values_.size() > columns) {
        const std::string rest = std::move(values_[columns]);
        values_.erase(values_.begin() + static_cast<std::ptrdiff_t>(columns));
        values_[columns - 1] += heading_.separator;
        values_[columns - 1] += rest;
      }
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (i >= columns && last != "Value") break;
      row_.take(i < columns ? std::string_view(heading_.columns[i]) : last, base::trim(values_[i]));
    }
  }

  const Heading heading_;
  EventRow row_;
  EventSink& sink_;
  Locator locator_;
  std::vector<std::string> values_;
  std::uint64_t read_ = 0, refused_ = 0;
};

bool is_type_line(std::string_view line) { return line.starts_with("#TYPE "); }
}  // namespace

Sureness probe_event_table(std::span<const std::byte> head, std::string_view,
                           const ReadContext& context) {
  if (context.formats == nullptr || head.empty() || !looks_like_text(head)) return Sureness::no;
  const FormatSet::Impl& set = context.formats->impl();
  // Two rows are enough; a first line without any separator is of something else.
  constexpr std::size_t kFirstLines = 8 * 1024;
  const std::string text =
      decode_head(head.first(std::min(head.size(), kFirstLines)), set.key_words);
  std::vector<std::string_view> lines;
  for (const std::string_view line : base::split(text, '\n')) {
    if (!base::trim(line).empty() && !is_type_line(line)) lines.push_back(base::trim(line));
    if (lines.size() == 2) break;
  }
  if (lines.empty() || lines.front().size() > 4096) return Sureness::no;
  return find_heading(set.columns, lines[0], lines.size() > 1 ? lines[1] : std::string_view())
             ? Sureness::certain
             : Sureness::no;
}

ReadOutcome read_event_table(const container::Artifact& artifact, container::ByteSource& source,
                             const ReadContext& context, EventSink& sink) {
  ReadOutcome outcome;
  if (context.formats == nullptr) return outcome;
  const FormatSet::Impl& set = context.formats->impl();
  LineReader lines(artifact, source, context.limits, set.key_words, sink);
  RowReader rows(lines, context.limits.max_line_bytes);
  auto first = rows.next();
  if (first && is_type_line(first->text)) first = rows.next();
  if (!first) return outcome;
  const std::string names(first->text);
  // Most headings tell by themselves, so that the quotes of the first row cannot hide the second.
  auto heading = find_heading(set.columns, names, {});
  if (heading) rows.set_signs(*heading);
  auto row = rows.next();
  if (!heading) {
    heading = find_heading(set.columns, names, row ? row->text : std::string_view());
    if (!heading) return outcome;
    rows.set_signs(*heading);
  }
  TableReading reading(set.columns, artifact, std::move(*heading), context.date_order, sink);
  for (; row; row = rows.next()) {
    if (reading.row(*row) == Flow::stop) break;
  }
  outcome.records_read = reading.read();
  outcome.records_refused = reading.refused() + lines.lines_refused();
  outcome.bytes_lost = lines.bytes_lost();
  outcome.encoding = lines.encoding();
  if (reading.refused() != 0) {
    sink.notice({"TABLE_ROWS_REFUSED",
                 fmt::format("{}: {} rows have too few values or no event id; they are not used",
                             artifact.path, reading.refused()),
                 artifact.index,
                 {},
                 0});
  }
  return outcome;
}

}  // namespace rdptriage::reader
