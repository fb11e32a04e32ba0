// Texts whose first lines name their columns: W3C extended logs (IIS, HTTP.sys, Windows Firewall)
// and event lists as CSV (Event Viewer, Get-WinEvent, Get-EventLog, tracerpt). What a column means
// is data of rules/formats/; how rows are split is code (w3c_log.cpp, event_table.cpp).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/yaml.hpp"
#include "rdptriage/problem.hpp"
#include "reader/capture_format.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader {

// A kind of W3C log, told by columns that only it has.
struct W3cKind {
  std::string name, category;
  std::vector<std::string> columns;                         // all of them are there
  std::vector<std::pair<std::string, std::string>> fields;  // column → field, besides its own name
};

struct ColumnFormats {
  std::vector<W3cKind> w3c;
  WordTable event_columns;  // heading in any language → EventID, Provider, TimeCreated …
  std::vector<std::pair<std::string, std::string>> channels;  // provider → channel, where a list
                                                              // of events does not say it
};

// Takes the document in when it is one of these; false when it is something else.
bool load_columns(const base::YamlNode& document, const base::SourceText& source,
                  ColumnFormats& out, std::vector<Problem>& problems);

Sureness probe_w3c_log(std::span<const std::byte> head, std::string_view name, const ReadContext&);
ReadOutcome read_w3c_log(const container::Artifact&, container::ByteSource&, const ReadContext&,
                         EventSink&);

Sureness probe_event_table(std::span<const std::byte> head, std::string_view name,
                           const ReadContext&);
ReadOutcome read_event_table(const container::Artifact&, container::ByteSource&, const ReadContext&,
                             EventSink&);

}  // namespace rdptriage::reader
