#include "pipeline/reported_code.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"
#include "rdptriage/analyze.hpp"

namespace rdptriage::pipeline {

namespace {
std::optional<std::string> hex_code(std::string_view text) {
  int base = 10;
  if (text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X") {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return fmt::format("0x{:x}", value);
}

struct ReportedCode {
  std::string error, extended;  // as 0x904; the extended one may be empty
};

std::optional<ReportedCode> parse_code(std::string_view code) {
  const auto separator = code.find_first_of("/ ,");
  const auto error = hex_code(code.substr(0, separator));
  std::optional<std::string> extended = std::string();
  if (separator != std::string_view::npos) {
    extended = hex_code(base::trim(code.substr(separator + 1)));
  }
  if (!error || !extended) return std::nullopt;
  return ReportedCode{*error, *extended};
}

class CodeDecoder final : public EventDecoder {
 public:
  CodeDecoder(std::string_view error, std::string_view extended)
      : error_(error), extended_(extended) {}
  void decode_system(SystemFields&) override {}
  void decode_fields(std::vector<Field>& out) override {
    out.push_back({"ErrorCode", error_, FieldSection::other, ValueKind::text});
    if (!extended_.empty()) {
      out.push_back({"ExtendedErrorCode", extended_, FieldSection::other, ValueKind::text});
    }
  }

 private:
  std::string_view error_, extended_;
};
}  // namespace

std::optional<ArtifactReport> report_code(std::string_view code, std::uint32_t artifact,
                                          MatchingConsumer& consumer) {
  code = base::trim(code);
  const auto parsed = parse_code(code);
  if (!parsed) return std::nullopt;
  EventKey key;
  key.product = "rdp";
  key.service = "client-disconnect";
  Locator locator;
  locator.artifact = artifact;
  locator.line = 1;
  locator.byte_length = code.size();
  CodeDecoder decoder(parsed->error, parsed->extended);
  std::vector<Field> fields;
  EventView event(key, locator, decoder, fields);
  consumer.event(event);
  ArtifactReport report;
  report.id = fmt::format("A{}", artifact + 1);
  report.path = "reported code " + std::string(code);
  report.format = "reported-code";
  report.state = ArtifactState::used;
  report.bytes = code.size();
  report.records_read = 1;
  return report;
}

}  // namespace rdptriage::pipeline

namespace rdptriage {
bool is_reported_code(std::string_view text) {
  return pipeline::parse_code(base::trim(text)).has_value();
}
}  // namespace rdptriage
