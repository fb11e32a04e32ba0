#include "rule/correlation.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "rule/correlation_chain.hpp"
#include "rule/correlation_parts.hpp"
#include "rule/correlation_reader.hpp"
#include "rule/correlation_window.hpp"

namespace rdptriage::rule {

namespace {
class Run {
 public:
  Run(const CompiledRules& rules, std::span<const Hit> hits)
      : rules_(rules), reader_(hits, rules.rules().size()) {}

  std::vector<Firing> all() {
    for (const Correlation& correlation : rules_.correlations()) {
      if (!reader_.has_parts(correlation, firings_)) continue;
      std::vector<Firing>& firings = firings_[correlation.rule];
      for (const auto& [key, group] : reader_.groups_of(correlation, firings_))
        judge(correlation, group, firings);
      std::stable_sort(firings.begin(), firings.end(),
                       [](const Firing& a, const Firing& b) { return a.time < b.time; });
    }
    std::vector<Firing> out;
    for (auto& [rule, firings] : firings_) {
      out.insert(out.end(), std::make_move_iterator(firings.begin()),
                 std::make_move_iterator(firings.end()));
    }
    return out;
  }

 private:
  void fire(const Correlation& correlation, const Group& group, std::span<const Part> parts,
            std::int64_t time, Certainty certainty, std::vector<Firing>& out) const {
    Firing firing;
    firing.rule = correlation.rule;
    firing.group = group.shown;
    for (const Part& part : parts) {
      firing.members.insert(firing.members.end(), part.hits.begin(), part.hits.end());
    }
    std::sort(firing.members.begin(), firing.members.end());
    firing.members.erase(std::unique(firing.members.begin(), firing.members.end()),
                         firing.members.end());
    firing.certainty = certainty;
    firing.time.ticks = time;
    out.push_back(std::move(firing));
  }

  // Surely inside the window that begins with `first`?
  static bool surely_inside(const Correlation& correlation, const Part& first, const Part& part) {
    return std::abs(part.time - first.time) + doubt(first, part) <= correlation.timespan;
  }

  void judge(const Correlation& correlation, const Group& group, std::vector<Firing>& out) const {
    // No window is narrower than it may be: clocks that differ widen it.
    const bool several = std::any_of(group.parts.begin(), group.parts.end(), [&](const Part& part) {
      return part.clock == kMixedClocks || part.clock != group.parts.front().clock;
    });
    std::int64_t widest = 0;
    if (several) {
      for (const Part& part : group.parts) widest = std::max(widest, part.uncertainty);
    }
    const std::int64_t span = correlation.timespan + 2 * widest;

    if (correlation.type == CorrelationType::temporal_ordered) {
      judge_ordered(correlation, group, span, out);
      return;
    }
    const bool aggregate = correlation.type != CorrelationType::event_count &&
                           correlation.type != CorrelationType::value_count &&
                           !is_temporal(correlation.type);
    const bool slides = !aggregate && (correlation.expression || correlation.thresholds.empty() ||
                                       is_monotonic(correlation.thresholds));
    if (slides) {
      judge_sliding(correlation, group, span, out);
    } else {
      judge_once_per_window(correlation, group, span, out);
    }
  }

  // The window begins with each event in turn until what it must contain is there; then it is
  // judged and the search goes on behind it.
  void judge_sliding(const Correlation& correlation, const Group& group, std::int64_t span,
                     std::vector<Firing>& out) const {
    const std::vector<Part>& parts = group.parts;
    Window window(correlation, reader_);
    std::size_t end = 0;
    for (std::size_t first = 0; first < parts.size();) {
      std::optional<std::size_t> complete;
      if (window.holds(Negations::taken_as_true) && end > first) complete = end - 1;
      while (!complete && end < parts.size() && parts[end].time - parts[first].time <= span) {
        window.put(parts[end++]);
        if (window.holds(Negations::taken_as_true)) complete = end - 1;
      }
      if (!complete) {
        window.take(parts[first++]);
        continue;
      }
      while (end < parts.size() && parts[end].time - parts[first].time <= span) {
        window.put(parts[end++]);
      }
      const auto inside = std::span(parts).subspan(first, end - first);
      if (correlation.expression) {
        judge_expression(correlation, group, inside, window, parts[*complete].time, out);
      } else {
        const auto needed = std::span(parts).subspan(first, *complete - first + 1);
        const bool sure = std::all_of(needed.begin(), needed.end(), [&](const Part& part) {
          return surely_inside(correlation, parts[first], part);
        });
        fire(correlation, group, inside, parts[*complete].time,
             sure ? Certainty::yes : Certainty::possible, out);
      }
      first = end;
      window = Window(correlation, reader_);
    }
  }

