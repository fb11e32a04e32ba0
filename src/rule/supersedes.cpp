#include "rule/supersedes.hpp"

#include <algorithm>
#include <utility>

namespace rdptriage::rule {

namespace {
// One reference of a document, with the rule that it means.
struct Edge {
  RuleIndex to = 0;
  std::size_t file = 0;
  base::SourceMark mark;
};

enum class State : std::uint8_t { untouched, open, done };
}  // namespace

void resolve_supersedes(const RuleDocuments& documents, const RuleNames& names,
                        std::span<RuleInfo> rules, LoadContext& context) {
  std::vector<std::vector<Edge>> edges(rules.size());
  const auto resolve = [&](const auto& some) {
    for (const auto& document : some) {
      for (const RuleReference& rule : document.supersedes) {
        const RuleNames::Known* known = names.find(rule.handle);
        if (known == nullptr) continue;
        const RuleIndex to = known->kind == RuleKind::detection
                                 ? documents.detections[known->position].info.index
                                 : documents.correlations[known->position].info.index;
        edges[document.info.index].push_back({to, document.place.file, rule.mark});
      }
    }
  };
  resolve(documents.detections);
  resolve(documents.correlations);

  // Depth first, without recursion: a reference to a rule that is still open closes a circle.
  std::vector<State> states(rules.size());
  std::vector<std::pair<RuleIndex, std::size_t>> path;  // rule, its next reference
  for (RuleIndex first = 0; first < rules.size(); ++first) {
    if (states[first] != State::untouched || edges[first].empty()) continue;
    states[first] = State::open;
    path.emplace_back(first, 0);
    while (!path.empty()) {
      const RuleIndex rule = path.back().first;
      if (path.back().second == edges[rule].size()) {
        states[rule] = State::done;
        path.pop_back();
        continue;
      }
      const Edge& edge = edges[rule][path.back().second++];
      if (states[edge.to] == State::open) {
        context.problem("P027", edge.file, edge.mark,
                        fmt::format("`{}` supersedes itself, in a circle", rules[rule].handle()),
                        "where both match, one rule has to be left to speak");
        continue;
      }
      rules[rule].triage.supersedes.push_back(edge.to);
      if (states[edge.to] != State::untouched) continue;
      states[edge.to] = State::open;
      path.emplace_back(edge.to, 0);
    }
  }
  for (RuleInfo& rule : rules) {
    auto& list = rule.triage.supersedes;
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
}

}  // namespace rdptriage::rule
