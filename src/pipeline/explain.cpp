#include "rdptriage/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "pipeline/cause_page.hpp"
#include "pipeline/code_index.hpp"

namespace rdptriage {
namespace {

using diagnosis::CodeRow;
using diagnosis::CodeTable;
using diagnosis::format_code;
using diagnosis::Notation;
using diagnosis::parse_code;

const std::vector<std::string_view> kFirstCodes = {"disconnect-reason", "gateway-client"};
const std::vector<std::string_view> kSecondCodes = {"extended-reason"};
const std::vector<std::string_view> kServerCodes = {"error-info"};
// Words before a number that say nothing about it.
constexpr std::string_view kFillers[] = {"code", "error", "value", "number", "hresult", "reason"};
constexpr std::string_view kEventWords[] = {"event", "eventid", "id"};
constexpr std::size_t kMostNearest = 5;

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string shown_code(const CodeTable& table, const CodeRow& row) {
  if (table.kind == "term") return row.names.front();
  std::string code = format_code(row.code, table.notation);
  if (row.to) code += ".." + format_code(*row.to, table.notation);
  return row.second ? code + '/' + format_code(*row.second, table.notation) : code;
}

void add_form(std::vector<std::string>& forms, std::string form, const std::string& code) {
  if (form != code && std::find(forms.begin(), forms.end(), form) == forms.end()) {
    forms.push_back(std::move(form));
  }
}

CodeMeaning meaning_of(const CodeTable& table, const CodeRow& row) {
  CodeMeaning meaning;
  meaning.table = table.id;
  meaning.table_title = table.title;
  meaning.kind = table.kind;
  if (row.second) meaning.second = format_code(*row.second, table.notation);
  meaning.code = row.second ? format_code(row.code, table.notation) : shown_code(table, row);
  if (table.kind == "code" && !row.to) {
    const bool is_hex = table.notation != Notation::decimal;
    add_form(meaning.forms, format_code(row.code, is_hex ? Notation::decimal : Notation::hex),
             meaning.code);
    for (const std::uint32_t other : row.also) {
      add_form(meaning.forms,
               format_code(other, other > 0xFFFFFF ? Notation::hex8 : Notation::decimal),
               meaning.code);
    }
  }
  meaning.names = row.names;
  if (table.kind == "term") meaning.names.erase(meaning.names.begin());
  meaning.provider = table.provider;
  meaning.channel = table.channel;
  meaning.meaning = row.meaning;
  meaning.note = row.note;
  meaning.shown_by = table.shown_by;
  meaning.look_at = row.look_at.empty() && row.failure ? table.look_at : row.look_at;
  meaning.grade = row.grade;
  meaning.failure = row.failure;
  meaning.sources = table.sources;
  for (const std::string& id : row.causes) {
    const pipeline::PackFile* file = pipeline::cause_file(id);
    meaning.causes.push_back({id, file != nullptr ? pipeline::cause_title(*file) : ""});
  }
  const std::string key = table.id + ':' + shown_code(table, row);
  for (const diagnosis::Claim& claim : pipeline::all_claims()) {
    if (std::find(claim.about.begin(), claim.about.end(), key) != claim.about.end()) {
      meaning.claims.push_back(claim.check);
    }
  }
  return meaning;
}

// What the words around a number say about it.
struct Context {
  std::string_view kind;                 // "event", "http": only tables of this kind
  std::vector<std::string_view> tables;  // not empty: only these

