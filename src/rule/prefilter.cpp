#include "rule/prefilter.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/case_fold.hpp"
#include "base/pattern.hpp"
#include "rule/matcher.hpp"
#include "rule/regex_literal.hpp"

namespace rdptriage::rule {

namespace {
constexpr std::size_t kGram = 4;
constexpr char kValueStart = '\x01', kValueEnd = '\x02';
constexpr std::size_t kShortestOfLine = 3;  // what a look at a whole line can find
constexpr std::size_t kWorthwhile = 24;     // variants; fewer are evaluated outright …
constexpr std::size_t kManyKeywords = 4;    // … unless they search every value of every event
constexpr std::size_t kMostNeedles = 8192;  // of one variant; one with more is always a candidate
constexpr std::size_t kLongEnough = 16;     // longer literals select no better

std::uint32_t gram_at(const char* text) {
  std::uint32_t out = 0;
  std::memcpy(&out, text, kGram);
  return out;
}

std::uint32_t mix(std::uint32_t gram) {
  gram *= 0x9E37'79B1U;
  return gram ^ (gram >> 15U);
}

bool is_lead_byte(char c) { return static_cast<unsigned char>(c) >= 0xC0; }

// Two or three bytes that begin with one character beyond ASCII.
bool is_short_beyond_ascii(std::string_view text) {
  return text.size() >= 2 && text.size() < kGram && is_lead_byte(text.front());
}

std::uint32_t short_key(std::string_view text) {
  std::uint32_t out = static_cast<std::uint32_t>(text.size());
  for (const char c : text) out = out << 8U | static_cast<unsigned char>(c);
  return out;
}

// Decimal and hexadecimal numbers and RFC 3339 times, folded, between their marks.
bool can_be_in_a_number(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefxtz:.-\x01\x02") == std::string_view::npos;
}

bool can_be_found(std::string_view literal, std::size_t shortest = kGram) {
  return literal.size() >= shortest || is_short_beyond_ascii(literal);
}

// What a variant needs: one of the needles, or nothing that a literal could tell.
struct Need {
  std::vector<Prefilter::Needle> needles;
  int score = 0;  // of the least selective one
};

// How many variants of the bucket have a literal, wanted or not: what many rules name is common in
// logs too ("\\powershell.exe", "c:\\program files\\").
using Popularity = std::unordered_map<std::string, std::uint32_t>;

// A value that passes the test contains one of these.
using Literals = std::vector<std::string>;

Literals literals_of(const ValueTest& test) {
  std::string text = base::fold_case(test.text);
  switch (test.kind) {
    case TestKind::equals:
    case TestKind::number:
      text.insert(text.begin(), kValueStart);
      text += kValueEnd;
      return {text};
    case TestKind::starts_with:
      text.insert(text.begin(), kValueStart);
      return {text};
    case TestKind::ends_with:
      text += kValueEnd;
      return {text};
    case TestKind::contains:
      return {text};
    case TestKind::glob: {
      std::string best;
      for (std::size_t i = 0; i < test.tokens.size(); ++i) {
        if (test.tokens[i].kind != TokenKind::text) continue;
        std::string part = base::fold_case(test.tokens[i].text);
        if (i == 0) part.insert(part.begin(), kValueStart);
        if (i + 1 == test.tokens.size()) part += kValueEnd;
        if (part.size() > best.size()) best = std::move(part);
      }
      return {best};
    }
    case TestKind::regex: {
      Literals out = required_literals(test.text).value_or(Literals{});
      for (std::string& literal : out) literal = base::fold_case(literal);
      return out;
    }
    default:
      return {};
  }
}

void count_literals(const MatchProgram& program, Operand operand, std::set<std::string>& out) {
  if ((operand & kPredicateBit) != 0) {
    for (std::string& literal : literals_of(program.predicates[operand & ~kPredicateBit].test)) {
      if (can_be_found(literal)) out.insert(std::move(literal));
    }
    return;
  }
  const Node& node = program.nodes[operand];
  for (std::uint32_t i = 0; i < node.count; ++i) {
    count_literals(program, program.operands[node.first + i], out);
  }
}

// Long and rarely named is selective; twice as popular counts as two characters less.
int score_of(const std::string& literal, const Popularity& popularity) {
  const auto known = popularity.find(literal);
  int doublings = 0;
  for (std::uint32_t count = known == popularity.end() ? 1 : known->second; count > 1; count /= 2) {
    ++doublings;
  }
  // A character beyond ASCII is rarer than its few bytes tell.
  const std::size_t length = is_short_beyond_ascii(literal) ? 2 * kGram : literal.size();
  return static_cast<int>(std::min(length, kLongEnough)) - 2 * doublings;
}

std::optional<Need> need_of(const MatchProgram& program, Operand operand,
                            const Popularity& popularity, std::size_t shortest = kGram) {
  if ((operand & kPredicateBit) != 0) {
    const Predicate& predicate = program.predicates[operand & ~kPredicateBit];
    // Values of <System> are not scanned.
    if (predicate.field != kAnyField && program.fields[predicate.field].system) return std::nullopt;
    // RE2 itself knows best what an expression needs, but takes longer to tell: for lines, not for
    // every bucket of a large rule set.
    const bool ask_re2 = shortest != kGram && predicate.test.kind == TestKind::regex;
    Literals literals =
        ask_re2 ? base::required_literals(predicate.test.text, predicate.test.flags, shortest)
                : literals_of(predicate.test);
    const auto found = [shortest](const std::string& text) { return can_be_found(text, shortest); };
    if (literals.empty() || !std::all_of(literals.begin(), literals.end(), found)) {
      return std::nullopt;
    }
    Need out;
    for (std::string& literal : literals) {
      const int score = score_of(literal, popularity);
      out.score = out.needles.empty() ? score : std::min(out.score, score);
      out.needles.push_back({std::move(literal), predicate.field, 0});
    }
    return out;
  }
  const Node& node = program.nodes[operand];
  if (node.op == NodeOp::negation) return std::nullopt;
  std::optional<Need> out;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    auto below = need_of(program, program.operands[node.first + i], popularity, shortest);
    if (node.op == NodeOp::disjunction) {
      if (!below) return std::nullopt;
      if (!out) {
        out = std::move(below);
        continue;
      }
      out->score = std::min(out->score, below->score);
      out->needles.insert(out->needles.end(), below->needles.begin(), below->needles.end());
      if (out->needles.size() > kMostNeedles) return std::nullopt;
    } else if (below) {
      const auto rank = [](const Need& need) {
        return std::pair(need.score, kMostNeedles - need.needles.size());
      };
      if (!out || rank(*below) > rank(*out)) out = std::move(below);
    }
  }
  return out;
}
}  // namespace

