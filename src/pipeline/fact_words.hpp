// Facts in words: the messages of rules filled in, and which fact tells most of an event.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/diagnose.hpp"
#include "event/event_store.hpp"
#include "pipeline/evidence_table.hpp"
#include "pipeline/translations.hpp"

namespace rdptriage::pipeline {

// 0 for the gravest level of a rule.
int severity_rank(std::string_view severity);

class FactWords {
 public:
  FactWords(const event::EventStore& store, const diagnosis::Question& question,
            const Translations& texts)
      : store_(store), q_(question), texts_(texts) {}

  // The first value that an event of the fact has for the field.
  std::optional<std::string> value_of(const diagnosis::Fact& fact, std::string_view field) const;
  std::string title_of(const rule::RuleInfo& rule) const;
  // The rule's `says` filled in, else its title; with the author where the license asks for it.
  std::string message_of(const diagnosis::Fact& fact) const;

  // Gives each quoted record the words of the rule that knows it best: one that saw a stage break
  // before others, the graver before the lighter.
  void word_evidence(EvidenceTable& evidence);
  // The events of a fact, the one that tells most first; after word_evidence().
  std::vector<std::uint32_t> by_weight(const diagnosis::Fact& fact) const;

 private:
  std::optional<std::string> shown_value(const diagnosis::Fact& fact, std::string_view name) const;
  bool tells_more(const diagnosis::Fact& a, const diagnosis::Fact& b) const;

  const event::EventStore& store_;
  const diagnosis::Question& q_;
  const Translations& texts_;
  std::map<std::uint32_t, const diagnosis::Fact*> telling_;  // of an event: what its words are from
};

}  // namespace rdptriage::pipeline
