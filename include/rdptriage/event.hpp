// The normalized event: what a reader makes of one record, whatever the format.
//
// An EventView is borrowed: it and everything reachable from it live for one callback. Readers fill
// it in three steps, so that an event nobody wants costs next to nothing: the key at once, the rest
// of <System> and the fields only when somebody asks. All text is UTF-8 and is the text Windows
// shows in the event's XML; times are UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdptriage {

// 100-ns ticks since 1601-01-01T00:00:00Z (a Windows FILETIME). Text traces without a date have no
// timestamp, or one with `TimeQuality::local`/`order_only`.
struct Timestamp {
  std::int64_t ticks = 0;
};
inline bool operator==(Timestamp a, Timestamp b) { return a.ticks == b.ticks; }
inline bool operator<(Timestamp a, Timestamp b) { return a.ticks < b.ticks; }

// "2026-11-20T08:11:52.1031234Z"
std::string format_time(Timestamp time);

enum class TimeQuality : std::uint8_t {
  none,        // the record has no time
  order_only,  // a time of day without a date: good for gaps inside one artifact, nothing else
  local,       // date and time without a zone
  utc,         // an instant
};

enum class ValueKind : std::uint8_t { text, number, boolean, null };

// Where a field came from. Rules look names up in this order (docs/rule-format.md).
enum class FieldSection : std::uint8_t { event_data, user_data, other };

struct Field {
  // event_data: the Name attribute, "" for an unnamed <Data>. user_data: the path from <UserData>,
  // e.g. "EventXML/Param1", attributes as "CertGetCertificateChain/Certificate@fileRef".
  // other (text formats, JSON lines): the field's name; nested JSON objects use dots.
  std::string_view name;
  std::string_view value;
  FieldSection section = FieldSection::other;
  ValueKind kind = ValueKind::text;
};

// The part of an event that rules are indexed by; always filled.
struct EventKey {
  std::string_view product =
      "windows";  // Sigma log source of the event; text formats set all three
  std::string_view category;
  std::string_view service;
  std::string_view channel;   // empty: the record has none
  std::string_view provider;  // empty: the record has none
  std::optional<std::uint32_t> event_id;
  std::optional<Timestamp> time;
  TimeQuality time_quality = TimeQuality::none;
};

// The rest of <System>. An absent member is an element or attribute that the record lacks.
struct SystemFields {
  std::optional<std::uint64_t> record_id;  // EventRecordID
  std::optional<std::uint32_t> version, level, task, opcode, qualifiers, process_id, thread_id;
  std::optional<std::uint64_t> keywords;
  std::optional<std::string_view> computer, provider_guid, event_source_name, activity_id,
      related_activity_id, user_sid;  // GUIDs in braces, upper case
};

// Where the record stands in its artifact.
struct Locator {
  std::uint32_t artifact = 0;                  // index into the case's artifacts
  std::optional<std::uint64_t> record_number;  // EVTX: number in the record header
  std::optional<std::uint64_t> line;           // text: 1-based line of the record's first line
  std::uint64_t byte_offset = 0;               // from the artifact's first (decompressed) byte
  std::uint64_t byte_length = 0;
};

// A line of a text artifact: an event's own, or one beside it.
struct NearLine {
  std::uint64_t number = 0;  // 1-based
  std::string_view text;
};

// Implemented by readers; called at most once per event by EventView.
class EventDecoder {
 public:
  virtual void decode_system(SystemFields& out) = 0;
  virtual void decode_fields(std::vector<Field>& out) = 0;
  // Some of the event turned out to be unreadable while it was decoded.
  virtual bool damaged() const { return false; }

 protected:
  ~EventDecoder() = default;
};

class EventView {
 public:
  EventView(const EventKey& key, const Locator& locator, EventDecoder& decoder,
            std::vector<Field>& field_storage)
      : key_(&key), locator_(&locator), decoder_(&decoder), fields_(&field_storage) {}

  const EventKey& key() const { return *key_; }
  const Locator& locator() const { return *locator_; }
  // The reader found the record torn or its content not wholly readable. Decoding is lazy: ask
  // after system() and fields() to know it of the whole event.
  bool damaged() const { return damaged_ || decoder_->damaged(); }
  void set_damaged() { damaged_ = true; }

  // Of text: the line it was made of with those around it, in order; as readers give them.
  std::span<const NearLine> near_lines() const { return near_lines_; }
  void set_near_lines(std::span<const NearLine> lines) { near_lines_ = lines; }

  const SystemFields& system() const {
    if (!system_) decoder_->decode_system(system_.emplace());
    return *system_;
  }
  // EventData, then UserData, each in document order.
  std::span<const Field> fields() const {
    if (!decoded_) {
      fields_->clear();
      decoder_->decode_fields(*fields_);
      decoded_ = true;
    }
    return *fields_;
  }

 private:
  const EventKey* key_;
  const Locator* locator_;
  EventDecoder* decoder_;
  std::vector<Field>* fields_;  // the reader's, reused from event to event
  std::span<const NearLine> near_lines_;
  mutable std::optional<SystemFields> system_;
  mutable bool decoded_ = false;
  bool damaged_ = false;
};

}  // namespace rdptriage
