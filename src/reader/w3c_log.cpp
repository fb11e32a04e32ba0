// W3C extended log format: directives begin with '#', "#Fields:" names the columns of the rows that
// follow, and may come again with others when the service was reconfigured. Columns are separated
// by blanks; '-' is an absent value. Times are UTC unless "#Time Format: Local" says otherwise,
// which Windows Firewall does.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "reader/column_formats.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::string_view kFields = "#Fields:";
constexpr std::size_t kMostColumns = 100;

void split_columns(std::string_view text, std::vector<std::string_view>& out) {
  out.clear();
  while (!text.empty() && out.size() < kMostColumns) {
    const auto end = text.find_first_of(" \t");
    if (end != 0) out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

class W3cReading final : private EventDecoder {
 public:
  W3cReading(const ColumnFormats& formats, std::uint32_t artifact, EventSink& sink)
      : formats_(formats), sink_(sink) {
    locator_.artifact = artifact;
  }

  Flow line(const TextLine& line) {
    const std::string_view text = base::trim(line.text);
    if (text.empty()) return Flow::go_on;
    if (text.front() == '#') {
      take_directive(text);
      return Flow::go_on;
    }
    if (kind_ == nullptr) return refuse();
    split_columns(text, values_);
    // A row that was cut off, or the middle of one after a crash.
    if (values_.size() < columns_.size()) return refuse();
    ++read_;
    make_fields(text);
    locator_.line = line.number;
    locator_.byte_offset = line.byte_offset;
    locator_.byte_length = line.byte_length;
    EventView view(key_, locator_, *this, storage_);
    return sink_.event(view);
  }

  std::uint64_t read() const { return read_; }
  std::uint64_t refused() const { return refused_; }
  std::string_view format() const { return kind_ != nullptr ? std::string_view(kind_->name) : ""; }

 private:
  void decode_system(SystemFields&) override {}
  void decode_fields(std::vector<Field>& out) override { out = fields_; }

  Flow refuse() {
    ++refused_;
    return Flow::go_on;
  }

  void take_directive(std::string_view text) {
    if (base::equals_ignoring_case(text, "#Time Format: Local")) local_ = true;
    if (!text.starts_with(kFields)) return;
    std::vector<std::string_view> names;
    split_columns(text.substr(kFields.size()), names);
    columns_.assign(names.begin(), names.end());
    kind_ = nullptr;
    for (const W3cKind& kind : formats_.w3c) {
      const bool all = std::all_of(kind.columns.begin(), kind.columns.end(), [&](const auto& name) {
        return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
      });
      if (!all) continue;
      kind_ = &kind;
      break;
    }
  }

  void make_fields(std::string_view text) {
    fields_.clear();
    key_ = EventKey();
    key_.category = kind_->category;
    std::string_view date, time;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] == "date") date = values_[i];
      if (columns_[i] == "time") time = values_[i];
      if (values_[i] == "-") continue;
      add(columns_[i], values_[i]);
      for (const auto& [column, field] : kind_->fields) {
        if (column == columns_[i]) add(field, values_[i]);
      }
    }
    add("Message", text);
    if (const auto parsed = base::parse_iso8601(fmt::format("{}T{}", date, time))) {
      key_.time = Timestamp{parsed->ticks};
      key_.time_quality = local_ ? TimeQuality::local : TimeQuality::utc;
    }
  }

  void add(std::string_view name, std::string_view value) {
    fields_.push_back({name, value, FieldSection::other, ValueKind::text});
  }

  const ColumnFormats& formats_;
  EventSink& sink_;
  Locator locator_;
  EventKey key_;
  const W3cKind* kind_ = nullptr;
  bool local_ = false;
  std::vector<std::string> columns_;
  std::vector<std::string_view> values_;
  std::vector<Field> fields_, storage_;
  std::uint64_t read_ = 0, refused_ = 0;
};
}  // namespace

Sureness probe_w3c_log(std::span<const std::byte> head, std::string_view,
                       const ReadContext& context) {
  if (context.formats == nullptr || head.empty() || !looks_like_text(head)) return Sureness::no;
  const FormatSet::Impl& set = context.formats->impl();
  const std::string_view bytes(reinterpret_cast<const char*>(head.data()), head.size());
  // Comment lines first; the service writes ASCII.
  if (base::trim(bytes.substr(0, 64)).substr(0, 1) != "#") return Sureness::no;
  const auto at = bytes.find(kFields);
  if (at == std::string_view::npos) return Sureness::no;
  const std::string_view fields = bytes.substr(at, bytes.find('\n', at) - at);
  for (const W3cKind& kind : set.columns.w3c) {
    if (std::all_of(kind.columns.begin(), kind.columns.end(), [&](const std::string& column) {
          return fields.find(column) != std::string_view::npos;
        })) {
      return Sureness::certain;
    }
  }
  return Sureness::no;
}

ReadOutcome read_w3c_log(const container::Artifact& artifact, container::ByteSource& source,
                         const ReadContext& context, EventSink& sink) {
  ReadOutcome outcome;
  if (context.formats == nullptr) return outcome;
  const FormatSet::Impl& set = context.formats->impl();
  LineReader lines(artifact, source, context.limits, set.key_words, sink);
  W3cReading reading(set.columns, artifact.index, sink);
  while (const auto line = lines.next()) {
    if (reading.line(*line) == Flow::stop) break;
  }
  outcome.records_read = reading.read();
  outcome.records_refused = reading.refused() + lines.lines_refused();
  outcome.bytes_lost = lines.bytes_lost();
  outcome.format = reading.format();
  outcome.encoding = lines.encoding();
  if (reading.refused() != 0) {
    sink.notice({"TABLE_ROWS_REFUSED",
                 fmt::format("{}: {} rows have fewer columns than their heading names; they are "
                             "not used",
                             artifact.path, reading.refused()),
                 artifact.index,
                 {},
                 0});
  }
  return outcome;
}

}  // namespace rdptriage::reader
