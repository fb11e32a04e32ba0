#include "report/event_json.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <unordered_map>

#include "base/digits.hpp"
#include "base/time.hpp"
#include "report/json_text.hpp"

namespace rdptriage::report {

namespace {

using base::write_decimal;

// Appends members to the object that is being written. All of them together fit into the room that
// the caller made: room_for() what has no bound of its own, kFixedRoom for the rest.
class Members {
 public:
  static constexpr std::size_t kFixedRoom = 1024;

  explicit Members(char* at) : at_(at) {}
  char* end() const { return at_; }

  // `key` is `,"name":` with its comma.
  void text(std::string_view key, std::string_view value) {
    open(key);
    at_ = write_json_text(value, at_);
    *at_++ = '"';
  }
  void text(std::string_view key, const std::optional<std::string_view>& value) {
    if (value) text(key, *value);
  }
  void digits(std::string_view key, const std::optional<std::uint64_t>& value) {
    if (value) digits_of(key, *value);
  }
  void digits(std::string_view key, const std::optional<std::uint32_t>& value) {
    if (value) digits_of(key, *value);
  }
  template <class Number>
  void number(std::string_view key, const std::optional<Number>& value) {
    if (!value) return;
    raw(key);
    at_ = write_decimal(*value, at_);
  }
  void hex(std::string_view key, const std::optional<std::uint64_t>& value) {
    if (!value) return;
    open(key);
    at_ = base::write_hex(*value, at_);
    *at_++ = '"';
  }
  void time(std::string_view key, const EventKey& event) {
    if (!event.time) return;
    open(key);
    char* const start = at_;
    at_ = base::write_rfc3339(event.time->ticks, at_);
    // Without a zone the text has no Z, without a date it is a time of day.
    if (event.time_quality != TimeQuality::utc) --at_;
    if (event.time_quality == TimeQuality::order_only) {
      const auto length = static_cast<std::size_t>(at_ - start);
      constexpr std::size_t kDateAndT = 11;
      if (length > kDateAndT) {
        std::memmove(start, start + kDateAndT, length - kDateAndT);
        at_ -= kDateAndT;
      }
    }
    *at_++ = '"';
  }
  void raw(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }

 private:
  void open(std::string_view key) {
    raw(key);
    *at_++ = '"';
  }
  void digits_of(std::string_view key, std::uint64_t value) {
    open(key);
    at_ = write_decimal(value, at_);
    *at_++ = '"';
  }
  char* at_;
};

// Which names were seen, roughly: enough to know that none repeats.
class NameFilter {
 public:
  // False: surely new.
  bool seen_before(std::string_view name) {
    std::uint64_t first = 0, last = 0;
    if (name.size() >= 8) {
      std::memcpy(&first, name.data(), 8);
      std::memcpy(&last, name.data() + name.size() - 8, 8);
    } else if (name.size() >= 4) {
      std::memcpy(&first, name.data(), 4);
      std::memcpy(&last, name.data() + name.size() - 4, 4);
    } else if (!name.empty()) {
      first = static_cast<unsigned char>(name.front()) |
              std::uint64_t{static_cast<unsigned char>(name[name.size() / 2])} << 8;
      last = static_cast<unsigned char>(name.back());
    }
    const std::uint64_t mixed =
        (first ^ (last << 1 | last >> 63) ^ name.size()) * 0x9E3779B97F4A7C15U;
    const std::size_t bit = mixed >> 54;
    std::uint64_t& word = bits_[bit / 64];
    const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
    const bool seen = (word & mask) != 0;
    word |= mask;
    return seen;
  }

