#include "pipeline/gather.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/matching_consumer.hpp"
#include "pipeline/reported_code.hpp"

namespace rdptriage::pipeline {

namespace {
void append(MatchingConsumer& from, Gathered& to) {
  const auto base = static_cast<std::uint32_t>(to.store.events().size());
  for (event::Event& event : from.store().events()) {
    to.store.events().push_back(std::move(event));
  }
  for (const DetectionHit& hit : from.hits()) to.hits.push_back({hit.rule, hit.event + base});
  for (const auto& [rule, count] : from.counts()) to.match_count[rule] += count;
  for (const std::string& source : from.sources().names()) to.sources.add(source);
  to.capture_read = to.capture_read || from.shows_state();
  to.others.push_back(std::move(from.store()));
}
}  // namespace

Gathered gather(const Case& input, const RuleSetImpl& rules) {
  Gathered out;
  out.match_count.assign(rules.rules().rules().size(), 0);
  MatcherPool pool(rules.rules());
  CaseReading reading = read_case(
      input, rules.formats(), input.options().jobs,
      [&](const container::Artifact&, std::string_view) -> std::unique_ptr<EventConsumer> {
        return std::make_unique<MatchingConsumer>(rules, pool);
      });
  out.artifacts = std::move(reading.artifacts);
  out.notices = std::move(reading.notices);
  out.limits_hit = std::move(reading.limits_hit);
  for (std::size_t i = 0; i < reading.consumers.size(); ++i) {
    if (reading.consumers[i] == nullptr) continue;
    auto& consumer = static_cast<MatchingConsumer&>(*reading.consumers[i]);
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
    append(consumer, out);
    reading.consumers[i].reset();
  }
  if (!input.options().code.empty()) {
    MatchingConsumer consumer(rules, pool);
    const auto number = static_cast<std::uint32_t>(out.artifacts.size());
    if (auto artifact = report_code(input.options().code, number, consumer)) {
      out.artifacts.push_back(std::move(*artifact));
      consumer.finish();
      append(consumer, out);
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
