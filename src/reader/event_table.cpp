// Lists of Windows events as CSV: Event Viewer's "save as CSV" and "save as text", Export-Csv of
// Get-WinEvent and Get-EventLog, tracerpt. Columns are separated by comma, semicolon or tab; values
// may be quoted, and a message in quotes runs over several lines.
//
// Event Viewer writes five headings, in the language of Windows, over rows of six values: the
// message has no heading. Times carry no zone.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "base/time.hpp"
#include "reader/column_formats.hpp"
#include "reader/local_date.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::size_t kMostColumns = 100;
constexpr std::size_t kFewestColumns = 4;
// Event Viewer's own order, whatever the language: level or keywords, time, source, id, category.
constexpr std::string_view kViewerColumns[] = {"Level",   "TimeCreated", "Provider",
                                               "EventID", "Task",        "Message"};

// Decimal, or 0x… as tracerpt writes process ids.
template <class Number>
std::optional<Number> number(std::string_view text) {
  Number out{};
  const int base = text.starts_with("0x") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(out)
                                                                  : std::nullopt;
}

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

// What the first two rows say of the table.
struct Heading {
  char separator = ',';
  std::vector<std::string> columns;  // canonical names; "" for headings that nobody knows
};

std::size_t known_columns(const Heading& heading) {
  return static_cast<std::size_t>(std::count_if(heading.columns.begin(), heading.columns.end(),
                                                [](const auto& name) { return !name.empty(); }));
}

std::optional<Heading> find_heading(const ColumnFormats& formats, std::string_view first,
                                    std::string_view second) {
  for (const char separator : {',', '\t', ';'}) {
    std::vector<std::string> names, values;
    if (!split_row(first, separator, names) || names.size() < kFewestColumns) continue;
    Heading out;
    out.separator = separator;
    for (const std::string& name : names) {
      out.columns.emplace_back(formats.event_columns.find(base::trim(name)));
    }
    const auto has = [&](std::string_view name) {
      return std::find(out.columns.begin(), out.columns.end(), name) != out.columns.end();
    };
    if (has("EventID") && known_columns(out) >= kFewestColumns) {
      if (!has("Message") && names.size() == 5) out.columns.emplace_back("Message");
      return out;
    }
    // A language that the table does not know: the shape of Event Viewer's list tells.
    split_row(second, separator, values);
    if (names.size() == 5 && values.size() == 6 && number<std::uint32_t>(values[3]) &&
        values[1].find(':') != std::string::npos && local_ticks(values[1])) {
      out.columns.assign(std::begin(kViewerColumns), std::end(kViewerColumns));
      return out;
    }
  }
  return std::nullopt;
}

// Joins the lines of a row whose quotes are still open.
class RowReader {
 public:
  RowReader(LineReader& lines, std::uint64_t most) : lines_(lines), most_(most) {}

  // The next row as text, unsplit; nothing at the end.
  std::optional<TextLine> next() {
    auto line = lines_.next();
    while (line && base::trim(line->text).empty()) line = lines_.next();
    if (!line) return std::nullopt;
    TextLine row = *line;
    text_ = line->text;
    bool open = opens(text_, false);
    while (open && text_.size() < most_) {
      line = lines_.next();
      if (!line) break;
      open = opens(line->text, open);
      text_ += '\n';
      text_ += line->text;
      row.byte_length = line->byte_offset + line->byte_length - row.byte_offset;
    }
    row.text = text_;
    return row;
  }

 private:
  // Doubled quotes close and open again, so every quote can simply be counted.
  static bool opens(std::string_view line, bool open) {
    return open != (std::count(line.begin(), line.end(), '"') % 2 != 0);
  }

  LineReader& lines_;
  const std::uint64_t most_;
  std::string text_;
};

class TableReading final : private EventDecoder {
 public:
  TableReading(const ColumnFormats& formats, const container::Artifact& artifact, Heading heading,
               DateOrder date_order, EventSink& sink)
      : formats_(formats), heading_(std::move(heading)), date_order_(date_order), sink_(sink) {
    locator_.artifact = artifact.index;
    channel_of_file_ = channel_of(artifact.name);
  }

  Flow row(const TextLine& line) {
    if (!split_row(line.text, heading_.separator, values_) ||
        values_.size() + 1 < heading_.columns.size()) {
      ++refused_;
      return Flow::go_on;
    }
    make_event();
    if (!key_.event_id) {
      ++refused_;
      return Flow::go_on;
    }
    ++read_;
    locator_.line = line.number;
    locator_.byte_offset = line.byte_offset;
    locator_.byte_length = line.byte_length;
    EventView view(key_, locator_, *this, storage_);
    return sink_.event(view);
  }

