// A rule file as read: the documents of Sigma 2.1 with every value parsed, before names are
// resolved and conditions compiled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "base/yaml.hpp"
#include "rule/condition.hpp"
#include "rule/rule.hpp"
#include "rule/value_test.hpp"

namespace rdptriage::rule {

enum class Combine : std::uint8_t { any, all };
enum class Sense : std::uint8_t { plain, negated };

// `field|modifiers: values`. One rule value may have become several tests (spellings): any of them.
struct Item {
  std::string field;  // "" for keywords, which ask any value of the event
  Combine combine = Combine::any;
  Sense sense = Sense::plain;
  std::vector<std::vector<ValueTest>> values;  // never empty, nor any of them
  base::SourceMark mark;
  std::string key;  // as written: "Image|endswith"
};

struct Selection {
  std::string name;
  base::SourceMark mark;
  std::vector<std::vector<Item>> alternatives;  // any of them; all items of one
};

struct ConditionText {
  Condition tree;
  base::SourceMark mark;
};

struct Detection {
  std::vector<Selection> selections;
  std::vector<ConditionText> conditions;  // any of them
};

struct LogSource {
  std::string product, category, service;  // "" when not given
};

// A mark into a file of the load.
struct Place {
  std::size_t file = 0;
  base::SourceMark mark;
};

struct RuleReference {
  std::string handle;
  base::SourceMark mark;
};

struct DetectionDocument {
  RuleInfo info;
  LogSource source;
  Detection detection;
  std::optional<Detection> until;  // rdptriage.holds.until
  std::string holds_from;          // rdptriage.holds.from: a selection
  base::YamlNode tests;            // rdptriage.tests, as written
  std::vector<RuleReference> supersedes;
  Place place;
};

struct FilterDocument {
  std::string title;
  LogSource source;
  Detection detection;
  std::vector<std::string> rules;  // empty: any rule of the log source
  Place place;
};

enum class CorrelationType : std::uint8_t {
  event_count,
  value_count,
  temporal,
  temporal_ordered,
  value_sum,
  value_avg,
  value_percentile,
  value_median,
};

enum class CountOp : std::uint8_t { eq, neq, lt, lte, gt, gte };
struct Threshold {
  CountOp op = CountOp::gte;
  Decimal value;
};

struct Alias {
  std::string name;
  std::vector<std::pair<RuleReference, std::string>> fields;  // rule → field
};

struct CorrelationDocument {
  RuleInfo info;
  CorrelationType type = CorrelationType::event_count;
  std::vector<RuleReference> rules;
  std::vector<std::string> group_by;
  std::int64_t timespan = 0;  // 100-ns ticks
  std::vector<Threshold> thresholds;
  std::vector<std::string> fields;  // of the value_… types
  std::optional<double> percentile;
  std::optional<ConditionText> expression;  // text condition of the temporal types
  std::vector<Alias> aliases;
  bool generate = false;
  base::YamlNode tests;
  std::vector<RuleReference> supersedes;
  Place place;
};

// `disable:` documents of later packs.
struct DisableDocument {
  std::vector<RuleReference> rules;
  Place place;
};

struct RuleDocuments {
  std::vector<DetectionDocument> detections;
  std::vector<FilterDocument> filters;
  std::vector<CorrelationDocument> correlations;
  std::vector<DisableDocument> disabled;
};

}  // namespace rdptriage::rule
