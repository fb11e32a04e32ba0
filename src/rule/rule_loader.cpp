#include "rule/rule_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/case_fold.hpp"
#include "rule/compiled_rules_data.hpp"
#include "rule/correlation_order.hpp"
#include "rule/document_reader.hpp"
#include "rule/match_program.hpp"
#include "rule/rule_names.hpp"
#include "rule/supersedes.hpp"

namespace rdptriage::rule {

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
      : options_(options), context_{files, {}} {}

  LoadedRules run() {
    for (const RuleFile& file : options_.log_source_files) {
      sources_.add({file.path, file.text}, context_.problems);
    }
    DocumentReader reader(options_.placeholders, context_.problems);
    for (std::size_t i = 0; i < context_.files.size(); ++i) {
      reader.read({context_.files[i].path, context_.files[i].text}, i, data_->documents);
    }
    apply_disables(context_.files, data_->documents);
    names_.take_from(data_->documents);
    order_ = order_correlations(data_->documents.correlations, names_, context_);
    number_rules();
    resolve_supersedes(data_->documents, names_, data_->rules, context_);
    build_correlations();
    build_program();
    if (options_.documents == Documents::dropped) data_->documents = {};
    LoadedRules out;
    out.rules.data_ = std::move(data_);
    out.problems = std::move(context_.problems);
    return out;
  }

 private:
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
    names_.for_each([this](const std::string& word, const RuleNames::Known& known) {
      data_->handles.emplace(word, index_of(known));
    });
  }

  RuleIndex index_of(const RuleNames::Known& known) const {
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
        const RuleIndex index = index_of(*names_.find(rule.handle));
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
            const RuleIndex index = index_of(*names_.find(rule.handle));
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
    made.triage.builds = owner.triage.builds;
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

  const LoadOptions& options_;
  LoadContext context_;
  RuleNames names_{context_};
  std::shared_ptr<CompiledRules::Data> data_ = std::make_shared<CompiledRules::Data>();
  LogSourceMap sources_;
  std::vector<std::size_t> order_;  // of correlations, inner ones first
  std::vector<RuleIndex> detection_index_, correlation_index_;
  std::map<RuleIndex, unsigned> visibility_;
};

LoadedRules load_rules(std::span<const RuleFile> files, const LoadOptions& options) {
  return RuleLoader(files, options).run();
}

}  // namespace rdptriage::rule