 private:
  std::array<std::uint64_t, 16> bits_{};
};

constexpr std::string_view kUnnamed[] = {
    "Data",   "Data2",  "Data3",  "Data4",  "Data5",  "Data6",  "Data7",  "Data8",
    "Data9",  "Data10", "Data11", "Data12", "Data13", "Data14", "Data15", "Data16",
    "Data17", "Data18", "Data19", "Data20", "Data21", "Data22", "Data23", "Data24",
    "Data25", "Data26", "Data27", "Data28", "Data29", "Data30", "Data31", "Data32"};

// Names that kUnnamed does not have, made once and kept for the thread's life. The cap keeps a
// hostile event from filling memory: what comes behind it shares one name and becomes a list.
std::string_view unnamed_name(std::size_t index) {
  if (index < std::size(kUnnamed)) return kUnnamed[index];
  constexpr std::size_t kMost = 4096;
  static thread_local std::array<std::string, kMost> made;
  std::string& name = made[std::min(index, kMost - 1)];
  if (name.empty()) name = "Data" + std::to_string(std::min(index, kMost - 1) + 1);
  return name;
}

char* write_member(char before, std::string_view name, std::string_view value,
                   base::OutputBuffer& out) {
  char* at = out.room(json_room(name) + json_room(value) + 8);
  *at++ = before;
  *at++ = '"';
  at = write_json_text(name, at);
  std::memcpy(at, "\":\"", 3);
  at = write_json_text(value, at + 3);
  *at++ = '"';
  return at;
}

}  // namespace

std::string_view shown_name(const Field& field, std::size_t& unnamed) {
  if (field.section == FieldSection::user_data) {
    const std::size_t cut = field.name.find_first_of("/@");
    if (cut == std::string_view::npos) return field.name;
    return field.name.substr(field.name[cut] == '/' ? cut + 1 : cut);
  }
  const bool is_unnamed = field.section == FieldSection::event_data && field.name.empty();
  return is_unnamed ? unnamed_name(unnamed++) : field.name;
}

void EventJsonWriter::write_data(const EventView& event, base::OutputBuffer& out) {
  const std::span<const Field> fields = event.fields();
  if (fields.empty()) return out.append(std::string_view("{}"));
  const std::size_t start = out.size();
  names_.clear();
  NameFilter filter;
  std::size_t unnamed = 0;
  bool repeated = false;
  for (const Field& field : fields) {
    const std::string_view name = shown_name(field, unnamed);
    // With many names the filter is full and says nothing any more: let the map decide.
    repeated =
        filter.seen_before(name) &&
        (fields.size() > 256 || std::find(names_.begin(), names_.end(), name) != names_.end());
    if (repeated) break;
    names_.push_back(name);
    out.commit(write_member(names_.size() == 1 ? '{' : ',', name, field.value, out));
  }
  if (repeated) {
    out.cut(start);
    write_grouped(fields, out);
  }
  out.append('}');
}

// Repeated names become lists, where the name stands first.
void EventJsonWriter::write_grouped(std::span<const Field> fields, base::OutputBuffer& out) {
  constexpr std::size_t kEnd = ~std::size_t{0};
  names_.clear();
  std::size_t unnamed = 0;
  for (const Field& field : fields) names_.push_back(shown_name(field, unnamed));
  std::unordered_map<std::string_view, std::size_t> last_of;
  std::vector<std::size_t> next(fields.size(), kEnd);
  std::vector<bool> is_first(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto [at, added] = last_of.emplace(names_[i], i);
    is_first[i] = added;
    if (added) continue;
    next[at->second] = i;
    at->second = i;
  }
  char before = '{';
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!is_first[i]) continue;
    if (next[i] == kEnd) {
      out.commit(write_member(before, names_[i], fields[i].value, out));
      before = ',';
      continue;
    }
    char* at = out.room(json_room(names_[i]) + 8);
    *at++ = before;
    before = ',';
    *at++ = '"';
    at = write_json_text(names_[i], at);
    std::memcpy(at, "\":[", 3);
    out.commit(at + 3);
    for (std::size_t item = i; item != kEnd; item = next[item]) {
      at = out.room(json_room(fields[item].value) + 4);
      *at++ = '"';
      at = write_json_text(fields[item].value, at);
      *at++ = '"';
      *at++ = next[item] == kEnd ? ']' : ',';
      out.commit(at);
    }
  }
}

void EventJsonWriter::write(std::string_view artifact, const EventView& event,
                            base::OutputBuffer& out) {
  if (artifact != artifact_ || artifact_json_.empty()) {
    artifact_ = artifact;
    artifact_json_.assign(json_room(artifact), '\0');
    char* const end = write_json_text(artifact, artifact_json_.data());
    artifact_json_.resize(static_cast<std::size_t>(end - artifact_json_.data()));
    artifact_json_ = "{\"artifact\":\"" + artifact_json_ + "\"";
  }
  const EventKey& key = event.key();
  const SystemFields& system = event.system();
  std::size_t texts = key.product.size() + key.category.size() + key.service.size() +
                      key.channel.size() + key.provider.size();
  for (const auto* text :
       {&system.computer, &system.computer, &system.activity_id, &system.user_sid,
        &system.provider_guid, &system.event_source_name, &system.related_activity_id}) {
    if (*text) texts += (*text)->size();
  }
  Members members(out.room(Members::kFixedRoom + artifact_json_.size() + 6 * texts));
  members.raw(artifact_json_);
  members.digits(",\"record_id\":", system.record_id);
  members.digits(",\"record_number\":", event.locator().record_number);
  members.number(",\"line\":", event.locator().line);
  members.time(",\"time\":", key);
  members.text(",\"host\":", system.computer);
  if (key.product != "windows") members.text(",\"product\":", key.product);
  if (!key.category.empty()) members.text(",\"category\":", key.category);
  if (!key.service.empty()) members.text(",\"service\":", key.service);
  if (!key.channel.empty()) members.text(",\"channel\":", key.channel);
  if (!key.provider.empty()) members.text(",\"provider\":", key.provider);
  members.number(",\"event_id\":", key.event_id);
  members.number(",\"level\":", system.level);
  members.digits(",\"task\":", system.task);
  members.digits(",\"opcode\":", system.opcode);
  members.hex(",\"keywords\":", system.keywords);
  members.digits(",\"process_id\":", system.process_id);
  members.digits(",\"thread_id\":", system.thread_id);
  members.text(",\"activity_id\":", system.activity_id);
  members.text(",\"user_sid\":", system.user_sid);
  members.text(",\"computer\":", system.computer);
  members.digits(",\"version\":", system.version);
  members.digits(",\"qualifiers\":", system.qualifiers);
  members.text(",\"provider_guid\":", system.provider_guid);
  members.text(",\"event_source_name\":", system.event_source_name);
  members.text(",\"related_activity_id\":", system.related_activity_id);
  members.raw(",\"data\":");
  out.commit(members.end());
  write_data(event, out);
  out.append(event.damaged() ? std::string_view(",\"damaged\":true}\n") : std::string_view("}\n"));
}

}  // namespace rdptriage::report