Prefilter::Prefilter(std::vector<Needle> needles, std::vector<std::uint32_t> always,
                     std::size_t field_count)
    : wanted_(field_count), always_(std::move(always)) {
  static std::atomic<std::size_t> made{0};
  number_ = made++;
  // Each needle is found by its rarest window: ".exe" would be found everywhere.
  std::unordered_map<std::uint32_t, std::uint32_t> frequency;
  for (const Needle& needle : needles) {
    for (std::size_t i = 0; i + kGram <= needle.text.size(); ++i) {
      ++frequency[gram_at(needle.text.data() + i)];
    }
  }
  std::unordered_map<std::uint32_t, std::vector<Entry>> by_gram;
  for (const Needle& needle : needles) {
    wanted_[needle.field] = true;
    if (needle.field == kAnyField && can_be_in_a_number(needle.text)) wants_numbers_ = true;
    if (needle.text.size() < kGram) {
      Entry entry;
      entry.field = needle.field;
      entry.position = needle.position;
      beyond_ascii_[short_key(needle.text)].push_back(entry);
      continue;
    }
    std::size_t best = 0;
    for (std::size_t i = 1; i + kGram <= needle.text.size(); ++i) {
      if (frequency[gram_at(needle.text.data() + i)] <
          frequency[gram_at(needle.text.data() + best)])
        best = i;
    }
    Entry entry;
    entry.text = static_cast<std::uint32_t>(texts_.size());
    entry.length = static_cast<std::uint32_t>(needle.text.size());
    entry.offset = static_cast<std::uint32_t>(best);
    entry.field = needle.field;
    entry.position = needle.position;
    texts_ += needle.text;
    by_gram[gram_at(needle.text.data() + best)].push_back(entry);
  }
  constexpr std::size_t kBitsPerGram = 32, kFewestBits = std::size_t{1} << 16,
                        kMostBits = std::size_t{1} << 21;
  std::size_t bits = kFewestBits;
  while (bits < by_gram.size() * kBitsPerGram && bits < kMostBits) bits *= 2;
  bitmap_.resize(bits / 64);
  std::size_t slots = 64;
  while (slots < by_gram.size() * 2) slots *= 2;
  slots_.resize(slots);
  for (auto& [gram, list] : by_gram) {
    const std::uint32_t hash = mix(gram);
    const std::size_t bit = hash & (bits - 1);
    bitmap_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    std::size_t at = hash & (slots - 1);
    while (slots_[at].count != 0) at = (at + 1) & (slots - 1);
    slots_[at] = {gram, static_cast<std::uint32_t>(entries_.size()),
                  static_cast<std::uint32_t>(list.size())};
    entries_.insert(entries_.end(), list.begin(), list.end());
  }
}

