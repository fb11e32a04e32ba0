#include "pipeline/collected.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "reader/capture_format.hpp"
#include "reader/text_format.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::string_view kEventLog = ".evtx";

std::string_view file_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool says_nothing_found(std::string_view path) {
  return base::to_lower_ascii(file_name(path)).find("no results") != std::string::npos;
}

// "(12) Events Microsoft-Windows-X_Operational Events" → "Microsoft-Windows-X_Operational"
std::string_view without_directive(std::string_view name) {
  constexpr std::string_view kDirective = ") Events ", kEnding = " Events";
  const auto at = name.find(kDirective);
  if (name.empty() || name.front() != '(' || at == std::string_view::npos) return name;
  name.remove_prefix(at + kDirective.size());
  if (name.ends_with(kEnding)) name.remove_suffix(kEnding.size());
  return name;
}
}  // namespace

std::vector<KnownHost> machines_of_paths(const std::vector<ArtifactReport>& artifacts,
                                         const RuleSetImpl& rules) {
  std::vector<KnownHost> out;
  const reader::FormatSet* formats = rules.formats();
  if (formats == nullptr) return out;
  const reader::CaptureSet& captures = formats->captures();
  for (const ArtifactReport& artifact : artifacts) {
    const std::string_view machine = captures.collected(artifact.path).machine;
    const bool is_new = std::none_of(out.begin(), out.end(), [&](const KnownHost& known) {
      return base::equals_ignoring_case(known.name, machine);
    });
    if (machine.empty() || !is_new) continue;
    out.push_back({std::string(machine), std::string(captures.role_of_machine(machine)), {}});
  }
  return out;
}

std::vector<std::string> sources_of_file(std::string_view path, const RuleSetImpl& rules) {
  std::string_view name = file_name(path);
  if (base::to_lower_ascii(name).ends_with(kEventLog)) name.remove_suffix(kEventLog.size());
  if (const auto at = base::to_lower_ascii(name).find("no results"); at != std::string::npos) {
    name = name.substr(0, at);
    while (!name.empty() && (name.back() == ' ' || name.back() == '-')) name.remove_suffix(1);
  }
  name = without_directive(name);
  auto sources = rules.sources_of_log_name(name);
  if (!sources.empty()) return sources;
  // A collector put the machine's name in front.
  const auto mark = name.find('_');
  return mark == std::string_view::npos ? sources
                                        : rules.sources_of_log_name(name.substr(mark + 1));
}

void note_empty_logs(const std::vector<ArtifactReport>& artifacts, const RuleSetImpl& rules,
                     diagnosis::SourceSet& sources) {
  for (const ArtifactReport& artifact : artifacts) {
    const bool is_empty_log = artifact.format == "evtx" && artifact.records_read == 0;
    if (!is_empty_log && !says_nothing_found(artifact.path)) continue;
    for (const std::string& source : sources_of_file(artifact.path, rules)) {
      if (is_empty_log) {
        sources.add_empty(source);
      } else {
        sources.add_failed(source);
      }
    }
  }
}

}  // namespace rdptriage::pipeline
