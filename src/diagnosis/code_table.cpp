#include "diagnosis/code_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "base/yaml.hpp"

namespace rdptriage::diagnosis {
namespace {

using base::SourceText;
using base::YamlNode;

tl::unexpected<Problem> bad(const SourceText& source, const YamlNode& node, std::string message,
                            std::string help = {}) {
  return tl::make_unexpected(
      base::make_problem("P081", source, node, std::move(message), {}, std::move(help)));
}

// The one document of a file, which has to be a mapping.
tl::expected<YamlNode, Problem> parse_document(const SourceText& source) {
  auto documents = base::parse_yaml(source);
  if (!documents) return tl::make_unexpected(std::move(documents).error());
  if (documents->size() != 1 || !documents->front().is_mapping()) {
    return tl::make_unexpected(
        base::make_problem("P081", source, base::SourceMark{}, "must hold one mapping", {}, {}));
  }
  return std::move(documents->front());
}

// Moves the texts of a sequence, or of a single scalar, to `out`.
bool read_texts(const YamlNode& node, std::vector<std::string>& out) {
  if (node.is_scalar()) {
    out.push_back(node.text);
    return true;
  }
  for (const YamlNode& item : node.items) {
    if (!item.is_scalar()) return false;
    out.push_back(item.text);
  }
  return node.is_sequence();
}

bool read_codes(const YamlNode& node, std::vector<std::uint32_t>& out) {
  std::vector<std::string> texts;
  if (!read_texts(node, texts)) return false;
  for (const std::string& text : texts) {
    const auto code = parse_code(text);
    if (!code) return false;
    out.push_back(*code);
  }
  return true;
}

std::optional<Notation> notation_of(std::string_view text) {
  if (text == "decimal") return Notation::decimal;
  if (text == "hex") return Notation::hex;
  if (text == "hex8") return Notation::hex8;
  return std::nullopt;
}

tl::expected<CodeRow, Problem> read_row(const SourceText& source, const YamlNode& node,
                                        const char* needed) {
  if (!node.is_mapping() || node.find(needed) == nullptr || node.find("meaning") == nullptr) {
    return bad(source, node, fmt::format("a row needs at least `{}` and `meaning`", needed));
  }
  CodeRow row;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string& key = node.keys[i].text;
    const YamlNode& value = node.items[i];
    bool is_good = true;
    if (key == "code" || key == "second" || key == "to") {
      const auto code = parse_code(value.text);
      is_good = code.has_value();
      if (key == "second") row.second = code;
      if (key == "to") row.to = code;
      if (key == "code" && code) row.code = *code;
    } else if (key == "also") {
      is_good = read_codes(value, row.also);
    } else if (key == "names") {
      is_good = read_texts(value, row.names);
    } else if (key == "causes") {
      is_good = read_texts(value, row.causes);
    } else if (key == "meaning") {
      row.meaning = value.text;
    } else if (key == "look_at") {
      row.look_at = value.text;
    } else if (key == "note") {
      row.note = value.text;
    } else if (key == "source") {
      row.grade = value.text;
      is_good = value.text == "primary" || value.text == "secondary" || value.text == "weak" ||
                value.text == "inference";
    } else if (key == "failure") {
      is_good = value.boolean().has_value();
      row.failure = value.boolean().value_or(true);
    } else {
      return bad(
          source, node.keys[i], fmt::format("`{}` is no key of a code", key),
          "known: code, to, second, also, names, meaning, causes, look_at, note, source, failure");
    }
    if (!is_good) return bad(source, value, fmt::format("not a value for `{}`", key));
  }
  if (row.to && *row.to <= row.code) {
    return bad(source, *node.find("to"), "`to` must lie above `code`");
  }
  return row;
}

tl::expected<Claim, Problem> read_claim(const SourceText& source, const YamlNode& node) {
  if (!node.is_mapping()) return bad(source, node, "a claim is a mapping");
  Claim claim;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string& key = node.keys[i].text;
    const YamlNode& value = node.items[i];
    bool is_good = true;
    if (key == "id") {
      claim.check.id = value.text;
    } else if (key == "claim") {
      claim.check.claim = value.text;
    } else if (key == "correction") {
      claim.check.correction = value.text;
    } else if (key == "verdict") {
      claim.check.verdict = value.text;
      is_good = value.text == "verified" || value.text == "corrected" ||
                value.text == "unsupported" || value.text == "irrelevant";
    } else if (key == "harmful") {
      is_good = value.boolean().has_value();
      claim.check.harmful = value.boolean().value_or(false);
    } else if (key == "about") {
      is_good = read_texts(value, claim.about);
    } else if (key == "terms") {
      is_good = read_texts(value, claim.terms);
    } else if (key == "never") {
      is_good = read_texts(value, claim.never);
    } else {
      return bad(source, node.keys[i], fmt::format("`{}` is no key of a claim", key),
                 "known: id, claim, about, terms, verdict, harmful, never, correction");
    }
    if (!is_good) return bad(source, value, fmt::format("not a value for `{}`", key));
  }
  if (claim.check.id.empty() || claim.check.claim.empty() || claim.check.verdict.empty() ||
      claim.check.correction.empty() || claim.about.empty()) {
    return bad(source, node, "a claim needs `id`, `claim`, `about`, `verdict` and `correction`");
  }
  return claim;
}

}  // namespace

