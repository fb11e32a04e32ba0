// Which Windows events a Sigma log source means, as data: rules/logsources.yml, or the map of
// --logsource-map. A service is a list of channels; a category (or a service without a channel of
// its own) is a list of alternatives, each a service with conditions and renamed fields.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rule/item_parser.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

// Records of these channels for which all conditions hold, their fields renamed.
struct LogSourceAlternative {
  bool any_channel = true;
  std::vector<std::string> channels;  // case folded; used unless any_channel
  std::vector<Item> conditions;
  std::vector<std::pair<std::string, std::string>> renames;  // name in rules → name in the event
};

class LogSourceMap {
 public:
  // Adds a map file; what it names again replaces what was known.
  void add(const base::SourceText& source, std::vector<Problem>& problems);

  // The records of Windows event logs that the log source covers: any of the alternatives; none for
  // other products and unknown names.
  std::vector<LogSourceAlternative> resolve(const LogSource& source) const;

  bool knows_service(std::string_view service) const;
  bool knows_category(std::string_view category) const;
  // The fields that events of exactly this log source may have; nothing when they are not listed.
  std::vector<std::string> fields_of(const LogSource& source) const;
  bool empty() const { return services_.empty() && entries_.empty(); }

 private:
  struct Entry {
    std::string product, category, service;
    std::vector<LogSourceAlternative> alternatives;
  };
  const std::vector<LogSourceAlternative>* find_entry(const LogSource& source,
                                                      bool by_category) const;

  std::unordered_map<std::string, std::vector<std::string>> services_;  // folded names → channels
  std::vector<Entry> entries_;
  struct FieldList {
    LogSource source;  // folded; nothing given: fields of every listed source
    std::vector<std::string> names;
  };
  std::vector<FieldList> fields_;
  PatternCache patterns_;
};

}  // namespace rdptriage::rule
