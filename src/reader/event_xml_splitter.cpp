#include "reader/event_xml_splitter.hpp"

#include <algorithm>

#include "reader/event_xml.hpp"

namespace rdptriage::reader {

namespace {

constexpr std::string_view kEventsNamespace = "schemas.microsoft.com/win/2004/08/events/event";
constexpr std::size_t kNone = std::string_view::npos;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// A tag named Event, with or without a prefix; `rest` starts behind '<' or "</".
bool is_event_tag(std::string_view rest) {
  std::size_t end = 0;
  while (end < rest.size() && !is_blank(rest[end]) && rest[end] != '>' && rest[end] != '/') ++end;
  if (end == rest.size()) return false;
  std::string_view name = rest.substr(0, end);
  const std::size_t colon = name.find(':');
  if (colon != kNone) name.remove_prefix(colon + 1);
  return name == "Event";
}

// The tag's '>' outside of quotes; kNone when it is not there. No attribute holds a '<': where one
// comes first, the tag or a quote in it was damaged, and the next tag begins there.
std::size_t tag_end(std::string_view text, std::size_t from) {
  char quote = '\0';
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<') return i - 1;
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i;
    }
  }
  return kNone;
}

// Behind the "?>" of an instruction; the next '<' where that comes first: Windows writes no
// instructions into events, so a "</" was damaged. kNone when neither is there.
std::size_t instruction_end(std::string_view text, std::size_t from) {
  const std::size_t tag = text.find('<', from);
  const std::size_t end = text.substr(0, tag).find("?>", from);
  return end == kNone ? tag : end + 2;
}

// Whether the <Event> at `text` starts a record rather than being data inside one: nested elements
// of this name carry neither the namespace nor a <System>.
bool starts_record(std::string_view text, std::size_t end) {
  if (text.substr(0, end).find(kEventsNamespace) != kNone) return true;
  std::size_t next = end + 1;
  while (next < text.size() && is_blank(text[next])) ++next;
  return text.substr(next, 7) == "<System";
}

// Longest thing that must be seen whole to be recognized: an <Event …> tag.
constexpr std::size_t kLookAhead = 1024;

}  // namespace

EventXmlPiece EventXmlSplitter::done(EventXmlPiece::Kind kind, std::size_t size) {
  at_ = 0;
  depth_ = 0;
  return {kind, size};
}

EventXmlPiece EventXmlSplitter::next(std::string_view text, bool is_all) {
  using Kind = EventXmlPiece::Kind;
  if (depth_ > 0) return scan_event(text, is_all);
  for (std::size_t at = at_; (at = text.find('<', at)) != kNone; ++at) {
    const std::string_view rest = text.substr(at + 1);
    if (rest.size() < kLookAhead && !is_all && tag_end(text, at + 1) == kNone) {
      at_ = at;
      return at != 0 ? done(Kind::between, at) : EventXmlPiece{};
    }
    if (rest.substr(0, 3) == "!--") {
      const std::size_t end = text.find("-->", at);
      if (end != kNone) {
        at = end + 2;
      } else if (!is_all && text.size() - at < kMaxEventXml) {
        at_ = 0;
        return at != 0 ? done(Kind::between, at) : EventXmlPiece{};
      }
      continue;  // a comment without an end is none
    }
    if (!is_event_tag(rest)) continue;
    if (at != 0) return done(Kind::between, at);
    return scan_event(text, is_all);
  }
  at_ = 0;
  if (text.empty()) return {};
  return done(Kind::between, text.size());
}

EventXmlPiece EventXmlSplitter::scan_event(std::string_view text, bool is_all) {
  using Kind = EventXmlPiece::Kind;
  const auto pause = [&](std::size_t at) -> EventXmlPiece {
    at_ = at;
    if (text.size() > kMaxEventXml) return done(Kind::unclosed, text.size());
    if (is_all) return done(Kind::unclosed, text.size());
    return {};
  };
  std::size_t at = at_;
  while ((at = text.find('<', at)) != kNone) {
    const std::string_view rest = text.substr(at + 1);
    if (rest.size() < 8 && !is_all) return pause(at);
    const auto skip_to = [&](std::string_view end) {
      const std::size_t found = text.find(end, at);
      return found == kNone ? kNone : found + end.size();
    };
    std::size_t behind = kNone;
    if (rest.substr(0, 3) == "!--") {
      behind = skip_to("-->");
    } else if (rest.substr(0, 8) == "![CDATA[") {
      behind = skip_to("]]>");
    } else if (rest.substr(0, 1) == "?") {
      behind = instruction_end(text, at + 1);
    } else {
      const std::size_t end = tag_end(text, at + 1);
      if (end == kNone) return pause(at);
      behind = end + 1;
      const bool closing = !rest.empty() && rest[0] == '/';
      if (is_event_tag(rest.substr(closing ? 1 : 0))) {
        if (closing) {
          if (--depth_ == 0) return done(Kind::event, behind);
        } else if (depth_ > 0 && end + kLookAhead > text.size() && !is_all) {
          return pause(at);
        } else if (depth_ > 0 && starts_record(text.substr(at), end - at)) {
          return done(Kind::unclosed, at);
        } else if (text[end] == '>' && text[end - 1] == '/') {
          if (depth_ == 0) return done(Kind::event, behind);
        } else {
          ++depth_;
        }
      }
    }
    if (behind == kNone) return pause(at);
    at = behind;
  }
  return pause(text.size());
}

bool is_markup_between_events(std::string_view text) {
  while (!text.empty()) {
    if (is_blank(text.front()) || text.front() == '\0') {
      text.remove_prefix(1);
      continue;
    }
    if (text.substr(0, 3) == "\xEF\xBB\xBF") {  // files joined with their byte order marks
      text.remove_prefix(3);
      continue;
    }
    const bool comment = text.substr(0, 4) == "<!--";
    const bool root = text.substr(0, 7) == "<Events" || text.substr(0, 8) == "</Events";
    if (!comment && !root && text.substr(0, 2) != "<?" && text.substr(0, 2) != "<!") return false;
    const std::size_t end = comment ? text.find("-->") : text.find('>');
    if (end == kNone) return false;
    text.remove_prefix(end + (comment ? 3 : 1));
  }
  return true;
}

}  // namespace rdptriage::reader