bool is_code_of(const CodeRow& row, std::uint32_t code) {
  return row.code == code || std::find(row.also.begin(), row.also.end(), code) != row.also.end();
}

bool is_in_range_of(const CodeRow& row, std::uint32_t code) {
  return row.to && code >= row.code && code <= *row.to;
}

std::optional<std::uint32_t> parse_code(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  int radix = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    if (is_negative) return std::nullopt;
    radix = 16;
    text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, radix);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  // Windows XML shows an HRESULT now and then with 64 bits, sign extended.
  if (value >> 32 == 0xFFFFFFFF) value &= 0xFFFFFFFF;
  if (value > 0xFFFFFFFF || (is_negative && value > 0x80000000)) return std::nullopt;
  const auto code = static_cast<std::uint32_t>(value);
  return is_negative ? ~code + 1 : code;
}

std::string format_code(std::uint32_t code, Notation notation) {
  switch (notation) {
    case Notation::decimal:
      return fmt::format("{}", code);
    case Notation::hex:
      return fmt::format("{:#x}", code);
    case Notation::hex8:
      break;
  }
  return fmt::format("{:#010x}", code);
}

tl::expected<CodeTable, Problem> parse_code_table(const SourceText& source) {
  auto parsed = parse_document(source);
  if (!parsed) return tl::make_unexpected(std::move(parsed).error());
  const YamlNode& root = *parsed;
  CodeTable table;
  table.id = root.text_of("table");
  table.kind = root.text_of("kind");
  table.title = root.text_of("title");
  table.provider = root.text_of("provider");
  table.channel = root.text_of("channel");
  table.shown_by = root.text_of("shown_by");
  table.look_at = root.text_of("look_at");
  for (const char* key : {"table", "format", "kind", "title", "shown_by", "notation"}) {
    if (root.find(key) == nullptr) return bad(source, root, fmt::format("`{}` is missing", key));
  }
  const auto notation = notation_of(root.text_of("notation"));
  if (!notation) return bad(source, *root.find("notation"), "must be decimal, hex or hex8");
  table.notation = *notation;
  if (const YamlNode* too = root.find("decimal_too")) {
    table.decimal_too = too->boolean().value_or(false);
  }
  if (const YamlNode* sources = root.find("sources")) read_texts(*sources, table.sources);
  const YamlNode* codes = root.find("codes");
  if (codes == nullptr || !codes->is_sequence()) return bad(source, root, "`codes` is missing");
  table.rows.reserve(codes->items.size());
  for (const YamlNode& node : codes->items) {
    auto row = read_row(source, node, table.kind == "term" ? "names" : "code");
    if (!row) return tl::make_unexpected(std::move(row).error());
    table.rows.push_back(std::move(*row));
  }
  return table;
}

tl::expected<std::vector<Claim>, Problem> parse_claims(const SourceText& source) {
  auto parsed = parse_document(source);
  if (!parsed) return tl::make_unexpected(std::move(parsed).error());
  const YamlNode* list = parsed->find("claims");
  if (list == nullptr || !list->is_sequence()) return bad(source, *parsed, "`claims` is missing");
  std::vector<Claim> claims;
  for (const YamlNode& node : list->items) {
    auto claim = read_claim(source, node);
    if (!claim) return tl::make_unexpected(std::move(claim).error());
    claims.push_back(std::move(*claim));
  }
  return claims;
}

}  // namespace rdptriage::diagnosis
