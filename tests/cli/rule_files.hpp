// Two rules, a detection and a correlation over it, and a log for them.
#pragma once

#include <sstream>
#include <string>

#include "support/run_program.hpp"

namespace rdptriage::test {

inline constexpr const char* kRules =
    "title: Failed\nname: failed\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e01\n"
    "logsource: {product: windows, service: security}\n"
    "detection: {s: {EventID: 4625}, condition: s}\nlevel: low\n"
    "rdptriage: {format: 1, tests: [{events: [{EventID: 4625}, {EventID: 4624}], match: [0]}]}\n"
    "references: [https://example.com]\n"
    "---\ntitle: Many\nname: many\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e02\nlevel: high\n"
    "correlation: {type: event_count, rules: [failed], group-by: [User], timespan: 10m,\n"
    "  condition: {gte: 2}, generate: true}\n";

inline std::string event(int minute, const char* user, int id = 4625) {
  std::ostringstream out;
  out << R"({"timestamp": "2026-11-20T09:)" << (minute < 10 ? "0" : "") << minute
      << R"(:00Z", "Channel": "Security", "EventID": )" << id << R"(, "User": ")" << user
      << "\"}\n";
  return out.str();
}

struct Files {
  std::string folder, rules, events;
  explicit Files(const std::string& name) : folder(fresh_folder(name)) {
    rules = folder + "/r.yml";
    events = folder + "/e.jsonl";
    write_text_file(rules, kRules);
    write_text_file(events,
                    event(1, "ann") + event(2, "bob", 4624) + event(3, "ANN") + event(50, "bob"));
  }
};

}  // namespace rdptriage::test
