#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "reader/capture.hpp"
#include "reader/column_formats.hpp"
#include "reader/event_json.hpp"
#include "reader/event_xml.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "reader/reader.hpp"
#include "reader/text_format.hpp"

namespace rdptriage::reader {

namespace {
constexpr ReaderInfo kReaders[] = {
    // probed in this order: the surest magic first
    {"evtx", "Windows event log, binary (.evtx)", probe_evtx, read_evtx},
    {"event-xml", "Windows events as XML (Event Viewer, wevtutil, Get-WinEvent)", probe_event_xml,
     read_event_xml},
    {"event_json", "events as JSON lines or a JSON array", probe_event_json, read_event_json},
    {"w3c-log", "IIS, HTTP.sys and Windows Firewall logs (W3C extended format)", probe_w3c_log,
     read_w3c_log},
    {"event-table", "events as CSV or text (Event Viewer, Get-WinEvent, Get-EventLog, tracerpt)",
     probe_event_table, read_event_table},
    {"event-list", "events as labels and values (wevtutil, Format-List, PsLogList, Splunk)",
     probe_event_list, read_event_list},
    {"capture", "netstat, qwinsta, Test-NetConnection, registry exports and other command output",
     probe_capture, read_capture},
    {"text", "client traces and any line-oriented text", probe_text, read_text},
};
}

std::span<const ReaderInfo> registry() { return kReaders; }

std::string_view given_role(const ReadContext& context, std::string_view path) {
  if (context.hosts.empty()) return {};
  const std::string folded = base::to_lower_ascii(path);
  std::string_view role;
  std::size_t longest = 0;
  for (const KnownHost& host : context.hosts) {
    // Files are called by the first label: "rds05" of "RDS05.corp.example", but all of 10.0.0.5.
    std::string name = base::to_lower_ascii(host.name);
    const auto dot = name.find('.');
    if (name.substr(0, dot).find_first_not_of("0123456789") != std::string::npos)
      name = name.substr(0, dot);
    if (host.role.empty() || name.size() <= longest || !base::has_word(folded, name)) continue;
    role = host.role;
    longest = name.size();
  }
  return role;
}

const ReaderInfo* find_reader(std::span<const std::byte> head, std::string_view name,
                              const ReadContext& context) {
  const ReaderInfo* best = nullptr;
  Sureness sureness = Sureness::no;
  for (const ReaderInfo& reader : registry()) {
    const Sureness sure = reader.probe(head, name, context);
    if (sure > sureness) {
      best = &reader;
      sureness = sure;
    }
  }
  return best;
}

}  // namespace rdptriage::reader
