#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/facts.hpp"
#include "pipeline/kept_matches.hpp"
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

void describe(const rule::RuleInfo& info, RuleMatch& out) {
  out.rule = info.handle();
  out.id = info.id;
  out.title = info.title;
  out.level = info.level;
  out.author = info.author;
}

// What the consumers of all artifacts share.
class Matching {
 public:
  // `match` must live as long as this.
  Matching(const rule::CompiledRules& compiled, const RuleSelection& selection,
           const FunctionRef<void(const RuleMatch&)>& match)
      : rules(compiled),
        correlated(compiled.rules().size()),
        parts(compiled),
        most_correlated(selection.most_correlated),
        most_ahead(selection.most_ahead),
        match_(match) {
    for (const rule::Correlation& correlation : compiled.correlations()) {
      for (const rule::RuleIndex rule : correlation.rules) correlated[rule] = true;
    }
  }

  // Tells of the visible rules that matched an event.
  void tell(const MatchedEvent& event, std::string_view artifact,
            std::span<const rule::RuleIndex> matched) {
    for (const rule::RuleIndex rule : matched) {
      const rule::RuleInfo& info = rules.rules()[rule];
      if (info.visibility != rule::Visibility::shown) continue;
      RuleMatch out;
      describe(info, out);
      out.artifact = artifact;
      out.index = event.index;
      out.record_id = event.record_id;
      out.record_number = event.record_number;
      out.line = event.line;
      out.time = event.time;
      ++told;
      match_(out);
    }
  }

  const rule::CompiledRules& rules;
  std::vector<bool> correlated;
  const pipeline::CorrelatedParts parts;
  const std::uint64_t most_correlated, most_ahead;
  std::uint64_t told = 0;

 private:
  const FunctionRef<void(const RuleMatch&)>& match_;
};

// Distinct events that are kept for correlations, some 600 bytes each.
std::size_t most_kept(const Matching& matching) {
  constexpr std::uint64_t kMost = 100'000;
  return static_cast<std::size_t>(std::min(kMost, matching.most_correlated));
}

// When matches are told: those of the first artifact can go out while it is read, nothing comes
// before them; those of others are kept until it is their turn.
enum class Telling : std::uint8_t { at_once, later };

void add_hits(const MatchedEvent& event, std::span<const rule::RuleIndex> matched,
              const std::vector<bool>& correlated, rule::HitList& hits) {
  for (const rule::RuleIndex rule : matched) {
    if (!correlated[rule]) continue;
    if (event.kept == nullptr) {
      hits.leave_out(1);
      continue;
    }
    rule::Hit hit;
    hit.rule = rule;
    hit.event = event.kept;
    hit.time = event.time.value_or(Timestamp{});
    hits.add(hit);
  }
}

// Runs the detections over one artifact. Only matches are kept, and of the events themselves only
// the fields that a correlation needs.
class MatchConsumer final : public EventConsumer {
 public:
  MatchConsumer(Matching& matching, std::string artifact, Telling telling)
      : hits(matching.most_correlated),
        kept(most_kept(matching)),
        matching_(matching),
        artifact_(std::move(artifact)),
        telling_(telling),
        matcher_(std::make_unique<rule::Matcher>(matching.rules)) {}

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
    if (std::any_of(matched_.begin(), matched_.end(),
                    [this](rule::RuleIndex rule) { return matching_.correlated[rule]; })) {
      found.kept = kept.keep(matching_.parts.of(event));
    }
    take(found, matched_);
    return reader::Flow::go_on;
  }
  std::unique_ptr<EventConsumer> fork() override {
    return std::make_unique<MatchConsumer>(matching_, artifact_, Telling::later);
  }
  void join(EventConsumer& forked) override {
    auto& other = static_cast<MatchConsumer&>(forked);
    std::size_t next = 0;
    for (MatchedEvent& found : other.events) {
      found.index += count;
      if (found.kept != nullptr) found.kept = kept.keep(*found.kept);
      take(found, std::span(other.rules).subspan(next, found.rules));
      next += found.rules;
    }
    count += std::exchange(other.count, 0);
    other.events.clear();
    other.rules.clear();
    other.kept.clear();
  }

  void set_turn(pipeline::Turn& turn) override { turn_ = &turn; }
  void finish() override {
    matcher_.reset();
    turn_ = nullptr;
  }

  const std::string& artifact() const { return artifact_; }

  std::uint64_t count = 0;
  std::vector<MatchedEvent> events;
  std::vector<rule::RuleIndex> rules;
  rule::HitList hits;
  pipeline::KeptMatches kept;

 private:
  void take(const MatchedEvent& found, std::span<const rule::RuleIndex> matched) {
    if (telling_ == Telling::later && turn_ != nullptr && events.size() >= matching_.most_ahead) {
      const bool may_tell = turn_->wait();
      turn_ = nullptr;
      if (may_tell) tell_kept();
    }
    if (telling_ == Telling::later) {
      events.push_back(found);
      rules.insert(rules.end(), matched.begin(), matched.end());
      return;
    }
    matching_.tell(found, artifact_, matched);
    add_hits(found, matched, matching_.correlated, hits);
  }

  // From now on matches go out at once, those that were kept first.
  void tell_kept() {
    telling_ = Telling::at_once;
    std::size_t next = 0;
    for (const MatchedEvent& found : events) {
      take(found, std::span<const rule::RuleIndex>(rules).subspan(next, found.rules));
      next += found.rules;
    }
    events = {};
    rules = {};
  }

  Matching& matching_;
  std::string artifact_;
  Telling telling_;
  pipeline::Turn* turn_ = nullptr;
  std::unique_ptr<rule::Matcher> matcher_;
  std::vector<rule::RuleIndex> matched_;
};
}  // namespace

