// Passwords and limits: every command that opens logs takes them.
#include <algorithm>
#include <string>
#include <vector>

#include "support/archive_builder.hpp"
#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;

namespace {
constexpr const char* kTrace =
    "[09:11:56:120] [4711:4712] [ERROR][com.freerdp.core.gateway.rdg] - Unexpected HTTP status: "
    "502\n";

struct Command {
  std::vector<std::string> words;  // PATH stands for the case
  std::string shows;               // printed when the trace was read
};
const Command kCommands[] = {
    {{"analyze", "PATH"}, "gateway-http.502"},      {{"batch", "PATH"}, "gateway-http.502"},
    {{"diff", "PATH", "PATH"}, "gateway-http.502"}, {{"events", "PATH"}, "Unexpected HTTP status"},
    {{"inspect", "PATH"}, "1  client-trace"},       {{"rules", "match", "PATH"}, "a.log:1"},
};

Outcome run(const Command& command, const std::string& path, std::vector<std::string> more) {
  std::vector<std::string> words;
  for (const std::string& word : command.words) words.push_back(word == "PATH" ? path : word);
  words.insert(words.end(), more.begin(), more.end());
  return run_program(words);
}

std::string as_text(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
}  // namespace

TEST_CASE("cli: every command that opens logs takes the passwords of zip files") {
  const std::string folder = fresh_folder("cli-passwords");
  write_text_file(folder + "/case.zip",
                  as_text(pack(Packing::zip_encrypted, "a.log", bytes_of(kTrace))));
  write_text_file(folder + "/passwords", "wrong\nsecret\n");
  for (const Command& command : kCommands) {
    INFO(command.words.front());
    const std::string path = folder + "/case.zip";
    CHECK(run(command, path, {}).out.find(command.shows) == std::string::npos);
    CHECK(run(command, path, {"--password-file", folder + "/passwords"}).out.find(command.shows) !=
          std::string::npos);
    CHECK(run(command, path, {"--password-file", folder + "/none"}).exit_code == 2);
  }
}

TEST_CASE("cli: events writes members of bundles with the same bytes once") {
  const std::string folder = fresh_folder("cli-same-bytes");
  const std::string trace(kTrace), longer = std::string(6000, '-') + "\n";
  const auto zip = [&](const std::string& name, const std::vector<Entry>& members) {
    write_text_file(folder + '/' + name, as_text(pack(Packing::zip, members)));
    return folder + '/' + name;
  };
  const auto lines = [](const std::vector<std::string>& words) {
    const std::string out = run_program(words).out;
    return std::count(out.begin(), out.end(), '\n');
  };
  write_text_file(folder + "/a.log", trace);
  const std::string twice =
      zip("twice.zip", {{"a.log", bytes_of(trace)}, {"b.log", bytes_of(trace)}});
  CHECK(lines({"events", twice}) == 1);
  CHECK(lines({"events", twice, folder + "/a.log"}) == 1);
  CHECK(lines({"events", twice, zip("again.zip", {{"c.log", bytes_of(trace)}})}) == 1);
  // What begins alike is not the same.
  const std::string begins_alike =
      zip("alike.zip", {{"a.log", bytes_of(trace + longer + trace)},
                        {"b.log", bytes_of(trace + longer + trace + trace)}});
  CHECK(lines({"events", begins_alike}) == 7);
}

TEST_CASE("cli: every command that opens logs does so in the sandbox or without") {
  const std::string folder = fresh_folder("cli-confined");
  write_text_file(folder + "/a.log", kTrace);
  for (const Command& command : kCommands) {
    INFO(command.words.front());
    for (const char* wanted : {"auto", "never"})
      CHECK(run(command, folder, {"--sandbox", wanted}).out.find(command.shows) !=
            std::string::npos);
  }
}

TEST_CASE("cli: every command that opens logs takes the limits that its notices name") {
  const std::string folder = fresh_folder("cli-limits");
  write_text_file(
      folder + "/case.zip",
      as_text(pack(Packing::zip, "inner.zip", pack(Packing::zip, "a.log", bytes_of(kTrace)))));
  for (const Command& command : kCommands) {
    INFO(command.words.front());
    const std::string path = folder + "/case.zip";
    CHECK(run(command, path, {}).out.find(command.shows) != std::string::npos);
    CHECK(run(command, path, {"--max-depth", "1"}).out.find(command.shows) == std::string::npos);
  }
}
