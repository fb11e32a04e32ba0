#include "pipeline/artifact_row.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "container/member_name.hpp"

namespace rdptriage::pipeline {

ArtifactReport artifact_row(const container::Artifact& artifact) {
  ArtifactReport row;
  row.id = fmt::format("A{}", artifact.index + 1);
  if (artifact.parent) row.parent = fmt::format("A{}", *artifact.parent + 1);
  row.path = artifact.path;
  row.bytes = artifact.bytes;
  return row;
}

void judge_sniffed(const container::Sniffed& why, ArtifactReport& row) {
  row.format = why.format;
  row.detected_by = "content";
  row.state =
      why.kind == container::Kind::refused ? ArtifactState::refused : ArtifactState::not_used;
  row.because = why.title;
  if (!why.advice.empty())
    row.because += (row.because.empty() ? "" : "; ") + std::string(why.advice);
}

std::string why_no_reader(std::span<const std::byte> head, std::string_view stored_name) {
  if (head.empty()) return "the file is empty";
  const std::string name = base::to_lower_ascii(stored_name);
  if (name.ends_with(".mta"))
    return "message texts that Windows puts beside an exported log (LocaleMetaData); not needed";
  if (name.ends_with(".evtx")) return "named .evtx, but it does not begin as an event log does";
  if (name.ends_with(".etl")) {
    return "named .etl, but it does not begin as an event trace does; on any Windows machine: "
           "tracerpt FILE.etl -o FILE.csv -of csv";
  }
  if (container::is_named_as_a_part(name))
    return "named as a part of a split archive; " + std::string(container::kJoinParts);
  return "no known log or capture format";
}

std::string reason_of(const Notice& notice, const ArtifactReport& row) {
  const std::string_view text = notice.text;
  const std::string_view path = row.path;
  const bool has_path = !path.empty() && text.size() > path.size() + 2 && text.starts_with(path) &&
                        text.substr(path.size(), 2) == ": ";
  return std::string(has_path ? text.substr(path.size() + 2) : text);
}

}  // namespace rdptriage::pipeline
