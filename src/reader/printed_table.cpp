#include "reader/printed_table.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace rdptriage::reader {

namespace {
bool is_dashes(std::string_view line) {
  return line.find("--") != std::string_view::npos &&
         line.find_first_not_of("- ") == std::string_view::npos &&
         base::trim(line).find(' ') != std::string_view::npos;
}

// Where the `character`-th character of UTF-8 begins; the end when there are fewer.
std::size_t byte_of(std::string_view line, std::size_t character) {
  std::size_t at = 0;
  for (; at < line.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(line[at]) & 0xC0) != 0x80;
    if (begins && character-- == 0) return at;
  }
  return at;
}
}  // namespace

void PrintedTable::start(std::string_view dashes) {
  columns_.clear();
  table_heading_ = base::trim(heading_);
  for (std::size_t i = 0; i < dashes.size(); ++i) {
    if (dashes[i] == '-' && (i == 0 || dashes[i - 1] == ' ')) columns_.push_back({i, {}});
  }
  const auto names = split(heading_);
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].name = labels_.find(names[i]);
  const auto has = [this](std::string_view name) {
    return std::any_of(columns_.begin(), columns_.end(),
                       [&](const Column& column) { return column.name == name; });
  };
  if ((!has("EventID") && !has("InstanceID")) || !has("TimeCreated")) columns_.clear();
}

// Numbers stand at the right of their column and may begin before its dashes.
std::vector<std::string_view> PrintedTable::split(std::string_view line) const {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t end = line.size();
    if (i + 1 < columns_.size()) {
      end = byte_of(line, columns_[i + 1].start);
      while (end > begin && end < line.size() && line[end - 1] != ' ') --end;
    }
    out.push_back(base::trim(line.substr(begin, end - begin)));
    begin = end;
  }
  return out;
}

PrintedTable::Line PrintedTable::take(std::string_view line) {
  row_.clear();
  if (is_dashes(line)) {
    start(line);
    return Line::other;
  }
  const std::string_view text = base::trim(line);
  // "   ProviderName: Schannel" stands over the rows that have it in common.
  if (const auto colon = text.find(": "); colon != std::string_view::npos &&
                                          line.starts_with("   ") &&
                                          labels_.find(text.substr(0, colon)) == "Provider") {
    group_ = base::trim(text.substr(colon + 2));
    columns_.clear();
    return Line::other;
  }
  heading_ = line;
  if (columns_.empty() || text.empty()) return Line::other;
  const auto values = split(line);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].empty()) row_.emplace_back(columns_[i].name, values[i]);
  }
  // Without an id it is a row nevertheless, one that cannot be used.
  if (row_.size() > 1 && base::trim(line) != table_heading_) {
    if (!group_.empty()) row_.emplace_back("Provider", group_);
    return Line::row;
  }
  const bool is_more = row_.size() == 1 && row_.front().second == values.back();
  row_.clear();
  return is_more ? Line::more : Line::other;
}

}  // namespace rdptriage::reader
