#include "rule/correlation_order.hpp"

#include <algorithm>

namespace rdptriage::rule {

namespace {
enum class State : std::uint8_t { untouched, open, done, refused };
constexpr unsigned kMaxChain = 64;

class CorrelationOrder {
 public:
  CorrelationOrder(std::vector<CorrelationDocument>& documents, RuleNames& names,
                   LoadContext& context)
      : documents_(documents),
        names_(names),
        context_(context),
        states_(documents.size(), State::untouched) {}

  std::vector<std::size_t> run() {
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (!check_references(documents_[i])) states_[i] = State::refused;
    }
    for (std::size_t i = 0; i < documents_.size(); ++i) visit(i, 0);
    refuse_what_builds_on_refused();
    return drop_refused();
  }

 private:
  bool check_references(const CorrelationDocument& document) {
    const std::size_t before = context_.problems.size();
    for (const RuleReference& rule : document.rules) names_.resolve(rule, document.place.file);
    const auto is_listed = [&](const std::string& handle) {
      return std::any_of(
          document.rules.begin(), document.rules.end(),
          [&](const RuleReference& rule) { return names_.are_same(handle, rule.handle); });
    };
    for (const Alias& alias : document.aliases) {
      for (const auto& [rule, field] : alias.fields) {
        if (is_listed(rule.handle)) continue;
        context_.problem("P036", document.place.file, rule.mark,
                         fmt::format("the alias `{}` names `{}`, which is not among the rules",
                                     alias.name, rule.handle),
                         "add it to `rules`, or correct the name");
      }
    }
    if (document.expression) check_expression(document.expression->tree, document, is_listed);
    return context_.problems.size() == before;
  }

  template <class IsListed>
  void check_expression(const Condition& tree, const CorrelationDocument& document,
                        const IsListed& is_listed) {
    for (const Condition& operand : tree.operands) check_expression(operand, document, is_listed);
    if (tree.op == ConditionOp::identifier && !is_listed(tree.name)) {
      context_.problem(
          "P016", document.place.file, document.expression->mark,
          fmt::format("the condition names `{}`, which is not among the rules", tree.name),
          "add it to `rules`, or correct the name");
    }
    if (tree.op != ConditionOp::any_of && tree.op != ConditionOp::all_of) return;
    if (std::none_of(document.rules.begin(), document.rules.end(),
                     [&](const RuleReference& rule) { return selects(tree.name, rule.handle); })) {
      context_.problem("P017", document.place.file, document.expression->mark,
                       fmt::format("no rule of the correlation is named `{}`", tree.name),
                       "correct the pattern, or add the rules to `rules`");
    }
  }

  // False: part of a cycle.
  bool visit(std::size_t i, unsigned depth) {
    if (states_[i] == State::done || states_[i] == State::refused) return true;
    const CorrelationDocument& document = documents_[i];
    if (states_[i] == State::open || depth > kMaxChain) {
      context_.problem("P032", document.place.file, document.place.mark,
                       states_[i] == State::open ? "the correlation refers to itself"
                                                 : "the chain of correlations is too long",
                       "a correlation can only build on rules that do not need it");
      return false;
    }
    states_[i] = State::open;
    bool good = true;
    for (const RuleReference& rule : document.rules) {
      const RuleNames::Known* known = names_.find(rule.handle);
      if (known == nullptr || known->kind != RuleKind::correlation) continue;
      if (!visit(known->position, depth + 1)) good = false;
    }
    states_[i] = good ? State::done : State::refused;
    if (good) order_.push_back(i);
    return good;
  }

  // References of a refused correlation went with it.
  void refuse_what_builds_on_refused() {
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < documents_.size(); ++i) {
        if (states_[i] == State::refused) continue;
        for (const RuleReference& rule : documents_[i].rules) {
          const RuleNames::Known* known = names_.find(rule.handle);
          if (known == nullptr || known->kind != RuleKind::correlation ||
              states_[known->position] != State::refused)
            continue;
          context_.problem("P031", documents_[i].place.file, rule.mark,
                           fmt::format("the rule `{}` was refused", rule.handle),
                           "correct that rule first");
          states_[i] = State::refused;
          changed = true;
          break;
        }
      }
    }
  }

  std::vector<std::size_t> drop_refused() {
    std::map<std::size_t, std::size_t> moved;
    std::vector<CorrelationDocument> kept;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (states_[i] == State::refused) continue;
      moved[i] = kept.size();
      kept.push_back(std::move(documents_[i]));
    }
    std::vector<std::size_t> order;
    for (const std::size_t i : order_) {
      if (states_[i] != State::refused) order.push_back(moved[i]);
    }
    documents_ = std::move(kept);
    names_.move_correlations(moved);
    return order;
  }

  std::vector<CorrelationDocument>& documents_;
  RuleNames& names_;
  LoadContext& context_;
  std::vector<State> states_;
  std::vector<std::size_t> order_;  // inner ones first
};
}  // namespace

std::vector<std::size_t> order_correlations(std::vector<CorrelationDocument>& documents,
                                            RuleNames& names, LoadContext& context) {
  return CorrelationOrder(documents, names, context).run();
}

}  // namespace rdptriage::rule
