// The same input gives the same bytes, whatever the machine does around it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>

#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;
namespace fs = std::filesystem;

namespace {

// A variable of the environment for one scope.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value, 1);
  }
  ~Variable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

const char* const kFormats[] = {"text",     "json",  "jsonl", "html",
                                "markdown", "sarif", "junit", "github"};

// All formats of one run, one after the other.
std::string all_formats(const std::vector<std::string>& paths, const std::string& folder,
                        const char* jobs) {
  fs::remove_all(folder);
  std::vector<std::string> command = paths;
  command.insert(command.end(), {"--reproducible", "-q", "--jobs", jobs});
  for (const char* format : kFormats) {
    command.emplace_back("--format");
    command.push_back(std::string(format) + "=" + folder + "/r." + format);
  }
  const Outcome outcome = run_program(command);
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  std::string out;
  for (const char* format : kFormats) {
    const std::string text = read_text_file(folder + "/r." + format);
    CHECK_FALSE(text.empty());
    out += text;
  }
  return out;
}

}  // namespace

TEST_CASE("every format of every sample: the same bytes for any threads, order, zone and locale") {
  const std::string folder = fresh_folder("invariance") + "/out";
  std::size_t samples = 0;
  for (const auto& sample : fs::directory_iterator(fs::path(RDPTRIAGE_SOURCE_DIR) / "samples")) {
    if (!sample.is_directory()) continue;
    INFO(sample.path().filename().string());
    ++samples;
    std::vector<std::string> files;
    for (const auto& file : fs::recursive_directory_iterator(sample.path() / "case")) {
      if (file.is_regular_file()) files.push_back(file.path().string());
    }
    std::sort(files.begin(), files.end());
    const std::string first = all_formats(files, folder, "1");
    CHECK(all_formats(files, folder, "5") == first);
    std::reverse(files.begin(), files.end());
    CHECK(all_formats(files, folder, "2") == first);
    const Variable zone("TZ", "Asia/Tokyo"), locale("LC_ALL", "tr_TR.UTF-8"),
        language("LANG", "de_DE.UTF-8");
    CHECK(all_formats(files, folder, "3") == first);
  }
  CHECK(samples >= 8);
}

TEST_CASE("settings: typed, then the environment, then the user's file, then the default") {
  const std::string folder = fresh_folder("settings");
  const std::string trace = std::string(RDPTRIAGE_SOURCE_DIR) + "/samples/gateway-502/case";
  const auto starts = [&](const std::vector<std::string>& more) {
    std::vector<std::string> command{trace};
    command.insert(command.end(), more.begin(), more.end());
    return run_program(command).out.substr(0, 1);
  };
  const Variable none("RDPTRIAGE_CONFIG", (folder + "/config.ini").c_str());
  write_text_file(folder + "/config.ini", "# ours\n\n[analyze]\nformat = jsonl\n");
  CHECK(starts({}) == "{");
  write_text_file(folder + "/config.ini", "format = html\n[explain]\nformat = json\n");
  CHECK(starts({}) == "<");
  CHECK(run_program({"explain", "0x904"}).out.front() == '{');
  {
    const Variable variable("RDPTRIAGE_FORMAT", "json");
    CHECK(starts({}) == "{");
    CHECK(starts({"--format", "html"}) == "<");
  }
  write_text_file(folder + "/config.ini", "strict = true\nreproducible = yes\nquiet = false\n");
  CHECK(run_program({trace, "--format", "json"}).out.find("\"run\"") == std::string::npos);
}

TEST_CASE("settings: a line that means nothing is an error with its place") {
  const std::string folder = fresh_folder("settings-wrong");
  const std::string file = folder + "/config.ini";
  const std::string trace = std::string(RDPTRIAGE_SOURCE_DIR) + "/samples/gateway-502/case";
  struct Row {
    const char* text;
    const char* says;
  };
  constexpr Row kRows[] = {{"\nformt = json\n", "did you mean 'format'?"},
                           {"[analyse]\n", "did you mean 'analyze'?"},
                           {"color\n", "no `name = value`"},
                           {"output = report.json\n", "no command has an option '--output'"}};
  const Variable chosen("RDPTRIAGE_CONFIG", file.c_str());
  for (const Row& row : kRows) {
    INFO(row.text);
    write_text_file(file, row.text);
    const Outcome outcome = run_program({trace});
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find("error[CONFIG]") != std::string::npos);
    CHECK(outcome.err.find("config.ini:") != std::string::npos);
    CHECK(outcome.err.find(row.says) != std::string::npos);
  }
  write_text_file(file, "[analyze]\nshare = yeah\n");
  const Outcome flag = run_program({trace});
  CHECK(flag.exit_code == 2);
  CHECK(flag.err.find("config.ini:2") != std::string::npos);
  CHECK(flag.err.find("--share is a flag") != std::string::npos);
  for (const char* off : {"0", "false", "no", "off"}) {
    write_text_file(file, std::string("share = ") + off + "\n");
    CHECK(run_program({trace}).exit_code == 0);
  }
  const Variable a_folder("RDPTRIAGE_CONFIG", folder.c_str());
  const Outcome unreadable = run_program({trace});
  CHECK(unreadable.exit_code == 2);
  CHECK(unreadable.err.find("error[CONFIG]: the configuration file cannot be read") !=
        std::string::npos);
  const Variable missing("RDPTRIAGE_CONFIG", (folder + "/none.ini").c_str());
  CHECK(run_program({trace}).exit_code == 2);
  const Variable value("RDPTRIAGE_CONFIG", "none");
  {
    const Variable wrong("RDPTRIAGE_COLOR", "purple");
    CHECK(run_program({trace}).exit_code == 2);
  }
  const Variable mistyped("RDPTRIAGE_SHARE", "ture");
  const Outcome outcome = run_program({trace});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find("error[CONFIG]") != std::string::npos);
  CHECK(outcome.err.find("RDPTRIAGE_SHARE") != std::string::npos);
  CHECK(outcome.out.empty());
}

