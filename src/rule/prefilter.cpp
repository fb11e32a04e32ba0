#include "rule/prefilter.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "base/case_fold.hpp"

namespace rdptriage::rule {

namespace {
constexpr std::size_t kGram = 4;
constexpr char kValueStart = '\x01', kValueEnd = '\x02';
constexpr std::size_t kWorthwhile = 24;    // variants; fewer are evaluated outright
constexpr std::size_t kMostNeedles = 512;  // of one variant; one with more is always a candidate
constexpr std::size_t kLongEnough = 12;    // longer literals select no better

std::uint32_t gram_at(const char* text) {
  std::uint32_t out = 0;
  std::memcpy(&out, text, kGram);
  return out;
}

std::uint32_t mix(std::uint32_t gram) {
  gram *= 0x9E37'79B1U;
  return gram ^ (gram >> 15U);
}

// What a variant needs: one of the needles, or nothing that a literal could tell.
struct Need {
  std::vector<Prefilter::Needle> needles;
  std::size_t shortest = 0;
};

std::optional<std::string> literal_of(const ValueTest& test) {
  std::string text = base::fold_case(test.text);
  switch (test.kind) {
    case TestKind::equals:
    case TestKind::number:
      text.insert(text.begin(), kValueStart);
      text += kValueEnd;
      return text;
    case TestKind::starts_with:
      text.insert(text.begin(), kValueStart);
      return text;
    case TestKind::ends_with:
      text += kValueEnd;
      return text;
    case TestKind::contains:
      return text;
    case TestKind::glob: {
      std::string best;
      for (std::size_t i = 0; i < test.tokens.size(); ++i) {
        if (test.tokens[i].kind != TokenKind::text) continue;
        std::string part = base::fold_case(test.tokens[i].text);
        if (i == 0) part.insert(part.begin(), kValueStart);
        if (i + 1 == test.tokens.size()) part += kValueEnd;
        if (part.size() > best.size()) best = std::move(part);
      }
      return best;
    }
    default:
      return std::nullopt;
  }
}

std::optional<Need> need_of(const MatchProgram& program, Operand operand) {
  if ((operand & kPredicateBit) != 0) {
    const Predicate& predicate = program.predicates[operand & ~kPredicateBit];
    // Values of <System> are not scanned.
    if (predicate.field != kAnyField && program.fields[predicate.field].system) return std::nullopt;
    auto literal = literal_of(predicate.test);
    if (!literal || literal->size() < kGram) return std::nullopt;
    Need out;
    out.shortest = std::min(literal->size(), kLongEnough);
    out.needles.push_back({std::move(*literal), predicate.field, 0});
    return out;
  }
  const Node& node = program.nodes[operand];
  if (node.op == NodeOp::negation) return std::nullopt;
  std::optional<Need> out;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    auto below = need_of(program, program.operands[node.first + i]);
    if (node.op == NodeOp::disjunction) {
      if (!below) return std::nullopt;
      if (!out) {
        out = std::move(below);
        continue;
      }
      out->shortest = std::min(out->shortest, below->shortest);
      out->needles.insert(out->needles.end(), below->needles.begin(), below->needles.end());
      if (out->needles.size() > kMostNeedles) return std::nullopt;
    } else if (below) {
      const auto rank = [](const Need& need) {
        return std::pair(need.shortest, kMostNeedles - need.needles.size());
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
  // Each needle is found by its rarest window: ".exe" would be found everywhere.
  std::unordered_map<std::uint32_t, std::uint32_t> frequency;
  for (const Needle& needle : needles) {
    for (std::size_t i = 0; i + kGram <= needle.text.size(); ++i) {
      ++frequency[gram_at(needle.text.data() + i)];
    }
  }
  std::unordered_map<std::uint32_t, std::vector<Entry>> by_gram;
  for (const Needle& needle : needles) {
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
    if (needle.field == kAnyField) {
      wanted_[kAnyField] = true;
    } else {
      wanted_[needle.field] = true;
    }
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
        if (entry.field != field || entry.offset > at) continue;
        const std::size_t start = at - entry.offset;
        if (framed.compare(start, entry.length, texts_, entry.text, entry.length) == 0) {
          hits.push_back(entry.position);
        }
      }
      break;
    }
  }
}

std::shared_ptr<const Prefilter> make_prefilter(const MatchProgram& program,
                                                const std::vector<std::uint32_t>& variants) {
  if (variants.size() < kWorthwhile) return nullptr;
  std::vector<Prefilter::Needle> needles;
  std::vector<std::uint32_t> always;
  for (std::uint32_t position = 0; position < variants.size(); ++position) {
    auto need = need_of(program, program.variants[variants[position]].root);
    if (!need || need->needles.size() > kMostNeedles) {
      always.push_back(position);
      continue;
    }
    for (Prefilter::Needle& needle : need->needles) {
      needle.position = position;
      needles.push_back(std::move(needle));
    }
  }
  if (variants.size() - always.size() < kWorthwhile) return nullptr;
  return std::make_shared<const Prefilter>(std::move(needles), std::move(always),
                                           program.fields.size());
}

}  // namespace rdptriage::rule
