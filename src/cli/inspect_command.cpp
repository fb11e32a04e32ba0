// `rdptriage inspect`: what is in there and what would be used; no diagnosis.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "cli/command.hpp"
#include "cli/focus_options.hpp"
#include "cli/opening_options.hpp"
#include "cli/option_table.hpp"
#include "rdptriage/names.hpp"
#include "rdptriage/rdptriage.hpp"

namespace rdptriage::cli {

namespace {
using Json = nlohmann::ordered_json;

// "" when the source or the incident has no time.
std::string_view covers(const SourceCount& kind, const std::optional<Timestamp>& incident) {
  if (!incident || !kind.first) return "";
  if (*incident < *kind.first) return "begins after the incident";
  return *kind.last < *incident ? "ends before the incident" : "covers the incident";
}

// Without the Z.
std::string local_time(Timestamp time) {
  std::string text = format_time(time);
  text.pop_back();
  return text;
}

std::string_view in_words(ArtifactState state) {
  switch (state) {
    case ArtifactState::used:
      return "used";
    case ArtifactState::not_used:
      return "not used";
    case ArtifactState::refused:
      return "refused";
    case ArtifactState::damaged:
      return "damaged";
  }
  return "";
}

void print_case(const Inspection& inspection, std::ostream& out) {
  if (inspection.incident) out << "\nincident " << format_time(*inspection.incident) << '\n';
  if (!inspection.hosts.empty()) out << "\nhosts\n";
  for (const Host& host : inspection.hosts) {
    std::string row = fmt::format("  {:<24} {}", host.name, fmt::join(host.roles, ", "));
    if (!host.time_zone.empty()) row += "  " + host.time_zone;
    out << safe_text(row) << '\n';
  }
  bool headed = false;
  for (const Coverage& source : inspection.coverage) {
    if (source.state == CoverageState::present) continue;
    if (!headed) out << "\nmissing\n";
    headed = true;
    std::string row = fmt::format("  {:<48} {}", source.source, name_of(source.state));
    if (!source.host.empty()) row += "  on " + source.host;
    if (!source.effect.empty()) row += "  " + source.effect;
    out << safe_text(row) << '\n';
  }
}

std::string host_name(const Inspection& inspection, const std::string& id) {
  for (const Host& host : inspection.hosts) {
    if (host.id == id) return host.name;
  }
  return {};
}

// A text of no known log has lines, which nothing looks at.
bool holds_records(const ArtifactReport& artifact) {
  return artifact.records_read != 0 && artifact.state != ArtifactState::not_used;
}

void print_text(const Inspection& inspection, std::ostream& out) {
  std::size_t usable = 0, format_width = 8;
  std::set<std::string_view> bundles;
  for (const ArtifactReport& artifact : inspection.artifacts) {
    format_width = std::max(format_width, artifact.format.size());
    bundles.insert(artifact.parent);
  }
  bundles.erase("");
  for (std::size_t i = 0; i < inspection.artifacts.size(); ++i) {
    const ArtifactReport& artifact = inspection.artifacts[i];
    if (holds_records(artifact)) ++usable;
    std::string line =
        fmt::format("{:<9}{:<{}}", in_words(artifact.state),
                    artifact.format.empty() ? "-" : artifact.format, format_width + 1);
    line += artifact.bytes ? fmt::format("{:>12}  ", *artifact.bytes) : std::string(14, ' ');
    line += artifact.path;
    if (const std::string name = host_name(inspection, inspection.whose[i]); !name.empty())
      line += "  on " + name;
    if (!artifact.because.empty()) line += "  (" + artifact.because + ")";
    out << safe_text(line) << '\n';
    for (const SourceCount& kind : inspection.sources[i]) {
      std::string row = fmt::format("{:>25}  {}", kind.events, kind.name);
      if (kind.first) {
        row += fmt::format("  {} to {}", format_time(*kind.first), format_time(*kind.last));
        if (const auto said = covers(kind, inspection.incident); !said.empty()) {
          row += fmt::format(", {}", said);
        }
      } else if (kind.first_local) {
        row += fmt::format("  {} to {}, local time", local_time(*kind.first_local),
                           local_time(*kind.last_local));
      }
      out << safe_text(row) << '\n';
    }
  }
  const std::size_t files = inspection.artifacts.size() - bundles.size();
  out << fmt::format("\n{} of {} file{} hold{} records that would be used\n", usable, files,
                     files == 1 ? "" : "s", usable == 1 || files == 1 ? "s" : "");
  print_case(inspection, out);
}

void print_json(const Inspection& inspection, std::ostream& out) {
  Json root;
  root["kind"] = "rdptriage.inspection";
  Json& artifacts = root["artifacts"] = Json::array();
  for (std::size_t i = 0; i < inspection.artifacts.size(); ++i) {
    const ArtifactReport& artifact = inspection.artifacts[i];
    Json row;
    row["id"] = artifact.id;
    if (!artifact.parent.empty()) row["parent"] = artifact.parent;
    row["path"] = artifact.path;
    if (!inspection.whose[i].empty()) row["host"] = inspection.whose[i];
    if (!artifact.format.empty()) row["format"] = artifact.format;
    if (!artifact.encoding.empty()) row["encoding"] = artifact.encoding;
    if (artifact.bytes) row["bytes"] = *artifact.bytes;
    if (!artifact.sha256.empty()) row["sha256"] = artifact.sha256;
    std::string state(in_words(artifact.state));
    std::replace(state.begin(), state.end(), ' ', '_');
    row["state"] = state;
    if (!artifact.because.empty()) row["because"] = artifact.because;
    row["records"] = {{"read", artifact.records_read},
                      {"refused", artifact.records_refused},
                      {"bytes_lost", artifact.bytes_lost}};
    Json sources = Json::array();
    for (const SourceCount& kind : inspection.sources[i]) {
      Json source = {{"source", kind.name}, {"events", kind.events}};
      if (kind.first) source["first"] = format_time(*kind.first);
      if (kind.last) source["last"] = format_time(*kind.last);
      if (kind.first_local) source["first_local"] = local_time(*kind.first_local);
      if (kind.last_local) source["last_local"] = local_time(*kind.last_local);
      if (const auto said = covers(kind, inspection.incident); !said.empty()) {
        source["incident"] = said;
      }
      sources.push_back(std::move(source));
    }
    row["sources"] = std::move(sources);
    artifacts.push_back(std::move(row));
  }
  if (inspection.incident) root["incident"] = format_time(*inspection.incident);
  Json& hosts = root["hosts"] = Json::array();
  for (const Host& host : inspection.hosts) {
    Json row = {{"id", host.id}, {"name", host.name}, {"roles", host.roles}};
    if (!host.time_zone.empty()) row["time_zone"] = host.time_zone;
    hosts.push_back(std::move(row));
  }
  Json& coverage = root["coverage"] = Json::array();
  for (const Coverage& source : inspection.coverage) {
    Json row = {{"source", source.source}, {"state", name_of(source.state)}};
    if (!source.host.empty()) row["host"] = source.host;
    if (!source.effect.empty()) row["effect"] = source.effect;
    coverage.push_back(std::move(row));
  }
  Json& notices = root["notices"] = Json::array();
  for (const Notice& notice : inspection.notices) {
    Json row = {{"code", notice.code}, {"text", notice.text}};
    if (notice.artifact) row["artifact"] = fmt::format("A{}", *notice.artifact + 1);
    notices.push_back(std::move(row));
  }
  out << safe_json(root.dump(2, ' ', false, Json::error_handler_t::replace)) << '\n';
}

struct InspectOptions {
  std::vector<std::string> paths;
  std::string format = "text";
  OpeningOptions opening;
  CaseOptions input;
  FocusOptions focus;
};

int inspect_paths(const InspectOptions& options) {
  CaseOptions case_options = options.input;
  if (auto read = read_focus(options.focus, case_options); !read) return report_error(read.error());
  const auto input = open_case(options.paths, std::move(case_options), options.opening);
  if (!input) return report_error(input.error());
  const Inspection inspection = inspect(*input);
  if (options.format == "json") {
    print_json(inspection, std::cout);
  } else {
    print_text(inspection, std::cout);
  }
  std::cout.flush();
  const auto& artifacts = inspection.artifacts;
  const bool any = std::any_of(artifacts.begin(), artifacts.end(), holds_records);
  return any ? kOk : kNotAnalysable;
}
}  // namespace

void add_inspect_command(Program& program) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = program.app.add_subcommand(
      "inspect", "What is in the files and what would be used; no diagnosis");
  command->add_option("PATH", options->paths, "files, folders, bundles; - for standard input")
      ->required();
  add_focus_options(*command, options->focus);
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  add_opening_options(*command, options->opening, options->input.limits);
  set_examples(*command, "rdptriage inspect case.zip");
  command->callback([&program, options] { program.exit_code = inspect_paths(*options); });
}

}  // namespace rdptriage::cli
