#include "reader/capture_record.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "reader/local_date.hpp"
#include "reader/record_builder.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::size_t kMaxRows = 10'000;
constexpr std::size_t kMaxText = 300;  // of the lines that a person is shown as proof

bool has(const CaptureRecord::Fields& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(),
                     [name](const auto& field) { return field.first == name; });
}
}  // namespace

void CaptureRecord::touch(Part& part, const TextLine& line, bool matched) {
  if (part.line == 0) {
    part.line = line.number;
    part.offset = line.byte_offset;
  }
  part.end = line.byte_offset + line.byte_length;
  if (!matched || part.text.size() >= kMaxText) return;
  if (!part.text.empty()) part.text += " / ";
  part.text += base::trim(line.text);
}

// Adds the fields of one match; false when its label is none of the format's.
bool CaptureRecord::fill(Fields& fields, const CapturePattern& pattern,
                         std::span<const std::string_view> groups) {
  std::string_view label, value;
  bool labeled = false;
  const std::size_t before = fields.size();
  for (const auto& [name, index] : pattern.pattern.named_groups()) {
    const std::string_view group = groups[index];
    if (name == "label") {
      labeled = true;
      label = format_->labels.find(group);
    } else if (name == "value") {
      value = group;
    } else if (name == "more") {
      if (fields.empty()) return false;
      fields.emplace_back(fields.back().first, base::trim(group));
    } else if (group.data() != nullptr) {
      const auto table =
          std::find_if(format_->values.begin(), format_->values.end(),
                       [&named = name](const auto& entry) { return entry.first == named; });
      std::string_view known;
      if (table != format_->values.end()) known = set_->canonical(table->second, group);
      fields.emplace_back(name, known.empty() ? base::trim(group) : known);
    }
  }
  if (labeled && label.empty()) {
    fields.resize(before);
    return false;
  }
  if (labeled) fields.emplace_back(label, base::trim(value));
  for (const auto& entry : pattern.set) fields.push_back(entry);
  return true;
}

bool CaptureRecord::take(const TextLine& line) {
  ++lines_;
  for (std::size_t i = 0; i < format_->lines.size(); ++i) {
    const CapturePattern& pattern = format_->lines[i];
    if (pattern.once && used_[i]) continue;
    std::array<std::string_view, 12> groups;
    if (!pattern.pattern.match(line.text, base::Anchor::nowhere, groups)) continue;
    if (!pattern.row.empty()) {
      if (rows_.size() >= kMaxRows) return true;
      Part row;
      row.type = pattern.row;
      if (!fill(row.fields, pattern, groups)) continue;
      touch(row, line, true);
      rows_.push_back(std::move(row));
    } else {
      Part& part = format_->row_lines && !rows_.empty() ? rows_.back() : whole_;
      if (!fill(part.fields, pattern, groups)) continue;
      touch(part, line, true);
    }
    used_[i] = true;
    touch(whole_, line, false);
    return true;
  }
  touch(whole_, line, false);
  return false;
}

bool CaptureRecord::is_complete() const {
  const auto given = [this](const std::string& name) {
    return has(whole_.fields, name) ||
           std::any_of(rows_.begin(), rows_.end(),
                       [&](const Part& row) { return has(row.fields, name); });
  };
  const auto& any = format_->required_any;
  return std::all_of(format_->required.begin(), format_->required.end(), given) &&
         (any.empty() || std::any_of(any.begin(), any.end(), given)) &&
         (!whole_.fields.empty() || !rows_.empty());
}

Flow CaptureRecord::emit(const Origin& origin, EventSink& sink, std::uint64_t& records) const {
  if (!is_complete()) return Flow::go_on;
  RecordBuilder record(origin.artifact, format_->category);
  const auto add_all = [&](const Fields& fields) {
    for (const auto& [name, value] : fields) {
      const bool date =
          std::find(format_->dates.begin(), format_->dates.end(), name) != format_->dates.end();
      record.add(name, date ? normalize_local_date(value, origin.date_order) : value);
    }
  };
  const auto send = [&](const Part& part) {
    ++records;
    if (!origin.role.empty() && !has(format_->constants, "HostRole"))
      record.add("HostRole", origin.role);
    add_all(format_->constants);
    record.add("Message", part.text);
    return record.emit(part.line, part.offset, part.end - part.offset, sink);
  };
  for (const Part& row : rows_) {
    record.add("RecordType", row.type);
    add_all(row.fields);
    if (send(row) == Flow::stop) return Flow::stop;
  }
  if (!rows_.empty() && !format_->summary) return Flow::go_on;
  if (format_->summary) {
    record.add("RecordType", "summary");
    record.add("Rows", rows_.size());
    for (const Part& row : rows_) add_all(row.fields);
  }
  add_all(whole_.fields);
  return send(whole_);
}

}  // namespace rdptriage::reader
