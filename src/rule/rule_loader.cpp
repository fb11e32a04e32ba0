#include "rule/rule_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/case_fold.hpp"
#include "base/text.hpp"
#include "rule/document_reader.hpp"
#include "rule/match_program.hpp"

namespace rdptriage::rule {

struct CompiledRules::Data {
  std::vector<RuleInfo> rules;
  std::unordered_map<std::string, RuleIndex> handles;  // folded
  std::vector<Correlation> correlations;
  std::shared_ptr<const MatchProgram> program;
  RuleDocuments documents;
  std::vector<std::size_t> document_of;
};

CompiledRules::CompiledRules() {
  static const auto empty = [] {
    auto data = std::make_shared<Data>();
    data->program = std::make_shared<MatchProgram>();
    return data;
  }();
  data_ = empty;
}

std::span<const RuleInfo> CompiledRules::rules() const { return data_->rules; }
std::span<const Correlation> CompiledRules::correlations() const { return data_->correlations; }
const MatchProgram& CompiledRules::program() const { return *data_->program; }
const RuleDocuments& CompiledRules::documents() const { return data_->documents; }
std::size_t CompiledRules::document_of(RuleIndex rule) const { return data_->document_of[rule]; }

const RuleInfo* CompiledRules::find(std::string_view handle) const {
  const auto known = data_->handles.find(base::fold_case(handle));
  return known == data_->handles.end() ? nullptr : &data_->rules[known->second];
}

bool applies_to(const FilterDocument& filter, const DetectionDocument& rule) {
  const auto equal = [](const std::string& wanted, const std::string& actual) {
    return wanted.empty() || base::equals_folded(wanted, actual);
  };
  if (!equal(filter.source.product, rule.source.product) ||
      !equal(filter.source.category, rule.source.category) ||
      !equal(filter.source.service, rule.source.service)) {
    return false;
  }
  if (filter.rules.empty()) return true;
  return std::any_of(filter.rules.begin(), filter.rules.end(), [&](const std::string& handle) {
    return (!rule.info.name.empty() && base::equals_folded(handle, rule.info.name)) ||
           (!rule.info.id.empty() && base::equals_folded(handle, rule.info.id));
  });
}

class RuleLoader {
 public:
  RuleLoader(std::span<const RuleFile> files, const LoadOptions& options)
      : files_(files), options_(options) {}

  LoadedRules run() {
    for (const RuleFile& file : options_.log_source_files) {
      sources_.add({file.path, file.text}, problems_);
    }
    DocumentReader reader(options_.placeholders, problems_);
    for (std::size_t i = 0; i < files_.size(); ++i) {
      reader.read({files_[i].path, files_[i].text}, i, data_->documents);
    }
    apply_disables();
    register_handles();
    resolve_correlations();
    number_rules();
    build_correlations();
    build_program();
    if (options_.documents == Documents::dropped) data_->documents = {};
    LoadedRules out;
    out.rules.data_ = std::move(data_);
    out.problems = std::move(problems_);
    return out;
  }

 private:
  using DetectionDocuments = std::vector<DetectionDocument>;
  using CorrelationDocuments = std::vector<CorrelationDocument>;

  // A rule before it has its index: which list, which position.
  struct Known {
    RuleKind kind = RuleKind::detection;
    std::size_t position = 0;
    Place place;
  };

  base::SourceText source(const Place& place) const {
    return {files_[place.file].path, files_[place.file].text};
  }
  void problem(std::string_view code, std::size_t file, base::SourceMark mark, std::string message,
               std::string_view label, std::string help) {
    problems_.push_back(base::make_problem(code, {files_[file].path, files_[file].text}, mark,
                                           std::move(message), label, std::move(help)));
  }
  std::string where(const Place& place) const {
    return fmt::format("{}:{}", files_[place.file].path, place.mark.line);
  }

  template <class Use>
  void for_each_document(Use use) {
    for (auto& document : data_->documents.detections) use(document);
    for (auto& document : data_->documents.correlations) use(document);
  }

