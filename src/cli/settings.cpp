// The file: `name = value` lines, `[command]` sections, `#` comments. A repeatable option may come
// several times. Values are taken as they stand; nothing is expanded.
#include "cli/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "rdptriage/suggest.hpp"

namespace rdptriage::cli {

namespace {

// Options that would be dangerous or senseless to set once for all runs.
constexpr std::string_view kNeverSet[] = {"--help", "--version", "--output", "--force", "--write"};

struct Setting {
  std::string command, name, value;  // command: empty means every one that has the option
  std::string where;
};

std::string text_of(const char* variable) {
  const char* value = std::getenv(variable);
  return value ? value : "";
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool may_be_set(const OptionRow& row) {
  return !row.is_argument &&
         std::find(std::begin(kNeverSet), std::end(kNeverSet), row.long_name()) ==
             std::end(kNeverSet) &&
         row.long_name().rfind("--", 0) == 0;
}

void all_names(const CommandRow& command, std::vector<std::string>& commands,
               std::vector<std::string>& options) {
  if (!command.name.empty()) commands.push_back(command.name);
  for (const OptionRow& row : command.options) {
    if (may_be_set(row)) options.push_back(row.long_name().substr(2));
  }
  for (const CommandRow& below : command.commands) all_names(below, commands, options);
}

Error wrong_line(const std::string& where, const std::string& message, const std::string& near) {
  return {"CONFIG", message, where,
          near.empty() ? "see `rdptriage COMMAND --help` for the names of options"
                       : "did you mean '" + near + "'?"};
}

Result<std::vector<Setting>> read_file(const std::string& path, const CommandRow& root) {
  std::vector<Setting> out;
  // A file in a folder that nobody may enter (the home of another user) is nobody's setting; one
  // that is there was meant, and what it protects must not be dropped.
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return out;
  std::ifstream in(path);
  const auto unreadable = [&path] {
    return fail(
        "CONFIG", "the configuration file cannot be read", path,
        "check its permissions, or let RDPTRIAGE_CONFIG name another one; `none` reads none");
  };
  if (!in || std::filesystem::is_directory(status)) return unreadable();
  std::vector<std::string> commands, options;
  all_names(root, commands, options);
  std::string section, line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    line = trimmed(line);
    const std::string where = fmt::format("{}:{}", path, number);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.back() == ']') {
      section = trimmed(line.substr(1, line.size() - 2));
      if (std::find(commands.begin(), commands.end(), section) == commands.end())
        return tl::make_unexpected(
            wrong_line(where, "there is no command '" + section + "'", suggest(section, commands)));
      continue;
    }
    const auto equals = line.find('=');
    const std::string name = trimmed(line.substr(0, equals));
    if (equals == std::string::npos)
      return tl::make_unexpected(wrong_line(where, "the line is no `name = value`", ""));
    if (std::find(options.begin(), options.end(), name) == options.end())
      return tl::make_unexpected(
          wrong_line(where, "no command has an option '--" + name + "'", suggest(name, options)));
    out.push_back({section, name, trimmed(line.substr(equals + 1)), where});
  }
  if (in.bad()) return unreadable();
  return out;
}

// Whether a flag is on; nothing for a word that says neither.
std::optional<bool> parse_switch(const std::string& value) {
  for (const char* word : {"1", "true", "yes", "on"}) {
    if (value == word) return true;
  }
  for (const char* word : {"0", "false", "no", "off"}) {
    if (value == word) return false;
  }
  return std::nullopt;
}

bool is_typed(const OptionRow& row, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return false;
    for (const std::string& name : row.names) {
      if (argument == name || argument.rfind(name + "=", 0) == 0) return true;
      // "-ofile" and clusters of flags.
      if (name.size() == 2 && argument.size() > 2 && argument[0] == '-' && argument[1] != '-' &&
          argument.find(name[1], 1) != std::string::npos)
        return true;
    }
  }
  return false;
}

// Adds one value that `where` sets; a flag is only there or not.
Result<void> add(const OptionRow& row, const std::string& value, const std::string& where,
                 std::vector<std::string>& out) {
  if (!row.value.empty()) {
    out.push_back(row.long_name() + "=" + value);
    return {};
  }
  const auto on = parse_switch(value);
  if (!on) {
    return fail("CONFIG", fmt::format("`{}` is neither on nor off", value), where,
                fmt::format("{} is a flag: write 1, true, yes or on; or 0, false, no or off",
                            row.long_name()));
  }
  if (*on) out.push_back(row.long_name());
  return {};
}

}  // namespace

std::vector<std::string> settings_files() {
  const std::string chosen = text_of("RDPTRIAGE_CONFIG");
  if (chosen == "none") return {};
  if (!chosen.empty()) return {chosen};
  std::vector<std::string> files;
  if (const std::string folder = text_of("XDG_CONFIG_HOME"); !folder.empty()) {
    files.push_back(folder + "/rdptriage/config.ini");
  } else if (const std::string app_data = text_of("APPDATA"); !app_data.empty()) {
    files.push_back(app_data + "/rdptriage/config.ini");
  } else if (const std::string home = text_of("HOME"); !home.empty()) {
    files.push_back(home + "/.config/rdptriage/config.ini");
  }
  files.emplace_back("/etc/rdptriage/config.ini");
  return files;
}

Result<std::vector<std::string>> with_settings(const CommandRow& root,
                                               std::vector<std::string> arguments) {
  if (arguments.empty()) return arguments;
  std::size_t words = 1;
  const CommandRow* command = find_command(root, arguments.front());
  while (command && !command->commands.empty() && words < arguments.size()) {
    const CommandRow* below = find_command(*command, command->name + " " + arguments[words]);
    if (!below) break;
    command = below;
    ++words;
  }
  if (!command) return arguments;

  std::vector<std::vector<Setting>> files;
  for (const std::string& path : settings_files()) {
    RDPTRIAGE_TRY(auto settings, read_file(path, root));
    files.push_back(std::move(settings));
  }
  std::error_code error;
  if (const std::string chosen = text_of("RDPTRIAGE_CONFIG");
      !chosen.empty() && chosen != "none" && !std::filesystem::exists(chosen, error)) {
    return fail("CONFIG", "the configuration file is not there", chosen,
                "RDPTRIAGE_CONFIG names it; `none` reads none");
  }
  std::vector<std::string> added;
  for (const OptionRow& row : command->options) {
    if (!may_be_set(row) || is_typed(row, arguments)) continue;
    std::string variable = "RDPTRIAGE_" + row.long_name().substr(2);
    for (char& c : variable)
      c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (const std::string value = text_of(variable.c_str()); !value.empty()) {
      RDPTRIAGE_CHECK(add(row, value, variable, added));
      continue;
    }
    for (const std::vector<Setting>& settings : files) {
      // A section of the command wins over what stands above all sections.
      std::vector<const Setting*> own, general;
      for (const Setting& setting : settings) {
        if ("--" + setting.name != row.long_name()) continue;
        if (setting.command == command->name) own.push_back(&setting);
        if (setting.command.empty()) general.push_back(&setting);
      }
      const auto& chosen = own.empty() ? general : own;
      if (chosen.empty()) continue;
      if (row.repeatable) {
        for (const Setting* setting : chosen)
          RDPTRIAGE_CHECK(add(row, setting->value, setting->where, added));
      } else {
        RDPTRIAGE_CHECK(add(row, chosen.back()->value, chosen.back()->where, added));
      }
      break;
    }
  }
  arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(words), added.begin(),
                   added.end());
  return arguments;
}

}  // namespace rdptriage::cli
