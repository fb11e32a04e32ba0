#include "support/small_pack.hpp"

#include <fmt/format.h>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "rdptriage/names.hpp"

namespace rdptriage::test {

RuleSet pack_of(std::initializer_list<NamedText> files) {
  std::vector<pipeline::RulePackFile> pack;
  for (const NamedText& file : files) {
    pack.push_back({file.path, file.text, {}, pipeline::part_of(file.path, file.text)});
  }
  return RuleSet(std::make_shared<const RuleSetImpl>(std::move(pack)));
}

std::string detection(std::string_view name, std::string_view word, std::string_view triage) {
  const std::string digest = base::sha256_hex(name);
  std::string text = fmt::format(
      "title: {0} was seen\nid: {2}-{3}-4{4}-8{5}-{6}\nname: {0}\n"
      "logsource:\n    product: rdp\n    service: client-trace\n"
      "detection:\n    line:\n        Message|contains: '{1}'\n    condition: line\n"
      "level: medium\nrdptriage:\n    format: 1\n",
      name, word, digest.substr(0, 8), digest.substr(8, 4), digest.substr(12, 3),
      digest.substr(15, 3), digest.substr(18, 12));
  for (const std::string_view line : base::split(triage, '\n')) {
    if (!line.empty()) text += "    " + std::string(line) + "\n";
  }
  return text + "---\n";
}

Report analyze_lines(const RuleSet& rules, std::initializer_list<NamedText> files,
                     CaseOptions options) {
  Case input(std::move(options));
  for (const NamedText& file : files) {
    std::string events;
    for (const std::string_view line : base::split(file.text, '\n')) {
      if (line.empty()) continue;
      events += fmt::format(
          "{{\"logsource\": {{\"product\": \"rdp\", \"service\": \"client-trace\"}}, \"Message\": "
          "\"{}\"}}\n",
          line);
    }
    const auto bytes = std::as_bytes(std::span(events));
    if (!input.add_bytes(file.path, bytes)) return {};
  }
  return analyze(input, rules);
}

std::string causes_of(const Report& report) {
  std::string out;
  for (const Diagnosis& diagnosis : report.diagnoses) {
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}", name_of(diagnosis.confidence.label), diagnosis.cause);
  }
  return out;
}

}  // namespace rdptriage::test
