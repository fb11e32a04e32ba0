#include "report/event_xml.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/digits.hpp"
#include "report/safe_text.hpp"

namespace rdptriage::report {

namespace {

constexpr std::string_view kNamespace = "http://schemas.microsoft.com/win/2004/08/events/event";

// Behind ASCII: what acts on a terminal goes as a reference, what no XML can hold as U+FFFD.
std::string reference_to(CodePoint active) {
  return active.value >= 0xFFFE ? "\xEF\xBF\xBD" : fmt::format("&#x{:x};", active.value);
}

// Text that is the same in content and in attributes. Line ends and tabs go as references: parsers
// turn them into line feeds and blanks otherwise.
void append_text(std::string_view text, base::OutputBuffer& out) {
  constexpr std::size_t kLongest = 6;
  char* at = out.room(kLongest * text.size());
  const auto put = [&](std::string_view piece) { at = std::copy(piece.begin(), piece.end(), at); };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '&':
        put("&amp;");
        break;
      case '<':
        put("&lt;");
        break;
      case '>':
        put("&gt;");
        break;
      case '\'':
        put("&apos;");
        break;
      case '"':
        put("&quot;");
        break;
      case '\t':
        put("&#9;");
        break;
      case '\n':
        put("&#10;");
        break;
      case '\r':
        put("&#13;");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          put("\xEF\xBF\xBD");
          break;
        }
        if (may_begin_active(c)) {
          if (const CodePoint active = active_front(text.substr(i)); active.length != 0) {
            put(reference_to(active));
            i += active.length - 1;
            break;
          }
        }
        *at++ = c;
    }
  }
  out.commit(at);
}

// Names come from the log, so they may be anything; markup they must not be.
void append_name(std::string_view name, base::OutputBuffer& out) {
  if (name.empty()) return out.append('_');
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (const CodePoint active = active_front(name.substr(i)); active.length != 0) {
      out.append('_');
      i += active.length - 1;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                        static_cast<unsigned char>(c) >= 0x80;
    const bool later = (c >= '0' && c <= '9') || c == '-' || c == '.';
    out.append(letter || (later && i != 0) ? c : '_');
  }
}

void append_attribute(std::string_view name, std::string_view value, base::OutputBuffer& out) {
  out.append(' ');
  append_name(name, out);
  out.append(std::string_view("='"));
  append_text(value, out);
  out.append('\'');
}

void append_attribute(std::string_view name, const std::optional<std::string_view>& value,
                      base::OutputBuffer& out) {
  if (value) append_attribute(name, *value, out);
}

std::string_view decimal(std::uint64_t value, char* buffer) {
  return {buffer, static_cast<std::size_t>(base::write_decimal(value, buffer) - buffer)};
}

template <class Number>
void append_attribute(std::string_view name, const std::optional<Number>& value,
                      base::OutputBuffer& out) {
  char buffer[24];
  if (value) append_attribute(name, decimal(*value, buffer), out);
}

void append_element(std::string_view name, std::string_view value, base::OutputBuffer& out) {
  out.append('<');
  out.append(name);
  out.append('>');
  append_text(value, out);
  out.append(std::string_view("</"));
  out.append(name);
  out.append('>');
}

template <class Number>
void append_element(std::string_view name, const std::optional<Number>& value,
                    base::OutputBuffer& out) {
  char buffer[24];
  if (value) append_element(name, decimal(*value, buffer), out);
}

bool is_path(const Field& field) {
  return field.section == FieldSection::user_data ||
         (field.section == FieldSection::other && field.name.find('/') != std::string_view::npos);
}

}  // namespace