  std::uint64_t read() const { return read_; }
  std::uint64_t refused() const { return refused_; }

 private:
  void decode_system(SystemFields& out) override { out = system_; }
  void decode_fields(std::vector<Field>& out) override { out = fields_; }

  // "Microsoft-Windows-X%4Operational.csv", "System.csv".
  static std::string channel_of(std::string_view name) {
    std::string stem(name.substr(0, name.rfind('.')));
    if (const auto at = stem.find("%4"); at != std::string::npos) {
      return stem.replace(at, 2, "/");
    }
    for (const std::string_view classic : {"System", "Security", "Application"}) {
      if (base::equals_ignoring_case(stem, classic)) return std::string(classic);
    }
    return {};
  }

  void make_event() {
    key_ = EventKey();
    system_ = SystemFields();
    fields_.clear();
    for (std::size_t i = 0; i < std::min(heading_.columns.size(), values_.size()); ++i) {
      const std::string_view value = base::trim(values_[i]);
      if (!value.empty() && !heading_.columns[i].empty()) take(heading_.columns[i], value);
    }
    if (!key_.channel.empty()) return;
    for (const auto& [provider, channel] : formats_.channels) {
      if (base::equals_ignoring_case(provider, key_.provider)) key_.channel = channel;
    }
    if (!channel_of_file_.empty()) key_.channel = channel_of_file_;
  }

  void take(std::string_view column, std::string_view value) {
    if (column == "EventID") {
      key_.event_id = number<std::uint32_t>(value);
    } else if (column == "Provider") {
      key_.provider = value;
    } else if (column == "Channel") {
      // tracerpt gives the number that the provider's manifest knows the channel by.
      if (!number<std::uint32_t>(value)) key_.channel = value;
    } else if (column == "TimeCreated") {
      take_time(value);
    } else if (column == "Computer") {
      system_.computer = value;
    } else if (column == "EventRecordID") {
      system_.record_id = number<std::uint64_t>(value);
    } else if (column == "ProcessID") {
      system_.process_id = number<std::uint32_t>(value);
    } else if (column == "ThreadID") {
      system_.thread_id = number<std::uint32_t>(value);
    } else if (column == "UserID") {
      system_.user_sid = value;
    } else if (column == "ActivityID") {
      system_.activity_id = value;
    } else if (column == "Level" && number<std::uint32_t>(value)) {
      system_.level = number<std::uint32_t>(value);
    } else {
      fields_.push_back({column, value, FieldSection::other, ValueKind::text});
    }
  }

  void take_time(std::string_view value) {
    // ConvertTo-Json's "/Date(milliseconds)/" also ends up in tables.
    constexpr std::int64_t kUnixEpoch = 116'444'736'000'000'000, kTicksPerMillisecond = 10'000;
    if (const auto at = value.find("Date("); at != std::string_view::npos) {
      const std::string_view digits = value.substr(at + 5, value.find(')', at) - at - 5);
      if (const auto ms = number<std::int64_t>(digits);
          ms && *ms >= 0 && *ms < 1'000'000'000'000'000) {
        key_.time = Timestamp{kUnixEpoch + *ms * kTicksPerMillisecond};
        key_.time_quality = TimeQuality::utc;
      }
      return;
    }
    // tracerpt: a FILETIME, 18 digits in our time.
    if (const auto ticks = number<std::int64_t>(value); ticks && value.size() == 18) {
      key_.time = Timestamp{*ticks};
      key_.time_quality = TimeQuality::utc;
      return;
    }
    if (const auto parsed = base::parse_iso8601(value)) {
      key_.time = Timestamp{parsed->ticks};
      key_.time_quality = parsed->zoned ? TimeQuality::utc : TimeQuality::local;
    } else if (const auto ticks = local_ticks(value, date_order_)) {
      key_.time = Timestamp{*ticks};
      key_.time_quality = TimeQuality::local;
    }
  }

  const ColumnFormats& formats_;
  const Heading heading_;
  const DateOrder date_order_;
  EventSink& sink_;
  std::string channel_of_file_;
  Locator locator_;
  EventKey key_;
  SystemFields system_;
  std::vector<std::string> values_;
  std::vector<Field> fields_, storage_;
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
  auto row = rows.next();
  auto heading = find_heading(set.columns, names, row ? row->text : std::string_view());
  if (!heading) return outcome;
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
