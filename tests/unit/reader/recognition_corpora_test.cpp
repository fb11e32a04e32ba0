// Every file of the corpora is recognized as what its folder's list says it is. Prints how many
// files of each folder were recognized as what.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <vector>

#include "container/sniff.hpp"
#include "support/catch.hpp"
#include "text_events.hpp"

namespace rdptriage::test {
namespace {
namespace fs = std::filesystem;

const fs::path kCorpora = RDPTRIAGE_CORPORA_DIR;

// What the beginning of a file is recognized as: the format where the reader knows it, else the
// reader, else "".
std::string recognized(const fs::path& path) {
  constexpr std::size_t kEnough = 64 * 1024;
  std::ifstream in(path, std::ios::binary);
  std::string head(kEnough, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  if (head.empty()) return "empty";
  const container::Sniffed sniffed = container::sniff(std::as_bytes(std::span(head)));
  if (sniffed.kind != container::Kind::plain) return std::string(sniffed.format);
  const TextResult result = read_bytes(head, path.filename().string());
  return result.outcome.format.empty() ? result.reader : result.outcome.format;
}

// First column → second column of a folder's MANIFEST.tsv.
std::map<std::string, std::string> manifest(const fs::path& folder) {
  std::map<std::string, std::string> rows;
  std::ifstream in(folder / "MANIFEST.tsv");
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find('\t');
    if (first == std::string::npos) continue;
    rows[line.substr(0, first)] = line.substr(first + 1, line.find('\t', first + 1) - first - 1);
  }
  return rows;
}

struct Meaning {
  const char* prefix;  // of the command or the client in the list
  const char* format;
};
constexpr Meaning kMeanings[] = {
    {"netstat -s", "netstat-s"},
    {"netstat", "netstat"},
    {"ss ", "netstat"},
    {"Get-NetTCPConnection", "netstat"},
    {"Get-Service", "get-service"},
    {"Test-NetConnection", "test-netconnection"},
    {"certutil -store", "certutil-store"},
    {"cmdkey", "cmdkey"},
    {"hand-written .rdp", "rdp-file"},
    {"mstsc: saved .rdp", "rdp-file"},
    {"ipconfig", "ipconfig"},
    {"netsh winhttp", "winhttp-proxy"},
    {"nslookup", "nslookup"},
    {"query user", "qwinsta"},
    {"qwinsta", "qwinsta"},
    {"reg export", "registry"},
    {"sc query", "sc-query"},
    {"xfreerdp", "freerdp"},
    {"rdesktop", "rdesktop"},
    {"remmina", "remmina"},
};
std::string meant_by(const std::string& command) {
  for (const Meaning& meaning : kMeanings) {
    if (command.rfind(meaning.prefix, 0) == 0) return meaning.format;
  }
  return "not in the test's table: " + command;
}

struct Exception {
  const char* file;  // how its path ends
  const char* format;
  const char* because;
};
constexpr Exception kExceptions[] = {
    {"dissect-target__lfs-pointer-named-Security.evtx", "lfs-pointer", "it is what it is named as"},
    {".evt", "evt", "the format before .evtx; named, not read"},
};

// By the ending, where a folder has no list of commands.
std::string expected_by_ending(const fs::path& path) {
  const std::string ending = path.extension().string();
  if (ending == ".evtx") return "evtx";
  if (ending == ".xml") return "event-xml";
  if (ending == ".json" || ending == ".jsonl")
    return fs::file_size(path) == 0 ? "empty" : "event_json";
  return "";  // lists, rules and notes are no input
}

TEST_CASE("corpora: every file is recognized as what it is") {
  if (!fs::is_directory(kCorpora)) {
    WARN("no corpora in " << kCorpora.string() << "; not tested");
    return;
  }
  std::map<std::string, std::map<std::string, std::size_t>> table;  // folder → format → files
  std::size_t no_input = 0, exceptions = 0;
  for (const auto& folder : fs::directory_iterator(kCorpora)) {
    if (!folder.is_directory()) continue;
    const std::string name = folder.path().filename().string();
    const bool has_commands = name == "captures" || name == "traces";
    const auto commands =
        has_commands ? manifest(folder.path()) : std::map<std::string, std::string>{};
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      if (!entry.is_regular_file()) continue;
      const std::string file = entry.path().filename().string();
      std::string expected = expected_by_ending(entry.path());
      if (has_commands) {
        const auto row = commands.find(file);
        expected = row == commands.end() ? "" : meant_by(row->second);
      }
      const std::string path = entry.path().string();
      for (const Exception& exception : kExceptions) {
        if (!path.ends_with(exception.file)) continue;
        expected = exception.format;
        ++exceptions;
      }
      if (expected.empty()) {
        ++no_input;
        continue;
      }
      INFO(path);
      const std::string found = recognized(entry.path());
      CHECK(found == expected);
      ++table[name][found];
    }
  }
  std::string shown;
  for (const auto& [folder, formats] : table) {
    for (const auto& [format, files] : formats) {
      shown += fmt::format("{:18} {:20} {:5}\n", folder, format, files);
    }
  }
  fmt::print("{}{} lists, rules and notes are no input; {} files are named exceptions\n", shown,
             no_input, exceptions);
}

}  // namespace
}  // namespace rdptriage::test
