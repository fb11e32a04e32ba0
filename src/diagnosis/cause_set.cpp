#include "diagnosis/cause_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.hpp"
#include "diagnosis/cause_loader.hpp"

namespace rdptriage::diagnosis {

namespace {
constexpr std::string_view kCycle = "P206", kUnknownCause = "P208";

bool has(const std::vector<rule::RuleIndex>& sorted, rule::RuleIndex rule) {
  return std::binary_search(sorted.begin(), sorted.end(), rule);
}

// `first` takes away what `second` stands on: a decisive item, or, where it has none, one of its
// heaviest. What merely adds to a cause may be explained by its rivals and the other way round.
bool undermines(const Cause& first, const Cause& second) {
  int heaviest = 1;
  bool has_decisive = false;
  for (const EvidenceItem& item : second.evidence) {
    heaviest = std::max(heaviest, item.weight);
    has_decisive = has_decisive || item.decisive;
  }
  return std::any_of(second.evidence.begin(), second.evidence.end(), [&](const EvidenceItem& item) {
    const bool carries = has_decisive ? item.decisive : item.weight == heaviest;
    return carries && has(first.explains, item.rule);
  });
}
}  // namespace

CauseSet CauseSet::load(std::span<const base::SourceText> files, const RuleNames& rules,
                        std::vector<Problem>& problems) {
  CauseLoader loader(rules, problems);
  for (const base::SourceText& file : files) loader.load_file(file);
  return loader.finish();
}

std::optional<CauseIndex> CauseSet::find(std::string_view id) const {
  const auto at =
      std::lower_bound(causes_.begin(), causes_.end(), id,
                       [](const Cause& cause, std::string_view key) { return cause.id < key; });
  if (at == causes_.end() || at->id != id) return std::nullopt;
  return static_cast<CauseIndex>(at - causes_.begin());
}

CauseSet CauseLoader::finish() {
  CauseSet set;
  std::vector<std::size_t> order(causes_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [this](std::size_t a, std::size_t b) { return causes_[a].id < causes_[b].id; });
  std::vector<std::size_t> position(causes_.size());
  for (std::size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
  for (Pending& pending : pending_) pending.cause = position[pending.cause];
  std::vector<base::SourceText> sources;
  for (const std::size_t i : order) {
    set.causes_.push_back(std::move(causes_[i]));
    sources.push_back(sources_[i]);
  }
  sources_ = std::move(sources);
  set.general_collect_ = std::move(general_);
  set.tests_ = std::move(tests_);
  for (const Cause& cause : set.causes_) {
    for (const EvidenceItem& item : cause.evidence) set.evidence_rules_.push_back(item.rule);
  }
  std::sort(set.evidence_rules_.begin(), set.evidence_rules_.end());
  set.evidence_rules_.erase(std::unique(set.evidence_rules_.begin(), set.evidence_rules_.end()),
                            set.evidence_rules_.end());
  link_rivals(set);
  order_by_explanation(set);
  return set;
}

void CauseLoader::link_rivals(CauseSet& set) {
  for (const Pending& pending : pending_) {
    const auto rival = set.find(pending.rival);
    if (!rival) {
      std::vector<std::string_view> known;
      for (const Cause& cause : set.causes_) known.push_back(cause.id);
      const auto near = base::nearest_word(pending.rival, known);
      problems_->push_back(base::make_problem(
          kUnknownCause, pending.source, pending.mark,
          fmt::format("there is no cause `{}`", pending.rival), {},
          near.empty() ? std::string() : fmt::format("did you mean `{}`?", near)));
      continue;
    }
    const auto self = static_cast<CauseIndex>(pending.cause);
    set.causes_[self].rivals.push_back(*rival);
    set.causes_[*rival].rivals.push_back(self);
  }
  for (Cause& cause : set.causes_) {
    std::sort(cause.rivals.begin(), cause.rivals.end());
    cause.rivals.erase(std::unique(cause.rivals.begin(), cause.rivals.end()), cause.rivals.end());
  }
}

void CauseLoader::order_by_explanation(CauseSet& set) {
  const std::size_t count = set.causes_.size();
  std::vector<std::vector<CauseIndex>> undermined(count);
  std::vector<std::size_t> waiting_for(count, 0);
  for (std::size_t a = 0; a < count; ++a) {
    if (set.causes_[a].explains.empty()) continue;
    for (std::size_t b = 0; b < count; ++b) {
      if (a == b || !undermines(set.causes_[a], set.causes_[b])) continue;
      undermined[a].push_back(static_cast<CauseIndex>(b));
      ++waiting_for[b];
    }
  }
  std::vector<bool> placed(count, false);
  while (set.order_.size() < count) {
    const std::size_t before = set.order_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (placed[i] || waiting_for[i] != 0) continue;
      placed[i] = true;
      set.order_.push_back(static_cast<CauseIndex>(i));
      for (const CauseIndex other : undermined[i]) --waiting_for[other];
    }
    if (set.order_.size() != before) continue;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
      if (placed[i]) continue;
      names.push_back(set.causes_[i].id);
      set.order_.push_back(static_cast<CauseIndex>(i));
    }
    const auto first = set.find(names.front());
    problems_->push_back(base::make_problem(
        kCycle, sources_[*first], {set.causes_[*first].line, 1, 1},
        fmt::format("causes explain each other's proof in a circle: {}", fmt::join(names, ", ")),
        {}, "a cause explains what follows from it, never what it follows from"));
  }
}

}  // namespace rdptriage::diagnosis