void EventXmlWriter::write_system(const EventView& event, base::OutputBuffer& out) {
  const EventKey& key = event.key();
  const SystemFields& system = event.system();
  out.append(std::string_view("<System><Provider"));
  if (!key.provider.empty()) append_attribute("Name", key.provider, out);
  append_attribute("Guid", system.provider_guid, out);
  append_attribute("EventSourceName", system.event_source_name, out);
  out.append(std::string_view("/>"));
  if (key.event_id) {
    char buffer[24];
    out.append(std::string_view("<EventID"));
    append_attribute("Qualifiers", system.qualifiers, out);
    out.append('>');
    out.append(decimal(*key.event_id, buffer));
    out.append(std::string_view("</EventID>"));
  }
  append_element("Version", system.version, out);
  append_element("Level", system.level, out);
  append_element("Task", system.task, out);
  append_element("Opcode", system.opcode, out);
  if (system.keywords) {
    char buffer[24];
    char* const end = base::write_hex(*system.keywords, buffer);
    append_element("Keywords", {buffer, static_cast<std::size_t>(end - buffer)}, out);
  }
  if (key.time) {
    char buffer[48];
    char* const end = base::write_rfc3339(key.time->ticks, buffer);
    out.append(std::string_view("<TimeCreated"));
    append_attribute("SystemTime", std::string_view(buffer, static_cast<std::size_t>(end - buffer)),
                     out);
    out.append(std::string_view("/>"));
  }
  append_element("EventRecordID", system.record_id, out);
  out.append(std::string_view("<Correlation"));
  append_attribute("ActivityID", system.activity_id, out);
  append_attribute("RelatedActivityID", system.related_activity_id, out);
  out.append(std::string_view("/>"));
  if (system.process_id || system.thread_id) {
    out.append(std::string_view("<Execution"));
    append_attribute("ProcessID", system.process_id, out);
    append_attribute("ThreadID", system.thread_id, out);
    out.append(std::string_view("/>"));
  }
  if (!key.channel.empty()) append_element("Channel", key.channel, out);
  if (system.computer) append_element("Computer", *system.computer, out);
  out.append(std::string_view("<Security"));
  append_attribute("UserID", system.user_sid, out);
  out.append(std::string_view("/></System>"));
}

void EventXmlWriter::end_start_tag(base::OutputBuffer& out) {
  if (in_start_tag_) out.append('>');
  in_start_tag_ = false;
  attributes_.clear();
}

void EventXmlWriter::close_to(std::size_t depth, base::OutputBuffer& out) {
  while (open_.size() > depth) {
    end_start_tag(out);
    out.append(std::string_view("</"));
    append_name(open_.back(), out);
    out.append('>');
    open_.pop_back();
  }
}

// `path` is "a/b", or "a/b@c" for an attribute; attributes come before their element's text.
void EventXmlWriter::write_path(std::string_view path, std::string_view value,
                                base::OutputBuffer& out) {
  const std::size_t at_sign = path.find('@');
  const bool is_attribute = at_sign != std::string_view::npos;
  const std::string_view attribute = is_attribute ? path.substr(at_sign + 1) : std::string_view();
  path = path.substr(0, at_sign);
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t slash = std::min(path.find('/', start), path.size());
    parts.push_back(path.substr(start, slash - start));
    start = slash + 1;
  }
  std::size_t shared = 0;
  while (shared < parts.size() && shared < open_.size() && parts[shared] == open_[shared]) ++shared;
  // The whole path is open: its tag takes another attribute or its text, else a new element begins.
  if (shared == parts.size()) {
    const bool innermost = open_.size() == shared && in_start_tag_;
    const bool repeated =
        std::find(attributes_.begin(), attributes_.end(), attribute) != attributes_.end();
    if (!innermost || (is_attribute && repeated)) --shared;
  }
  close_to(shared, out);
  while (open_.size() < parts.size()) {
    end_start_tag(out);
    out.append('<');
    append_name(parts[open_.size()], out);
    open_.push_back(parts[open_.size()]);
    in_start_tag_ = true;
  }
  if (is_attribute) {
    append_attribute(attribute, value, out);
    attributes_.push_back(attribute);
    return;
  }
  end_start_tag(out);
  append_text(value, out);
  close_to(parts.size() - 1, out);
}

void EventXmlWriter::write(const EventView& event, base::OutputBuffer& out) {
  out.append(std::string_view("<Event xmlns='"));
  out.append(kNamespace);
  out.append(std::string_view("'>"));
  write_system(event, out);
  enum class Open { none, event_data, user_data, other };
  Open open = Open::none;
  const auto change_to = [&](Open next) {
    if (next == open) return;
    close_to(0, out);
    if (open == Open::event_data) out.append(std::string_view("</EventData>"));
    if (open == Open::user_data) out.append(std::string_view("</UserData>"));
    if (next == Open::event_data) out.append(std::string_view("<EventData>"));
    if (next == Open::user_data) out.append(std::string_view("<UserData>"));
    open = next;
  };
  for (const Field& field : event.fields()) {
    if (is_path(field)) {
      change_to(field.section == FieldSection::user_data ? Open::user_data : Open::other);
      write_path(field.name, field.value, out);
      continue;
    }
    change_to(Open::event_data);
    out.append(std::string_view("<Data"));
    if (!field.name.empty()) append_attribute("Name", field.name, out);
    out.append('>');
    append_text(field.value, out);
    out.append(std::string_view("</Data>"));
  }
  change_to(Open::none);
  out.append(std::string_view("</Event>\n"));
}

}  // namespace rdptriage::report
