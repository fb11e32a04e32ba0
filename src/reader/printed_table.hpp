// A table as PowerShell prints it: headings, dashes below them, rows in the columns of the dashes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reader/capture_format.hpp"

namespace rdptriage::reader {

class PrintedTable {
 public:
  // `labels` must outlive the table.
  explicit PrintedTable(const WordTable& labels) : labels_(labels) {}

  enum class Line : std::uint8_t { row, more, other };  // more: of the row before's last column
  Line take(std::string_view line);
  // Canonical names and values of the row that was taken last; views into the labels and the line.
  const std::vector<std::pair<std::string_view, std::string_view>>& row() const { return row_; }

 private:
  struct Column {
    std::size_t start = 0;  // in characters
    std::string_view name;
  };

  void start(std::string_view dashes);
  std::vector<std::string_view> split(std::string_view line) const;

  const WordTable& labels_;
  std::vector<Column> columns_;
  std::string heading_, table_heading_;  // the line before; that of the columns
  std::string group_;                    // what the rows have in common
  std::vector<std::pair<std::string_view, std::string_view>> row_;
};

}  // namespace rdptriage::reader