  // A `disable` is about the rules of earlier packs; about those of its own only where no earlier
  // one has the name, so that a pack can put its own rule in the place of another.
  void apply_disables() {
    std::map<std::string, unsigned> disabled, earliest;  // by handle: the pack
    for (const DisableDocument& document : data_->documents.disabled) {
      const unsigned pack = files_[document.place.file].pack;
      for (const RuleReference& rule : document.rules) {
        unsigned& by = disabled[base::fold_case(rule.handle)];
        by = std::max(by, pack);
      }
    }
    if (disabled.empty()) return;
    for_each_document([&](const auto& document) {
      const unsigned pack = files_[document.place.file].pack;
      for (const std::string* word : {&document.info.name, &document.info.id}) {
        const auto [at, is_new] = earliest.emplace(base::fold_case(*word), pack);
        at->second = std::min(at->second, pack);
      }
    });
    std::set<std::string> in_use;  // handles of rules that stay
    for_each_document([&](auto& document) {
      const unsigned pack = files_[document.place.file].pack;
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
    auto& detections = data_->documents.detections;
    detections.erase(std::remove_if(detections.begin(), detections.end(), is_replaced),
                     detections.end());
    auto& correlations = data_->documents.correlations;
    correlations.erase(std::remove_if(correlations.begin(), correlations.end(), is_replaced),
                       correlations.end());
  }

  // Names and ids share one space; the first rule keeps a word that comes twice.
  bool take_handles(const RuleInfo& info, const Known& known) {
    bool free = true;
    for (const std::string* word : {&info.name, &info.id}) {
      if (word->empty()) continue;
      const auto taken = known_.find(base::fold_case(*word));
      if (taken == known_.end()) continue;
      problem("P030", known.place.file, known.place.mark,
              fmt::format("the {} `{}` is taken", word == &info.name ? "name" : "id", *word), "",
              fmt::format("the rule at {} has it; ids and names are never reused",
                          where(taken->second.place)));
      free = false;
    }
    if (!free) return false;
    for (const std::string* word : {&info.name, &info.id}) {
      if (!word->empty()) known_.emplace(base::fold_case(*word), known);
    }
    return true;
  }

  template <class Some>
  void register_all(Some& documents, RuleKind kind) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < documents.size(); ++i) {
      if (!take_handles(documents[i].info, {kind, kept, documents[i].place})) continue;
      if (kept != i) documents[kept] = std::move(documents[i]);
      ++kept;
    }
    documents.resize(kept);
  }

  void register_handles() {
    register_all(data_->documents.detections, RuleKind::detection);
    register_all(data_->documents.correlations, RuleKind::correlation);
    // A rule with neither name nor id may be found by its title.
    const auto add_title = [&](const RuleInfo& info, RuleKind kind, std::size_t position,
                               const Place& place) {
      if (info.name.empty() && info.id.empty()) {
        known_.emplace(base::fold_case(info.title), Known{kind, position, place});
      }
    };
    for (std::size_t i = 0; i < data_->documents.detections.size(); ++i) {
      const auto& document = data_->documents.detections[i];
      add_title(document.info, RuleKind::detection, i, document.place);
    }
    for (std::size_t i = 0; i < data_->documents.correlations.size(); ++i) {
      const auto& document = data_->documents.correlations[i];
      add_title(document.info, RuleKind::correlation, i, document.place);
    }
  }

  const Known* resolve(const RuleReference& reference, std::size_t file) {
    const auto known = known_.find(base::fold_case(reference.handle));
    if (known != known_.end()) return &known->second;
    std::vector<std::string_view> names;
    for (const auto& [word, rule] : known_) names.push_back(word);
    const std::string_view near = base::nearest_word(reference.handle, names);
    problem("P031", file, reference.mark, fmt::format("there is no rule `{}`", reference.handle),
            "",
            near.empty() ? "rules are referred to by name or id"
                         : fmt::format("did you mean `{}`?", near));
    return nullptr;
  }

  bool check_references(const CorrelationDocument& document) {
    const std::size_t before = problems_.size();
    for (const RuleReference& rule : document.rules) resolve(rule, document.place.file);
    const auto is_listed = [&](const std::string& handle) {
      const auto wanted = known_.find(base::fold_case(handle));
      return std::any_of(document.rules.begin(), document.rules.end(),
                         [&](const RuleReference& rule) {
                           const auto listed = known_.find(base::fold_case(rule.handle));
                           return wanted != known_.end() && listed != known_.end() &&
                                  wanted->second.kind == listed->second.kind &&
                                  wanted->second.position == listed->second.position;
                         });
    };
    for (const Alias& alias : document.aliases) {
      for (const auto& [rule, field] : alias.fields) {
        if (is_listed(rule.handle)) continue;
        problem("P036", document.place.file, rule.mark,
                fmt::format("the alias `{}` names `{}`, which is not among the rules", alias.name,
                            rule.handle),
                "", "add it to `rules`, or correct the name");
      }
    }
    if (document.expression) {
      std::vector<std::string> names, patterns;
      const auto collect = [&](const Condition& tree, const auto& self) -> void {
        for (const Condition& operand : tree.operands) self(operand, self);
        if (tree.op == ConditionOp::identifier) names.push_back(tree.name);
        if (tree.op == ConditionOp::any_of || tree.op == ConditionOp::all_of)
          patterns.push_back(tree.name);
      };
      collect(document.expression->tree, collect);
      for (const std::string& name : names) {
        if (is_listed(name)) continue;
        problem("P016", document.place.file, document.expression->mark,
                fmt::format("the condition names `{}`, which is not among the rules", name), "",
                "add it to `rules`, or correct the name");
      }
      for (const std::string& pattern : patterns) {
        const bool some =
            std::any_of(document.rules.begin(), document.rules.end(),
                        [&](const RuleReference& rule) { return selects(pattern, rule.handle); });
        if (some) continue;
        problem("P017", document.place.file, document.expression->mark,
                fmt::format("no rule of the correlation is named `{}`", pattern), "",
                "correct the pattern, or add the rules to `rules`");
      }
    }
    return problems_.size() == before;
  }

