// Documents against the program: console blocks are run, commands and options exist.
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>

#include "source_tree.hpp"
#include "support/catch.hpp"
#include "support/run_program.hpp"

namespace rdptriage::test {
namespace {

struct Example {
  std::string where, file;
  std::size_t first_line = 0;  // of the output
  std::vector<std::string> arguments;
  std::vector<std::string> output;  // a line "…" stands for any number of lines
};

// "$ ./dev run PATH…" and "$ rdptriage …" in ```console blocks; other commands are for people.
std::vector<Example> examples() {
  std::vector<Example> found;
  for (const SourceFile& file : source_tree()) {
    if (!file.has_ending(".md")) continue;
    bool in_block = false;
    bool in_example = false;
    std::size_t number = 0;
    for (const std::string& line : lines_of(file.text)) {
      ++number;
      if (line.rfind("```", 0) == 0) {
        in_block = line == "```console";
        in_example = false;
      } else if (in_block && line.rfind("$ ", 0) == 0) {
        std::istringstream words(line.substr(2));
        std::vector<std::string> command{std::istream_iterator<std::string>(words), {}};
        in_example = false;
        if (command[0] == "rdptriage") {
          command.erase(command.begin());
          in_example = true;
        } else if (command.size() > 2 && command[0] == "./dev" && command[1] == "run") {
          command.erase(command.begin(), command.begin() + 2);
          in_example = true;
        }
        if (in_example) found.push_back({file.path + ": " + line, file.path, number, command, {}});
      } else if (in_example) {
        found.back().output.push_back(line);
      }
    }
  }
  return found;
}

bool is_output(const std::vector<std::string>& got, const std::vector<std::string>& wanted) {
  std::size_t at = 0;
  bool skipping = false;
  for (const std::string& line : wanted) {
    if (line == "…") {
      skipping = true;
      continue;
    }
    while (skipping && at < got.size() && got[at] != line) ++at;
    if (at == got.size() || got[at] != line) return false;
    ++at;
    skipping = false;
  }
  return skipping || at == got.size();
}

// Times of the run differ; nothing else may.
std::vector<std::string> shown(const std::string& output) {
  std::vector<std::string> lines = lines_of(output);
  static const std::regex kDuration("   [0-9.]+ s$");
  for (std::string& line : lines) line = std::regex_replace(line, kDuration, "");
  return lines;
}

// RDPTRIAGE_UPDATE_GOLDENS=1: writes what the program prints into the document.
void update(const Example& example, const std::vector<std::string>& got) {
  std::vector<std::string> lines = lines_of(source_text(example.file));
  const auto first = lines.begin() + static_cast<std::ptrdiff_t>(example.first_line);
  lines.erase(first, first + static_cast<std::ptrdiff_t>(example.output.size()));
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(example.first_line), got.begin(),
               got.end());
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  write_text_file(std::string(RDPTRIAGE_SOURCE_DIR) + '/' + example.file, text);
}

TEST_CASE("console blocks of the documents show what the program prints") {
  const auto all = examples();
  CHECK_FALSE(all.empty());
  for (const Example& example : all) {
    INFO(example.where);
    std::vector<std::string> arguments;
    for (const std::string& argument : example.arguments) {
      arguments.push_back(argument.rfind("samples/", 0) == 0
                              ? std::string(RDPTRIAGE_SOURCE_DIR) + '/' + argument
                              : argument);
    }
    const Outcome outcome = run_program(arguments);
    std::vector<std::string> wanted;
    for (const std::string& line : shown([&] {
           std::string joined;
           for (const std::string& part : example.output) joined += part + '\n';
           return joined;
         }())) {
      wanted.push_back(line);
    }
    while (!wanted.empty() && wanted.back().empty()) wanted.pop_back();
    std::vector<std::string> got = shown(outcome.out);
    while (!got.empty() && got.back().empty()) got.pop_back();
    if (!is_output(got, wanted) && std::getenv("RDPTRIAGE_UPDATE_GOLDENS") != nullptr) {
      update(example, got);
      FAIL("updated " << example.file << "; run once more until nothing is updated");
    }
    INFO("update with: RDPTRIAGE_UPDATE_GOLDENS=1 ctest -R repo_docs");
    INFO("the program prints:\n" << outcome.out << outcome.err);
    CHECK(is_output(got, wanted));
  }
}

// Words of the column after "Commands:" in --help.
std::vector<std::string> commands() {
  std::vector<std::string> names;
  bool in_list = false;
  for (const std::string& line : lines_of(run_program({"--help"}).out)) {
    if (line.rfind("Commands:", 0) == 0) {
      in_list = true;
    } else if (in_list && line.rfind("  ", 0) == 0 && line[2] != ' ') {
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    } else if (in_list && line.empty()) {
      break;
    }
  }
  return names;
}

TEST_CASE("every command is in the man page and in docs/cli.md") {
  const auto names = commands();
  CHECK(names.size() >= 6);
  for (const std::string& name : names) {
    INFO(name);
    CHECK(source_text("docs/man/rdptriage.1").find("\n.B " + name + '\n') != std::string::npos);
    CHECK(source_text("docs/cli.md").find("| `" + name) != std::string::npos);
  }
}

TEST_CASE("options that documents name exist") {
  std::string help = run_program({"--help"}).out;
  for (const std::string& name : commands()) help += run_program({name, "--help"}).out;
  for (const char* sub : {"match", "list", "lint", "test", "explain"}) {
    help += run_program({"rules", sub, "--help"}).out;
  }
  // Options of other programs that the documents speak of.
  const std::vector<std::string> foreign{
      "--install",  "--preset",     "--build",      "--array",        "--cpus-per-task",
      "--ntasks",   "--wrap",       "--no-recurse", "--joblog",       "--colsep",
      "--arg-file", "--prefix",     "--data",       "--from-literal", "--header",
      "--request",  "--parsable",   "--dependency", "--jq",           "--user",
      "--halt",     "--keep-order", "--memory",     "--sshlogin",     "--wait"};
  const std::regex option("--[a-z][a-z-]+");
  for (const SourceFile& file : source_tree()) {
    const bool guide = file.path == "README.md" || file.path == "docs/cli.md" ||
                       file.path == "docs/notices.md" || file.path == "docs/outputs.md" ||
                       file.path == "docs/sharing.md" || file.path == "docs/tickets.md" ||
                       file.is_below("docs/recipes/");
    if (!guide) continue;
    const std::string& text = file.text;
    for (std::sregex_iterator match(text.begin(), text.end(), option), end; match != end; ++match) {
      const std::string name = match->str();
      if (std::find(foreign.begin(), foreign.end(), name) != foreign.end()) continue;
      INFO(file.path << ": " << name);
      const bool is_option = std::regex_search(help, std::regex(name + "($|[^a-z-])"));
      CHECK(is_option);
    }
  }
}

// "20,000" and "8 GiB" as the program shows them.
std::string plain_number(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  int shift = 0;
  for (const auto& [unit, bits] : {std::pair(" KiB", 10), {" MiB", 20}, {" GiB", 30}}) {
    if (text.find(unit) != std::string::npos) shift = bits;
  }
  return std::to_string(std::stoull(text) << shift);
}

TEST_CASE("limits of docs/cli.md are the defaults of the program") {
  const std::string options = source_text("docs/options.md");  // generated from the program
  const std::string of_analyze =
      options.substr(options.find("## `analyze`"), options.find("## `batch`"));
  const std::regex row("\\| `(--max-[a-z]+)` \\| ([^|]+) \\|.*");
  const std::regex of_program("\\| `(--max-[a-z]+) N` \\|.*; default `([0-9]+)` \\|");
  const auto defaults = [](const std::string& text, const std::regex& pattern) {
    std::map<std::string, std::string> found;
    for (const std::string& line : lines_of(text)) {
      std::smatch match;
      if (std::regex_match(line, match, pattern)) found[match[1]] = plain_number(match[2]);
    }
    return found;
  };
  const auto told = defaults(source_text("docs/cli.md"), row);
  CHECK(told.size() == 5);
  CHECK(told == defaults(of_analyze, of_program));
}

}  // namespace
}  // namespace rdptriage::test
