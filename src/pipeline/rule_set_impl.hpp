// A rule pack behind RuleSet: files by what they hold, each part compiled when it is first asked
// for, so that looking up a code does not wait for rules it does not need.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "diagnosis/cause_set.hpp"
#include "pipeline/translations.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/problem.hpp"
#include "rule/compiled_rules.hpp"
#include "rule/placeholders.hpp"

namespace rdptriage::reader {
class FormatSet;
class LineFilter;
}  // namespace rdptriage::reader

namespace rdptriage::pipeline {

class MatcherPool;
struct RuleSources;

enum class PackPart : std::uint8_t { rules, causes, formats, codes, log_sources, pack_info, i18n };

struct RulePackFile {
  std::string path;   // as shown: "detections/gateway/http_status.yml"
  std::string owned;  // empty when `text` is embedded
  std::string_view text;
  PackPart part = PackPart::rules;
  unsigned pack = 0;  // the embedded one is 0, each path that was given the next
};

// What a rule file holds: by its folder, else by its keys.
PackPart part_of(std::string_view path, std::string_view text);

}  // namespace rdptriage::pipeline

namespace rdptriage {

// Immutable as seen from outside; safe to share between threads.
class RuleSetImpl {
 public:
  // `language`: of the texts, where the pack has them; empty: English.
  explicit RuleSetImpl(std::vector<pipeline::RulePackFile> files, std::string_view language = {},
                       rule::Placeholders placeholders = {});
  ~RuleSetImpl();
  RuleSetImpl(const RuleSetImpl&) = delete;
  RuleSetImpl& operator=(const RuleSetImpl&) = delete;

  const rule::CompiledRules& rules() const;
  const diagnosis::CauseSet& causes() const;
  const reader::FormatSet* formats() const;  // null when the pack has none
  // Fields of captures that hold a date, sorted.
  const std::vector<std::string>& date_fields() const;
  // When the pack was made; unset when it does not say.
  std::optional<Timestamp> date() const { return date_; }
  // The lines of texts that some rule may match.
  const reader::LineFilter& line_filter() const;
  // For the detections, in whatever case they are used next.
  pipeline::MatcherPool& matchers() const;
  // Where each rule looks, as the report says it.
  const pipeline::RuleSources& rule_sources() const;
  // "windows/<service>" for every service of the pack's rules that reads the channel.
  const std::vector<std::string>& sources_of_channel(std::string_view channel) const;
  // The same for what files are called after a channel: without "Microsoft-Windows-", with other
  // signs between the words, or by its last words alone.
  std::vector<std::string> sources_of_log_name(std::string_view name) const;

  // Of the language that was asked for: the files' and the rules' own.
  const pipeline::Translations& translations() const;

  const std::vector<pipeline::RulePackFile>& files() const { return files_; }
  const std::string& version() const { return version_; }  // of several packs: "2026.11 + 7.1"
  const std::string& sha256() const;                       // of all files, in order of their paths

  // Compiles everything; what is wrong with any file.
  std::vector<Problem> problems() const;

 private:
  struct Compiled;
  void compile_rules() const;
  void compile_formats() const;

  std::vector<pipeline::RulePackFile> files_;
  std::string version_;
  std::string language_;
  rule::Placeholders placeholders_;
  std::optional<Timestamp> date_;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace rdptriage