  // Drops correlations whose references do not hold, then those in a cycle; what is left has an
  // order.
  void resolve_correlations() {
    auto& documents = data_->documents.correlations;
    std::vector<int> state(documents.size(), kNew);
    for (std::size_t i = 0; i < documents.size(); ++i) {
      if (!check_references(documents[i])) state[i] = kRefused;
    }
    for (std::size_t i = 0; i < documents.size(); ++i) visit(i, state, 0);
    // References of a refused correlation went with it.
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < documents.size(); ++i) {
        if (state[i] == kRefused) continue;
        for (const RuleReference& rule : documents[i].rules) {
          const Known& known = known_.at(base::fold_case(rule.handle));
          if (known.kind == RuleKind::correlation && state[known.position] == kRefused) {
            problem("P031", documents[i].place.file, rule.mark,
                    fmt::format("the rule `{}` was refused", rule.handle), "",
                    "correct that rule first");
            state[i] = kRefused;
            changed = true;
            break;
          }
        }
      }
    }
    std::vector<std::size_t> moved(documents.size());
    CorrelationDocuments kept;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < documents.size(); ++i) {
      moved[i] = kept.size();
      if (state[i] != kRefused) kept.push_back(std::move(documents[i]));
    }
    for (const std::size_t i : order_) {
      if (state[i] != kRefused) order.push_back(moved[i]);
    }
    for (auto known = known_.begin(); known != known_.end();) {
      const bool correlation = known->second.kind == RuleKind::correlation;
      if (correlation && state[known->second.position] == kRefused) {
        known = known_.erase(known);
        continue;
      }
      if (correlation) known->second.position = moved[known->second.position];
      ++known;
    }
    documents = std::move(kept);
    order_ = std::move(order);
  }

  static constexpr int kNew = 0, kOpen = 1, kDone = 2, kRefused = 3;
  static constexpr unsigned kMaxChain = 64;

  // False: part of a cycle.
  bool visit(std::size_t i, std::vector<int>& state, unsigned depth) {
    if (state[i] == kDone || state[i] == kRefused) return true;
    const CorrelationDocument& document = data_->documents.correlations[i];
    if (state[i] == kOpen || depth > kMaxChain) {
      problem("P032", document.place.file, document.place.mark,
              state[i] == kOpen ? "the correlation refers to itself"
                                : "the chain of correlations is too long",
              "", "a correlation can only build on rules that do not need it");
      return false;
    }
    state[i] = kOpen;
    bool good = true;
    for (const RuleReference& rule : document.rules) {
      const auto known = known_.find(base::fold_case(rule.handle));
      if (known == known_.end() || known->second.kind != RuleKind::correlation) continue;
      if (!visit(known->second.position, state, depth + 1)) good = false;
    }
    state[i] = good ? kDone : kRefused;
    if (good) order_.push_back(i);
    return good;
  }

  // Every rule gets its index, in the order of the files and their documents.
  void number_rules() {
    struct Numbered {
      Place place;
      RuleKind kind;
      std::size_t position;
    };
    std::vector<Numbered> all;
    auto& documents = data_->documents;
    for (std::size_t i = 0; i < documents.detections.size(); ++i) {
      all.push_back({documents.detections[i].place, RuleKind::detection, i});
    }
    for (std::size_t i = 0; i < documents.correlations.size(); ++i) {
      all.push_back({documents.correlations[i].place, RuleKind::correlation, i});
    }
    std::stable_sort(all.begin(), all.end(), [](const Numbered& a, const Numbered& b) {
      return std::pair(a.place.file, a.place.mark.line) <
             std::pair(b.place.file, b.place.mark.line);
    });
    data_->rules.reserve(all.size());
    detection_index_.resize(documents.detections.size());
    correlation_index_.resize(documents.correlations.size());
    for (const Numbered& rule : all) {
      const bool detection = rule.kind == RuleKind::detection;
      RuleInfo& info = detection ? documents.detections[rule.position].info
                                 : documents.correlations[rule.position].info;
      info.index = static_cast<RuleIndex>(data_->rules.size());
      (detection ? detection_index_ : correlation_index_)[rule.position] = info.index;
      data_->rules.push_back(info);
      data_->document_of.push_back(rule.position);
    }
    for (const auto& [word, known] : known_) data_->handles.emplace(word, index_of(known));
  }

  RuleIndex index_of(const Known& known) const {
    return (known.kind == RuleKind::detection ? detection_index_
                                              : correlation_index_)[known.position];
  }

  void build_correlations() {
    for (const std::size_t position : order_) {
      const CorrelationDocument& document = data_->documents.correlations[position];
      if (document.info.visibility == Visibility::disabled) continue;
      Correlation out;
      out.rule = document.info.index;
      out.type = document.type;
      for (const RuleReference& rule : document.rules) {
        const RuleIndex index = index_of(known_.at(base::fold_case(rule.handle)));
        out.names.emplace_back(rule.handle, out.rules.size());
        out.rules.push_back(index);
        visibility_[index] |= document.generate ? kShownByName : kHiddenByName;
      }
      for (const std::string& field : document.group_by) {
        Correlation::GroupField group{field, {}};
        for (const Alias& alias : document.aliases) {
          if (alias.name != field) continue;
          group.aliases.resize(out.rules.size());
          for (const auto& [rule, actual] : alias.fields) {
            const RuleIndex index = index_of(known_.at(base::fold_case(rule.handle)));
            for (std::size_t i = 0; i < out.rules.size(); ++i) {
              if (out.rules[i] == index) group.aliases[i] = actual;
            }
          }
        }
        out.group_by.push_back(std::move(group));
      }
      out.timespan = document.timespan;
      out.thresholds = document.thresholds;
      out.fields = document.fields;
      out.percentile = document.percentile;
      out.needs_measured_clocks = document.info.triage.skew_required;
      if (document.expression) out.expression = document.expression->tree;
      data_->correlations.push_back(std::move(out));
    }
    for (RuleInfo& info : data_->rules) {
      const bool shown = info.visibility == Visibility::shown;
      if (shown && visibility_[info.index] == kHiddenByName) info.visibility = Visibility::hidden;
    }
  }

  RuleIndex add_generated(const RuleInfo& owner, std::string_view suffix) {
    RuleInfo made;
    made.index = static_cast<RuleIndex>(data_->rules.size());
    made.visibility = Visibility::hidden;
    made.generated_for = owner.index;
    made.name = fmt::format("{}#{}", owner.handle(), suffix);
    made.title = owner.title;
    made.product = owner.product;
    made.category = owner.category;
    made.service = owner.service;
    made.file = owner.file;
    made.line = owner.line;
    data_->document_of.push_back(data_->document_of[owner.index]);
    data_->rules.push_back(std::move(made));
    return data_->rules.back().index;
  }

  void build_program() {
    ProgramBuilder builder(sources_, options_.log_sources);
    for (const DetectionDocument& document : data_->documents.detections) {
      if (document.info.visibility == Visibility::disabled) continue;
      std::vector<const Detection*> filters;
      for (const FilterDocument& filter : data_->documents.filters) {
        if (applies_to(filter, document)) filters.push_back(&filter.detection);
      }
      builder.add(document.info.index, document.source, document.detection, filters);
      if (!document.info.triage.holds) continue;
      if (!document.holds_from.empty()) {
        Detection from = document.detection;
        from.conditions.clear();
        ConditionText condition;
        condition.tree.name = document.holds_from;
        from.conditions.push_back(condition);
        filters.push_back(&document.detection);
        const RuleIndex index = add_generated(data_->rules[document.info.index], "from");
        data_->rules[document.info.index].triage.holds_from = index;
        builder.add(index, document.source, from, filters);
      }
      if (document.until) {
        const RuleIndex index = add_generated(data_->rules[document.info.index], "until");
        data_->rules[document.info.index].triage.holds_until = index;
        builder.add(index, document.source, *document.until, {});
      }
    }
    data_->program = builder.finish();
  }

  static constexpr unsigned kHiddenByName = 1, kShownByName = 2;

  std::span<const RuleFile> files_;
  const LoadOptions& options_;
  std::shared_ptr<CompiledRules::Data> data_ = std::make_shared<CompiledRules::Data>();
  std::vector<Problem> problems_;
  LogSourceMap sources_;
  std::map<std::string, Known> known_;
  std::vector<std::size_t> order_;  // of correlations, inner ones first
  std::vector<RuleIndex> detection_index_, correlation_index_;
  std::map<RuleIndex, unsigned> visibility_;
};

LoadedRules load_rules(std::span<const RuleFile> files, const LoadOptions& options) {
  return RuleLoader(files, options).run();
}

}  // namespace rdptriage::rule
