#include "pipeline/rule_set_impl.hpp"

#include <algorithm>
#include <set>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "base/yaml.hpp"
#include "pipeline/coverage_rows.hpp"
#include "pipeline/matcher_pool.hpp"
#include "pipeline/pack_info.hpp"
#include "reader/capture_format.hpp"
#include "reader/line_filter.hpp"
#include "reader/text_format.hpp"
#include "rule/log_source.hpp"
#include "rule/matcher.hpp"
#include "rule/rule_loader.hpp"

namespace rdptriage {

using pipeline::PackPart;
using pipeline::RulePackFile;

namespace pipeline {

namespace {
bool has_folder(std::string_view path, std::string_view folder) {
  for (std::size_t at = 0; (at = path.find(folder, at)) != std::string_view::npos; ++at) {
    const bool begins = at == 0 || path[at - 1] == '/';
    if (begins && path.substr(at + folder.size(), 1) == "/") return true;
  }
  return false;
}

// A key of the top level of some document.
bool has_key(std::string_view text, std::string_view key) {
  for (std::size_t at = 0; (at = text.find(key, at)) != std::string_view::npos; at += key.size()) {
    const bool at_line_start = at == 0 || text[at - 1] == '\n';
    if (at_line_start && text.substr(at + key.size(), 1) == ":") return true;
  }
  return false;
}
}  // namespace

PackPart part_of(std::string_view path, std::string_view text) {
  const auto name = path.substr(path.find_last_of("/\\") + 1);
  if (name == "pack.yml") return PackPart::pack_info;
  if (name == "logsources.yml") return PackPart::log_sources;
  if (has_folder(path, "formats")) return PackPart::formats;
  if (has_folder(path, "codes")) return PackPart::codes;
  if (has_folder(path, "i18n")) return PackPart::i18n;
  if (has_folder(path, "detections") || has_folder(path, "correlations")) return PackPart::rules;
  if (has_folder(path, "causes") || has_key(text, "cause") || has_key(text, "collect")) {
    return PackPart::causes;
  }
  return PackPart::rules;
}

}  // namespace pipeline

struct RuleSetImpl::Compiled {
  std::once_flag rules_once, formats_once, lines_once, hash_once;
  rule::CompiledRules rules;
  diagnosis::CauseSet causes;
  std::unordered_map<std::string, std::vector<std::string>> sources_of_channel;
  std::optional<pipeline::MatcherPool> matchers;
  pipeline::RuleSources rule_sources;
  std::vector<Problem> problems;  // of rules and causes
  std::vector<Problem> format_problems;
  std::vector<Problem> pack_problems;
  std::optional<reader::FormatSet> formats;
  std::vector<std::string> date_fields;
  std::optional<reader::LineFilter> lines;
  pipeline::Translations translations;
  std::string sha256;
};

RuleSetImpl::RuleSetImpl(std::vector<RulePackFile> files, std::string_view language,
                         rule::Placeholders placeholders)
    : files_(std::move(files)),
      language_(language),
      placeholders_(std::move(placeholders)),
      compiled_(std::make_unique<Compiled>()) {
  std::vector<base::SourceText> texts;
  for (RulePackFile& file : files_) {
    if (!file.owned.empty()) file.text = file.owned;
    texts.push_back({file.path, file.text});
  }
  for (const RulePackFile& file : files_) {
    if (file.part == PackPart::i18n) {
      pipeline::TranslationFile texts_in_file =
          pipeline::read_translations({file.path, file.text}, compiled_->pack_problems);
      if (texts_in_file.language == language) compiled_->translations.add(std::move(texts_in_file));
    }
    if (file.part != PackPart::pack_info) continue;
    const base::SourceText pack{file.path, file.text};
    const pipeline::PackInfo info = pipeline::read_pack_info(pack);
    if (!info.version.empty()) version_ += (version_.empty() ? "" : " + ") + info.version;
    if (info.date && (!date_ || *date_ < *info.date)) date_ = info.date;
    for (Problem& problem : pipeline::check_pack(pack, texts))
      compiled_->pack_problems.push_back(std::move(problem));
  }
}

RuleSetImpl::~RuleSetImpl() = default;

void RuleSetImpl::compile_rules() const {
  std::call_once(compiled_->rules_once, [this] {
    std::vector<rule::RuleFile> rules, log_sources;
    std::vector<base::SourceText> causes;
    for (const RulePackFile& file : files_) {
      if (file.part == PackPart::rules) rules.push_back({file.path, file.text, file.pack});
      if (file.part == PackPart::log_sources) log_sources.push_back({file.path, file.text});
      if (file.part == PackPart::causes) causes.push_back({file.path, file.text});
    }
    rule::LoadOptions options;
    options.log_source_files = log_sources;
    options.placeholders = placeholders_;
    rule::LoadedRules loaded = rule::load_rules(rules, options);
    compiled_->rules = std::move(loaded.rules);
    compiled_->problems = std::move(loaded.problems);

    const rule::CompiledRules& set = compiled_->rules;
    compiled_->matchers.emplace(set);
    for (const rule::RuleInfo& rule : set.rules()) compiled_->translations.add(rule, language_);
    compiled_->rule_sources = pipeline::rule_sources(set.rules());
    const auto find = [&set](std::string_view handle) -> std::optional<rule::RuleIndex> {
      const rule::RuleInfo* rule = set.find(handle);
      return rule == nullptr ? std::nullopt : std::optional(rule->index);
    };
    const auto all = [&set] {
      std::vector<std::string_view> handles;
      for (const rule::RuleInfo& rule : set.rules()) handles.push_back(rule.handle());
      return handles;
    };
    compiled_->causes = diagnosis::CauseSet::load(causes, {find, all}, compiled_->problems);

    rule::LogSourceMap map;
    std::vector<Problem> already_reported;
    for (const rule::RuleFile& file : log_sources)
      map.add({file.path, file.text}, already_reported);
    std::set<std::string> services;
    for (const rule::RuleInfo& rule : set.rules()) {
      if (rule.product == "windows" && !rule.service.empty()) services.insert(rule.service);
    }
    for (const std::string& service : services) {
      for (const auto& alternative : map.resolve({"windows", "", service})) {
        for (const std::string& channel : alternative.channels) {
          compiled_->sources_of_channel[channel].push_back("windows/" + service);
        }
      }
    }
  });
}

const rule::CompiledRules& RuleSetImpl::rules() const {
  compile_rules();
  return compiled_->rules;
}

pipeline::MatcherPool& RuleSetImpl::matchers() const {
  compile_rules();
  return *compiled_->matchers;
}

const pipeline::RuleSources& RuleSetImpl::rule_sources() const {
  compile_rules();
  return compiled_->rule_sources;
}

const pipeline::Translations& RuleSetImpl::translations() const {
  compile_rules();
  return compiled_->translations;
}

const diagnosis::CauseSet& RuleSetImpl::causes() const {
  compile_rules();
  return compiled_->causes;
}

const std::vector<std::string>& RuleSetImpl::sources_of_channel(std::string_view channel) const {
  static const std::vector<std::string> kNone;
  compile_rules();
  const auto at = compiled_->sources_of_channel.find(base::to_lower_ascii(channel));
  return at == compiled_->sources_of_channel.end() ? kNone : at->second;
}

namespace {
// "Microsoft-Windows-TerminalServices-Gateway/Operational" and
// "TerminalServicesGateway%4Operational" → "terminalservicesgatewayoperational"
std::string letters_of_log(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%' && (name.substr(i, 2) == "%4" || name.substr(i, 3) == "%2F")) {
      i += name[i + 1] == '4' ? 1U : 2U;  // how files spell the "/" of a channel
      continue;
    }
    const char c = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] + 32) : name[i];
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out.push_back(c);
  }
  constexpr std::string_view kCommon = "microsoftwindows";
  return out.size() > kCommon.size() && out.starts_with(kCommon) ? out.substr(kCommon.size()) : out;
}
}  // namespace

