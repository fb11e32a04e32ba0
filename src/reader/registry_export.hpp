// Registry exports: .reg files (regedit, `reg export`) and what `reg query` prints.
#pragma once

#include <string>

#include "reader/reader.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

// Gives one event a value: Key, Name, Type, Data (numbers in decimal).
class RegistryText {
 public:
  RegistryText(std::uint32_t artifact, std::string_view role) : artifact_(artifact), role_(role) {}

  // True when the line belongs to an export.
  bool take(const TextLine& line, EventSink& sink, std::uint64_t& records);
  void finish(EventSink& sink, std::uint64_t& records);

 private:
  void value(std::string_view name, std::string_view type, std::string_view data, EventSink& sink,
             std::uint64_t& records);
  void reg_line(std::string_view line, EventSink& sink, std::uint64_t& records);

  std::uint32_t artifact_;
  std::string role_;
  std::string key_;
  bool deleted_ = false;  // [-HKEY…]: the key is to be removed, its values say nothing
  bool query_ = false;    // `reg query` rather than .reg
  std::string pending_;   // a hex value that goes on on the next line
  std::uint64_t line_ = 0, offset_ = 0, end_ = 0;
};

}  // namespace rdptriage::reader
