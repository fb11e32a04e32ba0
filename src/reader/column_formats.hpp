// Texts whose first lines name their columns: W3C extended logs (IIS, HTTP.sys, Windows Firewall)
// and event lists as CSV (Event Viewer, Get-WinEvent, Get-EventLog, tracerpt), and lists with a
// label before each value (wevtutil, Format-List). What a column or label means is data of
// rules/formats/; how rows are split is code (w3c_log.cpp, event_table.cpp, event_list.cpp).
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/key_words.hpp"
#include "base/yaml.hpp"
#include "rdptriage/problem.hpp"
#include "reader/capture_format.hpp"
#include "reader/event_values.hpp"
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
  std::vector<std::string> utc_columns;   // tables with one of these headings have times in UTC
  WordTable event_labels;                 // the same of lists that put a label before each value
  WordTable channel_names;                // what tools call a channel for short → channel
  WordTable provider_names;               // what Windows shows people of a provider → provider
  ProviderChannels channels;              // where a list of events does not say it
  std::vector<EventValues> event_values;  // where an export does not name them
};

// The channel that `name` stands for, or `name`.
std::string_view full_channel(const ColumnFormats& formats, std::string_view name);
// Where the records of a provider are, when it is known; else "".
std::string_view usual_channel(const ColumnFormats& formats, std::string_view provider);

// What the export leaves out and the formats know: the provider, the channel, the names of values.
// New views are into the formats, the fields and `storage`.
void complete_event(const ColumnFormats& formats, EventKey& key, std::deque<std::string>& storage,
                    std::vector<Field>& fields);

// Takes the document in when it is one of these; false when it is something else. Headings and
// labels also tell code pages apart.
bool load_columns(const base::YamlNode& document, const base::SourceText& source,
                  ColumnFormats& out, base::KeyWords& key_words, std::vector<Problem>& problems);

Sureness probe_w3c_log(std::span<const std::byte> head, std::string_view name, const ReadContext&);
ReadOutcome read_w3c_log(const container::Artifact&, container::ByteSource&, const ReadContext&,
                         EventSink&);

Sureness probe_event_list(std::span<const std::byte> head, std::string_view name,
                          const ReadContext&);
ReadOutcome read_event_list(const container::Artifact&, container::ByteSource&, const ReadContext&,
                            EventSink&);

Sureness probe_event_table(std::span<const std::byte> head, std::string_view name,
                           const ReadContext&);
ReadOutcome read_event_table(const container::Artifact&, container::ByteSource&, const ReadContext&,
                             EventSink&);

}  // namespace rdptriage::reader