std::vector<std::string> RuleSetImpl::sources_of_log_name(std::string_view name) const {
  constexpr std::size_t kTelling = 14;  // letters that no two channels end in alike
  compile_rules();
  const std::string wanted = letters_of_log(name);
  std::vector<std::string> exact, by_end;
  for (const auto& [channel, sources] : compiled_->sources_of_channel) {
    const std::string known = letters_of_log(channel);
    if (known == wanted) exact.insert(exact.end(), sources.begin(), sources.end());
    if (wanted.size() >= kTelling && known.ends_with(wanted))
      by_end.insert(by_end.end(), sources.begin(), sources.end());
  }
  std::vector<std::string>& found = exact.empty() ? by_end : exact;
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return std::move(found);
}

const reader::FormatSet* RuleSetImpl::formats() const {
  compile_formats();
  return &*compiled_->formats;
}

const std::vector<std::string>& RuleSetImpl::date_fields() const {
  compile_formats();
  return compiled_->date_fields;
}

void RuleSetImpl::compile_formats() const {
  std::call_once(compiled_->formats_once, [this] {
    std::vector<reader::FormatFile> formats;
    for (const RulePackFile& file : files_) {
      if (file.part == PackPart::formats) formats.push_back({file.path, file.text});
    }
    compiled_->formats = reader::FormatSet::load(formats, compiled_->format_problems);
    auto& dates = compiled_->date_fields;
    for (const reader::CaptureFormat& format : compiled_->formats->captures().formats) {
      dates.insert(dates.end(), format.dates.begin(), format.dates.end());
    }
    std::sort(dates.begin(), dates.end());
    dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  });
}

const reader::LineFilter& RuleSetImpl::line_filter() const {
  std::call_once(compiled_->lines_once, [this] {
    EventKey key;
    key.product = reader::kLineProduct;
    key.service = reader::kLineService;
    std::vector<reader::LineNeed> needs;
    const auto known = rule::needs_of(rules(), key);
    if (known) {
      for (const rule::ValueNeed& need : *known) needs.push_back({need.field, need.text});
    }
    compiled_->lines.emplace(
        *formats(), known ? std::optional(std::span<const reader::LineNeed>(needs)) : std::nullopt);
  });
  return *compiled_->lines;
}

const std::string& RuleSetImpl::sha256() const {
  std::call_once(compiled_->hash_once, [this] {
    base::Sha256 hash;
    for (const RulePackFile& file : files_) {
      hash.update(file.path);
      hash.update(std::string_view("\0", 1));
      hash.update(file.text);
      hash.update(std::string_view("\0", 1));
    }
    compiled_->sha256 = base::to_hex(hash.finish());
  });
  return compiled_->sha256;
}

std::vector<Problem> RuleSetImpl::problems() const {
  compile_rules();
  compile_formats();
  std::vector<Problem> out = compiled_->pack_problems;
  out.insert(out.end(), compiled_->problems.begin(), compiled_->problems.end());
  out.insert(out.end(), compiled_->format_problems.begin(), compiled_->format_problems.end());
  return out;
}

}  // namespace rdptriage
