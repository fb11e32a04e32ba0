// What the lines of lists of events look like, each in the way of its producer. Views are into the
// line.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace rdptriage::reader {

struct Labelled {
  std::string_view label, value;
  std::size_t indent = 0;
  bool is_padded = false;  // a blank stands before the colon, as Format-List puts it
};

// "Label: value", "Label : value", "  Label：value".
std::optional<Labelled> labelled(std::string_view line);
// "EventCode=4625", as Splunk's forwarder renders an event.
std::optional<Labelled> assigned(std::string_view line);

// wevtutil's "Event[12]:", since Windows 11 "Event[12]".
bool is_numbered(std::string_view line);

// PsLogList's "[9001] Schannel": the number as the label, the source as the value.
std::optional<Labelled> numbered_source(std::string_view line);
// PsLogList's "System log on \\RDS01:": the log.
std::optional<std::string_view> log_of(std::string_view line);

// Where a CSV's value ends whose own quotes are doubled; npos when it goes on in the next line.
std::size_t closing_quote(std::string_view line);

// At least one digit, and nothing else.
bool is_digits(std::string_view text);

}  // namespace rdptriage::reader
