#include "pipeline/translations.hpp"

#include <fmt/format.h>

#include <set>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "pipeline/rule_set_impl.hpp"

namespace rdptriage::pipeline {

using base::YamlNode;

std::string text_hash(std::string_view english) {
  constexpr std::size_t kDigits = 8;
  return base::sha256_hex(english).substr(0, kDigits);
}

TranslationFile read_translations(const base::SourceText& source, std::vector<Problem>& problems) {
  TranslationFile out;
  const auto documents = base::parse_yaml(source);
  if (!documents) {
    problems.push_back(documents.error());
    return out;
  }
  const auto problem = [&](const YamlNode& at, std::string message, std::string help) {
    problems.push_back(
        base::make_problem("P012", source, at, std::move(message), "", std::move(help)));
  };
  for (const YamlNode& root : *documents) {
    const YamlNode* texts = root.find("texts");
    out.language = root.text_of("language");
    if (out.language.empty() || texts == nullptr || !texts->is_mapping()) {
      problem(root, "a file of translations needs `language` and a map `texts`",
              "write `language: de`");
      continue;
    }
    for (std::size_t i = 0; i < texts->keys.size(); ++i) {
      const YamlNode& entry = texts->items[i];
      const YamlNode* text = entry.find("text");
      if (text == nullptr || !text->is_scalar() || entry.text_of("of").empty()) {
        problem(texts->keys[i], "a translation needs `of` and `text`",
                "write `{of: hash of the English text, text: …}`");
        continue;
      }
      out.texts[texts->keys[i].text] = {std::string(entry.text_of("of")), text->text,
                                        texts->keys[i].mark()};
    }
  }
  return out;
}

void Translations::add(TranslationFile file) {
  for (auto& [key, translation] : file.texts) texts_[key] = std::move(translation);
}

void Translations::add(const rule::RuleInfo& rule, std::string_view language) {
  const auto add_text = [this](std::string key, std::string_view english, const std::string& text) {
    if (text.empty()) return;
    Translation own{text_hash(english), text, {}};
    const auto [at, is_new] = texts_.try_emplace(std::move(key), own);
    if (!is_new && at->second.hash != own.hash) at->second = std::move(own);
  };
  for (const rule::RuleTexts& own : rule.triage.translated) {
    if (own.language != language) continue;
    add_text(rule.handle() + ".title", rule.title, own.title);
    add_text(rule.handle() + ".says", rule.triage.says, own.says);
  }
}

std::string_view Translations::text(std::string_view key, std::string_view english) const {
  const auto found = texts_.find(key);
  if (found == texts_.end() || found->second.hash != text_hash(english)) return english;
  return found->second.text;
}

std::vector<std::pair<std::string, std::string>> texts_of(const RuleSetImpl& pack) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto add = [&](std::string key, const std::string& english) {
    if (!english.empty()) out.emplace_back(std::move(key), english);
  };
  for (const rule::RuleInfo& rule : pack.rules().rules()) {
    if (rule.generated_for) continue;
    add(rule.handle() + ".title", rule.title);
    add(rule.handle() + ".says", rule.triage.says);
  }
  for (const diagnosis::Cause& cause : pack.causes().causes()) {
    add(cause.id + ".title", cause.title);
    add(cause.id + ".explanation", cause.explanation);
    for (std::size_t i = 0; i < cause.remedies.size(); ++i) {
      add(fmt::format("{}.remedy.{}.text", cause.id, i + 1), cause.remedies[i].text);
      add(fmt::format("{}.remedy.{}.undo", cause.id, i + 1), cause.remedies[i].undo);
    }
    for (std::size_t i = 0; i < cause.verify.size(); ++i)
      add(fmt::format("{}.verify.{}", cause.id, i + 1), cause.verify[i]);
  }
  return out;
}

void lint_translations(const base::SourceText& source, const RuleSetImpl& pack,
                       std::vector<Problem>& findings) {
  std::vector<Problem> already_reported;
  const TranslationFile file = read_translations(source, already_reported);
  if (!already_reported.empty()) return;
  const auto find = [&](std::string_view code, base::SourceMark mark, std::string message,
                        std::string help) {
    findings.push_back(
        base::make_problem(code, source, mark, std::move(message), "", std::move(help)));
  };
  const auto texts = texts_of(pack);
  Translations own;  // of the rules themselves
  for (const rule::RuleInfo& rule : pack.rules().rules()) own.add(rule, file.language);
  std::set<std::string_view> known;
  std::vector<std::string_view> missing;
  for (const auto& [key, english] : texts) {
    known.insert(key);
    const auto found = file.texts.find(key);
    if (found == file.texts.end()) {
      if (!own.has(key)) missing.push_back(key);
      continue;
    }
    if (found->second.hash == text_hash(english)) continue;
    find("P063", found->second.mark, fmt::format("the English text of `{}` has changed", key),
         fmt::format("translate \"{}\" and write `of: {}`", english, text_hash(english)));
  }
  for (const auto& [key, translation] : file.texts) {
    if (known.count(key) != 0) continue;
    const std::string_view near = base::nearest_word(key, {known.begin(), known.end()});
    find("P062", translation.mark, fmt::format("nothing in the pack has the text `{}`", key),
         near.empty() ? "keys are `<rule>.says`, `<cause>.title` …"
                      : fmt::format("did you mean `{}`?", near));
  }
  if (missing.empty()) return;
  find("P064", {1, 1, 1},
       fmt::format("{} of {} texts have no translation to `{}`", missing.size(), texts.size(),
                   file.language),
       fmt::format("the first is `{}`; what is missing is shown in English", missing.front()));
}

}  // namespace rdptriage::pipeline
