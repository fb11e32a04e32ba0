#include "pipeline/rule_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/yaml.hpp"
#include "pipeline/embedded_pack.hpp"
#include "pipeline/pack_info.hpp"
#include "pipeline/rule_file_tree.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/rule_set.hpp"

namespace rdptriage::pipeline {

namespace fs = std::filesystem;

namespace {
constexpr std::string_view kLogSources = "logsources.yml";

Result<rule::Placeholders> read_placeholders(const fs::path& path) {
  rule::Placeholders out;
  if (path.empty()) return out;
  RDPTRIAGE_TRY(const std::string text, read_rule_file(path));
  const std::string name = path.string();
  const auto roots = base::parse_yaml({name, text});  // JSON is YAML
  if (!roots) return tl::make_unexpected(base::to_error(roots.error()));
  for (const base::YamlNode& root : *roots) {
    for (std::size_t i = 0; i < root.keys.size(); ++i) {
      const base::YamlNode& values = root.items[i];
      std::vector<std::string>& list = out[root.keys[i].text];
      if (values.is_scalar()) list.push_back(values.text);
      for (const base::YamlNode& value : values.items) {
        if (!value.is_scalar() || values.is_mapping()) {
          return fail("PLACEHOLDERS_INVALID",
                      fmt::format("the values of `{}` must be texts or numbers", root.keys[i].text),
                      name, R"(write {"name": ["value", "value"]})");
        }
        list.push_back(value.text);
      }
    }
    if (!root.is_mapping()) {
      return fail("PLACEHOLDERS_INVALID", "the file must be one object", name,
                  R"(write {"name": ["value", "value"]})");
    }
  }
  return out;
}
}  // namespace

namespace {
// The text formats of the built-in pack and of the files; null when those have none.
std::unique_ptr<RuleSetImpl> formats_of(const SelectedRules& selected) {
  const auto& parts = selected.parts;
  if (std::find(parts.begin(), parts.end(), PackPart::formats) == parts.end()) return nullptr;
  std::vector<RulePackFile> formats;
  for (const PackFile& file : embedded_pack()) {
    if (part_of(file.path, file.text) == PackPart::formats)
      formats.push_back({std::string(file.path), {}, file.text, PackPart::formats});
  }
  for (std::size_t i = 0; i < selected.parts.size(); ++i) {
    const auto& [path, text] = selected.owned[i];
    if (selected.parts[i] == PackPart::formats)
      formats.push_back({path, text, {}, PackPart::formats, 1});
  }
  return std::make_unique<RuleSetImpl>(std::move(formats));
}
}  // namespace

const reader::FormatSet* SelectedRules::text_formats() const {
  return own_formats ? own_formats->formats() : RuleSet::builtin().impl().formats();
}

void SelectedRules::drop_texts() {
  files = {};
  log_source_files = {};
  owned = {};
}

Result<std::unique_ptr<SelectedRules>> load_selection(const RuleSelection& selection,
                                                      rule::Documents documents) {
  auto out = std::make_unique<SelectedRules>();
  std::vector<unsigned> packs;  // of each file in `owned`
  for (const fs::path& path : selection.paths) {
    const unsigned pack = packs.empty() ? 1 : packs.back() + 1;
    RDPTRIAGE_TRY(auto files, read_rule_files(path));
    for (RuleFileText& file : files) {
      out->owned.emplace_back(std::move(file.path), std::move(file.text));
      out->parts.push_back(file.part);
      packs.push_back(pack);
    }
  }
  if (!selection.log_source_map.empty()) {
    RDPTRIAGE_TRY(std::string text, read_rule_file(selection.log_source_map));
    out->owned.emplace_back(selection.log_source_map.generic_string(), std::move(text));
    packs.push_back(0);
  }
  const bool own_map = !selection.log_source_map.empty();
  for (const PackFile& file : embedded_pack()) {
    if (file.path == kLogSources) {
      if (!own_map) out->log_source_files.push_back({file.path, file.text});
    } else if (selection.paths.empty()) {
      out->files.push_back({file.path, file.text});
    }
  }
  std::vector<Problem> of_packs;
  std::vector<base::SourceText> texts;
  for (const auto& [path, text] : out->owned) texts.push_back({path, text});
  for (std::size_t i = 0; i < out->owned.size(); ++i) {
    const auto& [path, text] = out->owned[i];
    const bool is_own_map = own_map && i + 1 == out->owned.size();
    const PackPart part = is_own_map ? PackPart::log_sources : out->parts[i];
    if (is_own_map || (part == PackPart::log_sources && !own_map)) {
      out->log_source_files.push_back({path, text});  // adds to the maps before it
    } else {
      out->files.push_back({path, text, packs[i]});
    }
    // One that is no YAML is reported with the rules.
    if (part != PackPart::pack_info || !base::parse_yaml({path, text})) continue;
    for (Problem& problem : check_pack({path, text}, texts)) of_packs.push_back(std::move(problem));
  }
  rule::LoadOptions options;
  options.log_sources = selection.log_sources == RuleSelection::LogSources::apply
                            ? rule::LogSourceUse::apply
                            : rule::LogSourceUse::ignore;
  options.log_source_files = out->log_source_files;
  RDPTRIAGE_TRY(out->placeholders, read_placeholders(selection.placeholders));
  options.placeholders = out->placeholders;
  options.documents = documents;
  out->loaded = rule::load_rules(out->files, options);
  out->loaded.problems.insert(out->loaded.problems.begin(), of_packs.begin(), of_packs.end());
  out->own_formats = formats_of(*out);
  if (out->own_formats) {
    // A format with a mistake is left out; the others work.
    for (Problem& problem : out->own_formats->problems()) {
      const bool is_known = std::any_of(out->loaded.problems.begin(), out->loaded.problems.end(),
                                        [&](const Problem& p) { return p.text == problem.text; });
      if (!is_known) out->loaded.problems.push_back(std::move(problem));
    }
  }
  return out;
}

Result<void> check_problems(const RuleSelection& selection, const std::vector<Problem>& problems) {
  if (problems.empty() || selection.on_problem == RuleSelection::OnProblem::keep_going) return {};
  std::string message =
      fmt::format("{} problem{} in the rules", problems.size(), problems.size() == 1 ? "" : "s");
  for (const Problem& problem : problems) message += "\n" + problem.text;
  return fail("RULES_REFUSED", std::move(message), {},
              "correct the rules, or leave them out with --keep-going");
}

}  // namespace rdptriage::pipeline
