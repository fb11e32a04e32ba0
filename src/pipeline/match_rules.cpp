#include <map>
#include <memory>
#include <mutex>

#include "pipeline/read_case.hpp"
#include "pipeline/rule_files.hpp"
#include "rdptriage/rules.hpp"
#include "rule/correlation.hpp"
#include "rule/matcher.hpp"

namespace rdptriage {

namespace {
using pipeline::EventConsumer;

// What has to be told of one event; the rules follow in another list.
struct MatchedEvent {
  std::uint64_t index = 0;
  std::optional<std::uint64_t> record_id, record_number, line;
  std::optional<Timestamp> time;
  std::uint32_t rules = 0;             // how many, in MatchConsumer::rules
  const event::Event* kept = nullptr;  // when some correlation looks at it
};

// Runs the detections over one artifact. Only matches are kept, and of the events themselves only
// those that a correlation needs.
class MatchConsumer final : public EventConsumer {
 public:
  MatchConsumer(const rule::CompiledRules& compiled, const std::vector<bool>& correlated)
      : matcher_(std::make_unique<rule::Matcher>(compiled)), correlated_(correlated) {}

  reader::Flow event(EventView& event) override {
    const std::uint64_t index = count++;
    matcher_->match(event, matched_);
    if (matched_.empty()) return reader::Flow::go_on;
    MatchedEvent found;
    found.index = index;
    found.record_id = event.system().record_id;
    found.record_number = event.locator().record_number;
    found.line = event.locator().line;
    found.time = event.key().time;
    found.rules = static_cast<std::uint32_t>(matched_.size());
    for (const rule::RuleIndex rule : matched_) {
      if (correlated_[rule] && found.kept == nullptr) found.kept = &store_.keep(event);
    }
    events.push_back(found);
    rules.insert(rules.end(), matched_.begin(), matched_.end());
    return reader::Flow::go_on;
  }

  std::uint64_t count = 0;
  std::vector<MatchedEvent> events;
  std::vector<rule::RuleIndex> rules;

 private:
  std::unique_ptr<rule::Matcher> matcher_;
  const std::vector<bool>& correlated_;
  std::vector<rule::RuleIndex> matched_;
  event::EventStore store_;
};

void describe(const rule::RuleInfo& info, RuleMatch& out) {
  out.rule = info.handle();
  out.id = info.id;
  out.title = info.title;
  out.level = info.level;
  out.author = info.author;
}
}  // namespace

Result<MatchSummary> match_rules(const Case& input, const RuleSelection& selection,
                                 FunctionRef<void(const RuleMatch&)> match) {
  RDPTRIAGE_TRY(const auto selected, pipeline::load_selection(selection));
  RDPTRIAGE_CHECK(pipeline::check_problems(selection, selected->loaded.problems));
  const rule::CompiledRules& compiled = selected->loaded.rules;
  std::vector<bool> correlated(compiled.rules().size());
  for (const rule::Correlation& correlation : compiled.correlations()) {
    for (const rule::RuleIndex rule : correlation.rules) correlated[rule] = true;
  }
  const auto make = [&](const container::Artifact&,
                        std::string_view) -> std::unique_ptr<EventConsumer> {
    return std::make_unique<MatchConsumer>(compiled, correlated);
  };
  pipeline::CaseReading reading =
      pipeline::read_case(input, nullptr, nullptr, input.options().jobs, make);

  MatchSummary summary;
  summary.problems = std::move(selected->loaded.problems);
  summary.rules = compiled.rules().size();
  std::vector<rule::Hit> hits;
  for (std::size_t i = 0; i < reading.consumers.size(); ++i) {
    const auto* consumer = static_cast<const MatchConsumer*>(reading.consumers[i].get());
    if (consumer == nullptr) continue;
    summary.events += consumer->count;
    std::size_t next = 0;
    for (const MatchedEvent& event : consumer->events) {
      for (std::uint32_t n = 0; n < event.rules; ++n) {
        const rule::RuleInfo& info = compiled.rules()[consumer->rules[next++]];
        if (correlated[info.index]) {
          rule::Hit hit;
          hit.rule = info.index;
          hit.event = event.kept;
          hit.time = event.time.value_or(Timestamp{});
          hits.push_back(hit);
        }
        if (info.visibility == rule::Visibility::hidden) continue;
        RuleMatch out;
        describe(info, out);
        out.artifact = reading.artifacts[i].path;
        out.index = event.index;
        out.record_id = event.record_id;
        out.record_number = event.record_number;
        out.line = event.line;
        out.time = event.time;
        ++summary.matches;
        match(out);
      }
    }
  }
  for (const rule::Firing& firing : rule::correlate(compiled, hits)) {
    const rule::RuleInfo& info = compiled.rules()[firing.rule];
    if (info.visibility == rule::Visibility::hidden) continue;
    RuleMatch out;
    out.kind = RuleMatch::Kind::correlation;
    describe(info, out);
    out.time = firing.time;
    out.group = firing.group;
    out.events = firing.members.size();
    out.certain = firing.certainty == rule::Certainty::yes;
    ++summary.matches;
    match(out);
  }
  summary.artifacts = std::move(reading.artifacts);
  summary.notices = std::move(reading.notices);
  return summary;
}

}  // namespace rdptriage