Result<MatchSummary> match_rules(const Case& input, const RuleSelection& selection,
                                 FunctionRef<void(const RuleMatch&)> match) {
  RDPTRIAGE_TRY(const auto selected, pipeline::load_selection(selection, rule::Documents::dropped));
  RDPTRIAGE_CHECK(pipeline::check_problems(selection, selected->loaded.problems));
  selected->drop_texts();
  const rule::CompiledRules& compiled = selected->loaded.rules;
  Matching matching(compiled, selection, match);
  const auto make = [&](const container::Artifact& artifact,
                        std::string_view) -> std::unique_ptr<EventConsumer> {
    const auto telling = artifact.index == 0 ? Telling::at_once : Telling::later;
    return std::make_unique<MatchConsumer>(matching, artifact.path, telling);
  };
  MatchSummary summary;
  rule::HitList hits(selection.most_correlated);
  pipeline::KeptMatches kept(most_kept(matching));  // the events that hits point to
  const auto take = [&](std::uint32_t, std::unique_ptr<EventConsumer> taken) {
    auto& consumer = static_cast<MatchConsumer&>(*taken);
    summary.events += consumer.count;
    if (hits.hits().empty() && hits.left_out() == 0) {
      kept = std::move(consumer.kept);
      hits = std::move(consumer.hits);
    } else {
      for (rule::Hit hit : consumer.hits.hits()) {
        hit.event = kept.keep(*hit.event);
        if (hit.event == nullptr) {
          hits.leave_out(1);
        } else {
          hits.add(hit);
        }
      }
      hits.leave_out(consumer.hits.left_out());
    }
    std::size_t next = 0;
    for (MatchedEvent& event : consumer.events) {
      if (event.kept != nullptr) event.kept = kept.keep(*event.kept);
      const auto matched = std::span(consumer.rules).subspan(next, event.rules);
      matching.tell(event, consumer.artifact(), matched);
      add_hits(event, matched, matching.correlated, hits);
      next += event.rules;
    }
  };
  const auto formats = [&] { return selected->text_formats(); };
  // Rules may be about events of any make.
  pipeline::CaseReading reading = pipeline::read_case(
      input, {formats, nullptr, input.options().jobs, reader::JsonObjects::all}, make, take);
  summary.problems = std::move(selected->loaded.problems);
  summary.rules = compiled.rules().size();
  summary.matches = matching.told;
  for (const rule::Firing& firing : rule::correlate(compiled, hits.hits())) {
    const rule::RuleInfo& info = compiled.rules()[firing.rule];
    if (info.visibility != rule::Visibility::shown) continue;
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
  if (hits.left_out() != 0)
    summary.notices.push_back(pipeline::correlations_cut(hits.left_out(), hits.hits().size()));
  return summary;
}

}  // namespace rdptriage
