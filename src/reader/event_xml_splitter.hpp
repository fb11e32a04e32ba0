// Cuts a stream of text into <Event> elements without parsing more than their tags.
#pragma once

#include <cstddef>
#include <string_view>

namespace rdptriage::reader {

struct EventXmlPiece {
  enum class Kind : unsigned char {
    between,   // not an event: declaration, root tags, white space, or anything else
    event,     // <Event …> to its </Event>
    unclosed,  // an event that another one interrupts, that grew too long, or that the text ends in
    need_more,  // nothing can be said before more text is there
  };
  Kind kind = Kind::need_more;
  std::size_t size = 0;  // of the text's start, in bytes
};

// Looks at the start of `text`; the caller drops what a piece covers and calls again. Scanning goes
// on where it stopped when the same text comes back longer, so reading is linear.
class EventXmlSplitter {
 public:
  EventXmlPiece next(std::string_view text, bool is_all);

 private:
  EventXmlPiece scan_event(std::string_view text, bool is_all);
  EventXmlPiece done(EventXmlPiece::Kind kind, std::size_t size);

  std::size_t at_ = 0;  // scanned up to here
  unsigned depth_ = 0;  // open <Event> elements
};

// Whether this text is nothing that an event could have been in: blank, declarations, comments and
// the tags of a root.
bool is_markup_between_events(std::string_view text);

}  // namespace rdptriage::reader