  void narrow(const std::vector<std::string_view>& to) {
    std::vector<std::string_view> both;
    for (const std::string_view id : to) {
      if (std::find(tables.begin(), tables.end(), id) != tables.end()) both.push_back(id);
    }
    tables = both.empty() ? to : both;
  }
};

bool is_written_like(const CodeTable& table, bool asked_in_hex, std::uint32_t code) {
  if (asked_in_hex) return table.notation != Notation::decimal || code > 0xFFFF;
  return table.notation == Notation::decimal || table.decimal_too || code > 0x7FFFFFFF;
}

// Eight hexadecimal digits are a code without its "0x" when one of them is a letter.
std::optional<std::uint32_t> bare_hex(std::string_view word) {
  constexpr std::string_view kDigits = "0123456789", kLetters = "abcdefABCDEF";
  if (word.size() != 8 || word.find_first_of(kLetters) == std::string_view::npos)
    return std::nullopt;
  const bool hex = std::all_of(word.begin(), word.end(), [&](char c) {
    return kDigits.find(c) != std::string_view::npos || kLetters.find(c) != std::string_view::npos;
  });
  return hex ? parse_code("0x" + std::string(word)) : std::nullopt;
}

std::optional<std::uint32_t> number_of(std::string_view word) {
  const auto code = parse_code(word);
  return code ? code : bare_hex(word);
}

std::vector<CodeMeaning> codes_of(std::uint32_t code, bool asked_in_hex, const Context& context) {
  // The first list that holds anything is the answer.
  std::vector<CodeMeaning> fitting, others, ranges;
  for (const CodeTable& table : pipeline::tables_with_code(code)) {
    if (table.kind == "pair" || table.kind == "term") continue;
    if (!context.kind.empty() && table.kind != context.kind) continue;
    if (!context.tables.empty() && !is_one_of(table.id, context.tables)) continue;
    for (const CodeRow& row : table.rows) {
      if (is_code_of(row, code)) {
        const bool fits = row.code != code || is_written_like(table, asked_in_hex, code);
        (fits ? fitting : others).push_back(meaning_of(table, row));
      } else if (is_in_range_of(row, code)) {
        ranges.push_back(meaning_of(table, row));
      }
    }
  }
  if (!fitting.empty()) return fitting;
  return others.empty() ? ranges : others;
}

std::optional<CodeMeaning> pair_of(std::uint32_t first, std::uint32_t second) {
  const auto pairs = pipeline::table_of("pairs");
  if (!pairs) return std::nullopt;
  for (const CodeRow& row : pairs->rows) {
    if (row.code == first && row.second == second) return meaning_of(*pairs, row);
  }
  return std::nullopt;
}

// The same fault in another numbering: a Win32 error inside an HRESULT, an NTSTATUS whose top
// digit TermDD changed.
std::optional<std::uint32_t> inner_code(std::uint32_t code) {
  if ((code & 0xFFFF0000) == 0x80070000) return code & 0xFFFF;
  if ((code & 0xFFFF0000) == 0xD0000000) return (code & 0x0FFFFFFF) | 0xC0000000;
  return std::nullopt;
}

std::vector<std::string> nearest_codes(std::uint32_t code) {
  struct Near {
    std::uint32_t distance;
    std::string shown;
  };
  std::vector<Near> all;
  for (const CodeTable& table : pipeline::all_tables()) {
    if (table.kind != "code") continue;
    for (const CodeRow& row : table.rows) {
      const std::uint32_t distance = row.code > code ? row.code - code : code - row.code;
      if (distance <= 0x100) {
        all.push_back({distance, format_code(row.code, table.notation) + " (" + table.id + ')'});
      }
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Near& a, const Near& b) { return a.distance < b.distance; });
  std::vector<std::string> nearest;
  for (Near& near : all) {
    if (nearest.size() < kMostNearest) nearest.push_back(std::move(near.shown));
  }
  return nearest;
}

std::vector<std::string> nearest_names(std::string_view word) {
  std::vector<std::string> owned;
  for (const pipeline::PackFile& file : pipeline::embedded_pack()) {
    std::string id = pipeline::cause_id_of(file.path);
    if (!id.empty()) owned.push_back(std::move(id));
  }
  for (const CodeTable& table : pipeline::all_tables()) {
    for (const CodeRow& row : table.rows) {
      owned.insert(owned.end(), row.names.begin(), row.names.end());
    }
  }
  for (const diagnosis::Claim& claim : pipeline::all_claims()) {
    owned.insert(owned.end(), claim.terms.begin(), claim.terms.end());
  }
  const std::vector<std::string_view> known(owned.begin(), owned.end());
  const std::string_view nearest = base::nearest_word(word, known);
  if (!nearest.empty()) return {std::string(nearest)};
  // A part of a name is a question too: "gateway-http", "cap".
  std::vector<std::string> holding;
  const std::string wanted = base::to_lower_ascii(word);
  for (const std::string& name : owned) {
    if (wanted.size() >= 3 && holding.size() < kMostNearest &&
        base::to_lower_ascii(name).find(wanted) != std::string::npos) {
      holding.push_back(name);
    }
  }
  return holding;
}

// Rows that `fits` chooses by one of their names.
template <class Fits>  // bool(const std::string& name)
void add_rows_named(std::string_view part, Fits fits, Explanation& answer) {
  for (const CodeTable& table : pipeline::tables_with_name(part)) {
    for (const CodeRow& row : table.rows) {
      if (std::any_of(row.names.begin(), row.names.end(), fits)) {
        answer.codes.push_back(meaning_of(table, row));
      }
    }
  }
}

// The last words of a name, with or without the family that it belongs to: "NO_LICENSE_SERVER" or
// "ERRINFO_NO_LICENSE_SERVER" for ERRINFO_LICENSE_NO_LICENSE_SERVER.
void add_names_ending_with(std::string_view word, Explanation& answer) {
  const std::string_view family = pipeline::family_of(word);
  const std::string ending = '_' + base::to_lower_ascii(word.substr(family.size()));
  if (ending.find('_', 1) == std::string::npos) return;
  add_rows_named(
      word.substr(family.size()),
      [&](const std::string& name) {
        return base::to_lower_ascii(name).ends_with(ending) &&
               (family.empty() || pipeline::family_of(name) == family);
      },
      answer);
}

bool is_in_text(std::string_view text, std::string_view term) {
  return base::has_word(base::to_lower_ascii(text), base::to_lower_ascii(term));
}

// What is said elsewhere about the word, unless a code found by it tells the same.
void add_claims(std::string_view word, Explanation& answer) {
  for (const diagnosis::Claim& claim : pipeline::all_claims()) {
    const bool is_about_it =
        base::equals_ignoring_case(claim.check.id, word) ||
        std::any_of(claim.terms.begin(), claim.terms.end(),
                    [&](const std::string& term) { return is_in_text(word, term); });
    const bool is_told =
        std::any_of(answer.codes.begin(), answer.codes.end(), [&](const CodeMeaning& code) {
          return std::any_of(code.claims.begin(), code.claims.end(),
                             [&](const ClaimCheck& check) { return check.id == claim.check.id; });
        });
    if (is_about_it && !is_told) answer.claims.push_back(claim.check);
  }
}

void add_names(std::string_view word, Explanation& answer) {
  add_rows_named(
      word, [&](const std::string& name) { return pipeline::is_same_name(name, word); }, answer);
  if (answer.codes.empty()) add_names_ending_with(word, answer);
  add_claims(word, answer);
}

Explanation explain_code(std::string asked, std::string_view number, const Context& context) {
  Explanation answer;
  answer.asked = std::move(asked);
  const std::uint32_t code = *number_of(number);
  const bool asked_in_hex =
      number.starts_with("0x") || number.starts_with("0X") || bare_hex(number);
  answer.codes = codes_of(code, asked_in_hex, context);
  if (answer.codes.empty() && !context.tables.empty()) {
    answer.codes = codes_of(code, asked_in_hex, {});
  }
  if (const auto inner = inner_code(code); inner && answer.codes.empty()) {
    answer.codes = codes_of(*inner, *inner > 0xFFFF, {});
  }
  // "80070005" may be the same without its "0x", with no letter to tell.
  constexpr std::size_t kWholeCode = 8;
  if (!answer.found() && !asked_in_hex && number.size() == kWholeCode) {
    const std::string as_hex = "0x" + std::string(number);
    if (parse_code(as_hex)) {
      Explanation other = explain_code(answer.asked, as_hex, context);
      if (other.found()) return other;
    }
  }
  // "3389": a number that is a word to people.
  if (!answer.found()) add_names(number, answer);
  if (!answer.found()) answer.nearest = nearest_codes(code);
  return answer;
}

Explanation explain_name(std::string_view word) {
  Explanation answer;
  answer.asked = std::string(word);
  if (const pipeline::PackFile* file = pipeline::cause_file(word)) {
    answer.causes.push_back(pipeline::cause_page(*file));
    return answer;
  }
  add_names(word, answer);
  if (!answer.found()) answer.nearest = nearest_names(word);
  return answer;
}

// Takes a word that says what kind of number follows; false when it is no such word.
bool take_context(std::string_view word, Context& context) {
  const std::string lower = base::to_lower_ascii(word);
  if (std::find(std::begin(kEventWords), std::end(kEventWords), lower) != std::end(kEventWords)) {
    context.kind = "event";
    return true;
  }
  if (lower.starts_with("http")) {
    context.kind = "http";
    return true;
  }
  if (lower == "seterrorinfo") {
    context.tables = kServerCodes;
    return true;
  }
  const auto called = pipeline::tables_called(lower);
  if (!called.empty()) context.narrow(called);
  return !called.empty() ||
         std::find(std::begin(kFillers), std::end(kFillers), lower) != std::end(kFillers);
}

// "SetErrorInfo(0x104)", "HTTP/1.1", "(0x904)," … → what stands inside.
std::string_view strip(std::string_view word) {
  const std::size_t open = word.find('(');
  if (open != std::string_view::npos && open + 1 < word.size()) word.remove_prefix(open + 1);
  while (!word.empty() &&
         std::string_view("),.;:[]\"'").find(word.back()) != std::string_view::npos) {
    word.remove_suffix(1);
  }
  while (!word.empty() && std::string_view("[\"'").find(word.front()) != std::string_view::npos) {
    word.remove_prefix(1);
  }
  return word;
}

std::vector<std::string_view> blank_separated(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end != 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

std::vector<Explanation> explain(std::span<const std::string> words) {
  // "0x904/0x7" is two words; a word that only introduces a number becomes its context.
  std::vector<std::string_view> parts;
  std::vector<bool> is_server_code;  // "SetErrorInfo(0x104)" of RdpCoreTS event 72
  const auto add = [&](std::string_view word) {
    const std::size_t slash = word.find('/');
    if (slash != std::string_view::npos && number_of(word.substr(0, slash))) {
      parts.push_back(word.substr(0, slash));
      parts.push_back(word.substr(slash + 1));
    } else {
      parts.push_back(strip(word));
    }
    is_server_code.resize(parts.size(), base::to_lower_ascii(word).starts_with("seterrorinfo("));
  };
  for (const std::string& word : words) {
    const std::vector<std::string_view> inner = blank_separated(word);
    // "event 1026" in quotes is asked as the two words are; a name or text with blanks stays whole.
    if (std::any_of(inner.begin(), inner.end(), [](auto part) { return number_of(part); })) {
      for (const std::string_view part : inner) add(part);
    } else {
      add(word);
    }
  }
  std::vector<Explanation> answers;
  Context context;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    if (is_server_code[i]) context.tables = kServerCodes;
    const auto code = number_of(part);
    if (!code) {
      // "tls alert 46": all of them introduce the number.
      Context introduced = context;
      std::size_t next = i;
      while (next < parts.size() && !number_of(parts[next]) &&
             take_context(parts[next], introduced)) {
        ++next;
      }
      if (next > i && next < parts.size() && number_of(parts[next])) {
        context = std::move(introduced);
        i = next - 1;
      } else {
        answers.push_back(explain_name(part));
      }
      continue;
    }
    const auto second = i + 1 < parts.size() ? number_of(parts[i + 1]) : std::nullopt;
    const auto pair = second && context.kind.empty() ? pair_of(*code, *second) : std::nullopt;
    const bool is_first_of_two = second && context.kind.empty() &&
                                 (pair || (!codes_of(*code, true, {{}, kFirstCodes}).empty() &&
                                           !codes_of(*second, true, {{}, kSecondCodes}).empty()));
    if (!is_first_of_two) {
      answers.push_back(explain_code(std::string(part), part, context));
      context = {};
      continue;
    }
    if (pair) {
      Explanation both;
      both.asked = fmt::format("{}/{}", part, parts[i + 1]);
      both.codes.push_back(*pair);
      answers.push_back(std::move(both));
    }
    answers.push_back(explain_code(std::string(part), part, {{}, kFirstCodes}));
    ++i;
    answers.push_back(explain_code(std::string(parts[i]), parts[i], {{}, kSecondCodes}));
  }
  return answers;
}

}  // namespace rdptriage