// The first words below "Commands:" in --help.
std::vector<std::vector<std::string>> commands_below(const std::vector<std::string>& command) {
  std::vector<std::string> arguments = command;
  arguments.emplace_back("--help");
  std::istringstream help(run_program(arguments).out);
  std::vector<std::vector<std::string>> found;
  bool in_list = false;
  for (std::string line; std::getline(help, line);) {
    if (in_list && line.empty()) break;
    if (in_list && line[2] != ' ') {
      found.push_back(command);
      found.back().push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    in_list = in_list || line == "Commands:";
  }
  return found;
}

TEST_CASE("help: every command has examples of its own, options in groups, exit code 0") {
  std::vector<std::vector<std::string>> commands = commands_below({});
  REQUIRE(commands.size() > 10);
  for (const auto& below : commands_below({"rules"})) commands.push_back(below);
  CHECK(std::count(commands.begin(), commands.end(),
                   std::vector<std::string>{"rules", "explain"}) == 1);
  for (std::vector<std::string> command : commands) {
    std::string name = "rdptriage";
    for (const std::string& word : command) name += " " + word;
    INFO(name);
    command.emplace_back("--help");
    const Outcome help = run_program(command);
    CHECK(help.exit_code == 0);
    CHECK(help.out.find("usage: " + name) != std::string::npos);
    const auto examples = help.out.find("Examples:\n  ");
    REQUIRE(examples != std::string::npos);
    const std::string example = name == "rdptriage analyze" ? "rdptriage case.zip" : name;
    CHECK(help.out.find("  " + example, examples) != std::string::npos);
    CHECK((help.out.find("rdptriage demo", examples) == std::string::npos ||
           name == "rdptriage demo"));
    command.back() = "--no-such-option";
    CHECK(run_program(command).exit_code == 2);
  }
  const Outcome analyze = run_program({"analyze", "--help"});
  for (const char* group : {"Arguments:", "Output:", "Limits:", "Exit code:", "Sharing:"})
    CHECK(analyze.out.find(group) != std::string::npos);
}

TEST_CASE("completions: scripts that their shells accept") {
  const std::string folder = fresh_folder("completions");
  struct Row {
    const char* shell;
    const char* check;
  };
  constexpr Row kRows[] = {{"bash", "bash -n"}, {"zsh", "zsh -n"}, {"fish", "fish -n"}};
  for (const Row& row : kRows) {
    INFO(row.shell);
    const std::string file = folder + "/script." + row.shell;
    const Outcome script = run_program({"completion", row.shell});
    REQUIRE(script.exit_code == 0);
    write_text_file(file, script.out);
    const std::string there = std::string("command -v ") + row.shell + " >/dev/null 2>&1";
    if (std::system(there.c_str()) != 0) {
      WARN("there is no " << row.shell << ": its script is not checked");
      continue;
    }
    CHECK(std::system((std::string(row.check) + " " + file).c_str()) == 0);
  }
  const std::string asks =
      "bash -c '. " + folder +
      "/script.bash; COMP_WORDS=(rdptriage ticket r.json --for je); COMP_CWORD=4; _rdptriage; "
      "COMP_WORDS=(rdptriage ticket r.json --for ji); _rdptriage; printf \"%s\" "
      "\"${COMPREPLY[*]}\"' > " +
      folder + "/answer 2>/dev/null";
  CHECK(std::system(asks.c_str()) == 0);
  CHECK(read_text_file(folder + "/answer") == "jira");
  // The other shells are asked themselves, too. PowerShell is not in Debian: its script is compared
  // with the table of options only.
  const auto says = [&](const std::string& command, const char* shell, const char* want) {
    if (std::system((std::string("command -v ") + shell + " >/dev/null 2>&1").c_str()) != 0) {
      WARN("there is no " << shell << ": it is not asked");
      return;
    }
    INFO(command);
    CHECK(std::system(("timeout 60 " + command + " > " + folder + "/answer 2>/dev/null").c_str()) ==
          0);
    CHECK(read_text_file(folder + "/answer").find(want) != std::string::npos);
  };
  const std::string fish = "fish --no-config -c 'source " + folder + "/script.fish; complete -C ";
  says(fish + "\"rdptriage ticket r.json --for ji\"'", "fish", "jira");
  says(fish + "\"rdptriage analyze --date-o\"'", "fish", "--date-order");
  const std::string zsh = std::string("zsh -f ") + RDPTRIAGE_SOURCE_DIR +
                          "/tests/cli/complete_in_zsh.zsh " + folder + "/script.zsh ";
  says(zsh + "'rdptriage ticket r.json --for ji'", "zsh", "--for jira");
  says(zsh + "'rdptriage inspe'", "zsh", "rdptriage inspect");
  CHECK(run_program({"completion", "tcsh"}).exit_code == 2);
}
