// rdptriage completion SHELL and rdptriage man: what is made from the table of options. The copies
// in docs/ are compared with it by a test.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <functional>
#include <memory>

#include "cli/command.hpp"
#include "cli/option_table.hpp"

namespace rdptriage::cli {

namespace {

using Visit = std::function<void(const CommandRow&)>;

void visit(const CommandRow& command, const Visit& each) {
  each(command);
  for (const CommandRow& below : command.commands) visit(below, each);
}

std::string last_word(const std::string& name) { return name.substr(name.rfind(' ') + 1); }

std::vector<std::string> command_words(const CommandRow& command) {
  std::vector<std::string> words;
  for (const CommandRow& below : command.commands) words.push_back(last_word(below.name));
  return words;
}

std::vector<std::string> option_words(const CommandRow& command) {
  std::vector<std::string> words;
  for (const OptionRow& row : command.options) {
    if (!row.is_argument) words.insert(words.end(), row.names.begin(), row.names.end());
  }
  return words;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

std::string bash(const CommandRow& root) {
  std::string options, choices, commands;
  visit(root, [&](const CommandRow& command) {
    options += fmt::format("    '{}') options='{}' ;;\n", command.name,
                           fmt::join(option_words(command), " "));
    if (!command.commands.empty())
      commands += fmt::format("    '{}') commands='{}' ;;\n", command.name,
                              fmt::join(command_words(command), " "));
    for (const OptionRow& row : command.options) {
      if (row.choices.empty()) continue;
      if (row.is_argument) {
        commands +=
            fmt::format("    '{}') commands='{}' ;;\n", command.name, fmt::join(row.choices, " "));
        continue;
      }
      for (const std::string& name : row.names)
        choices +=
            fmt::format("    '{} {}') COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n",
                        command.name, name, fmt::join(row.choices, " "));
    }
  });
  return R"(# Completion of rdptriage for bash: rdptriage completion bash > ~/.local/share/bash-completion/completions/rdptriage
_rdptriage() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command='' commands='' options='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${command:+$command }${COMP_WORDS[i]}" in
)" +
         [&] {
           std::string names;
           visit(root, [&](const CommandRow& command) {
             if (!command.name.empty()) names += (names.empty() ? "'" : "|'") + command.name + "'";
           });
           return "    " + names +
                  ")\n      command=\"${command:+$command }${COMP_WORDS[i]}\" ;;\n";
         }() +
         R"(    esac
  done
  case "$command $before" in
)" + choices +
         R"(  esac
  case "$command" in
)" + options +
         R"(  esac
  case "$command" in
)" + commands +
         R"(  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  else
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -W "$commands" -- "$word") $(compgen -f -- "$word"))
  fi
}
complete -F _rdptriage rdptriage
)";
}

std::string zsh_quoted(const std::string& text) {
  std::string out = replaced(text, "'", "'\\''");
  for (const char* c : {"[", "]", ":"}) out = replaced(out, c, std::string("\\") + c);
  return out;
}

std::string zsh(const CommandRow& root) {
  std::string functions;
  visit(root, [&](const CommandRow& command) {
    std::string name = "_rdptriage" + (command.name.empty() ? "" : "_" + command.name);
    std::replace(name.begin(), name.end(), ' ', '_');
    functions += name + "() {\n  _arguments -s -S";
    for (const OptionRow& row : command.options) {
      if (row.is_argument) continue;
      for (const std::string& option : row.names) {
        std::string value;
        if (!row.value.empty()) {
          value =
              fmt::format(":{}:{}", zsh_quoted(row.value),
                          row.choices.empty() ? std::string("_files")
                                              : fmt::format("({})", fmt::join(row.choices, " ")));
        }
        functions += fmt::format(" \\\n    '{}{}[{}]{}'", row.repeatable ? "*" : "", option,
                                 zsh_quoted(row.help), value);
      }
    }
    if (!command.commands.empty()) {
      functions += " \\\n    '1: :->command' '*:: :->rest'\n";
      functions += "  case $state in\n  command)\n    local -a commands=(\n";
      for (const CommandRow& below : command.commands)
        functions += fmt::format("      '{}:{}'\n", last_word(below.name), zsh_quoted(below.about));
      functions +=
          "    )\n    _describe command commands\n    _files ;;\n  rest)\n    case $words[1] in\n";
      for (const CommandRow& below : command.commands) {
        std::string function = "_rdptriage_" + below.name;
        std::replace(function.begin(), function.end(), ' ', '_');
        functions += fmt::format("    {}) {} ;;\n", last_word(below.name), function);
      }
      functions += "    *) _files ;;\n    esac ;;\n  esac\n";
    } else {
      functions += " \\\n    '*:file:_files'\n";
    }
    functions += "}\n";
  });
  return "#compdef rdptriage\n# Completion of rdptriage for zsh: rdptriage completion zsh > "
         "\"${fpath[1]}/_rdptriage\"\n" +
         functions + "_rdptriage \"$@\"\n";
}

