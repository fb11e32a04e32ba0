#include "pipeline/evidence_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/time.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::size_t kLongestText = 400;
constexpr std::size_t kLongestValue = 1000;
constexpr std::size_t kMostFields = 64;
constexpr std::int64_t kTicksPerDay = 864'000'000'000;

// Never in the middle of a character.
std::string cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return std::string(text.substr(0, bytes)) + "…";
}

// What the timeline added, and what is quoted as `text` already.
bool is_shown_elsewhere(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {"AttemptKey",    "HostKey", "ArtifactKey",
                                                      "ConnectionKey", "RawLine", "Message"};
  for (const std::string_view known : kNames) {
    if (name == known) return true;
  }
  return false;
}

std::string_view field_of(const event::Event& event, std::string_view name) {
  for (const Field& field : event.fields) {
    if (field.name == name) return field.value;
  }
  return {};
}

// Local and date-less times as the clock showed them.
std::string original_time(const event::Event& event) {
  const std::int64_t ticks = event.key.time->ticks;
  const std::int64_t day = ticks < 0 ? 0 : ticks % kTicksPerDay;
  const std::string text =
      base::format_rfc3339(event.key.time_quality == TimeQuality::local ? ticks : day);
  const std::string clock = text.substr(11, 12);  // to the millisecond
  return event.key.time_quality == TimeQuality::local ? text.substr(0, 10) + " " + clock : clock;
}

NamedValues shown_fields(const event::Event& event) {
  NamedValues out;
  unsigned unnamed = 0;
  for (const Field& field : event.fields) {
    if (out.size() == kMostFields) break;
    if (field.section == FieldSection::other && is_shown_elsewhere(field.name)) continue;
    if (field.value.empty()) continue;
    std::string name(field.name);
    if (name.empty()) name = ++unnamed == 1 ? "Data" : fmt::format("Data{}", unnamed);
    out.emplace_back(std::move(name), cut(field.value, kLongestValue));
  }
  return out;
}

std::string one_line(const event::Event& event, const NamedValues& fields) {
  for (const std::string_view name : {"Message", "RawLine"}) {
    if (const auto line = base::on_one_line(field_of(event, name)); !line.empty()) {
      return cut(line, kLongestText);
    }
  }
  std::string text;
  if (event.key.event_id) text = fmt::format("event {}", *event.key.event_id);
  if (!event.key.event_id)
    text = event.key.category.empty() ? event.key.service : event.key.category;
  for (const auto& [name, value] : fields) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
    if (text.size() > kLongestText) break;
  }
  return cut(base::on_one_line(text), kLongestText);
}
// A record's values are listed beside the text, so its words and its number are enough; a line of a
// trace is the proof itself.
std::string in_words(const event::Event& event, const std::string& words, const std::string& raw) {
  if (event.key.event_id)
    return cut(fmt::format("{} (event {})", words, *event.key.event_id), kLongestText);
  if (!event.key.category.empty()) return cut(words, kLongestText);
  return cut(words + ": " + raw, kLongestText);
}
}  // namespace

std::string EvidenceTable::find(std::uint32_t event) const {
  const auto at = ids_.find(event);
  return at == ids_.end() ? std::string() : at->second;
}

std::string EvidenceTable::id_of(std::uint32_t event) {
  const auto [at, added] = ids_.emplace(event, fmt::format("E{}", rows_.size() + 1));
  if (added) {
    Evidence evidence = row_of(event);
    evidence.id = at->second;
    rows_.push_back(std::move(evidence));
  }
  return at->second;
}

void EvidenceTable::quote(std::uint32_t event, std::vector<std::string>& ids) {
  std::string id = id_of(event);
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
}

// As the machine's clock showed it; a local time whose zone is known is an instant, too.
void EvidenceTable::quote_time(const event::Event& event, const timeline::Place& place,
                               Evidence& out) const {
  const timeline::HostRecord* host = place.host ? &timeline_->hosts[*place.host] : nullptr;
  out.time_quality = event.key.time_quality;
  if (event.key.time_quality == TimeQuality::utc) out.time = event.key.time;
  if (event.key.time_quality == TimeQuality::local ||
      event.key.time_quality == TimeQuality::order_only) {
    out.time_original = original_time(event);
  }
  if (event.key.time_quality == TimeQuality::local && place.scale == timeline::TimeScale::common) {
    const std::int64_t ahead = host != nullptr ? host->clock_offset.value_or(0) : 0;
    out.time = Timestamp{*place.ticks + ahead};
    out.time_quality = TimeQuality::utc;
  }
  if (host != nullptr && host->clock_uncertainty && out.time)
    out.uncertainty_ms = static_cast<std::uint64_t>(*host->clock_uncertainty / 10'000);
}

Evidence EvidenceTable::row_of(std::uint32_t index) const {
  const event::Event& event = store_->events()[index];
  const timeline::Place& place = timeline_->places[index];
  Evidence out;
  out.artifact = fmt::format("A{}", event.locator.artifact + 1);
  if (place.host) out.host = fmt::format("h{}", *place.host + 1);
  quote_time(event, place, out);
  if (event.system.record_id) out.record_id = fmt::format("{}", *event.system.record_id);
  out.line = event.locator.line;
  out.byte_offset = event.locator.byte_offset;
  out.byte_length = event.locator.byte_length;
  out.channel = event.key.channel;
  out.provider = event.key.provider;
  out.event_id = event.key.event_id;
  out.data = shown_fields(event);
  for (const NearLine& line : event.near_lines) {
    out.context.push_back({line.number, cut(line.text, kLongestText)});
  }
  const auto words = words_.find(index);
  out.text = words == words_.end() ? one_line(event, out.data)
                                   : in_words(event, words->second, one_line(event, out.data));
  return out;
}

}  // namespace rdptriage::pipeline
