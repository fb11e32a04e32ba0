#include "cli/option_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "cli/terminal.hpp"

namespace rdptriage::cli {

namespace {

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

// CLI11 writes the choices of an option behind its type: "WHEN:{auto,always,never}".
void read_type(const std::string& type, OptionRow& row) {
  const auto colon = type.find(":{");
  row.value = type.substr(0, type.find(':'));
  if (colon == std::string::npos) return;
  std::istringstream in(type.substr(colon + 2, type.find('}') - colon - 2));
  for (std::string word; std::getline(in, word, ',');) row.choices.push_back(word);
}

OptionRow describe_option(const CLI::Option& option) {
  OptionRow row;
  row.group = option.get_group();
  row.help = option.get_description();
  row.default_value = option.get_default_str();
  row.is_argument = option.get_positional() && option.get_lnames().empty();
  row.required = option.get_required();
  row.repeatable = option.get_expected_max() > 1;
  if (row.is_argument) {
    row.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) row.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) row.names.push_back("--" + name);
  }
  if (option.get_expected_max() == 0) return row;  // a flag
  read_type(option.get_type_name(), row);
  if (row.is_argument) row.value = row.names.front();
  if (row.value == "UINT" || row.value == "UINT32" || row.value == "INT") row.value = "N";
  if (row.value.empty()) row.value = "VALUE";
  if (row.default_value == "[]" || row.default_value == "\"\"") row.default_value.clear();
  if (row.default_value.size() > 1 && row.default_value.front() == '[')
    row.default_value = row.default_value.substr(1, row.default_value.size() - 2);
  return row;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// `text` from column `indent` on, wrapped before `columns`.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t columns) {
  std::string out;
  std::size_t at = indent;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t width = width_of(word);
    if (at != indent && at + 1 + width > columns) {
      out += "\n" + std::string(indent, ' ');
      at = indent;
    }
    if (at != indent) {
      out += ' ';
      ++at;
    }
    out += word;
    at += width;
  }
  return out;
}

std::string row_text(const std::string& label, const std::string& help, std::size_t columns) {
  constexpr std::size_t kIndent = 26;
  std::string line = "  " + label;
  if (width_of(line) + 2 > kIndent) {
    line += "\n" + std::string(kIndent, ' ');
  } else {
    line += std::string(kIndent - width_of(line), ' ');
  }
  return line + wrapped(help, kIndent, columns) + "\n";
}

std::string label_of(const OptionRow& row) {
  std::string label;
  for (const std::string& name : row.names) label += (label.empty() ? "" : ", ") + name;
  if (!row.is_argument && row.names.front().size() > 2) label = "    " + label;  // below "-o, "
  if (!row.is_argument && !row.value.empty()) label += " " + row.value;
  return label;
}

std::string help_of(const OptionRow& row) {
  std::string help = row.help;
  if (!row.choices.empty()) help += fmt::format(" ({})", fmt::join(row.choices, ", "));
  if (!row.default_value.empty() && !row.value.empty())
    help += fmt::format(" [{}]", row.default_value);
  return help;
}

std::string usage_of(const CommandRow& command) {
  // Without a command's name the paths of a case are meant, which is what most people want.
  if (command.name.empty()) return "rdptriage PATH…\n       rdptriage COMMAND [OPTION…]";
  std::string usage = "rdptriage";
  usage += " " + command.name;
  if (!command.commands.empty()) usage += " COMMAND";
  const bool options = std::any_of(command.options.begin(), command.options.end(),
                                   [](const OptionRow& row) { return !row.is_argument; });
  if (options) usage += " [OPTION…]";
  for (const OptionRow& row : command.options) {
    if (!row.is_argument) {
      if (row.required) usage += fmt::format(" {} {}", row.long_name(), row.value);
      continue;
    }
    const std::string name = row.names.front() + (row.repeatable ? "…" : "");
    usage += row.required ? " " + name : " [" + name + "]";
  }
  return usage;
}

class TableFormatter : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    std::string name;
    for (const CLI::App* at = app; at->get_parent() != nullptr; at = at->get_parent())
      name = at->get_name() + (name.empty() ? "" : " " + name);
    return help_text(describe(*app, name), terminal_columns());
  }
};

}  // namespace

std::string OptionRow::long_name() const {
  for (const std::string& name : names) {
    if (name.rfind("--", 0) == 0) return name;
  }
  return names.front();
}

CommandRow describe(const CLI::App& app, const std::string& name) {
  CommandRow row;
  row.name = name;
  row.about = app.get_description();
  row.examples = split_lines(app.get_footer());
  for (const bool arguments : {true, false}) {
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group().empty()) continue;  // hidden
      OptionRow one = describe_option(*option);
      if (one.is_argument == arguments) row.options.push_back(std::move(one));
    }
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    row.commands.push_back(
        describe(*command, name.empty() ? command->get_name() : name + " " + command->get_name()));
  }
  return row;
}

const CommandRow* find_command(const CommandRow& root, const std::string& name) {
  for (const CommandRow& command : root.commands) {
    if (command.name == name) return &command;
    if (const CommandRow* below = find_command(command, name)) return below;
  }
  return nullptr;
}

std::string help_text(const CommandRow& command, std::size_t columns) {
  columns = std::clamp<std::size_t>(columns, 60, 100);
  std::string out = wrapped(command.about, 0, columns) + "\n\nusage: " + usage_of(command) + "\n";
  if (!command.commands.empty()) {
    out += "\nCommands:\n";
    for (const CommandRow& below : command.commands)
      out += row_text(below.name.substr(below.name.rfind(' ') + 1), below.about, columns);
  }
  std::vector<std::string> groups;
  for (const OptionRow& row : command.options) {
    const std::string group = row.is_argument ? "Arguments" : row.group;
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
  }
  // Help and version last.
  std::stable_partition(groups.begin(), groups.end(),
                        [](const std::string& group) { return group != "Options"; });
  if (!groups.empty() && groups.front() != "Arguments")
    std::stable_partition(groups.begin(), groups.end(),
                          [](const std::string& group) { return group == "Arguments"; });
  for (const std::string& group : groups) {
    out += "\n" + group + ":\n";
    for (const OptionRow& row : command.options) {
      if ((row.is_argument ? "Arguments" : row.group) == group)
        out += row_text(label_of(row), help_of(row), columns);
    }
  }
  if (!command.examples.empty()) out += "\nExamples:\n";
  for (const std::string& example : command.examples) out += "  " + example + "\n";
  return out;
}

void use_table_for_help(CLI::App& app) { app.formatter(std::make_shared<TableFormatter>()); }

void set_examples(CLI::App& command, const std::string& lines) { command.footer(lines); }

}  // namespace rdptriage::cli
