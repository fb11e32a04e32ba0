// Scenarios: short scripts of what happened, and the files a helpdesk would get from it. The format
// is described in tests/scenarios/README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rdptriage::test {

// One record of an event log, before it has a file format.
struct ScriptedEvent {
  std::string channel, provider, guid, source, computer, activity;  // "" = the record has none
  std::string wrapper, name_space;  // UserData's element; "" = EventData
  std::uint32_t id = 0;
  std::uint32_t level = 4;
  std::optional<std::uint32_t> qualifiers;
  std::uint64_t record = 0;
  std::int64_t ticks = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // "" = an unnamed <Data>
  std::string binary;                                       // hex
  bool lost = false;  // was written, and is not in the copy that was given
};

struct ScenarioFile {
  std::string path;
  std::vector<std::byte> bytes;
};

struct Expectation {
  std::vector<std::string> verdicts;  // any of them
  std::string cause;                  // of the first diagnosis; "" = none is asked for
  std::vector<std::string> also;      // further causes that must be named
  std::vector<std::string> not_causes;
  std::string stopped_at;
  std::vector<std::string> collect;  // words of what to collect next
  std::vector<std::string> card;     // words of the first screen
  std::vector<std::string> missing;  // words of what the coverage says
  std::vector<std::string> states;   // "windows/capi2 off"
  std::vector<std::string> clocks;   // "PC-17 -3600": seconds that a machine's clock is ahead
  std::optional<std::int64_t> failed, hosts;  // attempts that failed, machines
};

struct Scenario {
  std::string name, about, from;  // `from`: the file and line of the script
  std::string date;               // its day
  std::vector<ScenarioFile> files;
  Expectation expect;
};

// What else than a script says its files may be.
struct ScenarioForm {
  std::string_view client_clock = "0s";  // by how much more the clients' clocks are wrong
  std::string_view date = "";            // another day
  // Whose logs are lists with local times, as people export them; or with none.
  enum class Exported : std::uint8_t {
    none,
    all,
    clients,
    servers,
    every_other,
    without_times
  } exported = {};
};

// Every scenario of a file, each followed by its variants. Mistakes in a script end the test
// program with a message: they are mistakes of the test, not findings.
std::vector<Scenario> load_scenarios(const std::filesystem::path& file,
                                     const ScenarioForm& form = {});

// The records as Windows exports them: <Events> with one <Event> each.
std::string event_xml(const std::vector<ScriptedEvent>& events);
// The records as JSON lines whose times, if any, are of a clock that says no zone.
enum class LineTimes : std::uint8_t { none, local };
std::string event_lines(const std::vector<ScriptedEvent>& events, LineTimes times);
// The records as a binary log.
std::vector<std::byte> event_log(const std::vector<ScriptedEvent>& events);

}  // namespace rdptriage::test
