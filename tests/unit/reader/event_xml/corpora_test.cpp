// Two routes to one result: a log as Windows stores it, and the XML made of it, by Windows or by
// us.
#include <map>

#include "reader/event_xml.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "support/catch.hpp"
#include "support/event_lines.hpp"

using namespace rdptriage;

namespace {

const std::filesystem::path kCorpora = RDPTRIAGE_CORPORA_DIR;

std::string without(std::string line, const std::string& member) {
  const std::size_t at = line.find('"' + member + "\":");
  if (at != std::string::npos) line.erase(at, line.find(',', at) + 1 - at);
  return line;
}

}  // namespace

TEST_CASE("differential: EVTX to events equals EVTX to XML to events") {
  for (const auto& file : test::corpus_files(kCorpora / "evtx", ".evtx")) {
    INFO(file.string());
    const auto bytes = test::read_file(file);
    const auto got = test::read_events(reader::read_event_xml,
                                       test::as_bytes(test::xml_of(reader::read_evtx, bytes)));
    const auto want = test::read_events(reader::read_evtx, bytes);
    REQUIRE(got.lines.size() == want.lines.size());
    CHECK(got.notices.empty());
    for (std::size_t i = 0; i < want.lines.size(); ++i)
      CHECK(got.lines[i] == test::as_xml_has_it(want.lines[i]));
  }
}

TEST_CASE("differential: Windows' own export holds the events of its log") {
  for (const std::string name : {"Application", "System"}) {
    INFO(name);
    const auto log = kCorpora / "evtx/general" / ("ts-evtx__" + name + ".evtx");
    const auto exported = kCorpora / "xml/windows-export" / (name + ".xml");
    if (!std::filesystem::exists(log) || !std::filesystem::exists(exported)) continue;
    std::map<std::string, std::string> by_id;
    const auto key_of = [](const std::string& line) {
      const std::size_t at = line.find("\"record_id\":\"");
      return line.substr(at, line.find(',', at) - at);
    };
    // Line ends are line feeds in the export.
    const auto folded = [](std::string line) {
      for (std::size_t at; (at = line.find("\\r\\n")) != std::string::npos;) line.erase(at, 2);
      return line;
    };
    for (const auto& line :
         test::read_events(reader::read_event_xml, test::read_file(exported)).lines) {
      by_id[key_of(line)] = folded(line);
    }
    const auto lines = test::read_events(reader::read_evtx, test::read_file(log)).lines;
    CHECK(lines.size() == by_id.size());
    std::size_t different = 0;
    for (const std::string& line : lines) {
      std::string want = without(folded(line), "record_number"), got = by_id[key_of(line)];
      // GUIDs are in the case in which their provider wrote them.
      for (std::string* text : {&want, &got}) {
        for (char& c : *text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
      if (want != got && ++different < 4) CHECK(want == got);
    }
    CHECK(different == 0);
  }
}
