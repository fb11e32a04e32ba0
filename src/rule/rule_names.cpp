#include "rule/rule_names.hpp"

#include <algorithm>
#include <set>

#include "base/case_fold.hpp"
#include "base/text.hpp"

namespace rdptriage::rule {

namespace {
template <class Use>
void for_each_document(RuleDocuments& documents, Use use) {
  for (auto& document : documents.detections) use(document);
  for (auto& document : documents.correlations) use(document);
}
}  // namespace

// A `disable` is about the rules of earlier packs; about those of its own only where no earlier
// one has the name, so that a pack can put its own rule in the place of another.
void apply_disables(std::span<const RuleFile> files, RuleDocuments& documents) {
  std::map<std::string, unsigned> disabled, earliest;  // by handle: the pack
  for (const DisableDocument& document : documents.disabled) {
    const unsigned pack = files[document.place.file].pack;
    for (const RuleReference& rule : document.rules) {
      unsigned& by = disabled[base::fold_case(rule.handle)];
      by = std::max(by, pack);
    }
  }
  if (disabled.empty()) return;
  for_each_document(documents, [&](const auto& document) {
    const unsigned pack = files[document.place.file].pack;
    for (const std::string* word : {&document.info.name, &document.info.id}) {
      const auto [at, is_new] = earliest.emplace(base::fold_case(*word), pack);
      at->second = std::min(at->second, pack);
    }
  });
  std::set<std::string> in_use;  // handles of rules that stay
  for_each_document(documents, [&](auto& document) {
    const unsigned pack = files[document.place.file].pack;
    for (const std::string* word : {&document.info.name, &document.info.id}) {
      const auto by = disabled.find(base::fold_case(*word));
      if (word->empty() || by == disabled.end()) continue;
      if (pack < by->second || earliest[by->first] == by->second)
        document.info.visibility = Visibility::disabled;
    }
    if (document.info.visibility == Visibility::disabled) return;
    in_use.insert(base::fold_case(document.info.name));
    in_use.insert(base::fold_case(document.info.id));
  });
  in_use.erase("");
  const auto is_replaced = [&](const auto& document) {
    return document.info.visibility == Visibility::disabled &&
           (in_use.count(base::fold_case(document.info.name)) != 0 ||
            in_use.count(base::fold_case(document.info.id)) != 0);
  };
  std::erase_if(documents.detections, is_replaced);
  std::erase_if(documents.correlations, is_replaced);
}

bool RuleNames::take(const RuleInfo& info, const Known& known) {
  bool free = true;
  for (const std::string* word : {&info.name, &info.id}) {
    if (word->empty()) continue;
    const auto taken = known_.find(base::fold_case(*word));
    if (taken == known_.end()) continue;
    context_.problem("P030", known.place.file, known.place.mark,
                     fmt::format("the {} `{}` is taken", word == &info.name ? "name" : "id", *word),
                     fmt::format("the rule at {} has it; ids and names are never reused",
                                 context_.where(taken->second.place)));
    free = false;
  }
  if (!free) return false;
  for (const std::string* word : {&info.name, &info.id}) {
    if (!word->empty()) known_.emplace(base::fold_case(*word), known);
  }
  return true;
}

template <class Some>
void RuleNames::take_all(Some& documents, RuleKind kind) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (!take(documents[i].info, {kind, kept, documents[i].place})) continue;
    if (kept != i) documents[kept] = std::move(documents[i]);
    ++kept;
  }
  documents.resize(kept);
}

void RuleNames::take_from(RuleDocuments& documents) {
  take_all(documents.detections, RuleKind::detection);
  take_all(documents.correlations, RuleKind::correlation);
  // A rule with neither name nor id may be found by its title.
  const auto add_titles = [this](const auto& some, RuleKind kind) {
    for (std::size_t i = 0; i < some.size(); ++i) {
      const RuleInfo& info = some[i].info;
      if (info.name.empty() && info.id.empty())
        known_.emplace(base::fold_case(info.title), Known{kind, i, some[i].place});
    }
  };
  add_titles(documents.detections, RuleKind::detection);
  add_titles(documents.correlations, RuleKind::correlation);
}

const RuleNames::Known* RuleNames::find(std::string_view handle) const {
  const auto known = known_.find(base::fold_case(handle));
  return known == known_.end() ? nullptr : &known->second;
}

const RuleNames::Known* RuleNames::resolve(const RuleReference& reference, std::size_t file) {
  if (const Known* known = find(reference.handle)) return known;
  std::vector<std::string_view> names;
  for (const auto& [word, rule] : known_) names.push_back(word);
  const std::string_view near = base::nearest_word(reference.handle, names);
  context_.problem("P031", file, reference.mark,
                   fmt::format("there is no rule `{}`", reference.handle),
                   near.empty() ? "rules are referred to by name or id"
                                : fmt::format("did you mean `{}`?", near));
  return nullptr;
}

bool RuleNames::are_same(std::string_view a, std::string_view b) const {
  const Known *first = find(a), *second = find(b);
  return first != nullptr && second != nullptr && first->kind == second->kind &&
         first->position == second->position;
}

void RuleNames::move_correlations(const std::map<std::size_t, std::size_t>& moved) {
  for (auto known = known_.begin(); known != known_.end();) {
    if (known->second.kind == RuleKind::correlation) {
      const auto to = moved.find(known->second.position);
      if (to == moved.end()) {
        known = known_.erase(known);
        continue;
      }
      known->second.position = to->second;
    }
    ++known;
  }
}

}  // namespace rdptriage::rule