void Prefilter::scan(std::string_view framed, FieldId field,
                     std::vector<std::uint32_t>& hits) const {
  if (framed.size() < kGram) return;
  const std::size_t bit_mask = bitmap_.size() * 64 - 1, slot_mask = slots_.size() - 1;
  const std::uint64_t* const bitmap = bitmap_.data();
  for (std::size_t at = 0; at + kGram <= framed.size(); ++at) {
    const std::uint32_t gram = gram_at(framed.data() + at);
    const std::uint32_t hash = mix(gram);
    const std::size_t bit = hash & bit_mask;
    if ((bitmap[bit / 64] >> (bit % 64) & 1U) == 0) continue;
    for (std::size_t slot = hash & slot_mask; slots_[slot].count != 0;
         slot = (slot + 1) & slot_mask) {
      if (slots_[slot].gram != gram) continue;
      for (std::uint32_t i = 0; i < slots_[slot].count; ++i) {
        const Entry& entry = entries_[slots_[slot].first + i];
        if ((entry.field != field && entry.field != kAnyField) || entry.offset > at) continue;
        const std::size_t start = at - entry.offset;
        if (framed.compare(start, entry.length, texts_, entry.text, entry.length) == 0) {
          hits.push_back(entry.position);
        }
      }
      break;
    }
  }
  if (beyond_ascii_.empty()) return;
  for (std::size_t at = 0; at < framed.size(); ++at) {
    if (!is_lead_byte(framed[at])) continue;
    for (std::size_t length = 2; length < kGram && at + length <= framed.size(); ++length) {
      const auto known = beyond_ascii_.find(short_key(framed.substr(at, length)));
      if (known == beyond_ascii_.end()) continue;
      for (const Entry& entry : known->second) {
        if (entry.field == field || entry.field == kAnyField) hits.push_back(entry.position);
      }
    }
  }
}

std::optional<std::vector<ValueNeed>> needs_of(const CompiledRules& rules, const EventKey& key) {
  const MatchProgram& program = rules.program();
  std::set<std::pair<std::string, std::string>> needs;
  for (const std::uint32_t variant : program.bucket_for(key).variants) {
    const auto need =
        need_of(program, program.variants[variant].root, Popularity(), kShortestOfLine);
    if (!need) return std::nullopt;
    for (const Prefilter::Needle& needle : need->needles) {
      std::string_view text = needle.text;
      if (text.front() == kValueStart) text.remove_prefix(1);
      if (!text.empty() && text.back() == kValueEnd) text.remove_suffix(1);
      needs.emplace(needle.field == kAnyField ? std::string() : program.fields[needle.field].name,
                    text);
    }
  }
  std::vector<ValueNeed> out;
  for (const auto& [field, text] : needs) out.push_back({field, text});
  return out;
}

std::shared_ptr<const Prefilter> make_prefilter(const MatchProgram& program,
                                                const std::vector<std::uint32_t>& variants) {
  Popularity popularity;
  for (const std::uint32_t variant : variants) {
    std::set<std::string> literals;
    count_literals(program, program.variants[variant].root, literals);
    for (const std::string& literal : literals) ++popularity[literal];
  }
  std::vector<Prefilter::Needle> needles;
  std::vector<std::uint32_t> always;
  for (std::uint32_t position = 0; position < variants.size(); ++position) {
    auto need = need_of(program, program.variants[variants[position]].root, popularity);
    if (!need || need->needles.size() > kMostNeedles) {
      always.push_back(position);
      continue;
    }
    for (Prefilter::Needle& needle : need->needles) {
      needle.position = position;
      needles.push_back(std::move(needle));
    }
  }
  const auto keywords = static_cast<std::size_t>(
      std::count_if(needles.begin(), needles.end(),
                    [](const Prefilter::Needle& needle) { return needle.field == kAnyField; }));
  if (variants.size() - always.size() < kWorthwhile && keywords < kManyKeywords) return nullptr;
  return std::make_shared<const Prefilter>(std::move(needles), std::move(always),
                                           program.fields.size());
}

}  // namespace rdptriage::rule