  // With and without what may lie outside: a `not` can make either of them the true one.
  void judge_expression(const Correlation& correlation, const Group& group,
                        std::span<const Part> inside, const Window& wide, std::int64_t time,
                        std::vector<Firing>& out) const {
    Window sure(correlation, reader_);
    for (const Part& part : inside) {
      if (surely_inside(correlation, inside.front(), part)) sure.put(part);
    }
    const bool holds_wide = wide.holds(Negations::judged);
    const bool holds_sure = sure.holds(Negations::judged);
    if (!holds_wide && !holds_sure) return;
    fire(correlation, group, inside, time,
         holds_wide && holds_sure ? Certainty::yes : Certainty::possible, out);
  }

  void judge_once_per_window(const Correlation& correlation, const Group& group, std::int64_t span,
                             std::vector<Firing>& out) const {
    const std::vector<Part>& parts = group.parts;
    const auto holds = [&](std::span<const Part> inside) {
      if (correlation.type != CorrelationType::event_count &&
          correlation.type != CorrelationType::value_count && !is_temporal(correlation.type)) {
        return aggregate_holds(correlation, reader_, inside);
      }
      Window window(correlation, reader_);
      for (const Part& part : inside) window.put(part);
      return window.holds(Negations::judged);
    };
    for (std::size_t first = 0; first < parts.size();) {
      std::size_t end = first;
      while (end < parts.size() && parts[end].time - parts[first].time <= span) ++end;
      const auto inside = std::span(parts).subspan(first, end - first);
      std::vector<Part> sure;
      for (const Part& part : inside) {
        if (surely_inside(correlation, parts[first], part)) sure.push_back(part);
      }
      const bool holds_wide = holds(inside);
      const bool holds_sure = sure.size() == inside.size() ? holds_wide : holds(sure);
      if (holds_wide || holds_sure) {
        fire(correlation, group, inside, inside.back().time,
             holds_wide && holds_sure ? Certainty::yes : Certainty::possible, out);
      }
      first = end;
    }
  }

  // A chain of hits in list order; each is the earliest that fits, which leaves most room for the
  // rest. Hits of other clocks count as simultaneous within their uncertainty.
  void judge_ordered(const Correlation& correlation, const Group& group, std::int64_t span,
                     std::vector<Firing>& out) const {
    const std::vector<Part>& parts = group.parts;
    const ChainFinder chains(correlation, parts);
    const std::int64_t slack = span - correlation.timespan;
    std::int64_t behind = std::numeric_limits<std::int64_t>::min();
    for (const std::size_t first : chains.beginnings()) {
      if (parts[first].time <= behind) continue;
      const auto chain = chains.from(first, span);
      if (!chain) continue;
      const auto begin =
          std::lower_bound(parts.begin(), parts.end(), parts[first].time - slack,
                           [](const Part& part, std::int64_t time) { return part.time < time; });
      const auto end =
          std::upper_bound(begin, parts.end(), parts[first].time + span,
                           [](std::int64_t time, const Part& part) { return time < part.time; });
      const auto inside = std::span(parts).subspan(static_cast<std::size_t>(begin - parts.begin()),
                                                   static_cast<std::size_t>(end - begin));
      const auto members = up_to_last_link(correlation, inside);
      behind = members.size() == inside.size() ? parts[first].time + span : members.back().time;
      const bool sure = std::all_of(chain->begin(), chain->end(), [&](std::size_t i) {
        return surely_inside(correlation, parts[first], parts[i]);
      });
      std::int64_t time = parts[first].time;
      for (const std::size_t i : *chain) time = std::max(time, parts[i].time);
      if (correlation.expression) {
        Window window(correlation, reader_);
        for (const Part& part : inside) window.put(part);
        if (!window.holds(Negations::judged)) continue;
      }
      fire(correlation, group, members, time, sure ? Certainty::yes : Certainty::possible, out);
    }
  }

  // What comes behind the last hit of the last rule is in no chain: that a port was open in between
  // says nothing of a later failure. A count in the condition makes do without that rule.
  static std::span<const Part> up_to_last_link(const Correlation& correlation,
                                               std::span<const Part> parts) {
    const std::size_t last_rule = correlation.rules.size() - 1;
    const auto last = std::find_if(parts.rbegin(), parts.rend(),
                                   [&](const Part& part) { return part.position == last_rule; });
    if (!correlation.thresholds.empty() || last == parts.rend()) return parts;
    std::size_t count = parts.size();
    while (parts[count - 1].time > last->time + doubt(parts[count - 1], *last)) --count;
    return parts.first(count);
  }

  const CompiledRules& rules_;
  PartReader reader_;
  PartReader::Firings firings_;
};
}  // namespace

std::vector<Firing> correlate(const CompiledRules& rules, std::span<const Hit> hits) {
  return Run(rules, hits).all();
}

}  // namespace rdptriage::rule