std::string fish(const CommandRow& root) {
  std::string out =
      "# Completion of rdptriage for fish: rdptriage completion fish > "
      "~/.config/fish/completions/rdptriage.fish\n";
  const auto quoted = [](const std::string& text) {
    return "'" + replaced(text, "'", "\\'") + "'";
  };
  visit(root, [&](const CommandRow& command) {
    std::string condition = "__fish_use_subcommand";
    if (!command.name.empty()) {
      condition.clear();
      std::string words = command.name;
      for (std::size_t blank = 0; blank != std::string::npos;) {
        blank = words.find(' ');
        condition += (condition.empty() ? "" : "; and ") +
                     ("__fish_seen_subcommand_from " + words.substr(0, blank));
        if (blank != std::string::npos) words.erase(0, blank + 1);
      }
    }
    for (const CommandRow& below : command.commands)
      out += fmt::format("complete -c rdptriage -n {} -a {} -d {}\n", quoted(condition),
                         last_word(below.name), quoted(below.about));
    for (const OptionRow& row : command.options) {
      std::string line = fmt::format("complete -c rdptriage -n {}", quoted(condition));
      if (row.is_argument) {
        if (!row.choices.empty())
          out += fmt::format("{} -a '{}'\n", line, fmt::join(row.choices, " "));
        continue;
      }
      for (const std::string& name : row.names)
        line += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!row.value.empty()) line += row.choices.empty() ? " -r" : " -x";
      if (!row.choices.empty()) line += fmt::format(" -a '{}'", fmt::join(row.choices, " "));
      out += line + " -d " + quoted(row.help) + "\n";
    }
  });
  return out;
}

std::string powershell(const CommandRow& root) {
  std::string table;
  const auto quoted = [](const std::string& text) { return "'" + replaced(text, "'", "''") + "'"; };
  const auto list = [&](const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + quoted(word);
    return "@(" + out + ")";
  };
  std::string choices;
  visit(root, [&](const CommandRow& command) {
    std::vector<std::string> words = command_words(command);
    for (const OptionRow& row : command.options) {
      if (row.is_argument) {
        words.insert(words.end(), row.choices.begin(), row.choices.end());
        continue;
      }
      words.push_back(row.long_name());
      if (!row.choices.empty())
        choices += fmt::format("    {} = {}\n", quoted(command.name + " " + row.long_name()),
                               list(row.choices));
    }
    table += fmt::format("    {} = {}\n", quoted(command.name), list(words));
  });
  return R"(# Completion of rdptriage for PowerShell: rdptriage completion powershell >> $PROFILE
Register-ArgumentCompleter -Native -CommandName rdptriage -ScriptBlock {
  param($word, $ast, $position)
  $words = @{
)" + table +
         R"(  }
  $choices = @{
)" + choices +
         R"(  }
  $command = ''
  $before = ''
  foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {
    $text = $element.ToString()
    if ($element.Extent.EndOffset -ge $position -and $text -eq $word) { break }
    $longer = "$command $text".Trim()
    if ($words.ContainsKey($longer)) { $command = $longer }
    $before = $text
  }
  $known = $choices["$command $before"]
  if (-not $known) { $known = $words[$command] }
  $known | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
)";
}

// --- the manual page and docs/options.md ------------------------------------------------------

std::string roff(const std::string& text) {
  std::string out = replaced(replaced(text, "\\", "\\e"), "-", "\\-");
  out = replaced(replaced(out, "…", "..."), "—", "\\(em");
  if (!out.empty() && (out.front() == '.' || out.front() == '\'')) out.insert(0, "\\&");
  return out;
}

