#include "pipeline/gather.hpp"

#include <fmt/format.h>

#include <set>

#include "pipeline/matching_consumer.hpp"
#include "pipeline/reported_code.hpp"

namespace rdptriage::pipeline {

namespace {
// Puts the artifacts' findings together in their order.
class Merger {
 public:
  explicit Merger(Gathered& out) : out_(&out) {}

  void append(MatchingConsumer& from) {
    Gathered& out = *out_;
    std::vector<std::uint32_t> position;  // in the whole store; kNowhere for repeated records
    for (event::Event& event : from.store().events()) {
      const bool again = !is_new(event);
      position.push_back(again ? kNowhere : static_cast<std::uint32_t>(out.store.events().size()));
      if (again) {
        ++repeated_;
      } else {
        out.store.events().push_back(std::move(event));
      }
    }
    for (const auto& [rule, count] : from.counts()) out.match_count[rule] += count;
    for (const DetectionHit& hit : from.hits()) {
      if (position[hit.event] == kNowhere) {
        --out.match_count[hit.rule];
      } else {
        out.hits.push_back({hit.rule, position[hit.event]});
      }
    }
    for (const std::string& source : from.sources().names()) out.sources.add(source);
    for (const auto& [source, artifact] : from.sources().holders())
      out.sources.add_holder(source, artifact);
    for (const auto& span : from.sources().spans()) out.sources.add_span(span);
    out.capture_read = out.capture_read || from.shows_state();
    out.others.push_back(std::move(from.store()));
  }

  std::uint64_t repeated() const { return repeated_; }

 private:
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  // A log that was exported twice (as EVTX and as XML, whole and filtered) tells everything twice.
  bool is_new(const event::Event& event) {
    if (!event.system.record_id || !event.system.computer || event.key.channel.empty()) return true;
    const std::int64_t ticks = event.key.time ? event.key.time->ticks : 0;
    return records_
        .insert(fmt::format("{}\n{}\n{}\n{}", *event.system.computer, event.key.channel,
                            *event.system.record_id, ticks / kTicksPerMillisecond))
        .second;
  }

  // XML exports cut the last digits of the time.
  static constexpr std::int64_t kTicksPerMillisecond = 10'000;

  Gathered* out_;
  std::set<std::string> records_;
  std::uint64_t repeated_ = 0;
};

// What the dates of captures are held against: the last moment that the case tells of, else the
// day the rule pack was made.
std::optional<DateReference> reference_of(
    const std::vector<std::unique_ptr<EventConsumer>>& consumers, const RuleSetImpl& rules) {
  std::optional<Timestamp> last;
  for (const auto& consumer : consumers) {
    if (consumer == nullptr) continue;
    const auto time = static_cast<const MatchingConsumer&>(*consumer).last_time();
    if (time && (!last || *last < *time)) last = time;
  }
  if (last) return DateReference{*last, DateReference::Kind::incident};
  if (rules.date()) return DateReference{*rules.date(), DateReference::Kind::at_least};
  return std::nullopt;
}
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

Gathered gather(const Case& input, const RuleSetImpl& rules) {
  Gathered out;
  out.match_count.assign(rules.rules().rules().size(), 0);
  MatcherPool pool(rules.rules());
  CaseReading reading = read_case(
      input, rules.formats(), &rules.line_filter(), input.options().jobs,
      [&](const container::Artifact&, std::string_view) -> std::unique_ptr<EventConsumer> {
        return std::make_unique<MatchingConsumer>(rules, pool);
      });
  out.artifacts = std::move(reading.artifacts);
  out.notices = std::move(reading.notices);
  out.limits_hit = std::move(reading.limits_hit);
  const auto reference = reference_of(reading.consumers, rules);
  for (const ArtifactReport& artifact : out.artifacts) note_empty_log(artifact, rules, out);
  Merger merger(out);
  for (std::size_t i = 0; i < reading.consumers.size(); ++i) {
    if (reading.consumers[i] == nullptr) continue;
    auto& consumer = static_cast<MatchingConsumer&>(*reading.consumers[i]);
    consumer.judge_dates(reference);
    consumer.finish();
    if (consumer.dropped() != 0) {
      Notice notice;
      notice.code = "MATCHES_NOT_KEPT";
      notice.text = fmt::format(
          "{} more records match rules that had matched 1,000 times in this "
          "file; they are counted, not kept",
          consumer.dropped());
      notice.artifact = static_cast<std::uint32_t>(i);
      out.notices.push_back(std::move(notice));
    }
    merger.append(consumer);
    reading.consumers[i].reset();
  }
  if (merger.repeated() != 0) {
    Notice notice;
    notice.code = "RECORDS_REPEATED";
    notice.text =
        fmt::format("{} records are in more than one file; each is used once", merger.repeated());
    out.notices.push_back(std::move(notice));
  }
  if (!input.options().code.empty()) {
    MatchingConsumer consumer(rules, pool);
    const auto number = static_cast<std::uint32_t>(out.artifacts.size());
    if (auto artifact = report_code(input.options().code, number, consumer)) {
      out.artifacts.push_back(std::move(*artifact));
      consumer.finish();
      merger.append(consumer);
      out.code_reported = true;
    } else {
      out.notices.push_back({"CODE_NOT_UNDERSTOOD",
                             "the reported code \"" + input.options().code +
                                 "\" is not of the form 0x904/0x7; it was left out",
                             {},
                             {},
                             0});
    }
  }
  return out;
}

}  // namespace rdptriage::pipeline
