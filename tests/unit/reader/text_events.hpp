// Runs text readers over bytes with the formats of the source tree and shows what came out.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reader/reader.hpp"
#include "reader/text_format.hpp"

namespace rdptriage::test {

// The formats of rules/formats; fails the test when they have problems.
const reader::FormatSet& source_formats();
reader::ReadContext text_context();

using FieldMap = std::map<std::string, std::vector<std::string>>;
struct TextResult {
  std::string reader;  // of the registry; "" when nobody wants the bytes
  reader::ReadOutcome outcome;
  std::vector<FieldMap> events;  // with `logsource`, `line` and `time`
  std::vector<Notice> notices;
  std::string shown;  // one event a line, in order
};
TextResult read_bytes(std::string_view bytes, std::string_view path = "capture.txt");
std::string read_file(const std::string& path);

}  // namespace rdptriage::test
