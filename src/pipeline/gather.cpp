#include "pipeline/gather.hpp"

#include <iterator>

#include "pipeline/collected.hpp"
#include "pipeline/event_merger.hpp"
#include "pipeline/focus.hpp"
#include "pipeline/matching_consumer.hpp"
#include "pipeline/reported_code.hpp"

namespace rdptriage::pipeline {

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
    std::unique_ptr<MatchingConsumer> matching(static_cast<MatchingConsumer*>(consumer.release()));
    if (auto& tally = matching->tally()) out.tallies.emplace(artifact, std::move(*tally));
    merger.append(std::move(matching), artifact);
  };
  const reader::LineFilter* lines = keep == Keep::matches ? &rules.line_filter() : nullptr;
  CaseReading reading =
      read_case(input, {[&] { return rules.formats(); }, lines, options.jobs}, make, take);
  out.artifacts = std::move(reading.artifacts);
  out.limits_hit = std::move(reading.limits_hit);
  out.notices.insert(out.notices.begin(), std::make_move_iterator(reading.notices.begin()),
                     std::make_move_iterator(reading.notices.end()));
  note_empty_logs(out.artifacts, rules, out.sources);
  out.machines = machines_of_paths(out.artifacts, rules);
  if (!options.code.empty()) {
    auto consumer = std::make_unique<MatchingConsumer>(rules, pool, kKeptPerRule, &times);
    const auto number = static_cast<std::uint32_t>(out.artifacts.size());
    if (auto artifact = report_code(options.code, number, *consumer)) {
      out.artifacts.push_back(std::move(*artifact));
      consumer->finish();
      merger.append(std::move(consumer), number);
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
