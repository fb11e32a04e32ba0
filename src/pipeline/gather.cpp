#include "pipeline/gather.hpp"

#include <iterator>

#include "pipeline/event_merger.hpp"
#include "pipeline/focus.hpp"
#include "pipeline/matching_consumer.hpp"
#include "pipeline/reported_code.hpp"

namespace rdptriage::pipeline {

namespace {
// Windows names the file of a log after its channel: "Microsoft-Windows-CAPI2%4Operational.evtx",
// some collectors write "-" for the "/". Nothing else tells what an empty log is of.
void note_empty_log(const ArtifactReport& artifact, const RuleSetImpl& rules, Gathered& out) {
  constexpr std::string_view kEnding = ".evtx";
  if (artifact.format != "evtx" || artifact.records_read != 0) return;
  std::string channel = artifact.path.substr(artifact.path.find_last_of("/\\") + 1);
  if (channel.size() <= kEnding.size()) return;
  channel.resize(channel.size() - kEnding.size());
  for (const std::string_view slash : {"%4", "%2F", "-Operational", "-Admin"}) {
    const auto at = channel.rfind(slash);
    if (at == std::string::npos || at == 0) continue;
    channel.replace(at, slash.front() == '-' ? 1 : slash.size(), "/");
    break;
  }
  for (const std::string& source : rules.sources_of_channel(channel)) out.sources.add_empty(source);
}
}  // namespace

Gathered gather(const Case& input, const RuleSetImpl& rules, Keep keep) {
  Gathered out;
  MatcherPool& pool = rules.matchers();
  const CaseOptions& options = input.options();
  const KeptTimes times(options.focus, rules.rules());
  EventMerger merger(out, rules);
  const auto make = [&](const container::Artifact&,
                        std::string_view) -> std::unique_ptr<EventConsumer> {
    auto consumer = std::make_unique<MatchingConsumer>(rules, pool, merger.kept_per_rule(), &times);
    if (keep == Keep::matches_and_tallies) consumer->tally_sources();
    return consumer;
  };
  const auto take = [&](std::uint32_t artifact, std::unique_ptr<EventConsumer> consumer) {
    auto& matching = static_cast<MatchingConsumer&>(*consumer);
    if (auto& tally = matching.tally()) out.tallies.emplace(artifact, std::move(*tally));
    merger.append(matching, artifact);
  };
  const reader::LineFilter* lines = keep == Keep::matches ? &rules.line_filter() : nullptr;
  CaseReading reading = read_case(input, {rules.formats(), lines, options.jobs}, make, take);
  out.artifacts = std::move(reading.artifacts);
  out.limits_hit = std::move(reading.limits_hit);
  out.notices.insert(out.notices.begin(), std::make_move_iterator(reading.notices.begin()),
                     std::make_move_iterator(reading.notices.end()));
  for (const ArtifactReport& artifact : out.artifacts) note_empty_log(artifact, rules, out);
  if (!options.code.empty()) {
    MatchingConsumer consumer(rules, pool, kKeptPerRule, &times);
    const auto number = static_cast<std::uint32_t>(out.artifacts.size());
    if (auto artifact = report_code(options.code, number, consumer)) {
      out.artifacts.push_back(std::move(*artifact));
      consumer.finish();
      merger.append(consumer, number);
      out.code_reported = true;
    } else {
      out.notices.push_back({"CODE_NOT_UNDERSTOOD",
                             "the reported code \"" + options.code +
                                 "\" is not of the form 0x904/0x7; it was left out",
                             {},
                             {},
                             0});
    }
  }
  merger.finish(pool, options.focus.around, options.date_order);
  return out;
}

}  // namespace rdptriage::pipeline
