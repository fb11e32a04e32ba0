#include "libevtx.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace rdptriage::test {

namespace fs = std::filesystem;

std::optional<SeenByLibevtx> seen_by_libevtx(std::span<const std::byte> log) {
  if (std::system("command -v evtxexport >/dev/null 2>&1") != 0) {
    std::printf("evtxexport (libevtx-utils) is not there: not compared\n");
    return std::nullopt;
  }
  const fs::path folder =
      fs::temp_directory_path() / ("rdptriage-libevtx-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const std::string path = (folder / "log.evtx").string();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(log.data()), static_cast<std::streamsize>(log.size()));
  SeenByLibevtx out;
  const std::string command = "evtxexport -f xml '" + path + "' >'" + path + ".xml' 2>&1";
  if (std::system(command.c_str()) != 0) out.complaint = "it ended with an error";
  std::ifstream in(path + ".xml");
  for (std::string line; std::getline(in, line);) {
    // Events without attributes, which Windows does not write, have no blank behind the name.
    if (line.rfind("<Event ", 0) == 0 || line.rfind("<Event>", 0) == 0) ++out.events;
    if (out.complaint.empty() && line.find("Unable to") != std::string::npos) out.complaint = line;
  }
  fs::remove_all(folder);
  return out;
}

}  // namespace rdptriage::test