std::string manual(const CommandRow& root, const std::string& version) {
  std::string out = fmt::format(
      ".\\\" Made by `rdptriage man`; not edited by hand.\n.TH RDPTRIAGE 1 \"\" \"rdptriage {}\" "
      "\"User Commands\"\n",
      version);
  out +=
      ".SH NAME\nrdptriage \\- say why a Remote Desktop connection failed, what proves it, and "
      "what fixes it\n.SH SYNOPSIS\n.B rdptriage\n.RI [ analyze ]\n.RI [ OPTION ...]\n.IR PATH "
      "...\n.br\n.B rdptriage\n.I COMMAND\n.RI [ OPTION ...]\n";
  out +=
      ".SH DESCRIPTION\n.B rdptriage\nreads the logs of a Remote Desktop connection (client "
      "traces, Windows event logs, netstat and other captures, whole support bundles) and names "
      "the cause of the failure with the records that prove it, the steps that fix it, and what "
      "to collect when the files do not show it. A\n.I PATH\nis a file, a folder, a bundle (zip, "
      "7z, cab, tar, gz, bz2, xz, zst, also inside each other), or\n.B \\-\nfor standard input. "
      "Content decides what a file is, never its name. Several paths are one case.\n.PP\nIt works "
      "offline. Nothing is ever sent, and nothing is written but the outputs asked for.\n";
  out += ".SH COMMANDS\n";
  for (const CommandRow& command : root.commands)
    out += fmt::format(".TP\n.B {}\n{}.\n", roff(command.name), roff(command.about));
  visit(root, [&](const CommandRow& command) {
    if (command.name.empty() || command.options.empty()) return;
    out += fmt::format(".SH OPTIONS OF {}\n", [&] {
      std::string upper = command.name;
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      return upper;
    }());
    for (const OptionRow& row : command.options) {
      std::string label;
      for (const std::string& name : row.names)
        label += (label.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
      if (!row.is_argument && !row.value.empty()) label += " \\fI" + roff(row.value) + "\\fR";
      std::string help = row.help;
      if (!row.choices.empty()) help += fmt::format(" ({})", fmt::join(row.choices, ", "));
      if (!row.default_value.empty() && !row.value.empty())
        help += fmt::format("; default: {}", row.default_value);
      out += ".TP\n" + label + "\n" + roff(help) + ".\n";
    }
    if (command.examples.empty()) return;
    out += ".PP\nExamples:\n.nf\n";
    for (const std::string& example : command.examples) out += roff(example) + "\n";
    out += ".fi\n";
  });
  out +=
      ".SH EXIT STATUS\n.TP\n.B 0\nThe analysis ran, whatever it found.\n.TP\n.B 1\n.B "
      "\\-\\-fail\\-on\nwas hit.\n.TP\n.B 2\nUsage, configuration or rules are wrong.\n.TP\n.B "
      "3\nNothing could be analyzed, or the code is not known.\n.TP\n.B 4\n.B \\-\\-strict\nwas "
      "given and something could not be read.\n.TP\n.B 70\nAn internal error.\n.TP\n.B 75\nA "
      "temporary error of input or output.\n.TP\n.B 130, 143\nInterrupted; what was done is "
      "written.\n";
  out +=
      ".SH ENVIRONMENT\n.TP\n.BI RDPTRIAGE_ NAME\nThe value of the option\n.BI \\-\\- name\nwhere "
      "it is not typed, in upper case and with _ for \\-.\n.TP\n.B RDPTRIAGE_CONFIG\nThe "
      "configuration file to read instead of the usual ones;\n.B none\nreads none.\n.TP\n.B "
      "NO_COLOR\nNo colors.\n.TP\n.B COLUMNS\nThe width of text when standard output is no "
      "terminal.\n";
  out +=
      ".SH FILES\n.TP\n.I $XDG_CONFIG_HOME/rdptriage/config.ini\nOptions as\n.B name = "
      "value\nlines; below\n.B [command]\nonly for that command.\n.TP\n.I "
      "/etc/rdptriage/config.ini\nThe same for all users.\n";
  return out;
}

std::string markdown(const CommandRow& root) {
  std::string out =
      "# Options\n\nMade by `rdptriage man --markdown` from the table that the program itself "
      "parses with; not edited by\nhand. What the commands are for: [the command line](cli.md).\n";
  const auto cell = [](const std::string& text) { return replaced(text, "|", "\\|"); };
  visit(root, [&](const CommandRow& command) {
    if (command.name.empty()) return;
    out += fmt::format("\n## `{}`\n\n{}.\n", command.name, command.about);
    if (!command.options.empty()) out += "\n| option | does |\n|---|---|\n";
    for (const OptionRow& row : command.options) {
      std::string help = row.help;
      if (!row.choices.empty()) help += fmt::format(" ({})", fmt::join(row.choices, ", "));
      if (!row.default_value.empty() && !row.value.empty())
        help += fmt::format("; default `{}`", row.default_value);
      out += fmt::format("| `{}{}` | {} |\n", fmt::join(row.names, "`, `"),
                         row.is_argument || row.value.empty() ? "" : " " + cell(row.value),
                         cell(help));
    }
    if (command.examples.empty()) return;
    out += "\n```sh\n";
    for (const std::string& example : command.examples) out += example + "\n";
    out += "```\n";
  });
  return out;
}

struct Shell {
  std::string_view name;
  std::string (*script)(const CommandRow&);
};
constexpr Shell kShells[] = {
    {"bash", bash}, {"zsh", zsh}, {"fish", fish}, {"powershell", powershell}};

}  // namespace

void add_completion_command(Program& program) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      program.app.add_subcommand("completion", "The script that completes commands in a shell");
  std::vector<std::string> names;
  for (const Shell& one : kShells) names.emplace_back(one.name);
  command->add_option("SHELL", *shell, "which shell")->check(CLI::IsMember(names))->required();
  set_examples(*command,
               "rdptriage completion bash > ~/.local/share/bash-completion/completions/rdptriage");
  command->callback([&program, shell] {
    const CommandRow root = describe(program.app);
    for (const Shell& one : kShells) {
      if (one.name == *shell) std::fputs(one.script(root).c_str(), stdout);
    }
  });
}

void add_man_command(Program& program) {
  auto as_markdown = std::make_shared<bool>(false);
  CLI::App* command = program.app.add_subcommand("man", "The manual page, as roff");
  command->add_flag("--markdown", *as_markdown, "the options of all commands as Markdown instead");
  set_examples(*command, "rdptriage man | man -l -");
  command->callback([&program, as_markdown] {
    const CommandRow root = describe(program.app);
    std::fputs((*as_markdown ? markdown(root) : manual(root, RDPTRIAGE_VERSION)).c_str(), stdout);
  });
}

}  // namespace rdptriage::cli
