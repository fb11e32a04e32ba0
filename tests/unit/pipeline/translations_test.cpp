#include "pipeline/translations.hpp"

#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
std::vector<pipeline::RulePackFile> files_with(const std::string& texts) {
  const std::string says = "says: 'alpha of {who|somebody}'\nkeep: {who: Who}";
  const std::pair<const char*, std::string> all[] = {
      {"detections/all.yml", detection("alpha", "AAA", says)},
      {"causes/area/one.yml",
       "cause: area.one\nformat: 1\ncategory: network\ntitle: {en: One}\nexplanation: {en: It "
       "is.}\nstage: name\nevidence:\n  - {rule: alpha, weight: 4, decisive: true, src: 'x P'}\n"
       "remedy:\n  - {actor: host admin, risk: reversible, text: {en: Do it}}\n"},
      {"i18n/de.yml", "language: de\ntexts:\n" + texts}};
  std::vector<pipeline::RulePackFile> files;
  for (const auto& [path, text] : all)
    files.push_back({path, text, {}, pipeline::part_of(path, text)});
  return files;
}

std::string entry(const std::string& key, const std::string& english, const std::string& text) {
  return "  " + key + ": {of: " + pipeline::text_hash(english) + ", text: '" + text + "'}\n";
}

Report analyzed(const std::string& texts, const char* language) {
  const RuleSet rules(std::make_shared<const RuleSetImpl>(files_with(texts), language));
  std::string problems;
  for (const Problem& problem : rules.impl().problems()) problems += problem.text;
  INFO(problems);
  REQUIRE(problems.empty());
  return analyze_lines(rules, {{"a.log", "AAA"}});
}

std::string lint(const std::string& texts) {
  const auto files = files_with(texts);
  const RuleSetImpl pack(files);
  std::vector<Problem> findings;
  pipeline::lint_translations({files[2].path, files[2].owned}, pack, findings);
  std::string out;
  for (const Problem& finding : findings) out += finding.code + ' ' + finding.message + '\n';
  return out;
}
}  // namespace

TEST_CASE("translations: texts of rules and causes in another language, else in English") {
  const std::string texts = entry("alpha.says", "alpha of {who|somebody}", "Alpha von {who|wem}") +
                            entry("area.one.title", "One", "Eins") +
                            entry("area.one.remedy.1.text", "Do it", "Tun") +
                            entry("area.one.explanation", "It was.", "veraltet");
  const Report german = analyzed(texts, "de");
  REQUIRE(german.findings.size() == 1);
  CHECK(german.findings[0].message == "Alpha von wem");
  CHECK(german.findings[0].title == "alpha was seen");
  REQUIRE(german.diagnoses.size() == 1);
  CHECK(german.diagnoses[0].title == "Eins");
  CHECK(german.diagnoses[0].explanation == "It is.");
  CHECK(german.diagnoses[0].remediation.at(0).text == "Tun");
  const Report english = analyzed(texts, "");
  CHECK(english.findings[0].message == "alpha of somebody");
  CHECK(english.diagnoses[0].title == "One");
}

TEST_CASE("translations: a rule's own, which a file of the pack may replace") {
  const auto message = [](const std::string& file_texts, const char* language) {
    const RuleSet rules(std::make_shared<const RuleSetImpl>(
        [&] {
          auto files = files_with(file_texts);
          files[0].owned = detection("alpha", "AAA",
                                     "says: 'alpha was here'\ni18n:\n    de: {title: Titel, says: "
                                     "'Alpha war da'}\n    pt-BR: {says: 'Alfa'}");
          return files;
        }(),
        language));
    REQUIRE(rules.impl().problems().empty());
    const Report report = analyze_lines(rules, {{"a.log", "AAA"}});
    REQUIRE(report.findings.size() == 1);
    return report.findings[0].title + ": " + report.findings[0].message;
  };
  CHECK(message("  {}\n", "de") == "Titel: Alpha war da");
  CHECK(message("  {}\n", "pt-BR") == "alpha was seen: Alfa");
  CHECK(message("  {}\n", "") == "alpha was seen: alpha was here");
  CHECK(message(entry("alpha.says", "alpha was here", "Alpha"), "de") == "Titel: Alpha");
  CHECK(message(entry("alpha.says", "of another time", "veraltet"), "de") == "Titel: Alpha war da");
}

TEST_CASE("translations: lint names what is stale, unknown and missing") {
  const std::string found =
      lint(entry("area.one.title", "Uno", "Eins") + entry("area.one.titel", "One", "Eins"));
  INFO(found);
  CHECK(found.find("P063 the English text of `area.one.title` has changed") != std::string::npos);
  CHECK(found.find("P062 nothing in the pack has the text `area.one.titel`") != std::string::npos);
  CHECK(found.find("P064 4 of 5 texts have no translation to `de`") != std::string::npos);
  CHECK(lint(entry("alpha.title", "alpha was seen", "a") +
             entry("alpha.says", "alpha of {who|somebody}", "b") +
             entry("area.one.title", "One", "c") + entry("area.one.explanation", "It is.", "d") +
             entry("area.one.remedy.1.text", "Do it", "e"))
            .empty());
}

TEST_CASE("translations: mistakes in a file have their place") {
  for (const char* text : {"language: de\n", "texts: {}\n", "language: de\ntexts: {a: b}\n",
                           "language: de\ntexts: {a: {of: x}}\n", "[\n"}) {
    INFO(text);
    std::vector<Problem> problems;
    pipeline::read_translations({"de.yml", text}, problems);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].line >= 1);
  }
}
